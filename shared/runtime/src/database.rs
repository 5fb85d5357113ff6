//! How a program reaches its database.

use std::{path::PathBuf, sync::Arc};

use postgres::{Database, DatabaseError, Settings, Statements, UrlSource};

/// Opens the database whose URL `source` has, as the environment says.
///
/// # Errors
/// [`DatabaseError::Source`], and as [`Database::open`].
pub async fn open(
    source: Arc<dyn UrlSource>,
    connections: usize,
    statements: config::Statements,
    ca: Option<PathBuf>,
) -> Result<Database, DatabaseError> {
    let settings = Settings {
        connections,
        statements: match statements {
            config::Statements::Unnamed => Statements::Unnamed,
            config::Statements::Prepared => Statements::Prepared,
        },
        ca,
    };
    let url = source.url().await.map_err(DatabaseError::Source)?;
    Database::open(&url, source, settings)
}
