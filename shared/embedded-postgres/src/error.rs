//! What can go wrong, in words for the person at the terminal: what is wrong and what to do.

use std::io;
use std::path::PathBuf;

/// Why PostgreSQL could not be started. Each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No PostgreSQL on this machine, and none could be fetched.
    #[error(
        "no PostgreSQL found on this machine ({searched}), and fetching one failed: {fetch}\n\
         Install it:\n  \
           Debian, Ubuntu:  sudo apt-get install postgresql\n  \
           Fedora:          sudo dnf install postgresql-server\n  \
           macOS:           brew install postgresql@18\n\
         or use one that runs elsewhere (a server, or a container started with \
         `docker compose up -d`):\n  \
           DATABASE_URL=postgres://user:password@host:5432/name"
    )]
    NoPostgres {
        /// The places that were searched.
        searched: String,
        /// Why fetching did not work.
        fetch: String,
    },
    /// Another engine holds the folder.
    #[error(
        "{} is in use by another engine that is running now. Stop that one first, \
         or give this one a folder of its own (DATA_DIR)", folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The data was made by a major version that is not installed.
    #[error(
        "the data in {} was made by PostgreSQL {data}, but this machine has {installed}. \
         Major versions do not read each other's data. Install PostgreSQL {data} again; \
         or upgrade the data with pg_upgrade; or, to begin with an empty database, move the \
         folder away", folder.display()
    )]
    OtherVersion {
        /// The folder.
        folder: PathBuf,
        /// The version that made the data, as written in `PG_VERSION`.
        data: String,
        /// The versions found on this machine.
        installed: String,
    },
    /// There are no programs that understand a server.
    #[error(
        "the server is PostgreSQL {server}, and this machine has programs of {}: install \
         PostgreSQL {server}, or a newer one", if installed.is_empty() { "none" } else { installed }
    )]
    NoTools {
        /// The server's major version.
        server: u32,
        /// The versions found on this machine.
        installed: String,
    },
    /// Running as root, and there is no account to run PostgreSQL as.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither an account `postgres` \
         nor `nobody` to run it as. Start the engine as an ordinary user"
    )]
    NoAccount,
    /// Running as root, and the account for PostgreSQL cannot enter the folder.
    #[error(
        "PostgreSQL does not run as root, and the account `{account}` cannot enter {}, which \
         is on the way to {}. Choose a folder elsewhere (DATA_DIR=/var/tmp/order-engine/postgres)",
         barrier.display(), folder.display()
    )]
    Unreachable {
        /// The folder.
        folder: PathBuf,
        /// The first folder on the way that is closed.
        barrier: PathBuf,
        /// The account that cannot enter.
        account: String,
    },
    /// The folder belongs to somebody else.
    #[error(
        "{} belongs to another user (uid {owner}); its programs and data cannot be trusted. \
         Choose another folder (DATA_DIR)", folder.display()
    )]
    NotOurs {
        /// The folder.
        folder: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// The port that was asked for is taken.
    #[error("port {port} on 127.0.0.1 is taken. Stop what listens there, or choose another port")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// `initdb` failed.
    #[error("initdb could not create a database cluster in {}:\n{output}", folder.display())]
    Create {
        /// The folder.
        folder: PathBuf,
        /// What `initdb` said.
        output: String,
    },
    /// PostgreSQL ended while starting.
    #[error("PostgreSQL ended while starting. The end of {}:\n{tail}", log.display())]
    Ended {
        /// The log file.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// PostgreSQL did not become ready in time.
    #[error("PostgreSQL did not accept connections within {seconds} s. The end of {}:\n{tail}", log.display())]
    NotReady {
        /// How long it was given.
        seconds: u64,
        /// The log file.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The file with the password of the existing data is gone.
    #[error(
        "the password of the data is lost: there is no file {}. Restore it; or, to begin with an \
         empty database, move the folder away", password.display()
    )]
    PasswordLost {
        /// Where the password was kept.
        password: PathBuf,
    },
    /// PostgreSQL runs but refuses our statements.
    #[error("PostgreSQL runs but refuses the engine (was the file {} changed?): {source}", password.display())]
    Refused {
        /// Where the password is kept.
        password: PathBuf,
        /// What it said.
        source: SqlError,
    },
    /// A former PostgreSQL on this folder had to end first and did not.
    #[error(transparent)]
    Former(#[from] StopError),
    /// A file or a program could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
}

/// Why PostgreSQL could not be stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// It is still alive after the fast and the immediate shutdown.
    #[error("PostgreSQL (process {pid}) did not end within {seconds} s")]
    StillAlive {
        /// The process.
        pid: i32,
        /// How long it was given.
        seconds: u64,
    },
    /// The signal could not be sent, or the files of the folder not be read.
    #[error("cannot stop PostgreSQL: {0}")]
    Io(#[from] io::Error),
}

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// A database name must be a lower-case identifier: letters, digits and `_`, up to 63.
    #[error("`{0}` is not a database name: use a-z, 0-9 and _, at most 63 characters")]
    Name(String),
    /// PostgreSQL refused; its message.
    #[error("{0}")]
    Refused(String),
    /// `psql` could not be run.
    #[error("cannot run psql: {0}")]
    Io(#[from] io::Error),
}

/// Turns an I/O error into a [`StartError`] that says what was tried.
pub(crate) fn while_doing(what: impl Into<String>) -> impl FnOnce(io::Error) -> StartError {
    let what = what.into();
    move |source| StartError::Io { what, source }
}
