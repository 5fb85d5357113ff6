//! Keys and tickets, as their owner sees them.

use auth::Issued;
use engine::{account::Scope, ports::KeyRecord};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{LimitsDto, time_text, words::ScopeDto};

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Key)]
pub(crate) struct KeyDto {
    /// Its public part.
    #[schema(example = "5f0c8a1d2e3b4c6f")]
    id: String,
    /// Whose it is.
    #[schema(example = "desk")]
    account: String,
    /// What it allows.
    #[schema(value_type = Vec<ScopeDto>)]
    scopes: Vec<&'static str>,
    /// What its owner calls it.
    label: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// From when on it is worth nothing; null: for ever.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
    /// When it was revoked; null when it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<String>,
    /// When it was last shown, give or take a minute; null when never.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<String>,
    /// How much may be done with it, within what the account may.
    limits: LimitsDto,
}

/// A key that was just made, with its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewKey)]
pub(crate) struct NewKeyDto {
    /// What requests show: `Authorization: Bearer …`. It is told this once and kept nowhere.
    #[schema(example = "oek_5f0c8a1d2e3b4c6f_…_0a1b2c3d")]
    key: String,
    /// The rest of it.
    #[serde(flatten)]
    about: KeyDto,
}

/// What opens sockets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub(crate) struct TicketDto {
    /// The value of `ticket` in the socket's address.
    ticket: String,
    /// From when on it opens nothing.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

/// A key without its secret, as JSON: how every program shows one.
pub fn key_json(key: &KeyRecord) -> Value {
    serde_json::to_value(KeyDto::from(key.clone())).unwrap_or_default() // texts in a map
}

impl From<KeyRecord> for KeyDto {
    fn from(key: KeyRecord) -> Self {
        let moment = |moment: Option<Timestamp>| moment.map(time_text);
        Self {
            id: key.id.to_string(),
            account: key.account.to_string(),
            scopes: key.scopes.iter().map(Scope::name).collect(),
            label: key.label,
            created_at: time_text(key.created_at),
            expires_at: moment(key.expires_at),
            revoked_at: moment(key.revoked_at),
            last_used_at: moment(key.last_used_at),
            limits: LimitsDto::from(&key.limits),
        }
    }
}

impl NewKeyDto {
    /// A key and what is kept of it.
    pub(crate) fn new(key: String, about: KeyRecord) -> Self {
        Self {
            key,
            about: about.into(),
        }
    }
}

impl From<Issued> for TicketDto {
    fn from(issued: Issued) -> Self {
        Self {
            ticket: issued.text,
            expires_at: time_text(issued.expires_at),
        }
    }
}
