//! Who may use which route: every route of the description, with every key that must not open it,
//! and with the key of another account.

use std::sync::Arc;

use api::Who;
use auth::{ApiKey, Keys};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use engine::{
    account::{Actor, Limits, Scope, Scopes},
    ports::{KeyStore, NewKey},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    in_memory_keys::InMemoryKeys,
    ports::RealClock,
    test_api::{Answer, ORDER, TestApi},
};

/// An API that asks for keys, and the store of these.
struct Guarded {
    api: TestApi,
    keys: Arc<InMemoryKeys>,
}

/// What a key is like.
struct Like {
    account: &'static str,
    scopes: Scopes,
    expires_at: Option<Timestamp>,
}

const OWNER: &str = "owner";
const OTHER: &str = "other";

impl Guarded {
    fn new() -> Self {
        let keys = Arc::new(InMemoryKeys::default());
        let store: Arc<dyn KeyStore> = keys.clone();
        let api = TestApi::with(|api| {
            api.access.who = Who::WithKey(Keys::new(store.clone(), Arc::new(RealClock)));
            api.keys = store;
        });
        Self { api, keys }
    }

    async fn key_like(&self, like: Like) -> String {
        let key = ApiKey::draw().expect("the system has randomness");
        let new = NewKey {
            id: key.id().clone(),
            account: like.account.parse().expect("a name"),
            secret_hash: key.hash(),
            scopes: like.scopes,
            label: String::new(),
            expires_at: like.expires_at,
            limits: Limits::default(),
        };
        let operator = Actor::of(new.account.clone());
        self.keys.create(&new, &operator).await.expect("in memory");
        key.expose()
    }

    async fn key(&self, account: &'static str) -> String {
        let scopes = Scopes::all();
        self.key_like(Like {
            account,
            scopes,
            expires_at: None,
        })
        .await
    }

    async fn ask(&self, route: &Route, key: Option<&str>) -> Answer {
        let mut request = Request::builder()
            .method(route.method.as_str())
            .uri(&route.address);
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if route.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = route.body.clone().map_or_else(Body::empty, Body::from);
        self.api.send(request.body(body).expect("a request")).await
    }

    async fn place(&self, key: &str) -> String {
        let route = Route::post("/api/orders/execute", ORDER);
        let placed = self.ask(&route, Some(key)).await;
        assert_eq!(placed.status, StatusCode::ACCEPTED, "{}", placed.body);
        placed.json()["orderId"].as_str().expect("an id").to_owned()
    }
}

/// A request that would be served, were its sender allowed to send it.
#[derive(Debug)]
struct Route {
    method: String,
    address: String,
    body: Option<String>,
    /// What it needs; `None`: nothing.
    needs: Option<Scope>,
}

impl Route {
    fn get(address: &str) -> Self {
        Self {
            method: "GET".into(),
            address: address.into(),
            body: None,
            needs: None,
        }
    }

    fn post(address: &str, body: &str) -> Self {
        Self {
            method: "POST".into(),
            body: Some(body.into()),
            ..Self::get(address)
        }
    }

