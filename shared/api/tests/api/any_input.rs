//! Whatever is thrown at the API: never a 5xx, never an order out of invalid input.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, Uri},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::Value;

use crate::test_api::{Answer, TestApi, order_request};

/// An order with every field.
const ORDER: &str =
    r#"{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":10,"slippageBps":50}"#;
/// Texts and names that mean something to the API.
const WORDS: &[&str] = &[
    "market", "limit", "SOL", "USDC", "JUP", "10", "0", "-1", "1e3", "NaN", "\u{0}", "",
];
const NAMES: &[&str] = &[
    "type",
    "tokenIn",
    "tokenOut",
    "amount",
    "slippageBps",
    "status",
    "id",
];

fn answer_to(api: &TestApi, request: Request<Body>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(api.send(request))
}

/// Any JSON, the API's own words more often than chance would have it.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..2_000i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(WORDS).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(10, 64, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any_name(), inner), 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![9 => select(NAMES).prop_map(str::to_owned), 1 => ".{0,8}".prop_map(String::from)]
}

/// A good order with some fields replaced, added or left out.
fn nearly_an_order() -> impl Strategy<Value = Value> {
    let changes = vec((any_name(), option::of(any_json())), 0..3);
    changes.prop_map(|changes| {
        let mut order: Value = serde_json::from_str(ORDER).expect("JSON");
        let fields = order.as_object_mut().expect("an object");
        for (name, value) in changes {
            match value {
                Some(value) => fields.insert(name, value),
                None => fields.remove(&name),
            };
        }
        order
    })
}

/// What an order may look like at most, written down a second time.
fn may_be_an_order(body: &Value) -> bool {
    let Some(fields) = body.as_object() else {
        return false;
    };
    let known = ["type", "tokenIn", "tokenOut", "amount", "slippageBps"];
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let number = |text: &str| {
        text.trim()
            .parse::<f64>()
            .is_ok_and(|n| n > 0.0 && n < 2e13)
    };
    fields.keys().all(|name| known.contains(&name.as_str()))
        && text("type") == "market"
        && matches!(
            (text("tokenIn"), text("tokenOut")),
            ("SOL", "USDC") | ("USDC", "SOL" | "USDT") | ("USDT", "USDC")
        )
        && (number(text("amount")) || body["amount"].as_f64().is_some_and(|n| n > 0.0))
        && (fields
            .get("slippageBps")
            .is_none_or(|bps| bps.as_u64().is_some_and(|bps| bps <= 1_000)))
}

fn assert_sane(answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{answer:?}");
    if answer.status.is_client_error() && !answer.body.is_empty() {
        answer.problem();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn only_valid_orders_are_stored(body in prop_oneof![3 => nearly_an_order(), 1 => any_json()]) {
        let api = TestApi::new();
        let answer = answer_to(&api, order_request(body.to_string(), &[]));
        assert_sane(&answer);
        prop_assert_eq!(api.orders.len(), usize::from(answer.status == 202));
        prop_assert!(answer.status != 202 || may_be_an_order(&body), "{}", body);
    }

    #[test]
    fn bytes_are_no_order(body in vec(any::<u8>(), 0..2_000)) {
        let api = TestApi::new();
        let answer = answer_to(&api, order_request(body, &[]));
        assert_sane(&answer);
        prop_assert_eq!(api.orders.len(), 0);
    }

    /// An order that was cut, or had a byte changed, is refused or is still an order.
    #[test]
    fn a_damaged_order_is_refused_or_valid(at in 0usize..80, byte in option::of(any::<u8>())) {
        let mut body = ORDER.as_bytes().to_vec();
        match byte {
            Some(byte) => body[at % ORDER.len()] = byte,
            None => body.truncate(at),
        }
        let api = TestApi::new();
        let answer = answer_to(&api, order_request(body.clone(), &[]));
        assert_sane(&answer);
        let read: Result<Value, _> = serde_json::from_slice(&body);
        let valid = || read.is_ok_and(|body| may_be_an_order(&body));
        prop_assert!(answer.status != 202 || valid(), "{}", String::from_utf8_lossy(&body));
    }

    #[test]
    fn any_address_method_and_header_has_a_sane_answer(
        method in "[A-Z]{1,7}",
        path in prop_oneof![
            "(/api(/orders|/orders/execute|/quote|/tokens)?|/health)?(/[!-~]{0,20}){0,2}",
            "/[ -~]{0,40}",
        ],
        query in option::of(prop_oneof![
            "((limit|cursor|status|after|tokenIn|amount)=[!-~]{0,20}&){0,4}",
            "[!-~]{0,60}",
        ]),
        headers in vec(("[a-z-]{1,20}", vec(any::<u8>(), 0..40)), 0..4),
        body in vec(any::<u8>(), 0..100),
    ) {
        let address = query.map_or(path.clone(), |query| format!("{path}?{query}"));
        // What the HTTP layer itself refuses does not reach the router.
        let (Ok(address), Ok(method)) = (address.parse::<Uri>(), method.parse::<Method>()) else {
            return Ok(());
        };
        let mut request = Request::new(Body::from(body));
        (*request.uri_mut(), *request.method_mut()) = (address, method);
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(&value);
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value) {
                request.headers_mut().append(name, value);
            }
        }
        let api = TestApi::new();
        assert_sane(&answer_to(&api, request));
        prop_assert_eq!(api.orders.len(), 0);
    }
}
