//! Programs of `localstack/outside`: clients and operators that are made of what others wrote.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Stdio},
    sync::OnceLock,
};

use crate::{Stack, root};

/// A running program of `localstack/outside`.
#[derive(Debug)]
pub struct Outsider {
    process: Child,
    complaints: BufReader<ChildStderr>,
}

impl Stack {
    /// Starts one on this stack: with its first key, and its AWS.
    ///
    /// # Panics
    /// When what it is written for (Bash, Python, Node) is missing.
    pub fn outsider(&self, program: &str, arguments: &[&str]) -> Outsider {
        let folder = root().join("localstack/outside");
        let mut process = Command::new(interpreter(program))
            .arg(folder.join(program))
            .args(arguments)
            .env("ORDER_ENGINE_KEY", self.address("FirstKey"))
            .envs(self.operator())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let complaints = process.stderr.take().expect("it is piped");
        Outsider {
            process,
            complaints: BufReader::new(complaints),
        }
    }

    /// Runs commands of the runbook, as it says how to: with the emulator's CLI on the path.
    ///
    /// # Panics
    /// When one fails; what was said is shown.
    pub fn run_book(&self, commands: &str) {
        let tools = root().join(".venv/emulator/bin");
        let path = std::env::var("PATH").unwrap_or_default();
        let run = Command::new("bash")
            .args(["-euo", "pipefail", "-c", commands])
            .env("PATH", format!("{}:{path}", tools.display()))
            .envs(self.operator())
            .output()
            .expect("bash is installed");
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{commands}\n{said}");
    }

    /// What tells an SDK and the CLI where this AWS is.
    fn operator(&self) -> [(&str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", self.ministack.url()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ]
    }
}

impl Outsider {
    /// Waits until it says this on a line of its standard error.
    ///
    /// # Panics
    /// When it ends before.
    pub fn says(&mut self, word: &str) {
        let mut said = String::new();
        while !said.lines().any(|line| line == word) {
            let read = self.complaints.read_line(&mut said);
            assert!(
                read.is_ok_and(|bytes| bytes > 0),
                "it never said {word}: {said}"
            );
        }
    }

    /// Ends its input, and answers what it printed until its end.
    ///
    /// # Panics
    /// When it failed; what it complained of is shown.
    pub fn finish(mut self) -> String {
        let ended = self.process.wait_with_output().expect("its output is read");
        let mut complaints = String::new();
        let _ = self.complaints.read_to_string(&mut complaints);
        let printed = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(ended.status.success(), "{complaints}\n{printed}");
        printed
    }
}

/// What runs a program, by its ending.
fn interpreter(program: &str) -> String {
    match program.rsplit_once('.') {
        Some((_, "py")) => root()
            .join(".venv/emulator/bin/python")
            .display()
            .to_string(),
        Some((_, "mjs")) => {
            install_packages();
            "node".to_owned()
        }
        _ => "bash".to_owned(),
    }
}

/// What its lock file names, for Node.
fn install_packages() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let installed = Command::new("npm")
            .args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(root().join("localstack/outside"))
            .status()
            .unwrap_or_else(|error| panic!("npm cannot be run (Node 20.19 or newer): {error}"));
        assert!(installed.success(), "npm ci failed in localstack/outside");
    });
}