    /// The routes of the description about that order and that key.
    fn all(order: &str, key: &str) -> Vec<Self> {
        let description = api::description::document().expect("a document");
        let description: Value = serde_json::from_str(&description).expect("JSON");
        let paths = description["paths"].as_object().expect("paths");
        let routes = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").keys();
            methods.map(move |method| Self::of(&method.to_uppercase(), path, order, key))
        });
        routes.collect()
    }

    fn of(method: &str, path: &str, order: &str, key: &str) -> Self {
        use Scope::{Keys, OrdersRead, OrdersWrite, Stream};
        let ids = json!({ "ids": [order] }).to_string();
        let (needs, body) = match (method, path) {
            ("POST", "/api/orders/execute") => (Some(OrdersWrite), Some(ORDER.to_owned())),
            ("POST", "/api/orders/cancel") => (Some(OrdersWrite), Some(ids)),
            ("DELETE", "/api/orders/{id}") => (Some(OrdersWrite), None),
            (
                "GET",
                "/api/orders"
                | "/api/orders.csv"
                | "/api/orders/{id}"
                | "/api/orders/{id}/events"
                | "/api/quote"
                | "/api/limits"
                | "/api/stats",
            ) => (Some(OrdersRead), None),
            ("GET", "/api/keys" | "/api/audit") | ("DELETE", "/api/keys/{id}") => {
                (Some(Keys), None)
            }
            ("POST", "/api/keys") => (Some(Keys), Some(r#"{"scopes":["stream"]}"#.to_owned())),
            ("POST", "/api/tickets") => (Some(Stream), None),
            (
                "GET",
                "/api/tokens" | "/api/market" | "/api/candles" | "/api/launches" | "/health"
                | "/health/live" | "/api/openapi.json" | "/api/docs",
            ) => (None, None),
            route => panic!("who may use the new route {route:?}?"),
        };
        let id = if path.starts_with("/api/keys") {
            key
        } else {
            order
        };
        let query = match path {
            "/api/quote" => "?tokenIn=SOL&tokenOut=USDC&amount=1",
            "/api/candles" => "?tokenIn=SOL&tokenOut=USDC&interval=1m",
            _ => "",
        };
        Self {
            method: method.into(),
            address: path.replace("{id}", id) + query,
            body,
            needs,
        }
    }
}

fn id_of(key: &str) -> &str {
    key.split('_').nth(1).expect("its second part")
}

#[tokio::test]
async fn a_route_opens_to_its_own_scope_and_to_no_other_key() {
    let guarded = Guarded::new();
    let key = guarded.key(OWNER).await;
    let spare = guarded.key(OWNER).await;
    let unknown = ApiKey::draw().expect("the system has randomness").expose();
    let mut mistyped = unknown.clone();
    mistyped.pop();
    let soon = Timestamp::now() + SignedDuration::from_millis(5);
    let expired = guarded
        .key_like(Like {
            account: OWNER,
            scopes: Scopes::all(),
            expires_at: Some(soon),
        })
        .await;
    let revoked = guarded.key(OWNER).await;
    let id = id_of(&revoked).parse().expect("an id");
    let owner = Actor::of(OWNER.parse().expect("a name"));
    let of_owner = guarded.keys.revoke(&id, &owner).await;
    assert!(of_owner.expect("in memory").is_some());
    while Timestamp::now() <= soon {
        tokio::task::yield_now().await;
    }
    let refused = [
        None,
        Some(""),
        Some("oek_"),
        Some(&unknown),
        Some(&mistyped),
        Some(&expired),
        Some(&revoked),
    ];
    let mut guarded_routes = 0;
    for route in Route::all(&guarded.place(&key).await, id_of(&spare)) {
        let Some(needs) = route.needs else {
            let answer = guarded.ask(&route, None).await;
            assert!(answer.status.is_success(), "{route:?}: {}", answer.body);
            continue;
        };
        guarded_routes += 1;
        for key in refused {
            let answer = guarded.ask(&route, key).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route:?} {key:?}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert_eq!(answer.problem().0, "unauthorized");
        }
        let others: Scopes = Scope::ALL.into_iter().filter(|one| *one != needs).collect();
        for (scopes, allowed) in [(others, false), ([needs].into_iter().collect(), true)] {
            let like = Like {
                account: OWNER,
                scopes,
                expires_at: None,
            };
            // Who makes a key may not make one that allows more than its own.
            let wants_more = allowed && (route.method.as_str(), needs) == ("POST", Scope::Keys);
            let answer = guarded
                .ask(&route, Some(&guarded.key_like(like).await))
                .await;
            let forbidden = !allowed || wants_more;
            assert_eq!(
                answer.status == StatusCode::FORBIDDEN,
                forbidden,
                "{route:?}"
            );
            assert!(
                forbidden || answer.status.is_success(),
                "{route:?}: {}",
                answer.body
            );
        }
    }
    assert_eq!(guarded_routes, 15, "routes that ask for a key");
}

