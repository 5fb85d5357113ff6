use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor, Scope, Scopes},
    ports::{KeyRecord, NewKey, Unavailable},
};

use super::*;

/// Keys by id and hash, and how often they were asked for.
#[derive(Default)]
struct Store {
    keys: Mutex<HashMap<Shown, ValidKey>>,
    is_down: AtomicBool,
    asked: AtomicUsize,
}

#[async_trait]
impl KeyStore for Store {
    async fn create(&self, _: &NewKey, _: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        unreachable!("nobody makes a key here")
    }

    async fn list(&self, _: &AccountId) -> Result<Vec<KeyRecord>, StoreError> {
        unreachable!("nobody lists keys here")
    }

    async fn revoke(&self, _: &KeyId, _: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        unreachable!("nobody revokes through the port here")
    }

    async fn find(&self, key: &KeyId, hash: &[u8; 32]) -> Result<Option<ValidKey>, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.is_down.load(Ordering::Relaxed) {
            return Err(Unavailable("down".into()).into());
        }
        let keys = self.keys.lock().expect("no test panics here");
        Ok(keys.get(&(key.clone(), *hash)).cloned())
    }

    async fn ticket_secret(&self) -> Result<[u8; 32], StoreError> {
        unreachable!("nobody signs here")
    }
}

struct Hand(Mutex<Timestamp>);

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics here")
    }

    async fn sleep(&self, _: Duration) {
        unreachable!("nobody waits here")
    }
}

struct Setup {
    store: Arc<Store>,
    clock: Arc<Hand>,
    keys: Keys,
}

impl Setup {
    fn new() -> Self {
        let begin = "2026-11-26T12:00:00Z".parse().expect("a time");
        let (store, clock) = (
            Arc::new(Store::default()),
            Arc::new(Hand(Mutex::new(begin))),
        );
        let keys = Keys::new(store.clone(), clock.clone());
        Self { store, clock, keys }
    }

    fn key(&self, expires_at: Option<Timestamp>) -> ApiKey {
        let key = ApiKey::draw().expect("the system has random bytes");
        let valid = ValidKey {
            account: "desk".parse().expect("a name"),
            scopes: [Scope::OrdersRead].into_iter().collect::<Scopes>(),
            expires_at,
        };
        let shown = (key.id().clone(), key.hash());
        self.store.keys.lock().expect("whole").insert(shown, valid);
        key
    }

    fn revoke_all(&self) {
        self.store.keys.lock().expect("whole").clear();
    }

    fn set(&self, change: impl FnOnce(Timestamp) -> Timestamp) {
        let mut now = self.clock.0.lock().expect("whole");
        *now = change(*now);
    }

    async fn show(&self, key: &ApiKey) -> Result<Caller, Refused> {
        let authorization = format!("Bearer {}", key.expose());
        self.keys.caller(Some(&authorization), None).await
    }

    fn asked(&self) -> usize {
        self.store.asked.load(Ordering::Relaxed)
    }
}

fn is_invalid(shown: &Result<Caller, Refused>) -> bool {
    matches!(shown, Err(Refused::Invalid))
}

#[tokio::test]
async fn a_caller_is_known_by_its_key() {
    let setup = Setup::new();
    let key = setup.key(None);
    let (shown, source) = (key.expose(), Some("192.0.2.7".parse().expect("an address")));
    for header in [
        format!("Bearer {shown}"),
        format!("bearer {shown}"),
        format!("BEARER   {shown} "),
    ] {
        let caller = setup.keys.caller(Some(&header), source).await;
        let caller = caller.expect("a valid key");
        assert_eq!(caller.account.as_str(), "desk");
        assert_eq!(caller.key.as_ref(), Some(key.id()));
        assert!(caller.scopes.allow(Scope::OrdersRead) && !caller.scopes.allow(Scope::Keys));
        assert_eq!(caller.source, source);
    }
}

