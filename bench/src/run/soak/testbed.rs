//! What the soak stands on: a PostgreSQL of its own, a bad network before it, and the engine as a
//! process behind that.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use config::Venues;
use embedded_postgres::{Server, Settings};
use postgres::Database;
use testkit::Network;
use tokio::task::spawn_blocking;

use crate::{
    Outcome,
    engine::{Engine, Environment, free_port},
    figure::target,
    programs::Programs,
    run::Bench,
    site::connect,
};

/// All of it. What is dropped ends.
pub(super) struct Testbed {
    /// Kills the engine before its database goes.
    engine: Option<Engine>,
    /// Between the engine and PostgreSQL.
    pub(super) network: Network,
    server: Option<Server>,
    settings: Settings,
    programs: Programs,
    environment: Environment,
    url_file: PathBuf,
    /// The engine's login, without its password, and what follows it in the URL.
    through: String,
    /// How often the password was changed.
    passwords: u32,
    /// The URL past the network, of a role that no fault touches.
    pub(super) admin: String,
    /// Where the engine listens, whichever process it is.
    pub(super) address: SocketAddr,
    /// The engine's process, for those who measure it.
    pub(super) process: Arc<AtomicU32>,
    logs: PathBuf,
    starts: u32,
}

impl Testbed {
    /// Starts PostgreSQL, and creates the engine's tables and its role.
    pub(super) async fn open(bench: &Bench) -> Outcome<Self> {
        let folder = bench.folder("soak");
        fs::create_dir_all(&folder)?;
        let logs = target()?.join("bench").join("soak");
        fs::create_dir_all(&logs)?;
        let mut settings = Settings::durable(folder.join("postgres"));
        let server = start(settings.clone()).await?;
        settings.port = Some(server.port()); // the same after each restart
        let admin = server.url();
        runtime::migrate(&Database::connect(&admin, 1)?, Venues::Simulated).await?;
        let (network, url) = Network::before_database(&admin).await;
        let (_, through) = url.split_once('@').ok_or("a URL without a login")?;
        let url_file = folder.join("url");
        let environment = Environment::default()
            .with("DATABASE_URL_FILE", url_file.to_string_lossy())
            .with("DATABASE_STATEMENTS", "prepared")
            .with("LOG_LEVEL", "warn");
        let testbed = Self {
            engine: None,
            network,
            server: Some(server),
            settings,
            programs: bench.programs.clone(),
            environment,
            through: through.to_owned(),
            url_file,
            passwords: 0,
            admin,
            address: (Ipv4Addr::LOCALHOST, free_port()?).into(),
            process: Arc::default(),
            logs,
            starts: 0,
        };
        let role = format!(
            "CREATE ROLE soak LOGIN SUPERUSER PASSWORD '{}'",
            testbed.password()
        );
        testbed.sql(&role).await?;
        testbed.write_url()?;
        Ok(testbed)
    }

    /// The URL of another database on this cluster, with the engine's tables.
    pub(super) async fn another_database(&self, name: &str) -> Outcome<String> {
        let server = self.server.as_ref().ok_or("PostgreSQL is stopped")?;
        let url = server.create_database(name)?;
        runtime::migrate(&Database::connect(&url, 1)?, Venues::Simulated).await?;
        Ok(url)
    }

    /// Runs statements past the network.
    pub(super) async fn sql(&self, statements: &str) -> Outcome<()> {
        Ok(connect(&self.admin)
            .await?
            .batch_execute(statements)
            .await?)
    }

    /// Starts the engine; it does not listen yet.
    pub(super) fn start_engine(&mut self) -> Outcome<()> {
        let engine = self.another_engine(self.address.port())?;
        self.process.store(engine.id(), Ordering::Relaxed);
        self.engine = Some(engine);
        Ok(())
    }

    /// Starts an engine on the same database.
    pub(super) fn another_engine(&mut self, port: u16) -> Outcome<Engine> {
        self.starts += 1;
        let log = File::create(self.logs.join(format!("engine-{}.log", self.starts)))?;
        Engine::spawn_at(&self.programs, &self.environment, port, log)
    }

    /// The running engine.
    pub(super) fn engine(&self) -> Outcome<&Engine> {
        Ok(self.engine.as_ref().ok_or("no engine runs")?)
    }

    /// Takes the running engine, to end it.
    pub(super) fn take_engine(&mut self) -> Outcome<Engine> {
        Ok(self.engine.take().ok_or("no engine runs")?)
    }

    /// Stops PostgreSQL as an administrator would, and starts it again.
    pub(super) async fn restart_postgres(&mut self) -> Outcome<()> {
        let server = self.server.take().ok_or("PostgreSQL is stopped")?;
        spawn_blocking(move || server.stop()).await??;
        self.server = Some(start(self.settings.clone()).await?);
        Ok(())
    }

    /// Starts PostgreSQL again after it was killed. What is left of it may be taken for alive at
    /// first, so it is tried until it works.
    pub(super) async fn revive_postgres(&mut self) -> Outcome<()> {
        const PATIENCE: Duration = Duration::from_secs(30);
        let mut server = self.server.take().ok_or("PostgreSQL is stopped")?;
        let revived = spawn_blocking(move || {
            let begin = Instant::now();
            while let Err(error) = server.start_again() {
                if begin.elapsed() > PATIENCE {
                    return Err(error);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(server)
        });
        self.server = Some(revived.await??);
        Ok(())
    }

    /// Gives the engine's role another password, which its next login finds in the file.
    pub(super) async fn rotate_password(&mut self) -> Outcome<()> {
        self.passwords += 1;
        self.write_url()?;
        let rotate = format!(
            "ALTER ROLE soak PASSWORD '{}'; \
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'soak'",
            self.password()
        );
        self.sql(&rotate).await
    }

    fn password(&self) -> String {
        format!("password-{}", self.passwords)
    }

    fn write_url(&self) -> Outcome<()> {
        let draft = self.url_file.with_extension("new");
        let (password, through) = (self.password(), &self.through);
        fs::write(&draft, format!("postgres://soak:{password}@{through}\n"))?;
        Ok(fs::rename(draft, &self.url_file)?)
    }
}

/// On a thread of its own: the network before it must not stand still meanwhile.
async fn start(settings: Settings) -> Outcome<Server> {
    Ok(spawn_blocking(move || Server::start(&settings)).await??)
}
