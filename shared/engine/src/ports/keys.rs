//! Keys, as they are kept.

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::account::{AccountId, Actor, KeyId, Limits, Scopes};

/// A key to be kept. Its secret is not: only its owner has that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Its public part.
    pub id: KeyId,
    /// Whose it is.
    pub account: AccountId,
    /// The SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// What it allows.
    pub scopes: Scopes,
    /// What its owner calls it, [`NewKey::LONGEST_LABEL`] characters at most.
    pub label: String,
    /// From when on it is worth nothing, if ever.
    pub expires_at: Option<Timestamp>,
    /// How much may be done with it, within what the account may.
    pub limits: Limits,
}

impl NewKey {
    /// Characters that a label may have.
    pub const LONGEST_LABEL: usize = 100;
    /// Valid keys that an account may have: as many as its owner can look through.
    pub const MOST: u32 = 100;
}

/// A key as its owner sees it afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its public part.
    pub id: KeyId,
    /// Whose it is.
    pub account: AccountId,
    /// What it allows.
    pub scopes: Scopes,
    /// What its owner calls it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// When it was last shown, give or take a minute; `None` if never.
    pub last_used_at: Option<Timestamp>,
    /// How much may be done with it, within what the account may.
    pub limits: Limits,
}

/// A key that is valid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidKey {
    /// Whose it is.
    pub account: AccountId,
    /// What it allows.
    pub scopes: Scopes,
    /// From when on it is worth nothing, if ever.
    pub expires_at: Option<Timestamp>,
}

/// Keeps keys, and the secret that tickets are signed with.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Keeps a key; from then on it MUST be found. `None`, and nothing is kept, when the account
    /// has [`NewKey::MOST`] valid ones.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of this id.
    async fn create(&self, key: &NewKey, by: &Actor) -> Result<Option<KeyRecord>, StoreError>;

    /// An account's keys, the newest first, the revoked and the expired among them; a thousand at
    /// most, and every valid one. It MUST NOT show another account's.
    async fn list(&self, account: &AccountId) -> Result<Vec<KeyRecord>, StoreError>;

    /// Revokes a key of the actor's account: from then on it MUST NOT be found. Twice is as once.
    /// `None` when the account has no such key, whoever else has.
    async fn revoke(&self, key: &KeyId, by: &Actor) -> Result<Option<KeyRecord>, StoreError>;

    /// The key of this id whose secret has this hash. It MUST be neither revoked nor expired, by
    /// the store's clock. That it was shown MUST be noted, once a minute at most.
    async fn find(
        &self,
        key: &KeyId,
        secret_hash: &[u8; 32],
    ) -> Result<Option<ValidKey>, StoreError>;

    /// The secret that tickets are signed with, drawn by whoever asks first. It MUST be the same
    /// for all who ask, whenever they do.
    async fn ticket_secret(&self) -> Result<[u8; 32], StoreError>;
}
