//! Keys as they are kept.

use std::time::Duration;

use auth::ApiKey;
use embedded_postgres::testing::TestDatabase;
use engine::{
    account::{AccountId, Actor, KeyId, Limits, Scope, Scopes},
    ports::{KeyRecord, KeyStore, NewKey, StoreError},
};
use futures::future::join_all;
use jiff::Timestamp;
use postgres::{Database, PostgresKeys};

struct Setup {
    _server: TestDatabase,
    database: Database,
    keys: PostgresKeys,
}

async fn setup() -> Setup {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 4).expect("a URL of ours");
    postgres::migrate(&database).await.expect("migrated");
    Setup {
        _server: server,
        keys: PostgresKeys::new(database.clone()),
        database,
    }
}

fn new_key(account: &str, number: u8) -> NewKey {
    NewKey {
        id: format!("{number:016x}").parse().expect("an id"),
        account: account.parse().expect("a name"),
        secret_hash: [number; 32],
        scopes: [Scope::OrdersRead, Scope::Stream].into_iter().collect(),
        label: format!("key {number}"),
        expires_at: None,
        limits: Limits::default(),
    }
}

async fn create(keys: &PostgresKeys, key: &NewKey) -> Result<KeyRecord, StoreError> {
    let created = keys.create(key, &Actor::of(key.account.clone())).await;
    created.map(|record| record.expect("there is room"))
}

fn ids(keys: &[KeyRecord]) -> Vec<String> {
    keys.iter().map(|key| key.id.to_string()).collect()
}

/// Whether the key is found by its hash.
async fn is_found(keys: &PostgresKeys, key: &NewKey) -> bool {
    let found = keys.find(&key.id, &key.secret_hash).await;
    found.expect("the store answers").is_some()
}

#[tokio::test]
async fn a_key_is_made_listed_found_and_revoked() {
    let Setup { keys, .. } = &setup().await;
    let account: AccountId = "desk".parse().expect("a name");
    let shown = ApiKey::draw().expect("the system has random bytes");
    let key = NewKey {
        id: shown.id().clone(),
        secret_hash: shown.hash(),
        expires_at: Some("2036-01-01T00:00:00Z".parse().expect("a time")),
        limits: Limits {
            max_open_orders: Some(3),
            pairs: Some(["SOL/USDC".parse().expect("a pair")].into()),
            max_amount_per_day: [("SOL".into(), "2.5".parse().expect("a number"))].into(),
            ..Limits::default()
        },
        ..new_key("desk", 1)
    };
    let record = create(keys, &key).await.expect("kept");
    assert!(record.created_at.duration_until(Timestamp::now()).as_secs() < 60);
    let expected = KeyRecord {
        id: key.id.clone(),
        account: account.clone(),
        scopes: key.scopes,
        label: "key 1".into(),
        created_at: record.created_at,
        expires_at: key.expires_at,
        revoked_at: None,
        last_used_at: None,
        limits: key.limits.clone(),
    };
    assert_eq!(record, expected);
    tokio::time::sleep(Duration::from_millis(2)).await; // another moment
    create(keys, &new_key("desk", 2)).await.expect("kept");
    let twice = create(keys, &new_key("other", 2)).await;
    assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");

    let listed = keys.list(&account).await.expect("the store answers");
    assert_eq!(ids(&listed), ["0000000000000002", key.id.as_str()]);
    assert_eq!(listed[1], expected);

    let shown: ApiKey = shown.expose().parse().expect("a key");
    let valid = keys.find(shown.id(), &shown.hash()).await;
    let valid = valid.expect("the store answers").expect("it is valid");
    assert_eq!(
        (&valid.account, valid.scopes, valid.expires_at),
        (&account, key.scopes, key.expires_at)
    );
    let wrong = keys.find(&key.id, &[9; 32]).await;
    assert_eq!(wrong.expect("the store answers"), None);

    let revoke = async || {
        let revoked = keys.revoke(&key.id, &Actor::of(account.clone())).await;
        revoked.expect("the store answers").expect("it is there")
    };
    let revoked = revoke().await;
    assert!(revoked.revoked_at.is_some());
    assert!(!is_found(keys, &key).await);
    assert_eq!(revoke().await, revoked, "twice is as once");
    let listed = keys.list(&account).await.expect("the store answers");
    assert_eq!(listed[1], revoked);
}

