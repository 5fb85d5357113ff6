//! Requests exactly as API Gateway (REST) hands them to a function, and answers exactly as it takes
//! them back.

use std::{
    env,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use api::{Access, Api, SocketAddress, Who};
use async_trait::async_trait;
use auth::TicketOffice;
use axum::http::StatusCode;
use engine::{
    account::{AccountId, Actor, KeyId, Limits},
    cancel::Cancel,
    candles::{Candle, Candles, Interval},
    catalogue::{Catalogue, ListedToken, MarketKind},
    health::Health,
    launch::{LaunchedPool, PoolCondition},
    order::{
        EventRecord, Failure, Lifetime, NewOrder, Order, OrderId, SignedTransaction, Token, Unmet,
    },
    policy::Policy,
    ports::{
        Appended, AuditEntry, AuditTrail, Chain, ChainStatus, Claim, Clock, ConnectionId, Corrupt,
        CreatedPools, Envelope, EverybodyIsLocal, ExecuteOrder, Inserted, KeyRecord, KeyStore,
        LaunchLog, Launches, LaunchesError, Lease, LimitStore, NewKey, NoReference, OrderLog,
        OrderReader, OrderStatistics, OrderWriter, PageQuery, Prepare, PriceLog, Push, PushError,
        Queue, SeenPrice, StoreError, Subscribers, Subscriptions, Tally, Transition, Unavailable,
        Undelivered, ValidKey, Wake, Window,
    },
    statistics::Statistics,
    stream::OrderStream,
    submit::Submit,
};
use jiff::Timestamp;
use lambda_http::{
    Context, lambda_runtime::LambdaEvent, request::LambdaRequest, tower::ServiceExt,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// template.yaml sets it: the stage is not part of the routes.
const IGNORE_STAGE: &str = "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH";

/// Runs a test in a process that has the function's environment. The variable is read from the
/// process, and a process with threads must not change its own.
fn in_the_function(test: &str, body: impl Future<Output = ()>) {
    if env::var_os(IGNORE_STAGE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        return runtime.expect("a runtime").block_on(body);
    }
    let mut again = Command::new(env::current_exe().expect("this test"));
    let ended = again
        .args(["--exact", test])
        .env(IGNORE_STAGE, "true")
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// Everything outside of the function: accepted orders, a queue, the time. No venue quotes.
#[derive(Default)]
struct InMemoryPorts(Mutex<Vec<NewOrder>>);

#[async_trait]
impl OrderWriter for InMemoryPorts {
    async fn insert(&self, new: &NewOrder, _: Lifetime) -> Result<Inserted, StoreError> {
        let mut accepted = self.0.lock().expect("no test panics while it writes");
        let given = new.idempotency.as_ref();
        let known = accepted.iter().find_map(|order| {
            let key = order.idempotency.as_ref()?;
            (key.key == given?.key).then(|| Inserted::Known {
                id: order.id,
                request_hash: key.request_hash.to_vec(),
            })
        });
        if let Some(known) = known {
            return Ok(known);
        }
        accepted.push(new.clone());
        Ok(Inserted::New)
    }

    async fn known(&self, _: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        unreachable!("every order is admitted")
    }

    async fn claim(&self, _: &ExecuteOrder, _: Duration) -> Result<Claim, StoreError> {
        unreachable!("the API executes nothing")
    }

    async fn append(&self, _: &Transition<'_>) -> Result<Appended, StoreError> {
        unreachable!("the API executes nothing")
    }

    async fn wait_again(&self, _: &Lease, _: &Unmet, _: &Wake) -> Result<(), StoreError> {
        unreachable!("the API executes nothing")
    }

    async fn renew(&self, _: &Lease, _: Duration) -> Result<(), StoreError> {
        unreachable!("the API executes nothing")
    }

    async fn release(&self, _: &Lease, _: Duration) -> Result<(), StoreError> {
        unreachable!("the API executes nothing")
    }
}

#[async_trait]
impl OrderReader for InMemoryPorts {
    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn order(&self, _: &AccountId, _: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(None)
    }

    async fn page(
        &self,
        _: &AccountId,
        _: &PageQuery,
    ) -> Result<Vec<Result<Order, Corrupt>>, StoreError> {
        Ok(vec![])
    }

    async fn events(
        &self,
        _: &AccountId,
        _: OrderId,
        _: u64,
    ) -> Result<Vec<EventRecord>, StoreError> {
        Ok(vec![])
    }
}

#[async_trait]
impl OrderLog for InMemoryPorts {
    async fn log(&self, _: OrderId, _: u64) -> Result<Vec<EventRecord>, StoreError> {
        Ok(vec![])
    }
}

#[async_trait]
impl KeyStore for InMemoryPorts {
    async fn create(&self, _: &NewKey, _: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        unreachable!("nobody makes keys")
    }

    async fn list(&self, _: &AccountId) -> Result<Vec<KeyRecord>, StoreError> {
        unreachable!("nobody lists keys")
    }

    async fn revoke(&self, _: &KeyId, _: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        unreachable!("nobody revokes keys")
    }

    async fn find(&self, _: &KeyId, _: &[u8; 32]) -> Result<Option<ValidKey>, StoreError> {
        unreachable!("nobody shows keys")
    }

    async fn ticket_secret(&self) -> Result<[u8; 32], StoreError> {
        unreachable!("nobody needs a ticket")
    }
}

#[async_trait]
impl LimitStore for InMemoryPorts {
    async fn of_account(&self, _: &AccountId) -> Result<Limits, StoreError> {
        Ok(Limits::default())
    }

    async fn of_key(&self, _: &AccountId, _: &KeyId) -> Result<Limits, StoreError> {
        unreachable!("nobody shows keys")
    }

    async fn set(&self, _: &Limits, _: &Actor) -> Result<(), StoreError> {
        unreachable!("nobody sets limits")
    }
}

#[async_trait]
impl AuditTrail for InMemoryPorts {
    async fn page(
        &self,
        _: &AccountId,
        _: u16,
        _: Option<(Timestamp, Uuid)>,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        unreachable!("nobody reads the audit trail")
    }
}

#[async_trait]
impl OrderStatistics for InMemoryPorts {
    async fn tally(&self, _: &AccountId, window: Window) -> Result<Tally, StoreError> {
        let until = self.now();
        Ok(Tally {
            since: until - window.length(),
            until,
            cells: vec![],
            to_confirmed: None,
        })
    }
}

#[async_trait]
impl Queue for InMemoryPorts {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        Ok(vec![true; batch.len()])
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

#[async_trait]
impl PriceLog for InMemoryPorts {
    async fn note(&self, _: &[SeenPrice]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn candles(
        &self,
        _: &str,
        _: &str,
        _: Interval,
        _: Timestamp,
    ) -> Result<Vec<Candle>, StoreError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Launches for InMemoryPorts {
    async fn created(&self, _: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        Err(Unavailable("no monitor asks here".into()).into())
    }

    async fn inspect(&self, _: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        Err(Unavailable("no worker asks here".into()))
    }

    fn announced(&self) -> Vec<LaunchedPool> {
        Vec::new()
    }
}

#[async_trait]
impl LaunchLog for InMemoryPorts {
    async fn cursor(&self) -> Result<Option<u64>, StoreError> {
        Ok(None)
    }

    async fn keep(&self, _: Option<u64>, _: &CreatedPools) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn of_mint(&self, _: &str) -> Result<Vec<LaunchedPool>, StoreError> {
        Ok(Vec::new())
    }

    async fn newest(&self, _: u16) -> Result<Vec<LaunchedPool>, StoreError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Clock for InMemoryPorts {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// Nobody follows an order.
struct Nobody;

#[async_trait]
impl Push for Nobody {
    async fn push(&self, _: &ConnectionId, _: Arc<str>) -> Result<(), PushError> {
        unreachable!("nobody follows an order")
    }

    async fn close(&self, _: &ConnectionId) -> Result<(), PushError> {
        unreachable!("nobody follows an order")
    }
}

#[async_trait]
impl Chain for Nobody {
    async fn prepare(&self, _: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        unreachable!("nothing is executed")
    }

    async fn send(&self, _: &SignedTransaction) -> Result<Duration, Unavailable> {
        unreachable!("nothing is executed")
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        unreachable!("nothing is executed")
    }

    async fn status(&self, _: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        unreachable!("nothing is executed")
    }
}

#[async_trait]
impl Subscriptions for Nobody {
    async fn subscribe(
        &self,
        _: &ConnectionId,
        _: &AccountId,
        _: OrderId,
    ) -> Result<bool, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn go_live(&self, _: &ConnectionId, _: OrderId, _: u64) -> Result<bool, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn live(&self, _: OrderId) -> Result<Subscribers, StoreError> {
        Ok(Subscribers::default())
    }

    async fn subscribe_all(
        &self,
        _: &ConnectionId,
        _: &AccountId,
    ) -> Result<Timestamp, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn unsubscribe_all(&self, _: &ConnectionId) -> Result<(), StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn unsubscribe(
        &self,
        _: OrderId,
        _: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn watched(&self, _: &ConnectionId) -> Result<u64, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn forget(&self, _: &ConnectionId) -> Result<(), StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn undelivered(&self, _: Duration) -> Result<Vec<Undelivered>, StoreError> {
        unreachable!("nobody follows an order")
    }
}

/// The function behind a gateway with the stage `prod`.
struct Function {
    api: Api,
    ports: Arc<InMemoryPorts>,
    answered: Arc<AtomicUsize>,
}

impl Function {
    fn new() -> Self {
        let ports = Arc::new(InMemoryPorts::default());
        let policy = Arc::new(Policy::default());
        let listed = |symbol: &str, decimals| ListedToken {
            token: Token {
                symbol: symbol.into(),
                decimals,
            },
            mint: String::new(),
        };
        let catalogue = Arc::new(Catalogue {
            kind: MarketKind::Simulated,
            tells_launches: true,
            explorer: None,
            tokens: vec![listed("SOL", 9), listed("USDC", 6)],
            pairs: vec![("SOL".into(), "USDC".into())],
        });
        let api = Api {
            access: Access {
                who: Who::Everybody,
                tickets: TicketOffice::new(ports.clone(), ports.clone()),
            },
            keys: ports.clone(),
            limits: ports.clone(),
            audit_trail: ports.clone(),
            submit: Submit {
                admission: Arc::new(engine::ports::AdmitAll),
                writer: ports.clone(),
                queue: ports.clone(),
                clock: ports.clone(),
                policy: Arc::clone(&policy),
            },
            cancel: Cancel {
                reader: ports.clone(),
                writer: ports.clone(),
                chain: Arc::new(Nobody),
                queue: ports.clone(),
                stream: OrderStream {
                    log: ports.clone(),
                    connections: Arc::new(EverybodyIsLocal),
                    subscriptions: Arc::new(Nobody),
                    push: Arc::new(Nobody),
                    encode: api::event_json,
                    clock: ports.clone(),
                    policy: Arc::clone(&policy),
                },
            },
            router: engine::routing::Router {
                venues: vec![],
                reference: Arc::new(NoReference),
                clock: ports.clone(),
                policy,
            },
            reader: ports.clone(),
            statistics: Statistics::new(ports.clone(), ports.clone()),
            health: Health::new(vec![], ports.clone()),
            catalogue: Arc::clone(&catalogue),
            candles: Candles {
                prices: ports.clone(),
                reference: Arc::new(NoReference),
                catalogue: Arc::clone(&catalogue),
                clock: ports.clone(),
            },
            launches: ports.clone(),
            launch_log: ports.clone(),
            sockets: SocketAddress::Fixed(
                "wss://ws123.execute-api.eu-central-1.amazonaws.com/prod".into(),
            ),
            allowed_origins: vec!["https://desk.example".into()],
            base_path: "/prod".into(),
            max_in_flight: 1,
        };
        Self {
            api,
            ports,
            answered: Arc::default(),
        }
    }

    /// Hands an event over and takes the function's answer.
    async fn invoke(&self, event: &str) -> Value {
        let request: LambdaRequest = serde_json::from_str(event).expect("an event of API Gateway");
        let event = LambdaEvent::new(request, Context::default());
        let answered = Arc::clone(&self.answered);
        let count = move || {
            answered.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        };
        let service = submit::service(self.api.clone(), count);
        let answer = service.oneshot(event).await;
        let answer = answer.unwrap_or_else(|never| match never {});
        serde_json::to_value(answer).expect("the answer is plain data")
    }

    fn accepted(&self) -> usize {
        let accepted = self.ports.0.lock();
        accepted.expect("no test panics while it writes").len()
    }

    /// How often the work that follows an answer was done.
    fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

fn body(answer: &Value) -> Value {
    assert_eq!(answer["isBase64Encoded"], false, "{answer}");
    serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON")
}

fn header(answer: &Value, name: &str) -> String {
    let headers = [
        &answer["headers"][name],
        &answer["multiValueHeaders"][name][0],
    ];
    headers
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn an_order_is_placed_through_the_gateway() {
    in_the_function("an_order_is_placed_through_the_gateway", async {
        let function = Function::new();
        let answer = function
            .invoke(include_str!("events/post_order.json"))
            .await;
        assert_eq!(answer["statusCode"], 202, "{answer}");
        let id = body(&answer)["orderId"].as_str().expect("an id").to_owned();
        assert_eq!(
            header(&answer, "location"),
            format!("/prod/api/orders/{id}")
        );
        let socket =
            format!("wss://ws123.execute-api.eu-central-1.amazonaws.com/prod?orderId={id}");
        assert_eq!(body(&answer)["ws"], socket);
        let again = function
            .invoke(include_str!("events/post_order.json"))
            .await;
        assert_eq!(header(&again, "idempotency-replayed"), "true");
        assert_eq!((function.accepted(), function.answered()), (1, 2));
        let source = function.ports.0.lock().expect("no test panics")[0]
            .by
            .source;
        assert_eq!(
            source,
            "203.0.113.10".parse().ok(),
            "who called the gateway"
        );
    });
}

#[test]
fn two_idempotency_keys_are_none() {
    in_the_function("two_idempotency_keys_are_none", async {
        let function = Function::new();
        let mut event: Value = serde_json::from_str(include_str!("events/post_order.json"))
            .expect("an event of API Gateway");
        event["multiValueHeaders"]["Idempotency-Key"] = json!(["intent-0", "intent-1"]);
        let answer = function.invoke(&event.to_string()).await;
        assert_eq!(answer["statusCode"], 400, "{answer}");
        assert_eq!(body(&answer)["code"], "invalid_idempotency_key");
        assert_eq!(function.accepted(), 0);
    });
}

#[test]
fn a_base64_body_is_decoded() {
    in_the_function("a_base64_body_is_decoded", async {
        let function = Function::new();
        let answer = function
            .invoke(include_str!("events/post_order_base64.json"))
            .await;
        assert_eq!(answer["statusCode"], 202, "{answer}");
        assert_eq!(function.accepted(), 1);
    });
}

#[test]
fn an_event_without_headers_query_and_body_is_answered() {
    in_the_function(
        "an_event_without_headers_query_and_body_is_answered",
        async {
            let function = Function::new();
            let answer = function
                .invoke(include_str!("events/get_orders_nulls.json"))
                .await;
            assert_eq!(
                (answer["statusCode"].as_u64(), body(&answer)),
                (Some(200), Value::Array(vec![]))
            );
            let answer = function
                .invoke(include_str!("events/post_nothing.json"))
                .await;
            assert_eq!(
                answer["statusCode"],
                StatusCode::BAD_REQUEST.as_u16(),
                "{answer}"
            );
            assert_eq!(body(&answer)["code"], "malformed_body");
            assert_eq!(header(&answer, "content-type"), "application/problem+json");
        },
    );
}

#[test]
fn an_event_with_the_least_fields_is_answered() {
    in_the_function("an_event_with_the_least_fields_is_answered", async {
        let answer = Function::new()
            .invoke(include_str!("events/get_health_least.json"))
            .await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(body(&answer)["status"], "ok");
    });
}

#[test]
fn a_query_arrives_decoded_once() {
    in_the_function("a_query_arrives_decoded_once", async {
        let answer = Function::new()
            .invoke(include_str!("events/get_quote.json"))
            .await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let quote = body(&answer);
        assert_eq!(
            (&quote["amount"], &quote["slippageBps"]),
            (&"5".into(), &75.into())
        );
    });
}

#[test]
fn a_preflight_through_the_gateway_is_granted() {
    in_the_function("a_preflight_through_the_gateway_is_granted", async {
        let answer = Function::new()
            .invoke(include_str!("events/preflight.json"))
            .await;
        assert_eq!(answer["statusCode"], 204, "{answer}");
        assert_eq!(
            header(&answer, "access-control-allow-origin"),
            "https://desk.example"
        );
    });
}
