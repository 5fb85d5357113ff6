//! Requests exactly as API Gateway (REST) hands them to a function, and answers exactly as it takes them back.

use std::{env, process::Command};

use axum::http::StatusCode;
use lambda_http::{
    Adapter, Context, lambda_runtime::LambdaEvent, request::LambdaRequest, tower::ServiceExt,
};
use serde_json::Value;
use submit::SocketAddress;

use crate::desk::Desk;

/// template.yaml sets it: the stage is not part of the routes.
const IGNORE_STAGE: &str = "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH";

/// Runs a test in a process that has the function's environment. The variable is read from the process, and a process
/// with threads must not change its own.
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

/// A desk behind a gateway with the stage `prod`.
fn behind_the_gateway() -> Desk {
    Desk::open_with(|api| {
        api.base_path = "/prod".into();
        api.sockets =
            SocketAddress::Fixed("wss://ws123.execute-api.eu-central-1.amazonaws.com/prod".into());
    })
}

/// Hands an event over and takes the function's answer.
async fn invoke(desk: &Desk, event: &str) -> Value {
    let request: LambdaRequest = serde_json::from_str(event).expect("an event of API Gateway");
    let event = LambdaEvent::new(request, Context::default());
    let answer = Adapter::from(desk.api.clone()).oneshot(event).await;
    let answer = answer.unwrap_or_else(|never| match never {});
    serde_json::to_value(answer).expect("the answer is plain data")
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
    in_the_function("gateway::an_order_is_placed_through_the_gateway", async {
        let desk = behind_the_gateway();
        let answer = invoke(&desk, include_str!("../events/post_order.json")).await;
        assert_eq!(answer["statusCode"], 202, "{answer}");
        let id = body(&answer)["orderId"].as_str().expect("an id").to_owned();
        assert_eq!(
            header(&answer, "location"),
            format!("/prod/api/orders/{id}")
        );
        let socket =
            format!("wss://ws123.execute-api.eu-central-1.amazonaws.com/prod?orderId={id}");
        assert_eq!(body(&answer)["ws"], socket);
        let again = invoke(&desk, include_str!("../events/post_order.json")).await;
        assert_eq!(header(&again, "idempotency-replayed"), "true");
        assert_eq!(desk.book.len(), 1);
    });
}

#[test]
fn a_base64_body_is_decoded() {
    in_the_function("gateway::a_base64_body_is_decoded", async {
        let desk = behind_the_gateway();
        let answer = invoke(&desk, include_str!("../events/post_order_base64.json")).await;
        assert_eq!(answer["statusCode"], 202, "{answer}");
        assert_eq!(desk.book.len(), 1);
    });
}

#[test]
fn an_event_without_headers_query_and_body_is_answered() {
    in_the_function(
        "gateway::an_event_without_headers_query_and_body_is_answered",
        async {
            let desk = behind_the_gateway();
            let answer = invoke(&desk, include_str!("../events/get_orders_nulls.json")).await;
            assert_eq!(
                (answer["statusCode"].as_u64(), body(&answer)),
                (Some(200), Value::Array(vec![]))
            );
            let answer = invoke(&desk, include_str!("../events/post_nothing.json")).await;
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
    in_the_function(
        "gateway::an_event_with_the_least_fields_is_answered",
        async {
            let answer = invoke(
                &behind_the_gateway(),
                include_str!("../events/get_health_least.json"),
            )
            .await;
            assert_eq!(answer["statusCode"], 200, "{answer}");
            assert_eq!(body(&answer)["status"], "ok");
        },
    );
}

#[test]
fn a_query_arrives_decoded_once() {
    in_the_function("gateway::a_query_arrives_decoded_once", async {
        let answer = invoke(
            &behind_the_gateway(),
            include_str!("../events/get_quote.json"),
        )
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
    in_the_function(
        "gateway::a_preflight_through_the_gateway_is_granted",
        async {
            let answer = invoke(
                &behind_the_gateway(),
                include_str!("../events/preflight.json"),
            )
            .await;
            assert_eq!(answer["statusCode"], 204, "{answer}");
            assert_eq!(
                header(&answer, "access-control-allow-origin"),
                "https://desk.example"
            );
        },
    );
}
