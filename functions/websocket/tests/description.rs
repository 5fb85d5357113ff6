//! The description of the socket against the code that serves sockets.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use engine::{
    failure::{Failure, FailureCode},
    follow::Follow,
    lifecycle::{Change, Status},
    order::{Bps, Dex, NewOrder, OrderId, Swap, Token},
    policy::Policy,
    ports::{
        ConnectionId, Orders, Push, PushError, ReplayQueue, ReplayRequest, SignedTransaction,
        Subscriptions, Unavailable,
    },
    quote::{Offer, Rejection},
    update::payload,
};
use serde_json::Value;
use websocket::{Problem, Sockets};

use crate::{book::Book, description::described, market::WallClock};

fn document() -> Value {
    let text = std::fs::read_to_string(described("asyncapi.yaml")).expect("docs/api/asyncapi.yaml");
    yaml_serde::from_str(&text).expect("YAML")
}

/// The payloads of a message's examples, with their names.
fn examples<'a>(document: &'a Value, message: &str) -> Vec<(&'a str, &'a Value)> {
    let examples = &document["components"]["messages"][message]["examples"];
    let examples = examples
        .as_array()
        .unwrap_or_else(|| panic!("examples of {message}"))
        .iter();
    examples
        .map(|example| (example["name"].as_str().unwrap_or(""), &example["payload"]))
        .collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|name| name.as_str().expect("a name"))
        .collect()
}

fn keys(object: &Value) -> Vec<&String> {
    let mut keys: Vec<_> = object.as_object().expect("an object").keys().collect();
    keys.sort();
    keys
}

/// The gateway of one client: keeps what is pushed, and lets everyone subscribe to everything.
#[derive(Default)]
struct Client(Mutex<Vec<Value>>);

#[async_trait]
impl Push for Client {
    async fn push(&self, _: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        let message = serde_json::from_str(&text).expect("messages are JSON");
        self.0
            .lock()
            .expect("no test panics while it writes")
            .push(message);
        Ok(())
    }

    async fn close(&self, _: &ConnectionId) -> Result<(), PushError> {
        Ok(())
    }
}

#[async_trait]
impl Subscriptions for Client {
    async fn add(&self, _: &ConnectionId, _: OrderId) -> Result<bool, Unavailable> {
        Ok(true)
    }

    async fn go_live(&self, _: &ConnectionId, _: OrderId, _: u64) -> Result<bool, Unavailable> {
        Ok(true)
    }

    async fn live(&self, _: OrderId) -> Result<Vec<ConnectionId>, Unavailable> {
        Ok(vec![])
    }

    async fn end(&self, _: OrderId, _: &[ConnectionId]) -> Result<Vec<ConnectionId>, Unavailable> {
        Ok(vec![])
    }

    async fn forget(&self, _: &ConnectionId) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn left_over(
        &self,
        _: std::time::Duration,
    ) -> Result<Vec<(ConnectionId, OrderId)>, Unavailable> {
        Ok(vec![])
    }
}

#[async_trait]
impl ReplayQueue for Client {
    async fn send(&self, _: &ReplayRequest) -> Result<(), Unavailable> {
        Ok(())
    }
}

fn swap() -> Swap {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    Swap {
        token_in: token("SOL", 9),
        token_out: token("USDC", 6),
        amount_in: 10_000_000_000,
        slippage: Bps::DEFAULT_SLIPPAGE,
    }
}

/// What the server says to a message, in a world where `order` exists.
async fn answers(order: OrderId, message: &Value) -> Vec<Value> {
    let (book, client) = (Arc::new(Book::default()), Arc::new(Client::default()));
    let new = NewOrder {
        id: order,
        swap: swap(),
        idempotency: None,
    };
    let policy = Arc::new(Policy::default());
    book.insert(&new, policy.order_lifetime)
        .await
        .expect("the book is open");
    let follow = Follow {
        orders: book,
        subscriptions: client.clone(),
        push: client.clone(),
        clock: Arc::new(WallClock),
        policy,
    };
    let sockets = Sockets {
        follow,
        replays: client.clone(),
        allowed_origins: vec![],
    };
    sockets
        .message(&ConnectionId("client".into()), &message.to_string())
        .await;
    client
        .0
        .lock()
        .expect("no test panics while it writes")
        .clone()
}

