//! The command `keys`: who may talk to the engine. It works on the engine's database, whether an
//! engine runs or not: somebody has to make the first key.

use std::process::ExitCode;

use api::key_json;
use auth::{NotMade, WantedKey, everything, make, names};
use engine::{
    account::{Actor, Scopes},
    ports::{KeyRecord, KeyStore, StoreError},
};
use jiff::Timestamp;
use postgres::PostgresKeys;

use super::{
    administration::{Undone, on_database},
    output,
    table::Table,
};
use crate::options::{CreateKey, Keys, ListKeys, RevokeKey};

impl From<NotMade> for Undone {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::Scopes
            | NotMade::Label
            | NotMade::Limits(_)
            | NotMade::LimitsEscaped
            | NotMade::TooMany
            | NotMade::Past(_) => Self::NotDone(error.to_string()),
            NotMade::Store(StoreError::Unknown(cause)) => Self::Unknown(format!(
                "the key may have been kept, and nobody has it ({cause}): see `keys list`, and \
                 revoke it"
            )),
            NotMade::Store(error) => error.into(),
            NotMade::NoRandomness(_) => Self::NotDone(error.to_string()),
        }
    }
}

/// Does it, on the database that the options name.
pub async fn run(keys: &Keys) -> ExitCode {
    let (Keys::Create(CreateKey { of, .. })
    | Keys::List(ListKeys { of, .. })
    | Keys::Revoke(RevokeKey { of, .. })) = keys;
    on_database(&of.storage, async |database| {
        let store = PostgresKeys::new(database.clone());
        match keys {
            Keys::Create(create) => created(create, &store, database.now()).await,
            Keys::List(list) => listed(list, &store).await,
            Keys::Revoke(revoke) => revoked(revoke, &store).await,
        }
    })
    .await
}

async fn created(create: &CreateKey, store: &PostgresKeys, now: Timestamp) -> Result<(), Undone> {
    let scopes: Scopes = create.scopes.iter().copied().collect();
    let limits = create.limited.limits().map_err(NotMade::from)?;
    let wanted = WantedKey {
        account: create.of.account.clone(),
        scopes: if create.scopes.is_empty() {
            everything(&limits)
        } else {
            scopes
        },
        label: create.label.clone(),
        expires_at: create.expires.map(|expiry| expiry.from(now)),
        limits,
    };
    let by = Actor::of(create.of.account.clone());
    let (key, record) = make(wanted, &by, store, now).await?;
    if create.json {
        let mut shown = key_json(&record);
        shown["key"] = key.expose().into();
        output::line(shown);
        return Ok(());
    }
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
    match store.revoke(id, &Actor::of(account.clone())).await? {
        Some(key) if revoke.json => output::line(key_json(&key)),
        Some(key) => output::line(format_args!("key {id} of {account}: {}", end(&key))),
        None => return Err(Undone::NotDone(format!("{account} has no key {id}"))),
    }
    Ok(())
}