#[tokio::test]
async fn nobody_is_known_by_anything_else() {
    let setup = Setup::new();
    let missing = setup.keys.caller(None, None).await;
    assert!(matches!(missing, Err(Refused::Missing)), "{missing:?}");
    let shown = setup.key(None).expose();
    let mut cut = shown.clone();
    cut.pop();
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        shown.clone(),
        format!("Basic {shown}"),
        format!("Bearer{shown}"),
        format!("Bearer {cut}"),
        format!("Bearer {shown} {shown}"),
    ] {
        let refused = setup.keys.caller(Some(&header), None).await;
        assert!(is_invalid(&refused), "{refused:?}");
    }
    assert_eq!(setup.asked(), 0, "a typo is told without the store");
    let unknown = ApiKey::draw().expect("the system has random bytes");
    for time in 1..=2 {
        assert!(is_invalid(&setup.show(&unknown).await));
        assert_eq!(setup.asked(), time, "unknown keys are not remembered");
    }
}

#[tokio::test]
async fn a_key_that_was_found_is_believed_for_half_a_minute() {
    let setup = Setup::new();
    let key = setup.key(None);
    for _ in 0..3 {
        setup.show(&key).await.expect("a valid key");
    }
    assert_eq!(setup.asked(), 1);
    setup.revoke_all();
    setup.set(|now| now + BELIEVED - Duration::from_millis(1));
    setup.show(&key).await.expect("nobody has asked again");
    setup.set(|now| now + Duration::from_millis(1));
    assert!(is_invalid(&setup.show(&key).await));
    assert!(is_invalid(&setup.show(&key).await));
}

#[tokio::test]
async fn a_key_is_not_believed_beyond_its_end() {
    let setup = Setup::new();
    let end = setup.clock.now() + Duration::from_secs(10);
    let key = setup.key(Some(end));
    setup.show(&key).await.expect("a valid key");
    setup.revoke_all(); // as the store does when the time has come
    setup.set(|_| end - Duration::from_millis(1));
    setup.show(&key).await.expect("not yet");
    setup.set(|_| end);
    assert!(is_invalid(&setup.show(&key).await));
}

#[tokio::test]
async fn an_outage_is_bridged_for_those_who_were_here() {
    let setup = Setup::new();
    let (known, other) = (setup.key(None), setup.key(None));
    setup.show(&known).await.expect("a valid key");
    setup.store.is_down.store(true, Ordering::Relaxed);
    setup.show(&known).await.expect("remembered");
    let refused = setup.show(&other).await;
    assert!(matches!(refused, Err(Refused::Store(_))), "{refused:?}");
    setup.set(|now| now + BELIEVED);
    let refused = setup.show(&known).await;
    assert!(matches!(refused, Err(Refused::Store(_))), "{refused:?}");
    setup.store.is_down.store(false, Ordering::Relaxed);
    setup.show(&other).await.expect("a valid key");
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nobody() {
    let setup = Setup::new();
    let (key, other) = (setup.key(None), setup.key(None));
    setup.show(&key).await.expect("a valid key");
    setup.set(|now| now - Duration::from_secs(3_600));
    setup.show(&other).await.expect("a valid key");
    setup.revoke_all();
    assert!(is_invalid(&setup.show(&key).await));
    setup.set(|now| now + Duration::from_secs(3_600));
    assert!(is_invalid(&setup.show(&key).await));
    assert!(is_invalid(&setup.show(&other).await));
}

#[tokio::test]
async fn only_so_many_are_remembered() {
    let setup = Setup::new();
    let early: Vec<ApiKey> = (0..REMEMBERED - 1).map(|_| setup.key(None)).collect();
    for key in &early {
        setup.show(key).await.expect("a valid key");
        setup.set(|now| now + Duration::from_millis(1));
    }
    let brief = setup.key(Some(setup.clock.now() + Duration::from_millis(1)));
    setup.show(&brief).await.expect("a valid key");
    setup.set(|now| now + Duration::from_millis(1));
    let size = || setup.keys.found().keys.len();
    assert_eq!(size(), REMEMBERED);
    // The one whose time is over makes room, then whoever was found first.
    setup.show(&setup.key(None)).await.expect("a valid key");
    let asked = setup.asked();
    setup.show(&early[0]).await.expect("a valid key");
    assert_eq!(setup.asked(), asked, "still remembered");
    for _ in 0..3 {
        setup.show(&setup.key(None)).await.expect("a valid key");
    }
    assert_eq!(size(), REMEMBERED);
    let asked = setup.asked();
    setup.show(&early[3]).await.expect("a valid key");
    assert_eq!(setup.asked(), asked, "still remembered");
    setup.show(&early[2]).await.expect("a valid key");
    assert_eq!(setup.asked(), asked + 1, "forgotten");
}
