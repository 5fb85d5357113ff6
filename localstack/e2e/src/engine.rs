//! The engine on one machine, with a queue of the emulator in the place of its own.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
};

use serde_json::{Value, json};

use crate::{
    Answer, eventually,
    ministack::free_port,
    rest::{agent, answer},
    root,
};

/// A running `order-engine`, killed with this value.
#[derive(Debug)]
pub struct Engine {
    process: Child,
    address: String,
    log: PathBuf,
}

/// Quick venues.
const QUICK: [(&str, &str); 2] = [
    ("SIM_QUOTE_DELAY_MS", "5-40"),
    ("SIM_EXECUTION_DELAY_MS", "50-400"),
];

impl Engine {
    /// Starts it with these variables and no other ones, and waits until it answers that it is
    /// well.
    ///
    /// # Panics
    /// When it does not; its log is shown.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let log = env::temp_dir().join(format!("order-engine-e2e-{port}.log"));
        let file = fs::File::create(&log).expect("the folder of temporary files is writable");
        let mut command = command(variables);
        let process = command
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the program was just built");
        let mut engine = Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
            log,
        };
        eventually("the engine is well", || {
            let gone = engine.process.try_wait().expect("it can be waited for");
            assert!(gone.is_none(), "it ended:\n{}", engine.log());
            let well = ureq::get(format!("{}/health", engine.address)).call();
            well.ok().map(drop)
        });
        engine
    }

    /// Runs it with these variables and no other ones, which are such that it ends by itself.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn run(variables: &[(&str, &str)]) -> Output {
        let mut command = command(variables);
        command.env("PORT", free_port().to_string());
        command.output().expect("the program was just built")
    }

    /// Asks its API.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("{}{path}", self.address)).call())
    }

    /// Places an order and answers its id, if it says that it has taken it.
    pub fn try_to_place_order(&self) -> Option<String> {
        let body = json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1});
        let url = format!("{}/api/orders/execute", self.address);
        let mut accepted = agent().post(url).send_json(&body).ok()?;
        let told: Value = accepted.body_mut().read_json().ok()?;
        (accepted.status() == 202).then(|| told["orderId"].as_str().map(str::to_owned))?
    }

    /// The same.
    ///
    /// # Panics
    /// When it has not taken it.
    pub fn place_order(&self) -> String {
        let order = self.try_to_place_order();
        order.unwrap_or_else(|| panic!("the order is not accepted:\n{}", self.log()))
    }

    /// Waits until all these orders are confirmed.
    ///
    /// # Panics
    /// When one is not within two minutes.
    pub fn confirms<'a>(&self, orders: impl IntoIterator<Item = &'a String>) {
        for order in orders {
            eventually(&format!("{order} is confirmed"), || {
                let found = self.get(&format!("/api/orders/{order}"));
                (found.body["status"] == "confirmed").then_some(())
            });
        }
    }

    /// A figure of its metrics; 0 when it was never counted.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn metric(&self, name: &str) -> u64 {
        let metrics = ureq::get(format!("{}/metrics", self.address)).call();
        let mut metrics = metrics.expect("it answers");
        let text = metrics.body_mut().read_to_string().expect("text");
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(key, _)| *key == format!("order_engine_{name}"));
        found.and_then(|(_, count)| count.parse().ok()).unwrap_or(0)
    }

    /// What it has logged.
    ///
    /// # Panics
    /// When somebody deleted the log.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log is there as long as this value")
    }

    /// `kill -9`
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&self) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-KILL", &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Panics
    /// When it does not stop as asked.
    pub fn stop(mut self) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.expect("kill runs").success());
        let ended = self.process.wait().expect("it can be waited for");
        assert!(ended.success(), "{ended}: {}", self.log());
    }
}

impl Drop for Engine {
    /// `kill -9`
    fn drop(&mut self) {
        let _ = self.process.kill(); // it may have ended already
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.log);
    }
}

fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(build());
    command
        .env_clear()
        .env("LOG_FORMAT", "json")
        .envs(QUICK)
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    command
}

/// The program, built with the features that a test of the whole workspace gives it: Cargo has it
/// then already.
fn build() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["test", "--quiet", "--locked", "--workspace", "--no-run"])
            .args(["--test", "one_machine"])
            .current_dir(root())
            .stdin(Stdio::null())
            .status()
            .expect("Cargo is there");
        assert!(built.success(), "the engine does not build");
    });
    crate::debug_folder().join("order-engine")
}
