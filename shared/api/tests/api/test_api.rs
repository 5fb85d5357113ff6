//! The API on doubles of its ports, and what a client can do with it.

use std::sync::{Arc, atomic::AtomicBool};

use api::{Access, Api, SocketAddress, Who};
use auth::TicketOffice;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
};
use engine::{
    cancel::Cancel,
    candles::Candles,
    health::Health,
    policy::Policy,
    ports::{AdmitAll, EverybodyIsLocal, NoReference, Venue},
    statistics::Statistics,
    stream::OrderStream,
    submit::Submit,
};
use serde_json::Value;
use tower::ServiceExt;

use crate::{
    in_memory_keys::InMemoryKeys,
    in_memory_orders::InMemoryOrders,
    ports::{
        FixedPriceVenue, KnownPools, Nobody, Nothing, RealClock, StoppedClock, TwoMinutes,
        UnreadQueue, catalogue,
    },
};

/// The API on an order book in memory and two venues; Meteora pays more.
pub(crate) struct TestApi {
    pub(crate) router: Router,
    pub(crate) orders: Arc<InMemoryOrders>,
    pub(crate) queue: Arc<UnreadQueue>,
    /// Whether the venues have nothing to sell.
    pub(crate) venues_empty: Arc<AtomicBool>,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A good order.
pub(crate) const ORDER: &str = r#"{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":10}"#;
/// An origin whose pages may read answers.
pub(crate) const ALLOWED_ORIGIN: &str = "https://desk.example";

impl TestApi {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// One that is set up otherwise.
    pub(crate) fn with(change: impl FnOnce(&mut Api)) -> Self {
        let orders = Arc::new(InMemoryOrders::default());
        let queue = Arc::new(UnreadQueue::default());
        let (policy, clock) = (Arc::new(Policy::default()), Arc::new(RealClock));
        let venues_empty = Arc::new(AtomicBool::default());
        let venue = |name, rate| -> Arc<dyn Venue> {
            Arc::new(FixedPriceVenue {
                name,
                rate,
                empty: Arc::clone(&venues_empty),
            })
        };
        let keys = Arc::new(InMemoryKeys::default());
        let mut api = Api {
            access: Access {
                who: Who::ThisMachine,
                tickets: TicketOffice::new(keys.clone(), clock.clone()),
            },
            keys,
            limits: Arc::new(Nothing),
            audit_trail: Arc::new(Nothing),
            submit: Submit {
                admission: Arc::new(AdmitAll),
                writer: orders.clone(),
                queue: queue.clone(),
                clock: clock.clone(),
                policy: policy.clone(),
            },
            cancel: Cancel {
                reader: orders.clone(),
                writer: orders.clone(),
                chain: Arc::new(Nobody),
                queue: queue.clone(),
                stream: OrderStream {
                    log: orders.clone(),
                    connections: Arc::new(EverybodyIsLocal),
                    subscriptions: Arc::new(Nobody),
                    push: Arc::new(Nobody),
                    encode: api::event_json,
                    clock: clock.clone(),
                    policy: policy.clone(),
                },
            },
            router: engine::routing::Router {
                venues: vec![venue("Raydium", 78), venue("Meteora", 79)],
                reference: Arc::new(NoReference),
                clock,
                policy,
            },
            reader: orders.clone(),
            statistics: Statistics::new(orders.clone(), Arc::new(RealClock)),
            health: Health::new(vec![orders.clone()], Arc::new(RealClock)),
            catalogue: Arc::new(catalogue()),
            candles: Candles {
                prices: Arc::new(TwoMinutes),
                reference: Arc::new(NoReference),
                catalogue: Arc::new(catalogue()),
                clock: Arc::new(StoppedClock),
            },
            launches: Arc::new(KnownPools(vec![])),
            launch_log: Arc::new(KnownPools(vec![])),
            sockets: SocketAddress::OfRequest {
                otherwise: "127.0.0.1:3000".into(),
            },
            allowed_origins: vec![ALLOWED_ORIGIN.into()],
            base_path: String::new(),
            max_in_flight: 64,
        };
        change(&mut api);
        Self {
            router: api::router(api),
            orders,
            queue,
            venues_empty,
        }
    }

    /// Sends any request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("the whole answer");
        let body = String::from_utf8(body.to_vec()).expect("answers are text");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(
            Request::get(address)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    /// Posts a body as JSON.
    pub(crate) async fn post(&self, body: impl Into<Body>) -> Answer {
        self.send(order_request(body, &[])).await
    }

    /// Posts a body as JSON under an idempotency key.
    pub(crate) async fn post_with_key(&self, key: &str, body: &str) -> Answer {
        self.send(order_request(body.to_owned(), &[("Idempotency-Key", key)]))
            .await
    }

    /// Places a good order and answers its id.
    pub(crate) async fn place(&self) -> String {
        let answer = self.post(ORDER).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.json()["orderId"].as_str().expect("an id").to_owned()
    }
}

/// An order's request with more headers.
pub(crate) fn order_request(body: impl Into<Body>, more: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post("/api/orders/execute")
        .header(header::HOST, "localhost:3000")
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in more {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        request = request.header(*name, value);
    }
    request.body(body.into()).expect("a request")
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("headers are text"))
    }

    /// Asserts that this is a complete problem document, and answers its code and field.
    pub(crate) fn problem(&self) -> (String, Option<String>) {
        let problem = self.json();
        let text = |name: &str| problem[name].as_str().map(str::to_owned);
        let code = text("code").expect("a code");
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(
            text("type"),
            Some(format!("urn:order-engine:problem:{code}"))
        );
        assert!(text("title").is_some_and(|title| !title.is_empty()));
        assert!(text("detail").is_some_and(|detail| !detail.is_empty()));
        (code, text("field"))
    }
}
