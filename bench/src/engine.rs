//! The process that is measured: the release build of `order-engine`, started and ended as a user
//! would.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::{Outcome, http::Connection, programs::Programs};

/// How the engine is started: environment variables, all others of ours left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(Vec<(&'static str, String)>);

impl Environment {
    /// On that database, which no pooler stands before.
    pub(crate) fn on(url: &str) -> Self {
        Self::default()
            .with("DATABASE_URL", url)
            .with("DATABASE_STATEMENTS", "prepared")
    }

    /// With one variable more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// Simulated venues that answer, and a chain that lands, at once.
    pub(crate) fn without_delays(self) -> Self {
        self.with("SIM_QUOTE_DELAY_MS", "0")
            .with("SIM_EXECUTION_DELAY_MS", "0")
    }
}

/// A running engine. Dropping it kills it.
pub(crate) struct Engine {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// When it was started.
    pub(crate) begin: Instant,
}

/// How long a start, or an end, may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Engine {
    /// Starts the engine; it does not listen yet. Its log goes to a file in `folder`, as it would
    /// in production.
    pub(crate) fn spawn(
        programs: &Programs,
        environment: &Environment,
        folder: &Path,
    ) -> Outcome<Self> {
        let log = File::create(folder.join("engine.log"))?;
        Self::spawn_at(programs, environment, free_port()?, log)
    }

    /// Starts the engine at this port, with this file as its log.
    pub(crate) fn spawn_at(
        programs: &Programs,
        environment: &Environment,
        port: u16,
        log: File,
    ) -> Outcome<Self> {
        let mut command = Command::new(&programs.engine);
        command
            .env_clear()
            .env("PORT", port.to_string())
            .envs(environment.0.iter().map(|(name, value)| (name, value)));
        for name in ["PATH", "HOME"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let begin = Instant::now();
        let process = command.spawn()?;
        Ok(Self {
            process,
            address: (Ipv4Addr::LOCALHOST, port).into(),
            begin,
        })
    }

    /// Starts the engine and waits until it answers.
    pub(crate) async fn start(
        programs: &Programs,
        environment: &Environment,
        folder: &Path,
    ) -> Outcome<Self> {
        let engine = Self::spawn(programs, environment, folder)?;
        engine.connection().await?;
        Ok(engine)
    }

    /// A connection, as soon as the engine accepts one.
    pub(crate) async fn connection(&self) -> Outcome<Connection> {
        loop {
            match Connection::open(self.address).await {
                Ok(connection) => return Ok(connection),
                Err(error) if self.begin.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => sleep(Duration::from_millis(1)).await,
            }
        }
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> Outcome<()> {
        let begin = Instant::now();
        kill_process(Pid::from_child(&self.process), Signal::TERM)?;
        while self.process.try_wait()?.is_none() {
            if begin.elapsed() > PATIENCE {
                return Err(format!("the engine does not stop within {PATIENCE:?}").into());
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Its resident memory in MB (10^6 bytes); with `peak` the most that it ever had.
    pub(crate) fn memory(&self, peak: bool) -> Outcome<f64> {
        resident(self.process.id(), if peak { "VmHWM:" } else { "VmRSS:" })
    }

    /// The processor time that it has used so far.
    pub(crate) fn processor_time(&self) -> Outcome<Duration> {
        processor_time(self.process.id(), false)
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) -> Outcome<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.kill(); // it has ended already
    }
}

/// A port that nobody has at this moment.
pub(crate) fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// A line of a process's status, in MB.
pub(crate) fn resident(process: u32, line: &str) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes: f64 = status
        .lines()
        .find_map(|text| {
            text.strip_prefix(line)?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .ok_or("the process tells nothing of its memory")?;
    Ok(kibibytes * 1_024.0 / 1e6)
}

/// The processor time of a process so far; with `ended` that of its children that have ended, too.
pub(crate) fn processor_time(process: u32, ended: bool) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Its name stands in brackets and may hold anything; user and system time are fields 14 and 15,
    // its children's follow.
    let (_, fields) = stat.rsplit_once(')').ok_or("the process tells no times")?;
    let fields = fields.split_whitespace().skip(11);
    let ticks: u64 = fields
        .take(if ended { 4 } else { 2 })
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_millis(ticks * 10)) // Linux shows a hundred ticks a second to programs
}

/// The processes that another one has started.
pub(crate) fn children(process: u32) -> Outcome<Vec<u32>> {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = fs::read_to_string(path)?;
    Ok(children
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect())
}
