//! The commands that take everything out of the database, and put it back.

use std::path::PathBuf;

use clap::Args;

use super::Storage;

/// Where a backup goes.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The engine may run meanwhile. The file holds everything, the keys' hashes and the wallet's history \
    included, and only its owner may read it. One that is there already is never written over.\n\n\
    It ends with 0 when the file is complete, and with 2 when there is none.\n\n\
    Example: order-engine backup orders.dump"
)]
pub struct Backup {
    /// The file to write, in the custom format of PostgreSQL's pg_dump.
    pub file: PathBuf,
    /// Print what was written as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// What to take out.
    #[command(flatten)]
    pub storage: Storage,
}

/// Where a backup comes from.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "No engine may run on the database meanwhile. All of it is put back, or nothing. What happened after \
    the backup was made is not known any more: on a real chain, where orders that are open in it may \
    have been executed since, they are cancelled (docs/one-machine.md).\n\n\
    It ends with 0 when all is put back, with 2 when nothing was changed, and with 3 when it may have \
    been: then run it once more, with --replace.\n\n\
    Example: order-engine restore orders.dump --data-dir /var/lib/order-engine"
)]
pub struct Restore {
    /// The file that `backup` wrote.
    pub file: PathBuf,
    /// Replace what is in the database: all of it, whatever it is, is lost.
    #[arg(long)]
    pub replace: bool,
    /// Print what was put back as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Where to put it.
    #[command(flatten)]
    pub storage: Storage,
}
