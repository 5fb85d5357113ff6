//! Cancelling, as the table of the contract has it.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use engine::{
    order::{Failure, FailureCode, OrderEvent, TokenAmount, TransactionEnd},
    routing::{Route, VenueId},
};
use serde_json::json;

use crate::test_api::{Answer, TestApi};

async fn cancel(api: &TestApi, id: &str) -> Answer {
    let request = Request::delete(format!("/api/orders/{id}")).body(Body::empty());
    api.send(request.expect("a request")).await
}

/// An order with a transaction on its way.
async fn submitted(api: &TestApi) -> String {
    let id = api.place().await;
    let route = Route {
        venue: VenueId::new("Meteora"),
        pool: None,
    };
    for event in [
        OrderEvent::RoutingStarted { fired: None },
        OrderEvent::VenueChosen {
            route,
            quoted_out: TokenAmount::from_units(1, 6),
            offers: vec![],
            reason: String::new(),
        },
        OrderEvent::Submitted {
            signature: "sig".into(),
        },
    ] {
        api.orders.advance(&id, event);
    }
    id
}

#[tokio::test]
async fn an_order_that_nothing_is_signed_for_is_cancelled_at_once_and_twice_is_the_same() {
    let api = TestApi::new();
    let id = api.place().await;
    for _ in 0..2 {
        let answer = cancel(&api, &id).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let order = answer.json();
        assert_eq!(
            (&order["status"], &order["id"]),
            (&json!("cancelled"), &json!(id))
        );
        assert_eq!(order["cancelRequested"], true);
    }
    let events = api.get(&format!("/api/orders/{id}/events")).await.json();
    assert_eq!(events.as_array().map(Vec::len), Some(2));
    assert_eq!(events[1]["payload"], json!({ "by": "client" }));
}

#[tokio::test]
async fn while_a_transaction_may_land_it_is_only_asked_for() {
    let api = TestApi::new();
    let id = submitted(&api).await;
    for _ in 0..2 {
        let answer = cancel(&api, &id).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
        let order = answer.json();
        assert_eq!(
            (&order["status"], &order["cancelRequested"]),
            (&json!("submitted"), &json!(true))
        );
    }
    let events = api
        .get(&format!("/api/orders/{id}/events?after=4"))
        .await
        .json();
    assert_eq!(events.as_array().map(Vec::len), Some(1));
    assert_eq!(
        events[0]["payload"],
        json!({ "cancelRequested": true, "by": "client" })
    );
}

#[tokio::test]
async fn what_ended_otherwise_cannot_be_cancelled() {
    let api = TestApi::new();
    let id = submitted(&api).await;
    let failed = OrderEvent::Failed {
        failure: Failure::new(FailureCode::SwapFailed, "no"),
        settled: Some(TransactionEnd::Reverted),
    };
    api.orders.advance(&id, failed);
    let answer = cancel(&api, &id).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let problem = answer.json();
    assert_eq!(
        (&problem["code"], &problem["orderStatus"]),
        (&json!("not_cancellable"), &json!("failed"))
    );
    assert_eq!(
        cancel(&api, "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e")
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(cancel(&api, "1").await.status, StatusCode::BAD_REQUEST);
}

async fn cancel_many(api: &TestApi, body: &str) -> Answer {
    let request = Request::post("/api/orders/cancel")
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()));
    api.send(request.expect("a request")).await
}

#[tokio::test]
async fn many_are_told_one_by_one() {
    let api = TestApi::new();
    let (open, sent) = (api.place().await, submitted(&api).await);
    let nobody = "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e";
    let body = json!({ "ids": [open, sent, nobody, open] }).to_string();
    let told = cancel_many(&api, &body).await.json();
    assert_eq!(
        told,
        json!({ "cancelled": [open], "requested": [sent], "refused": { nobody: "not_found" } })
    );
}

#[tokio::test]
async fn all_are_meant_only_when_it_is_said() {
    let api = TestApi::new();
    let mut open = Vec::new();
    for _ in 0..250 {
        open.push(api.place().await);
    }
    for (body, code) in [
        ("{}", "missing_field"),
        (r#"{"all":false}"#, "invalid_filter"),
        (r#"{"ids":[]}"#, "invalid_id"),
        (r#"{"ids":["x"]}"#, "invalid_id"),
        (r#"{"ids":"x"}"#, "malformed_body"),
        (r#"{"all":true,"ids":[]}"#, "unknown_field"),
        (r#"{"all":true,"type":"stop"}"#, "invalid_filter"),
        (r#"{"all":1}"#, "malformed_body"),
    ] {
        let answer = cancel_many(&api, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.problem().0, code, "{body}");
    }
    let none = cancel_many(&api, r#"{"all":true,"type":"limit"}"#)
        .await
        .json();
    assert_eq!(none["cancelled"], json!([]));
    let told = cancel_many(&api, r#"{"all":true,"tokenIn":"SOL"}"#)
        .await
        .json();
    let mut cancelled: Vec<String> =
        serde_json::from_value(told["cancelled"].clone()).expect("ids");
    cancelled.sort_unstable();
    open.sort_unstable();
    assert_eq!(cancelled, open);
}
