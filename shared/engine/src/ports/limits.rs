//! Limits, as they are kept.

use async_trait::async_trait;

use super::StoreError;
use crate::account::{AccountId, Actor, KeyId, Limits};

/// Keeps the limits of accounts. [`super::OrderWriter::insert`] MUST keep to them; so it MUST to
/// those that a key was made with.
#[async_trait]
pub trait LimitStore: Send + Sync {
    /// The limits of an account as a whole.
    async fn of_account(&self, account: &AccountId) -> Result<Limits, StoreError>;

    /// The limits that a key of the account was made with.
    async fn of_key(&self, account: &AccountId, key: &KeyId) -> Result<Limits, StoreError>;

    /// Replaces the limits of the actor's account as a whole: every order that is stored from then
    /// on MUST keep to them. What was used of a day or a minute stays used.
    async fn set(&self, limits: &Limits, by: &Actor) -> Result<(), StoreError>;
}
