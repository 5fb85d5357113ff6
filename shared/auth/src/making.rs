//! How a key comes to be.

use engine::{
    account::{AccountId, Actor, InvalidLimits, Limits, Scope, Scopes},
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
    /// How much may be done with it, within what the account may.
    pub limits: Limits,
}

/// Why there is no such key.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotMade {
    /// It would allow nothing.
    #[error("a key allows at least one of {}", names(Scopes::all()).join(", "))]
    Scopes,
    /// The label is too long, or has what no label may have.
    #[error(
        "a label has {} characters at most, and none that are not seen",
        NewKey::LONGEST_LABEL
    )]
    Label,
    /// Its limits are none.
    #[error(transparent)]
    Limits(#[from] InvalidLimits),
    /// It could make keys without its limits.
    #[error("a key with limits cannot have the scope keys: it could make one without")]
    LimitsEscaped,
    /// It would never be valid.
    #[error("{0:.3} has passed: the key would never be valid")]
    Past(Timestamp),
    /// It could be guessed.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Nobody could look through more.
    #[error("the account has {} valid keys: revoke one first", NewKey::MOST)]
    TooMany,
    /// The store does not keep it, or does not say.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a key for somebody and keeps what may be kept of it. The key itself is with the answer and
/// nowhere else.
///
/// # Errors
/// [`NotMade`].
pub async fn make(
    wanted: WantedKey,
    by: &Actor,
    store: &dyn KeyStore,
    now: Timestamp,
) -> Result<(ApiKey, KeyRecord), NotMade> {
    if wanted.scopes == Scopes::default() {
        return Err(NotMade::Scopes);
    }
    let (label, longest) = (&wanted.label, NewKey::LONGEST_LABEL);
    if label.chars().count() > longest || label.chars().any(is_unseen) {
        return Err(NotMade::Label);
    }
    wanted.limits.check()?;
    if !wanted.limits.is_none() && wanted.scopes.allow(Scope::Keys) {
        return Err(NotMade::LimitsEscaped);
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
        limits: wanted.limits,
    };
    let record = store.create(&new, by).await?.ok_or(NotMade::TooMany)?;
    Ok((key, record))
}

/// Controls, line breaks and marks that turn or hide text: what is shown must be what is there.
/// The joiner that letters and pictures are made with is allowed.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The names of scopes.
pub fn names(scopes: Scopes) -> Vec<&'static str> {
    scopes.iter().map(Scope::name).collect()
}

/// What a key with these limits can allow: all, but one that has any makes no others.
pub fn everything(limits: &Limits) -> Scopes {
    let all = Scope::ALL.into_iter();
    all.filter(|scope| limits.is_none() || *scope != Scope::Keys)
        .collect()
}
