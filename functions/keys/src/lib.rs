//! Makes, lists and revokes keys for an operator, whose right to invoke the function is the only
//! way to it: somebody has to make the first key.

use api::key_json;
use auth::{NotMade, WantedKey, make};
use engine::{
    account::{AccountId, KeyId, Scope, Scopes},
    ports::{KeyStore, StoreError},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// What an operator may want.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "action",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Wish {
    Create {
        account: String,
        scopes: Option<Vec<String>>,
        label: Option<String>,
        expires_at: Option<String>,
    },
    List {
        account: String,
    },
    Revoke {
        account: String,
        id: String,
    },
}

/// Why it is not done, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The event is no wish.
    #[error("the event is not understood: {0}")]
    Event(#[from] serde_json::Error),
    /// One of its values is not allowed.
    #[error("{field}: {reason}")]
    Value {
        /// Which.
        field: &'static str,
        /// What is allowed.
        reason: String,
    },
    /// There can be no such key, or there is none for another reason.
    #[error(transparent)]
    NotMade(#[from] NotMade),
    /// It is not the account's, or nobody's.
    #[error("{account} has no key {id}")]
    NoSuchKey {
        /// Whose it should be.
        account: AccountId,
        /// The key's public part.
        id: KeyId,
    },
    /// The store does not do it, or does not say.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Does what the event says: `create` answers the key, this once, and what `list` and `revoke` show
/// of one.
///
/// # Errors
/// [`Refused`].
pub async fn handle(store: &dyn KeyStore, event: Value, now: Timestamp) -> Result<Value, Refused> {
    match serde_json::from_value(event)? {
        Wish::Create {
            account,
            scopes,
            label,
            expires_at,
        } => {
            let wanted = WantedKey {
                account: read("account", &account)?,
                scopes: scopes.map_or_else(|| Ok(Scopes::all()), read_scopes)?,
                label: label.unwrap_or_default(),
                expires_at: expires_at.map(read_time).transpose()?,
            };
            let (key, record) = make(wanted, store, now).await?;
            let mut answer = key_json(&record);
            answer["key"] = key.expose().into();
            Ok(answer)
        }
        Wish::List { account } => {
            let keys = store.list(&read("account", &account)?).await?;
            let keys: Vec<Value> = keys.iter().map(key_json).collect();
            Ok(json!({ "keys": keys }))
        }
        Wish::Revoke { account, id } => {
            let (account, id) = (read("account", &account)?, read("id", &id)?);
            match store.revoke(&account, &id).await? {
                Some(key) => Ok(key_json(&key)),
                None => Err(Refused::NoSuchKey { account, id }),
            }
        }
    }
}

fn read<T>(field: &'static str, text: &str) -> Result<T, Refused>
where
    T: std::str::FromStr<Err: ToString>,
{
    text.parse().map_err(|error: T::Err| Refused::Value {
        field,
        reason: error.to_string(),
    })
}

fn read_scopes(names: Vec<String>) -> Result<Scopes, Refused> {
    let known = || Refused::Value {
        field: "scopes",
        reason: format!("each is one of {}", Scope::ALL.map(Scope::name).join(", ")),
    };
    let scopes = names.iter().map(|name| name.parse::<Scope>());
    scopes.collect::<Result<_, _>>().map_err(|_| known())
}

fn read_time(text: String) -> Result<Timestamp, Refused> {
    text.parse().map_err(|_| Refused::Value {
        field: "expiresAt",
        reason: "a time like 2027-01-01T00:00:00Z".into(),
    })
}
