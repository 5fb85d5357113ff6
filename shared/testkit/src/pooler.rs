//! A PgBouncer in front of a database, as people run it.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How a server connection is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolMode {
    /// For as long as its client stays.
    Session,
    /// For a transaction.
    Transaction,
}

/// A PgBouncer. Killed when dropped.
pub struct Pooler {
    /// Absent while it is stopped.
    process: Option<Child>,
    folder: PathBuf,
    port: u16,
    /// Where the database is reached through it.
    pub url: String,
}

const SETTINGS: &str = "pgbouncer.ini";
/// Longer than it takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

impl Pooler {
    /// Starts one before the database of that URL, with this many server connections.
    ///
    /// # Panics
    /// If it does not start, for example because it is not installed (Debian's package
    /// `pgbouncer`).
    #[must_use]
    pub fn start(url: &str, mode: PoolMode, connections: usize) -> Self {
        let port = free_port();
        let (login, rest) = url
            .trim_start_matches("postgres://")
            .trim_start_matches("postgresql://")
            .split_once('@')
            .expect("a login");
        let (user, password) = login.split_once(':').expect("a password");
        let (authority, name) = rest.split_once('/').expect("a database");
        let (host, server_port) = authority.split_once(':').expect("a port");
        let mode = match mode {
            PoolMode::Session => "session",
            PoolMode::Transaction => "transaction",
        };
        let folder = std::env::temp_dir().join(format!("pooler-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(SETTINGS);
        let settings = format!(
            "[databases]\n\
            * = host={host} port={server_port} user={user} password={password}\n\
            [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
            auth_type = any\npool_mode = {mode}\ndefault_pool_size = {connections}\n\
            max_client_conn = 200\n"
        );
        fs::write(&file, settings).expect("the settings are written");
        for path in [&folder, &file] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("readable");
        }
        let mut pooler = Self {
            process: None,
            folder,
            port,
            url: format!("postgres://{login}@127.0.0.1:{port}/{name}"),
        };
        pooler.start_again();
        pooler
    }

    /// Starts it again, at the same address.
    ///
    /// # Panics
    /// As [`Pooler::start`].
    pub fn start_again(&mut self) {
        let mut command = Command::new("pgbouncer");
        // It refuses to be root, and drops to another user when told so.
        if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
            command.args(["-u", "nobody"]);
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let process = command
            .arg(self.folder.join(SETTINGS))
            .env("PATH", format!("{path}:/usr/sbin"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("pgbouncer does not start (Debian's package pgbouncer): {error}")
            });
        self.process = Some(process);
        self.wait_until_it_listens();
    }

    /// Stops it at once: connections are cut, and new ones refused.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    fn wait_until_it_listens(&mut self) {
        let begin = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let process = self.process.as_mut().expect("it was started");
            let ended = process.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "pgbouncer ended: {ended:?}");
            assert!(begin.elapsed() < PATIENCE, "pgbouncer does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}
