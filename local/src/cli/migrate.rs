//! The command `migrate`: what an engine does to its database at its start, apart from one.

use std::process::ExitCode;

use postgres::Migrated;
use serde_json::json;

use super::{
    administration::{Undone, end, stop},
    output,
};
use crate::{
    database::{self, NoDatabase},
    options::Migrate,
};

/// Brings the database to this program's version, and says so.
pub async fn run(migrate: &Migrate) -> ExitCode {
    end(migrated(migrate).await)
}

async fn migrated(migrate: &Migrate) -> Result<(), Undone> {
    let found = database::find(&migrate.storage).await?;
    let serving = migrate.storage.database_serving_role.as_ref();
    let done = runtime::migrate_apart(&found.database, migrate.venues, serving).await;
    stop(found.server).await;
    let Migrated { applied, version } = done.map_err(NoDatabase::from)?;
    if migrate.json {
        output::line(json!({"applied": applied, "version": version}));
    } else {
        let target = found.database.target();
        output::line(format_args!(
            "{target}: version {version}, {applied} migrations applied"
        ));
    }
    Ok(())
}
