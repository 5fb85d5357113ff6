//! Where everything is kept.

use std::path::PathBuf;

use clap::Args;
use config::{
    DATA_DIR, DATABASE_CA, DATABASE_SERVING_ROLE, DATABASE_STATEMENTS, DATABASE_URL,
    DATABASE_URL_FILE, RoleName, Statements,
};

use super::parser;

/// The database that is named, or an own one in a folder.
#[derive(Clone, Debug, Args)]
pub struct Storage {
    /// [`DATABASE_URL`]. Any text: clap would repeat what is wrong, and the password with it.
    #[arg(long, env = DATABASE_URL.name, help = DATABASE_URL.doc, hide_env_values = true)]
    pub database_url: Option<String>,
    /// [`DATABASE_URL_FILE`].
    #[arg(long, env = DATABASE_URL_FILE.name, help = DATABASE_URL_FILE.doc)]
    #[arg(conflicts_with = "database_url")]
    pub database_url_file: Option<PathBuf>,
    /// [`DATABASE_CA`].
    #[arg(long, env = DATABASE_CA.name, help = DATABASE_CA.doc)]
    pub database_ca: Option<PathBuf>,
    /// [`DATABASE_STATEMENTS`].
    #[arg(long, env = DATABASE_STATEMENTS.name, default_value = DATABASE_STATEMENTS.default)]
    #[arg(value_parser = parser(&DATABASE_STATEMENTS), help = DATABASE_STATEMENTS.doc)]
    pub database_statements: Statements,
    /// [`DATABASE_SERVING_ROLE`].
    #[arg(long, env = DATABASE_SERVING_ROLE.name)]
    #[arg(value_parser = parser(&DATABASE_SERVING_ROLE), help = DATABASE_SERVING_ROLE.doc)]
    pub database_serving_role: Option<RoleName>,
    /// [`DATA_DIR`].
    #[arg(long, env = DATA_DIR.name, help = DATA_DIR.doc)]
    pub data_dir: Option<PathBuf>,
}
