//! The command that migrates.

use clap::Args;
use config::{VENUES, Venues};

use super::{Storage, parser};

/// What is to be migrated.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "An engine may run meanwhile. Where the role that serves does not own the schema, this runs as the \
    owner before a new version is started, and DATABASE_SERVING_ROLE names the role that serves.\n\n\
    It ends with 0 when the schema is this version's, and with 2 when it is not.\n\n\
    Example: order-engine migrate --database-url-file owner.url --database-serving-role engine_serving"
)]
pub struct Migrate {
    /// [`VENUES`].
    #[arg(long, env = VENUES.name, default_value = VENUES.default)]
    #[arg(value_parser = parser(&VENUES), help = VENUES.doc)]
    pub venues: Venues,
    /// Print what was done as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Where.
    #[command(flatten)]
    pub storage: Storage,
}