#[tokio::test]
async fn what_clients_may_say_is_understood() {
    let document = document();
    for message in ["subscribe", "unsubscribe", "ping"] {
        for (name, example) in examples(&document, message) {
            assert_eq!(example["action"], message);
            let order = example["orderId"]
                .as_str()
                .unwrap_or("0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e");
            let said = answers(order.parse().expect("an id"), example).await;
            let expected = match (message, example["after"].as_u64()) {
                ("ping", _) => vec![examples(&document, "pong")[0].1.clone()],
                ("subscribe", None) => vec![said[0].clone()],
                _ => vec![],
            };
            assert_eq!(said, expected, "{message} {name}");
            if let ("subscribe", Some(event)) = (message, said.first()) {
                assert_eq!(keys(event), keys(examples(&document, "orderEvent")[0].1));
            }
        }
    }
}

#[test]
fn the_statuses_are_those_of_the_lifecycle() {
    let listed = &document()["components"]["schemas"]["Status"]["enum"];
    assert_eq!(names(listed), Status::ALL.map(Status::name));
}

#[tokio::test]
async fn the_error_codes_are_those_that_the_socket_tells() {
    let document = document();
    let order: OrderId = "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e"
        .parse()
        .expect("an id");
    let told = [
        Problem::MalformedBody(String::new()),
        Problem::MissingField("orderId"),
        Problem::UnknownField(String::new()),
        Problem::UnknownAction(String::new()),
        Problem::InvalidId,
        Problem::InvalidAfter,
        Problem::UnknownOrder(order),
        Problem::Unavailable,
    ];
    let listed = &document["components"]["schemas"]["Error"]["properties"]["code"]["enum"];
    assert_eq!(names(listed), told.each_ref().map(Problem::code));
    let told: Value = serde_json::from_str(&told[6].to_text()).expect("JSON");
    assert_eq!(examples(&document, "error")[0].1, &told);
}

/// A change for each example of an event, `None` where the order is only stored.
fn change_of(example: &str) -> Option<Change> {
    let failure = Failure::new(FailureCode::NoLiquidity, "");
    let offer = Offer {
        dex: Dex::Raydium,
        quote: Err(Rejection::Late(0)),
        chosen: false,
    };
    Some(match example {
        "routing" => Change::Routing,
        "building" => Change::Building {
            offers: vec![offer],
            dex: Dex::Meteora,
            quoted_out: 1,
            reason: String::new(),
        },
        "submitted" => Change::Submitted {
            transaction: SignedTransaction {
                signature: String::new(),
                bytes: vec![],
                last_valid_height: 0,
                min_out: 0,
            },
        },
        "retry" => Change::Retrying {
            failure,
            settled: None,
            after: std::time::Duration::ZERO,
        },
        "confirmed" => Change::Confirmed { amount_out: 1 },
        "failed" => Change::Failed {
            failure,
            settled: None,
        },
        _ => return None,
    })
}

#[test]
fn events_have_the_payloads_that_are_described() {
    let document = document();
    let events = examples(&document, "orderEvent");
    assert_eq!(events.len(), 7);
    for (name, event) in events {
        let Some(change) = change_of(name) else {
            assert_eq!(
                (name, &event["payload"]),
                ("pending", &serde_json::json!({}))
            );
            continue;
        };
        let made = payload(&change, &swap(), None);
        assert_eq!(keys(&event["payload"]), keys(&made), "{name}");
        if name == "building" {
            assert_eq!(
                keys(&event["payload"]["quotes"][0]),
                keys(&made["quotes"][0])
            );
        }
    }
}