#[tokio::test]
async fn an_accounts_keys_are_nobody_elses() {
    let Setup { keys, .. } = &setup().await;
    let (key, other) = (new_key("desk", 1), new_key("other", 2));
    create(keys, &key).await.expect("kept");
    create(keys, &other).await.expect("kept");
    let listed = keys.list(&other.account).await.expect("the store answers");
    assert_eq!(ids(&listed), [other.id.to_string()]);
    let foreign = keys
        .revoke(&key.id, &Actor::of(other.account.clone()))
        .await;
    assert_eq!(foreign.expect("the store answers"), None);
    let unknown: KeyId = "ffffffffffffffff".parse().expect("an id");
    let unknown = keys
        .revoke(&unknown, &Actor::of(other.account.clone()))
        .await;
    assert_eq!(unknown.expect("the store answers"), None);
    assert!(is_found(keys, &key).await && is_found(keys, &other).await);
    let nobody: AccountId = "nobody".parse().expect("a name");
    let listed = keys.list(&nobody).await.expect("the store answers");
    assert_eq!(listed, []);
}

#[tokio::test]
async fn a_key_ends_with_its_time() {
    let Setup { keys, .. } = &setup().await;
    let ending_in = |pause: Duration, number| NewKey {
        expires_at: Some(Timestamp::now() + pause),
        ..new_key("desk", number)
    };
    let past = ending_in(Duration::ZERO, 1);
    create(keys, &past).await.expect("kept");
    assert!(!is_found(keys, &past).await);
    let soon = ending_in(Duration::from_secs(2), 2);
    create(keys, &soon).await.expect("kept");
    assert!(is_found(keys, &soon).await);
    let ended = async {
        while is_found(keys, &soon).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), ended).await;
    in_time.expect("it ends");
}

#[tokio::test]
async fn that_a_key_was_shown_is_noted_once_a_minute() {
    let Setup { keys, database, .. } = &setup().await;
    let key = new_key("desk", 1);
    create(keys, &key).await.expect("kept");
    let last_used = async || {
        let listed = keys.list(&key.account).await.expect("the store answers");
        listed[0].last_used_at
    };
    let wrong = keys.find(&key.id, &[9; 32]).await;
    assert_eq!(wrong.expect("the store answers"), None);
    assert_eq!(last_used().await, None, "a wrong secret is no use of it");
    let found = join_all((0..8).map(|_| is_found(keys, &key))).await;
    assert_eq!(found, [true; 8]);
    let first = last_used().await;
    assert!(first.is_some());
    assert!(is_found(keys, &key).await);
    assert_eq!(last_used().await, first, "within the minute");
    const LATER: &str = "UPDATE api_keys SET last_used_at = last_used_at - interval '1 minute'";
    database.run(LATER, &[]).await.expect("PostgreSQL answers");
    assert!(is_found(keys, &key).await);
    assert!(last_used().await >= first, "a minute later");
}

#[tokio::test]
async fn a_key_may_allow_what_only_newer_programs_know() {
    let Setup { keys, database, .. } = &setup().await;
    let key = new_key("desk", 1);
    create(keys, &key).await.expect("kept");
    const NEWER: &str = "UPDATE api_keys SET scopes = scopes || 'alchemy'::text";
    database.run(NEWER, &[]).await.expect("PostgreSQL answers");
    let listed = keys.list(&key.account).await.expect("the store answers");
    assert_eq!(listed[0].scopes, key.scopes);
    let none = NewKey {
        scopes: Scopes::default(),
        ..new_key("desk", 2)
    };
    let kept = create(keys, &none).await.expect("kept");
    assert_eq!(kept.scopes, Scopes::default());
}

#[tokio::test]
async fn the_secret_of_tickets_is_the_same_for_all() {
    let Setup { keys, .. } = &setup().await;
    let drawn = join_all((0..20).map(|_| keys.ticket_secret())).await;
    let drawn: Vec<[u8; 32]> = drawn
        .into_iter()
        .map(|secret| secret.expect("the store answers"))
        .collect();
    assert!(drawn.iter().all(|secret| *secret == drawn[0]), "{drawn:?}");
    assert_ne!(drawn[0], [0; 32]);
    let later = keys.ticket_secret().await.expect("the store answers");
    assert_eq!(later, drawn[0]);
    let elsewhere = setup().await.keys.ticket_secret().await;
    assert_ne!(elsewhere.expect("the store answers"), drawn[0]);
}
