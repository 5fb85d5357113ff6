//! Makes, lists and revokes keys, and sets limits, for an operator, whose right to invoke the
//! function is the only way to it: somebody has to make the first key.

use std::sync::Arc;

use api::{key_json, limits_json, read_limits};
use auth::{NotMade, WantedKey, everything, make};
use engine::{
    account::{AccountId, Actor, KeyId, Limits, Scope, Scopes},
    ports::{KeyStore, LimitStore, StoreError},
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
        limits: Option<Value>,
    },
    List {
        account: String,
    },
    Revoke {
        account: String,
        id: String,
    },
    Limits {
        account: String,
    },
    SetLimits {
        account: String,
        limits: Value,
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

/// Where everything is kept that an operator administers.
#[derive(Clone)]
pub struct Stores {
    /// Keys.
    pub keys: Arc<dyn KeyStore>,
    /// Limits of accounts.
    pub limits: Arc<dyn LimitStore>,
}

/// Does what the event says: `create` answers the key, this once, and what `list` and `revoke` show
/// of one; `limits` and `setLimits` answer the limits of an account.
///
/// # Errors
/// [`Refused`].
pub async fn handle(stores: &Stores, event: Value, now: Timestamp) -> Result<Value, Refused> {
    let store = stores.keys.as_ref();
    match serde_json::from_value(event)? {
        Wish::Create {
            account,
            scopes,
            label,
            expires_at,
            limits,
        } => {
            let limits = limits.map_or_else(|| Ok(Limits::default()), limits_of)?;
            let wanted = WantedKey {
                account: read("account", &account)?,
                scopes: scopes.map_or_else(|| Ok(everything(&limits)), read_scopes)?,
                label: label.unwrap_or_default(),
                expires_at: expires_at.map(read_time).transpose()?,
                limits,
            };
            let by = Actor::of(wanted.account.clone());
            let (key, record) = make(wanted, &by, store, now).await?;
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
            let account: AccountId = read("account", &account)?;
            let id = read("id", &id)?;
            match store.revoke(&id, &Actor::of(account.clone())).await? {
                Some(key) => Ok(key_json(&key)),
                None => Err(Refused::NoSuchKey { account, id }),
            }
        }
        Wish::Limits { account } => {
            let account: AccountId = read("account", &account)?;
            Ok(limits_json(&stores.limits.of_account(&account).await?))
        }
        Wish::SetLimits { account, limits } => {
            let by = Actor::of(read("account", &account)?);
            let limits = limits_of(limits)?;
            stores.limits.set(&limits, &by).await?;
            Ok(limits_json(&limits))
        }
    }
}

fn limits_of(value: Value) -> Result<Limits, Refused> {
    read_limits(value).map_err(|reason| Refused::Value {
        field: "limits",
        reason,
    })
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