/// Not by its status, not by a word of its body: an answer about another account's order or key is
/// the answer about one that never was.
#[tokio::test]
async fn what_is_another_accounts_is_as_what_never_was() {
    const NEVER: &str = "01980000-0000-7000-8000-00000000dead";
    let guarded = Guarded::new();
    let (owner, other) = (guarded.key(OWNER).await, guarded.key(OTHER).await);
    let order = guarded.place(&owner).await;
    let spare = guarded.key(OWNER).await;
    let (foreign, never) = (
        Route::all(&order, id_of(&spare)),
        Route::all(NEVER, "00000000deadbeef"),
    );
    for (foreign, never) in foreign.iter().zip(&never) {
        if foreign.needs.is_none() || foreign.address == "/api/orders/execute" {
            continue;
        }
        // It lists the asking account's, with the times at which they were used.
        if foreign.address == "/api/keys" || foreign.address == "/api/tickets" {
            continue;
        }
        let (seen, expected) = (
            guarded.ask(foreign, Some(&other)).await,
            guarded.ask(never, Some(&other)).await,
        );
        assert_eq!(seen.status, expected.status, "{foreign:?}");
        let named = |body: &str, id: &str, key: &str| body.replace(id, "ID").replace(key, "KEY");
        let timeless = |body: String| {
            let mut value: Value = serde_json::from_str(&body).unwrap_or(Value::String(body));
            for name in ["quotedAt", "since", "until", "buckets"] {
                if let Some(object) = value.as_object_mut() {
                    object.remove(name);
                }
            }
            value
        };
        assert_eq!(
            timeless(named(&seen.body, &order, id_of(&spare))),
            timeless(named(&expected.body, NEVER, "00000000deadbeef")),
            "{foreign:?}"
        );
        assert!(!seen.body.contains(OWNER), "{foreign:?}: {}", seen.body);
    }
    let listed = guarded.ask(&Route::get("/api/keys"), Some(&other)).await;
    let keys = listed.json();
    let ids: Vec<&str> = keys
        .as_array()
        .expect("an array")
        .iter()
        .map(|key| {
            assert_eq!(key["account"], OTHER);
            key["id"].as_str().expect("an id")
        })
        .collect();
    assert_eq!(ids, [id_of(&other)]);
    let own = guarded.ask(&Route::get("/api/orders"), Some(&owner)).await;
    assert_eq!(own.json()[0]["id"], order.as_str(), "its owner sees it");
    assert_eq!(
        own.json()[0]["status"],
        "pending",
        "and nobody cancelled it"
    );
}

/// The same key, and the same name, of two accounts are of two orders.
#[tokio::test]
async fn idempotency_keys_and_names_are_an_accounts_own() {
    let guarded = Guarded::new();
    let (owner, other) = (guarded.key(OWNER).await, guarded.key(OTHER).await);
    let named = ORDER.replace("\"amount\"", "\"clientOrderId\":\"grid-1\",\"amount\"");
    let place = async |key: &str| {
        let request = Request::post("/api/orders/execute")
            .header("authorization", format!("bearer {key}"))
            .header("content-type", "application/json")
            .header("idempotency-key", "1")
            .body(Body::from(named.clone()));
        let answer = guarded.api.send(request.expect("a request")).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
        let replayed = answer.header("idempotency-replayed").is_some();
        (answer.json()["orderId"].clone(), replayed)
    };
    let (first, _) = place(&owner).await;
    let (second, replayed) = place(&other).await;
    assert_ne!(first, second);
    assert!(!replayed);
    assert_eq!(place(&owner).await, (first, true));
    assert_eq!(place(&other).await, (second, true));
}

