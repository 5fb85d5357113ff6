//! The engine as a process of its own, to be killed.

use std::{
    io::Read,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use reqwest::Client;
use serde_json::Value;

use crate::support::eventually;

/// The program under test.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order-engine"));
    command
        .stdin(Stdio::null())
        .env_remove("DATABASE_URL")
        .env("LOG_LEVEL", "warn");
    command
}

/// The same, with a hang-up as it is by default: whoever runs the tests (`nohup`) may have had it
/// ignored, which programs inherit.
pub(crate) fn program_that_hears_a_hang_up() -> Command {
    let mut command = Command::new("env");
    command
        .args(["--default-signal=HUP", env!("CARGO_BIN_EXE_order-engine")])
        .stdin(Stdio::null())
        .env_remove("DATABASE_URL")
        .env("LOG_LEVEL", "warn");
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    program()
        .args(arguments)
        .output()
        .expect("the program runs")
}

/// A serving process. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) base: String,
    pub(crate) client: Client,
}

impl Process {
    /// Starts it and waits until it is healthy.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::start_at(free_port(), arguments).await
    }

    pub(crate) async fn start_at(port: u16, arguments: &[&str]) -> Self {
        Self::spawn(program(), port, arguments).await
    }

    /// Starts this command, which runs the program in some other way.
    pub(crate) async fn start_as(command: Command, arguments: &[&str]) -> Self {
        Self::spawn(command, free_port(), arguments).await
    }

    async fn spawn(mut command: Command, port: u16, arguments: &[&str]) -> Self {
        command
            .args(["--port", &port.to_string()])
            .args(arguments)
            .stdout(Stdio::piped());
        Self::of(command, port).await
    }

    /// Starts a command that serves at that port.
    pub(crate) async fn of(mut command: Command, port: u16) -> Self {
        let child = command.spawn().expect("the program starts");
        Self::healthy(child, port).await
    }

    /// As [`Process::of`], with nobody at the other end of its output.
    pub(crate) async fn of_unread(mut command: Command, port: u16) -> Self {
        let mut child = command.spawn().expect("the program starts");
        drop((child.stdout.take(), child.stderr.take()));
        Self::healthy(child, port).await
    }

    async fn healthy(child: Child, port: u16) -> Self {
        let process = Self {
            child,
            base: format!("http://127.0.0.1:{port}"),
            client: Client::new(),
        };
        eventually("a healthy engine", async || {
            let health = process
                .client
                .get(format!("{}/health", process.base))
                .send()
                .await
                .ok()?;
            health.status().is_success().then_some(())
        })
        .await;
        process
    }

    pub(crate) async fn post(&self, body: &Value) -> reqwest::Response {
        let request = self
            .client
            .post(format!("{}/api/orders/execute", self.base))
            .json(body);
        request.send().await.expect("an answer")
    }

    /// A figure of its metrics.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let answer = self
            .client
            .get(format!("{}/metrics", self.base))
            .send()
            .await
            .expect("an answer");
        let text = answer.text().await.expect("text");
        text.lines()
            .filter_map(|line| line.split_once(' '))
            .find(|(key, _)| key.ends_with(name))
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or_else(|| panic!("no {name} in {text}"))
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self
            .client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// `kill -9`
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end and answers its exit code.
    pub(crate) async fn ended(mut self) -> Option<i32> {
        let ended = async || self.child.try_wait().expect("it can be waited for");
        eventually("the end of the process", ended).await.code()
    }

    /// Asks it to stop, and answers its exit code and what it had printed.
    pub(crate) async fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let code = eventually("the end of the process", async || {
            self.child.try_wait().expect("it can be waited for")
        });
        let code = code.await.code();
        let mut printed = String::new();
        self.child
            .stdout
            .take()
            .expect("its output")
            .read_to_string(&mut printed)
            .expect("text");
        (code, printed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may be gone already
        let _ = self.child.wait();
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A folder for a PostgreSQL of the engine's own; stopped and removed when dropped.
pub(crate) struct DataDir(std::path::PathBuf);

impl DataDir {
    pub(crate) fn new(name: &str) -> Self {
        let folder = format!("order-engine-test-{name}-{}", std::process::id());
        Self(Path::new("/var/tmp").join(folder))
    }

    pub(crate) fn text(&self) -> &str {
        self.0.to_str().expect("a path of ours")
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // A test that failed may leave it running.
        let _ = embedded_postgres::Server::stop_left_running(&self.0);
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A pause that belongs to the test's plan, such as "kill it after so long".
pub(crate) async fn plan(pause: Duration) {
    tokio::time::sleep(pause).await;
}
