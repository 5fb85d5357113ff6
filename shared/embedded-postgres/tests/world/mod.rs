//! What the tests stand on: scratch folders, a client, and processes that can be killed.

#![allow(dead_code, reason = "each test program uses its part")]
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use embedded_postgres::Server;

/// A folder that PostgreSQL's account can reach; at the end whatever runs there is stopped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        let mut bytes = [0u8; 8];
        let mut random = std::fs::File::open("/dev/urandom").unwrap();
        std::io::Read::read_exact(&mut random, &mut bytes).unwrap();
        let name = format!("embedded-postgres-test-{:016x}", u64::from_ne_bytes(bytes));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The data folder of the server under test.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("postgres")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = Server::stop_left_running(&self.data());
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs statements as any client would; the first column of each row, or the error's text.
pub(crate) fn sql(url: &str, statements: &str) -> Result<Vec<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
            .await
            .map_err(text)?;
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(statements).await.map_err(text)?;
        drop(client);
        let _ = connection.await;
        Ok(messages.iter().filter_map(first_column).collect())
    })
}

fn text(error: tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |db| db.message().to_owned())
}

fn first_column(message: &tokio_postgres::SimpleQueryMessage) -> Option<String> {
    match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }
}

/// Waits until something is so; fails when it is not after thirty seconds.
pub(crate) fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Another process that runs one of this program's ignored tests, given one argument. Killed
/// with this value.
pub(crate) struct Process {
    child: Child,
    /// The first line it reported.
    pub(crate) said: String,
}

/// The variable by which a [`Process`] gets its argument.
const ARGUMENT: &str = "LOCAL_POSTGRES_TEST_ARGUMENT";
const REPORT: &str = "report: ";

impl Process {
    pub(crate) fn start(test: &str, argument: &Path, temporary: Option<&Path>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", test, "--ignored", "--nocapture"])
            .env(ARGUMENT, argument);
        if let Some(folder) = temporary {
            command.env("TMPDIR", folder);
        }
        // A group of its own, as a shell gives to each command.
        let mut child = command
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines
            .map_while(Result::ok)
            .find_map(|line| line.split_once(REPORT).map(|(_, said)| said.to_owned()))
            .expect("the other process reports");
        Self { child, said }
    }

    /// `kill -9`: it gets no chance to clean up.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What Ctrl-C in a terminal does: a signal to the whole group.
    pub(crate) fn interrupt(&mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the other process: its argument; `None` when nobody started it as such.
pub(crate) fn argument() -> Option<PathBuf> {
    std::env::var_os(ARGUMENT).map(PathBuf::from)
}

/// In the other process: says something to the one that started it, then waits to be killed.
pub(crate) fn report_and_wait(said: &str) -> ! {
    println!("\n{REPORT}{said}");
    loop {
        std::thread::park();
    }
}
