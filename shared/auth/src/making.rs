//! How a key comes to be.

use engine::{
    account::{AccountId, Scope, Scopes},
    ports::{KeyRecord, KeyStore, NewKey, StoreError},
};
use jiff::Timestamp;

use crate::key::{ApiKey, NoRandomness};

/// The key that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedKey {
    /// Whose it is to be.
    pub account: AccountId,
    /// What it is to allow.
    pub scopes: Scopes,
    /// What its owner calls it: up to [`NewKey::LONGEST_LABEL`] characters that can be seen.
    pub label: String,
    /// From when on it is to be worth nothing, if ever.
    pub expires_at: Option<Timestamp>,
}

/// Why there is no such key.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotMade {
    /// It would allow nothing.
    #[error("a key allows at least one of {}", names(Scopes::all()).join(", "))]
    Scopes,
    /// The label is too long, or has what no label may have.
    #[error(
        "a label has {} characters at most, and no line breaks",
        NewKey::LONGEST_LABEL
    )]
    Label,
    /// It would never be valid.
    #[error("{0:.3} has passed: the key would never be valid")]
    Past(Timestamp),
    /// It could be guessed.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The store does not keep it, or does not say.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a key and keeps what may be kept of it. The key itself is with the answer and nowhere
/// else.
///
/// # Errors
/// [`NotMade`].
pub async fn make(
    wanted: WantedKey,
    store: &dyn KeyStore,
    now: Timestamp,
) -> Result<(ApiKey, KeyRecord), NotMade> {
    if wanted.scopes == Scopes::default() {
        return Err(NotMade::Scopes);
    }
    let (label, longest) = (&wanted.label, NewKey::LONGEST_LABEL);
    if label.chars().count() > longest || label.chars().any(char::is_control) {
        return Err(NotMade::Label);
    }
    if let Some(end) = wanted.expires_at.filter(|end| *end <= now) {
        return Err(NotMade::Past(end));
    }
    let key = ApiKey::draw()?;
    let new = NewKey {
        id: key.id().clone(),
        account: wanted.account,
        secret_hash: key.hash(),
        scopes: wanted.scopes,
        label: wanted.label,
        expires_at: wanted.expires_at,
    };
    let record = store.create(&new).await?;
    Ok((key, record))
}

/// The names of scopes.
pub fn names(scopes: Scopes) -> Vec<&'static str> {
    scopes.iter().map(Scope::name).collect()
}
