//! What a reader of README.md types: up.sh, smoke.sh, down.sh.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{ministack::free_port, root, stack};

/// A stack that the scripts bring up, beside any other one: on a port and in a folder of its own,
/// which goes with this value.
#[derive(Debug)]
pub struct Scripts {
    port: u16,
    state: PathBuf,
}

impl Scripts {
    /// Builds the functions; nothing is up yet.
    pub fn prepare() -> Self {
        stack::build();
        let port = free_port();
        let state = env::temp_dir().join(format!("order-engine-scripts-{port}"));
        Self { port, state }
    }

    /// Runs a script of `localstack/`, and answers all that it said.
    ///
    /// # Panics
    /// When it fails; what it said is shown.
    pub fn run(&self, script: &str, arguments: &[&str]) -> String {
        let (succeeded, said) = self.bash(&format!("localstack/{script} \"$@\""), arguments);
        assert!(succeeded, "{script}:\n{said}");
        said
    }

    /// Files and folders that it has: of its own, and its database's.
    pub fn files(&self) -> Vec<String> {
        let kept = fs::read_dir(&self.state).into_iter().flatten().flatten();
        let mut kept: Vec<String> = kept
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        let (_, postgres) = self.bash(". localstack/state.sh && echo \"$postgres\"", &[]);
        if Path::new(postgres.trim()).exists() && !kept.contains(&"postgres".to_owned()) {
            kept.push("postgres".to_owned());
        }
        kept.sort();
        kept
    }

    /// The processes that know its address (on Linux): MiniStack and functions.
    pub fn processes(&self) -> Vec<String> {
        let address = format!("AWS_ENDPOINT_URL=http://127.0.0.1:{}\0", self.port);
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        all.map(|entry| entry.path())
            .filter(|process| {
                let variables = fs::read(process.join("environ")).unwrap_or_default();
                String::from_utf8_lossy(&variables).contains(&address)
            })
            .map(|process| process.display().to_string())
            .collect()
    }

    fn bash(&self, command: &str, arguments: &[&str]) -> (bool, String) {
        // A file, for what goes on in the background would keep a pipe open.
        let log = self.state.with_extension("log");
        let said = fs::File::create(&log).expect("the folder of temporary files is writable");
        let ended = Command::new("bash")
            .args(["-euo", "pipefail", "-c", command, "bash"])
            .args(arguments)
            .current_dir(root())
            .env("STATE", &self.state)
            .env("PORT", self.port.to_string())
            .envs([("PROFILE", "dev"), ("BUILD", "skip")])
            .stdin(Stdio::null())
            .stdout(said.try_clone().expect("a file's handle can be doubled"))
            .stderr(said)
            .status()
            .expect("bash is installed");
        let said = fs::read_to_string(&log).expect("it is text");
        (ended.success(), said)
    }
}

impl Drop for Scripts {
    fn drop(&mut self) {
        let _ = self.bash("localstack/down.sh --wipe", &[]);
        let _ = fs::remove_file(self.state.with_extension("log"));
    }
}
