//! Who shows a key.

use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use engine::{
    account::{Caller, KeyId},
    ports::{Clock, KeyStore, StoreError, ValidKey},
};
use jiff::Timestamp;

use crate::key::ApiKey;

/// How long a key that was found is believed without another look: a revoked one works for as long
/// at most.
const BELIEVED: Duration = Duration::from_secs(30);
/// Keys that are remembered.
const REMEMBERED: usize = 1_024;

/// Finds out who calls, by the key that is shown. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    found: Arc<Mutex<Found>>,
}

impl Keys {
    /// By the keys of this store.
    pub fn new(store: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        let found = Arc::default();
        Self {
            store,
            clock,
            found,
        }
    }

    /// Who calls, by a request's header `Authorization`, from this address. What was found a moment
    /// ago is believed.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn caller(
        &self,
        authorization: Option<&str>,
        source: Option<IpAddr>,
    ) -> Result<Caller, Refused> {
        self.known(authorization, source, true).await
    }

    /// Who calls, by the store's word of now: for what outlasts the key with which it is done.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn caller_now(
        &self,
        authorization: Option<&str>,
        source: Option<IpAddr>,
    ) -> Result<Caller, Refused> {
        self.known(authorization, source, false).await
    }

    async fn known(
        &self,
        authorization: Option<&str>,
        source: Option<IpAddr>,
        believe: bool,
    ) -> Result<Caller, Refused> {
        let shown = bearer(authorization.ok_or(Refused::Missing)?).ok_or(Refused::Invalid)?;
        let key: ApiKey = shown.parse().map_err(|_| Refused::Invalid)?;
        let valid = self.valid(&key, believe).await?.ok_or(Refused::Invalid)?;
        Ok(Caller {
            account: valid.account,
            key: Some(key.id().clone()),
            scopes: valid.scopes,
            expires_at: valid.expires_at,
            source,
        })
    }

    async fn valid(&self, key: &ApiKey, believe: bool) -> Result<Option<ValidKey>, StoreError> {
        let shown = (key.id().clone(), key.hash());
        let asked_at = match self.recall(&shown) {
            Ok(valid) if believe => return Ok(Some(valid)),
            Ok(_) => self.clock.now(),
            Err(now) => now,
        };
        let valid = self.store.find(&shown.0, &shown.1).await?;
        match &valid {
            Some(valid) => self.found().remember(shown, valid.clone(), asked_at),
            None => self.found().forget(&shown),
        }
        Ok(valid)
    }

    /// What is known of a key, or since when nothing is.
    fn recall(&self, shown: &Shown) -> Result<ValidKey, Timestamp> {
        let mut found = self.found();
        // Read behind the lock, so that only a clock that was set back goes back.
        let now = self.clock.now();
        found.recall(shown, now).ok_or(now)
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What follows the scheme, whose letters may be large or small.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, key) = authorization.trim().split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| key.trim_start())
}

/// Why nobody is known by what was shown.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing was shown.
    #[error("a key is needed")]
    Missing,
    /// What was shown is no valid key. Whether there never was such a key, or it was revoked or
    /// has expired, is nobody's business who does not have a valid one.
    #[error("the key is not valid")]
    Invalid,
    /// The store cannot tell.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Shown = (KeyId, [u8; 32]);

/// Keys that were found just now. Only those: whoever tries any text finds no room here.
#[derive(Default)]
struct Found {
    keys: HashMap<Shown, Believed>,
    /// The last moment at which it was asked.
    newest: Timestamp,
}

struct Believed {
    valid: ValidKey,
    since: Timestamp,
    until: Timestamp,
}

impl Found {
    fn recall(&mut self, shown: &Shown, now: Timestamp) -> Option<ValidKey> {
        self.keep_time(now);
        let believed = self.keys.get(shown)?;
        (now < believed.until).then(|| believed.valid.clone())
    }

    /// An answer of the store is as old as the question.
    fn remember(&mut self, shown: Shown, valid: ValidKey, asked_at: Timestamp) {
        if asked_at > self.newest {
            return; // the clock was set back meanwhile
        }
        if self.keys.len() >= REMEMBERED {
            self.make_room();
        }
        let until = asked_at + BELIEVED;
        let believed = Believed {
            until: valid.expires_at.map_or(until, |end| end.min(until)),
            since: asked_at,
            valid,
        };
        self.keys.insert(shown, believed);
    }

    fn forget(&mut self, shown: &Shown) {
        self.keys.remove(shown);
    }

    /// A clock that was set back would have old answers believed for longer: none is.
    fn keep_time(&mut self, now: Timestamp) {
        if now < self.newest {
            self.keys.clear();
        }
        self.newest = now;
    }

    /// What is not believed any more goes first, else what was found first.
    fn make_room(&mut self) {
        let now = self.newest;
        self.keys.retain(|_, believed| now < believed.until);
        if self.keys.len() >= REMEMBERED {
            let oldest = self.keys.iter().min_by_key(|(_, believed)| believed.since);
            if let Some(oldest) = oldest.map(|(shown, _)| shown.clone()) {
                self.keys.remove(&oldest);
            }
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

#[cfg(test)]
mod tests;
