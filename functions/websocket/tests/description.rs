//! The description of the socket against the code that serves sockets.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use api::event_json;
use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::{
        Canceller, Cause, EventRecord, ExecutablePrice, Failure, FailureCode, Fill, Fired,
        LoggedEvent, OrderEvent, OrderId, SeenPool, Status, TokenAmount, TriggerPool, Unmet,
        WaitingReason,
    },
    policy::Policy,
    ports::{
        Clock, ConnectionId, Corrupt, EverybodyIsLocal, OrderLog, Push, PushError, ReplayQueue,
        ReplayRequest, StoreError, Subscribers, Subscriptions, Unavailable, Undelivered,
    },
    routing::{Offer, Rejection, Route, VenueId},
    stream::OrderStream,
};
use jiff::Timestamp;
use serde_json::Value;
use websocket::{Door, SocketError, Sockets};

fn document() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/asyncapi.yaml");
    let text = std::fs::read_to_string(file).expect("docs/api/asyncapi.yaml");
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
    async fn subscribe(
        &self,
        _: &ConnectionId,
        _: &AccountId,
        _: OrderId,
    ) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn go_live(&self, _: &ConnectionId, _: OrderId, _: u64) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn live(&self, _: OrderId) -> Result<Subscribers, StoreError> {
        Ok(Subscribers::default())
    }

    async fn subscribe_all(
        &self,
        _: &ConnectionId,
        _: &AccountId,
    ) -> Result<Timestamp, StoreError> {
        Ok(Timestamp::UNIX_EPOCH)
    }

    async fn unsubscribe_all(&self, _: &ConnectionId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _: OrderId,
        _: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        Ok(vec![])
    }

    async fn watched(&self, _: &ConnectionId) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn forget(&self, _: &ConnectionId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn undelivered(&self, _: Duration) -> Result<Vec<Undelivered>, StoreError> {
        Ok(vec![])
    }
}

#[async_trait]
impl ReplayQueue for Client {
    async fn send(&self, _: &ReplayRequest) -> Result<(), Unavailable> {
        Ok(())
    }
}

#[async_trait]
impl Clock for Client {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// The log of one order: its acceptance, or the error that reading it ends with.
struct Log(OrderId, Option<StoreError>);

#[async_trait]
impl OrderLog for Log {
    async fn log(&self, id: OrderId, _: u64) -> Result<Vec<EventRecord>, StoreError> {
        if let Some(error) = &self.1 {
            return Err(error.clone());
        }
        let accepted = record(id, Status::Pending, OrderEvent::Accepted);
        Ok(vec![accepted]
            .into_iter()
            .filter(|_| id == self.0)
            .collect())
    }
}

fn record(id: OrderId, status: Status, event: OrderEvent) -> EventRecord {
    EventRecord {
        order_id: id,
        seq: 1,
        status,
        attempt: 1,
        at: Timestamp::UNIX_EPOCH,
        event: LoggedEvent::Known(event),
    }
}

fn sockets(log: Log) -> (Sockets, Arc<Client>) {
    let client = Arc::new(Client::default());
    let stream = OrderStream {
        log: Arc::new(log),
        connections: Arc::new(EverybodyIsLocal),
        subscriptions: client.clone(),
        push: client.clone(),
        encode: event_json,
        clock: client.clone(),
        policy: Arc::new(Policy::default()),
    };
    let sockets = Sockets {
        stream,
        replays: client.clone(),
        door: Door::Open,
        allowed_origins: vec![],
    };
    (sockets, client)
}

impl Client {
    fn pushed(&self) -> Vec<Value> {
        self.0
            .lock()
            .expect("no test panics while it writes")
            .clone()
    }
}

/// What the server says to a message, in a world where `order` exists.
async fn answers(order: OrderId, message: &Value) -> Vec<Value> {
    let (sockets, client) = sockets(Log(order, None));
    sockets
        .message(&ConnectionId("client".into()), &message.to_string())
        .await;
    client.pushed()
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
                ("subscribe", None) if example["all"] == Value::Null => vec![said[0].clone()],
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
        SocketError::MalformedBody(String::new()),
        SocketError::MissingField("orderId"),
        SocketError::UnknownField(String::new()),
        SocketError::UnknownAction(String::new()),
        SocketError::InvalidId,
        SocketError::InvalidAfter,
        SocketError::UnknownOrder(order),
        SocketError::Forbidden,
        SocketError::TooManySubscriptions,
        SocketError::Unavailable,
        SocketError::InternalError(""),
    ];
    let listed = &document["components"]["schemas"]["Error"]["properties"]["code"]["enum"];
    assert_eq!(names(listed), told.each_ref().map(SocketError::code));
    let told: Value = serde_json::from_str(&told[6].to_text()).expect("JSON");
    assert_eq!(examples(&document, "error")[0].1, &told);
}

