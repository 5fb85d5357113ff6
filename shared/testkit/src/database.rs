//! The real database, migrated, one for each test.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    thread,
};

use config::Venues;
pub use embedded_postgres::testing::TestDatabase;
use postgres::Database;

/// A fresh database with the schema of this build, dropped with the value.
///
/// # Panics
/// If PostgreSQL cannot be started or migrated, with the reason.
#[must_use]
pub fn migrated_database() -> TestDatabase {
    TestDatabase::from_template(&template_name(), migrate)
}

/// Changes with the migrations, so that a template of other migrations is not taken.
fn template_name() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["migrations", "shared/simulation/migrations"].map(|folder| root.join(folder));
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("the migrations are in the repository"));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("the migrations can be listed").path())
        .filter(|file| file.extension().is_some_and(|kind| kind == "sql"))
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file)
            .expect("a migration can be read")
            .hash(&mut hasher);
    }
    format!("engine_{:016x}", hasher.finish())
}

/// On a thread of its own, because a test's runtime may already run on this one.
fn migrate(url: &str) {
    let url = url.to_owned();
    let migrating = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        runtime.block_on(async {
            let database = Database::connect(&url, 1).expect("a URL made by us");
            runtime::migrate(&database, Venues::Simulated)
                .await
                .expect("migrations apply to an empty database");
        });
    });
    migrating.join().expect("the migrations were applied");
}