/// A new key is shown once, works, allows no more than its maker's, and is worth nothing once it is
/// revoked (here after the half minute for which a key is believed).
#[tokio::test]
async fn an_account_makes_and_revokes_its_own_keys() {
    let guarded = Guarded::new();
    let maker: Scopes = [Scope::Keys, Scope::OrdersRead].into_iter().collect();
    let maker = guarded
        .key_like(Like {
            account: OWNER,
            scopes: maker,
            expires_at: None,
        })
        .await;
    let make = async |body: &str| {
        let route = Route::post("/api/keys", body);
        guarded.ask(&route, Some(&maker)).await
    };
    for (body, code, field) in [
        ("{}", "missing_field", "scopes"),
        (r#"{"scopes":[]}"#, "invalid_scope", "scopes"),
        (r#"{"scopes":["root"]}"#, "invalid_scope", "scopes"),
        (
            r#"{"scopes":["keys"],"account":"x"}"#,
            "unknown_field",
            "account",
        ),
        (
            r#"{"scopes":["keys"],"expiresAt":"soon"}"#,
            "invalid_expiry",
            "expiresAt",
        ),
        (
            r#"{"scopes":["keys"],"expiresAt":"2001-01-01T00:00:00Z"}"#,
            "invalid_expiry",
            "expiresAt",
        ),
        (
            r#"{"scopes":["keys"],"label":"a\nb"}"#,
            "invalid_label",
            "label",
        ),
        (r#"{"scopes":["orders:write"]}"#, "forbidden", "scopes"),
    ] {
        let refused = make(body).await;
        assert_eq!(
            refused.problem(),
            (code.to_owned(), Some(field.to_owned())),
            "{body}"
        );
    }
    let made = make(r#"{"scopes":["orders:read"],"label":"a reader"}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    let key = made["key"].as_str().expect("a key");
    assert_eq!(made["id"], id_of(key));
    let history = Route::get("/api/orders");
    assert_eq!(
        guarded.ask(&history, Some(key)).await.status,
        StatusCode::OK
    );
    let listed = guarded.ask(&Route::get("/api/keys"), Some(&maker)).await;
    let (secret, _) = key.rsplit_once('_').expect("a checksum");
    assert!(!listed.body.contains(secret), "{}", listed.body);
    assert_eq!(listed.json()[0]["label"], "a reader");
    let revoke = Route {
        method: "DELETE".into(),
        ..Route::get(&format!("/api/keys/{}", id_of(key)))
    };
    for _ in 0..2 {
        let revoked = guarded.ask(&revoke, Some(&maker)).await;
        assert_eq!(revoked.status, StatusCode::OK, "{}", revoked.body);
        assert!(revoked.json()["revokedAt"].is_string());
    }
}

/// An account's key for a day does not become one for ever.
#[tokio::test]
async fn a_key_lasts_no_longer_than_the_one_that_made_it() {
    let guarded = Guarded::new();
    let end: Timestamp = "2126-01-01T00:00:00Z".parse().expect("a moment");
    let maker = guarded
        .key_like(Like {
            account: OWNER,
            scopes: Scopes::all(),
            expires_at: Some(end),
        })
        .await;
    for (asked, expected) in [
        (r#"{"scopes":["keys"]}"#, Some("2126-01-01T00:00:00.000Z")),
        (
            r#"{"scopes":["keys"],"expiresAt":"2125-12-31T00:00:00Z"}"#,
            Some("2125-12-31T00:00:00.000Z"),
        ),
        (
            r#"{"scopes":["keys"],"expiresAt":"2126-01-01T00:00:01Z"}"#,
            None,
        ),
    ] {
        let made = guarded
            .ask(&Route::post("/api/keys", asked), Some(&maker))
            .await;
        match expected {
            Some(end) => assert_eq!(made.json()["expiresAt"], end, "{asked}"),
            None => assert_eq!(made.problem().0, "forbidden", "{asked}"),
        }
    }
}

/// An answer's socket has its ticket, and only for whom may open it.
#[tokio::test]
async fn the_address_of_the_socket_has_a_ticket_where_one_is_needed() {
    let guarded = Guarded::new();
    let writer = |more: &[Scope]| Like {
        account: OWNER,
        scopes: [Scope::OrdersWrite].iter().chain(more).copied().collect(),
        expires_at: None,
    };
    for (like, has_ticket) in [(writer(&[Scope::Stream]), true), (writer(&[]), false)] {
        let key = guarded.key_like(like).await;
        let route = Route::post("/api/orders/execute", ORDER);
        let placed = guarded.ask(&route, Some(&key)).await.json();
        let address = placed["ws"].as_str().expect("an address");
        assert_eq!(address.contains("&ticket="), has_ticket, "{address}");
    }
    let open = TestApi::new();
    let placed = open.post(ORDER).await.json();
    let address = placed["ws"].as_str().expect("an address");
    assert!(!address.contains("ticket"), "{address}");
}
