//! The command `keys`: who may talk to the engine. It works on the engine's database, whether an
//! engine runs or not: somebody has to make the first key.

use std::{fmt::Display, process::ExitCode};

use api::key_json;
use auth::{NotMade, WantedKey, make, names};
use engine::{
    account::Scopes,
    ports::{KeyRecord, KeyStore, StoreError},
};
use jiff::Timestamp;
use postgres::PostgresKeys;
use tokio::task::spawn_blocking;

use super::{output, table::Table};
use crate::{
    database::{self, Ready},
    options::{CreateKey, Keys, ListKeys, RevokeKey, Storage},
};

/// The database does not do it, or does not say.
const UNKNOWN: u8 = 2;

/// Why it was not done, in words.
enum Undone {
    /// It cannot be done, whenever it is tried.
    Refused(String),
    Unknown(String),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Unknown(error.to_string())
    }
}

impl From<NotMade> for Undone {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::Scopes | NotMade::Label | NotMade::Past(_) => Self::Refused(error.to_string()),
            NotMade::Store(StoreError::Unknown(cause)) => Self::Unknown(format!(
                "the key may have been kept, and nobody has it ({cause}): see `keys list`, and \
                 revoke it"
            )),
            NotMade::NoRandomness(_) | NotMade::Store(_) => Self::Unknown(error.to_string()),
        }
    }
}

/// Does it, on the database that the options name.
pub async fn run(keys: &Keys) -> ExitCode {
    let (Keys::Create(CreateKey { of, .. })
    | Keys::List(ListKeys { of, .. })
    | Keys::Revoke(RevokeKey { of, .. })) = keys;
    match done(keys, &of.storage).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Undone::Refused(why)) => {
            complain(why);
            ExitCode::FAILURE
        }
        Err(Undone::Unknown(why)) => {
            complain(why);
            ExitCode::from(UNKNOWN)
        }
    }
}

async fn done(keys: &Keys, storage: &Storage) -> Result<(), Undone> {
    let visited = database::visit(storage).await;
    let Ready { database, server } = visited.map_err(|error| Undone::Unknown(error.to_string()))?;
    let store = PostgresKeys::new(database.clone());
    let done = match keys {
        Keys::Create(create) => created(create, &store, database.now()).await,
        Keys::List(list) => listed(list, &store).await,
        Keys::Revoke(revoke) => revoked(revoke, &store).await,
    };
    if let Some(server) = server
        && let Ok(Err(error)) = spawn_blocking(|| server.stop()).await
    {
        complain(error);
    }
    done
}

async fn created(create: &CreateKey, store: &PostgresKeys, now: Timestamp) -> Result<(), Undone> {
    let scopes: Scopes = create.scopes.iter().copied().collect();
    let wanted = WantedKey {
        account: create.of.account.clone(),
        scopes: if create.scopes.is_empty() {
            Scopes::all()
        } else {
            scopes
        },
        label: create.label.clone(),
        expires_at: create.expires.map(|expiry| expiry.from(now)),
    };
    let (key, record) = make(wanted, store, now).await?;
    output::line(key.expose());
    output::complain(format_args!(
        "key {} of {}, for {}, {}; it is shown this once",
        record.id,
        record.account,
        names(record.scopes).join(", "),
        end(&record)
    ));
    Ok(())
}

async fn listed(list: &ListKeys, store: &PostgresKeys) -> Result<(), Undone> {
    let keys = store.list(&list.of.account).await?;
    let lines: Vec<String> = if list.json {
        keys.iter().map(|key| key_json(key).to_string()).collect()
    } else {
        let rows: Vec<[String; 5]> = keys.iter().map(row).collect();
        Table::new().lines(&rows)
    };
    // Whoever reads may have seen enough.
    let _ = lines.iter().try_for_each(output::try_line);
    Ok(())
}

/// Which, what it allows, until when, when it was shown, what it is called.
fn row(key: &KeyRecord) -> [String; 5] {
    let used = key.last_used_at.map(|at| format!("used {at:.0}"));
    [
        key.id.to_string(),
        names(key.scopes).join(","),
        end(key),
        used.unwrap_or_else(|| "never used".into()),
        key.label.clone(),
    ]
}

fn end(key: &KeyRecord) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {at:.0}"),
        (None, Some(at)) => format!("until {at:.0}"),
        (None, None) => "without an end".into(),
    }
}

async fn revoked(revoke: &RevokeKey, store: &PostgresKeys) -> Result<(), Undone> {
    let (id, account) = (&revoke.id, &revoke.of.account);
    match store.revoke(account, id).await? {
        Some(key) => {
            output::line(format_args!("key {id} of {account}: {}", end(&key)));
            Ok(())
        }
        None => Err(Undone::Refused(format!("{account} has no key {id}"))),
    }
}

fn complain(why: impl Display) {
    output::complain(format_args!("order-engine: {why}"));
}
