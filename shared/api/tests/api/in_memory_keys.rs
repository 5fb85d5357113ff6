//! Keys in memory.

use std::sync::Mutex;

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor, KeyId},
    ports::{KeyRecord, KeyStore, NewKey, StoreError, ValidKey},
};
use jiff::Timestamp;

/// A store of keys.
#[derive(Default)]
pub(crate) struct InMemoryKeys(Mutex<Vec<(NewKey, KeyRecord)>>);

#[async_trait]
impl KeyStore for InMemoryKeys {
    async fn create(&self, key: &NewKey, _: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        let record = KeyRecord {
            id: key.id.clone(),
            account: key.account.clone(),
            scopes: key.scopes,
            label: key.label.clone(),
            created_at: Timestamp::now(),
            expires_at: key.expires_at,
            revoked_at: None,
            last_used_at: None,
            limits: key.limits.clone(),
        };
        let mut keys = self.0.lock().expect("no test panics while it writes");
        keys.insert(0, (key.clone(), record.clone()));
        Ok(Some(record))
    }

    async fn list(&self, account: &AccountId) -> Result<Vec<KeyRecord>, StoreError> {
        let keys = self.0.lock().expect("no test panics while it writes");
        let records = keys.iter().map(|(_, record)| record);
        let own = records.filter(|record| record.account == *account);
        Ok(own.cloned().collect())
    }

    async fn revoke(&self, key: &KeyId, by: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        let mut keys = self.0.lock().expect("no test panics while it writes");
        let mut records = keys.iter_mut().map(|(_, record)| record);
        let found = records.find(|record| record.account == by.account && record.id == *key);
        Ok(found.map(|record| {
            record.revoked_at.get_or_insert(Timestamp::now());
            record.clone()
        }))
    }

    async fn find(
        &self,
        key: &KeyId,
        secret_hash: &[u8; 32],
    ) -> Result<Option<ValidKey>, StoreError> {
        let now = Timestamp::now();
        let keys = self.0.lock().expect("no test panics while it writes");
        let found = keys.iter().find(|(new, record)| {
            new.id == *key
                && new.secret_hash == *secret_hash
                && record.revoked_at.is_none()
                && record.expires_at.is_none_or(|end| end > now)
        });
        Ok(found.map(|(_, record)| ValidKey {
            account: record.account.clone(),
            scopes: record.scopes,
            expires_at: record.expires_at,
        }))
    }

    async fn ticket_secret(&self) -> Result<[u8; 32], StoreError> {
        Ok([7; 32])
    }
}
