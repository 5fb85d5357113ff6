//! An AWS emulator of one test's own.

use std::{
    env, fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{eventually, root};

/// A `MiniStack` on a free port of 127.0.0.1, ended with this value or with this process, whichever
/// ends first.
#[derive(Debug)]
pub struct MiniStack {
    process: Child,
    folder: PathBuf,
    /// Where it listens.
    pub port: u16,
}

impl MiniStack {
    /// Installs it if need be, starts it and waits until it answers.
    ///
    /// # Panics
    /// When Python is missing, or it does not start; its log is shown.
    pub fn start() -> Self {
        install();
        let port = free_port();
        let folder = env::temp_dir().join(format!("order-engine-e2e-{port}"));
        fs::create_dir_all(&folder).expect("the folder of temporary files is writable");
        let log = fs::File::create(folder.join("log")).expect("that folder is writable");
        let process = Command::new(root().join("localstack/ministack.sh"))
            .arg(port.to_string())
            .arg(&folder)
            .arg("--until-eof")
            .stdin(Stdio::piped())
            .stderr(log.try_clone().expect("a file's handle can be doubled"))
            .stdout(log)
            .spawn()
            .expect("bash is installed");
        let mut started = Self {
            process,
            folder,
            port,
        };
        let health = format!("{}/_ministack/health", started.url());
        eventually("MiniStack answers", || {
            let gone = started
                .process
                .try_wait()
                .expect("a child can be waited for");
            assert!(
                gone.is_none(),
                "MiniStack ended at its start:\n{}",
                started.log()
            );
            ureq::get(&health).call().ok()
        });
        started
    }

    /// Its address, as `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything it has said so far, with what the functions wrote.
    ///
    /// # Panics
    /// When somebody deleted the log.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.join("log")).expect("the log exists while MiniStack does");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for MiniStack {
    fn drop(&mut self) {
        // The end of its input ends it and the functions; the same happens when this process dies.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Installs MiniStack and the SAM transform into `.venv/`, once.
pub(crate) fn install() {
    let tools = Command::new(root().join("localstack/tools.sh"))
        .arg("emulator")
        .status()
        .expect("bash is installed");
    assert!(
        tools.success(),
        "MiniStack could not be installed into .venv/; the lines above say why"
    );
}

pub(crate) fn free_port() -> u16 {
    let taken = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    taken
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}