/// An event for each example of one.
fn event_of(example: &str) -> OrderEvent {
    let failure = Failure::new(FailureCode::NoLiquidity, "");
    let amount_out = TokenAmount::from_units(1, 6);
    match example {
        "pending" => OrderEvent::Accepted,
        "routing" => OrderEvent::RoutingStarted { fired: None },
        "building" => OrderEvent::VenueChosen {
            route: Route {
                venue: VenueId::new("Meteora"),
                pool: None,
            },
            quoted_out: amount_out,
            offers: vec![Offer {
                venue: VenueId::new("Raydium"),
                quote: Err(Rejection::Late(0)),
                chosen: false,
            }],
            reason: String::new(),
        },
        "submitted" => OrderEvent::Submitted {
            signature: String::new(),
        },
        "retry" => OrderEvent::AttemptFailed {
            failure,
            settled: None,
        },
        "confirmed" => OrderEvent::Confirmed {
            signature: String::new(),
            fill: Fill {
                amount_out,
                price: 1.into(),
            },
        },
        "failed" => OrderEvent::Failed {
            failure,
            settled: None,
        },
        "waiting" => OrderEvent::WaitingStarted {
            unmet: Unmet {
                reason: WaitingReason::LimitNotMet,
                best: Some(best()),
            },
            pool: None,
            settled: None,
        },
        "waitingForPool" => OrderEvent::WaitingStarted {
            unmet: Unmet {
                reason: WaitingReason::PoolOpensLater,
                best: None,
            },
            pool: Some(SeenPool {
                pool: String::new(),
                opens_at: Timestamp::UNIX_EPOCH,
            }),
            settled: None,
        },
        "triggered" => fired(Cause::Price(best())),
        "launched" => fired(Cause::Pool(TriggerPool {
            pool: String::new(),
            venue: VenueId::new("Meteora"),
            slot: 1,
            opens_at: Timestamp::UNIX_EPOCH,
            decimals: 6,
        })),
        "cancelRequested" => OrderEvent::CancelRequested {
            by: Canceller::Client,
        },
        "cancelled" => OrderEvent::Cancelled {
            by: Canceller::Client,
            settled: None,
        },
        "expired" => OrderEvent::Expired {
            failure,
            settled: None,
        },
        other => panic!("no event is like the example {other}"),
    }
}

fn fired(by: Cause) -> OrderEvent {
    let at = Timestamp::UNIX_EPOCH;
    OrderEvent::RoutingStarted {
        fired: Some(Fired { at, by }),
    }
}

fn best() -> ExecutablePrice {
    ExecutablePrice {
        price: 1.into(),
        venue: VenueId::new("Meteora"),
    }
}

#[test]
fn events_have_the_payloads_that_are_described() {
    let document = document();
    let events = examples(&document, "orderEvent");
    assert_eq!(events.len(), 14);
    for (name, event) in events {
        let order = event["orderId"].as_str().expect("an id");
        let order = order.parse().expect("an id");
        let status = event["status"].as_str().expect("a status");
        let status = status.parse().expect("a status");
        let made = event_json(&record(order, status, event_of(name)));
        let made: Value = serde_json::from_str(&made).expect("JSON");
        assert_eq!(keys(event), keys(&made), "{name}");
        let (described, made) = (&event["payload"], &made["payload"]);
        assert_eq!(keys(described), keys(made), "{name}");
        if name == "building" {
            assert_eq!(keys(&described["quotes"][0]), keys(&made["quotes"][0]));
        }
    }
}

/// An order that cannot be read is told; asking again would not mend it, so the request has served.
#[tokio::test]
async fn an_order_that_cannot_be_read_is_told_and_the_socket_stays_open() {
    let order: OrderId = "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e"
        .parse()
        .expect("an id");
    let corrupt = Corrupt {
        id: order,
        created_at: Timestamp::UNIX_EPOCH,
        what: "column secret_column".into(),
    };
    let (sockets, client) = sockets(Log(order, Some(corrupt.into())));
    let connection = ConnectionId("client".into());
    let request = ReplayRequest {
        connection: connection.clone(),
        order: order.to_string(),
        after: None,
    };
    sockets.replay(&request).await.expect("it was told");
    let subscribe = format!(r#"{{"action":"subscribe","orderId":"{order}"}}"#);
    sockets.message(&connection, &subscribe).await;
    let told = serde_json::json!({
        "event": "error",
        "code": "internal_error",
        "detail": "the stored order cannot be read",
    });
    assert_eq!(client.pushed(), [told.clone(), told]);
}
