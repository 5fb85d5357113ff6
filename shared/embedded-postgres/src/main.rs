//! `embedded-postgres`: the engine's PostgreSQL from the command line, for scripts.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use embedded_postgres::{Server, Settings, StartError, default_data_dir};

/// PostgreSQL on this machine, without Docker and without an installation step.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start it, print its URL and leave it running (also when it runs already).
    Start {
        #[command(flatten)]
        place: Place,
        /// The TCP port on 127.0.0.1 [default: that of the last run, else a free one]
        #[arg(long)]
        port: Option<u16>,
        /// Do not wait for the disk: several times faster, lost in a power cut.
        #[arg(long)]
        throwaway: bool,
    },
    /// Stop it and wait until it is gone.
    Stop(Place),
    /// Print the URL of the one that runs.
    Url(Place),
}

#[derive(Args)]
struct Place {
    /// The folder for the data, the password and the log [default: in the user's data folder]
    #[arg(long, env = "DATA_DIR")]
    data_dir: Option<PathBuf>,
}

impl Place {
    fn folder(self) -> PathBuf {
        self.data_dir.unwrap_or_else(default_data_dir)
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().action) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Start {
            place,
            port,
            throwaway,
        } => {
            let settings = Settings {
                data_dir: place.folder(),
                durable: !throwaway,
                port,
            };
            let server = Server::start(&settings)?;
            println!("{}", server.url());
            server.leave_running();
        }
        Action::Stop(place) => {
            let folder = place.folder();
            if !Server::stop_left_running(&folder)? {
                eprintln!("nothing runs on {}", folder.display());
            }
        }
        Action::Url(place) => {
            let folder = place.folder();
            match Server::url_of(&folder)? {
                Some(url) => println!("{url}"),
                None => {
                    eprintln!("error: no PostgreSQL runs on {}", folder.display());
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
