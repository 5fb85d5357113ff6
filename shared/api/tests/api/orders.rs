//! How orders stand.

use engine::{
    order::{Failure, FailureCode, Fill, OrderEvent, TokenAmount},
    routing::{Offer, Rejection, Route, VenueId},
};
use serde_json::{Value, json};

use crate::test_api::{Answer, TestApi};

const RECEIVED: TokenAmount = TokenAmount::from_units(790_983_110, 6);

fn venue_chosen(venue: &str, offers: Vec<Offer>, reason: &str) -> OrderEvent {
    OrderEvent::VenueChosen {
        route: Route {
            venue: VenueId::new(venue),
            pool: None,
        },
        quoted_out: RECEIVED,
        offers,
        reason: reason.into(),
    }
}

fn meteora_chosen() -> OrderEvent {
    let dropped = |venue, chosen| Offer {
        venue: VenueId::new(venue),
        quote: Err(Rejection::Late(2_000)),
        chosen,
    };
    let offers = vec![dropped("Raydium", false), dropped("Meteora", true)];
    venue_chosen("Meteora", offers, "Meteora pays more")
}

pub(crate) fn confirm(api: &TestApi, id: &str) {
    let signature = || String::from("5sig");
    let fill = Fill {
        amount_out: RECEIVED,
        price: "79.098311".parse().expect("a decimal"),
    };
    for event in [
        OrderEvent::RoutingStarted { fired: None },
        meteora_chosen(),
        OrderEvent::Submitted {
            signature: signature(),
        },
        OrderEvent::Confirmed {
            signature: signature(),
            fill,
        },
    ] {
        api.orders.advance(id, event);
    }
}

fn ids(answer: &Answer) -> Vec<String> {
    let orders = answer.json();
    let orders = orders.as_array().expect("an array").iter();
    orders
        .map(|order| order["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// The address in a `Link: <…>; rel="next"` header.
fn next(answer: &Answer) -> Option<String> {
    let address = answer
        .header("link")?
        .strip_prefix('<')?
        .strip_suffix(">; rel=\"next\"")?;
    Some(address.to_owned())
}

#[tokio::test]
async fn an_order_has_exactly_the_fields_of_the_contract() {
    let api = TestApi::new();
    let id = api.place().await;
    assert_eq!(
        api.get("/api/orders").await.json(),
        json!([{
            "id": id, "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "10",
            "slippageBps": 50, "minAmountOut": null, "limitPrice": null, "timeInForce": null,
            "expiresAt": null, "sniper": null, "clientOrderId": null, "status": "pending", "attempt": 1,
            "chosenDex": null, "txHash": null, "executedPrice": null, "amountOut": null,
            "failureReason": null, "failureCode": null, "cancelRequested": false, "waiting": null,
            "trigger": null,
            "createdAt": "2027-01-15T08:00:00.000Z", "updatedAt": "2027-01-15T08:00:00.000Z",
        }])
    );
}

#[tokio::test]
async fn following_the_links_shows_every_order_once_newest_first() {
    let api = TestApi::new();
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(api.place().await);
    }
    placed.reverse();
    let (mut seen, mut pages) = (Vec::new(), 0);
    let mut address = Some("/api/orders?limit=2&status=pending&note=a%26b".to_owned());
    while let Some(page) = address {
        let answer = api.get(&page).await;
        seen.extend(ids(&answer));
        pages += 1;
        address = next(&answer);
        if let Some(next) = &address {
            assert!(next.starts_with("/api/orders?limit=2&status=pending&note=a%26b&cursor="));
        }
    }
    assert_eq!((seen, pages), (placed, 3));
}

#[tokio::test]
async fn a_page_that_ends_with_the_last_order_has_no_next_one() {
    let api = TestApi::new();
    for _ in 0..2 {
        api.place().await;
    }
    let answer = api.get("/api/orders?limit=2").await;
    assert_eq!((ids(&answer).len(), next(&answer)), (2, None));
    let all = api.get("/api/orders?limit=&cursor=&status=").await;
    assert_eq!(ids(&all).len(), 2);
}

#[tokio::test]
async fn behind_a_gateway_the_link_keeps_the_stage() {
    let api = TestApi::with(|api| api.base_path = "/prod".into());
    for _ in 0..2 {
        api.place().await;
    }
    let link = next(&api.get("/api/orders?limit=1").await).expect("a next page");
    assert!(
        link.starts_with("/prod/api/orders?limit=1&cursor="),
        "{link}"
    );
}

#[tokio::test]
async fn only_orders_in_a_status_can_be_listed() {
    let api = TestApi::new();
    let (pending, confirmed) = (api.place().await, api.place().await);
    confirm(&api, &confirmed);
    assert_eq!(
        ids(&api.get("/api/orders?status=confirmed").await),
        [confirmed]
    );
    assert_eq!(ids(&api.get("/api/orders?status=pending").await), [pending]);
    assert!(ids(&api.get("/api/orders?status=failed").await).is_empty());
}

#[tokio::test]
async fn a_confirmed_order_tells_what_it_paid_and_how_it_was_routed() {
    let api = TestApi::new();
    let id = api.place().await;
    confirm(&api, &id);
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    for (field, value) in [
        ("status", "confirmed"),
        ("chosenDex", "Meteora"),
        ("txHash", "5sig"),
        ("amountOut", "790.98311"),
        ("executedPrice", "79.098311"),
        ("reason", "Meteora pays more"),
    ] {
        assert_eq!(order[field], value);
    }
    let chosen: Vec<_> = order["quotes"]
        .as_array()
        .expect("offers")
        .iter()
        .map(|o| &o["chosen"])
        .collect();
    assert_eq!(chosen, [&json!(false), &json!(true)]);
    let events = api.get(&format!("/api/orders/{id}/events")).await.json();
    assert_eq!(order["events"], events);
    let seqs: Vec<_> = events
        .as_array()
        .expect("events")
        .iter()
        .map(|e| e["seq"].as_u64())
        .collect();
    assert_eq!(seqs, [Some(1), Some(2), Some(3), Some(4), Some(5)]);
}

#[tokio::test]
async fn an_order_that_was_not_routed_has_no_quotes_yet() {
    let api = TestApi::new();
    let id = api.place().await;
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(
        (&order["quotes"], &order["reason"]),
        (&json!([]), &Value::Null)
    );
}

#[tokio::test]
async fn after_a_retry_the_newest_decision_is_shown() {
    let api = TestApi::new();
    let id = api.place().await;
    let retry = OrderEvent::AttemptFailed {
        failure: Failure::new(FailureCode::VenuesUnavailable, "refused"),
        settled: None,
    };
    let again = venue_chosen("Raydium", vec![], "Raydium is the only venue left");
    for event in [
        OrderEvent::RoutingStarted { fired: None },
        meteora_chosen(),
        retry,
        again,
    ] {
        api.orders.advance(&id, event);
    }
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(order["reason"], "Raydium is the only venue left");
    assert_eq!(order["quotes"], json!([]));
}

#[tokio::test]
async fn a_failed_order_says_why() {
    let api = TestApi::new();
    let id = api.place().await;
    let failure = Failure::new(FailureCode::NoLiquidity, "no venue could be used");
    let failed = OrderEvent::Failed {
        failure,
        settled: None,
    };
    api.orders.advance(&id, failed);
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(order["failureReason"], "no venue could be used");
    assert_eq!(order["events"][1]["payload"]["code"], "no_liquidity");
}

#[tokio::test]
async fn events_can_be_read_from_any_place_on() {
    let api = TestApi::new();
    let id = api.place().await;
    confirm(&api, &id);
    let after = async |n: u64| {
        let events = api
            .get(&format!("/api/orders/{id}/events?after={n}"))
            .await
            .json();
        events.as_array().expect("events").len()
    };
    assert_eq!(after(0).await, 5);
    assert_eq!(after(3).await, 2);
    assert_eq!(after(5).await, 0);
    assert_eq!(after(9_223_372_036_854_775_807).await, 0);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_keeps_its_place_and_ends_no_page() {
    let api = TestApi::new();
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(api.place().await);
    }
    for damaged in [1, 3] {
        api.orders.make_unreadable(&placed[damaged]);
    }
    placed.reverse();
    let mut seen = Vec::new();
    let mut address = Some("/api/orders?limit=2".to_owned());
    while let Some(page) = address {
        let answer = api.get(&page).await;
        seen.extend(ids(&answer));
        address = next(&answer);
    }
    assert_eq!(seen, placed);
    let all = api.get("/api/orders").await;
    assert_eq!(
        all.json()[1],
        json!({
            "id": placed[1], "status": "unreadable", "createdAt": "2027-01-15T08:00:03.000Z",
            "detail": "the stored order cannot be read",
        })
    );
    assert!(!all.body.contains("secret"), "{}", all.body);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_a_defect_where_it_is_asked_for() {
    let api = TestApi::new();
    let id = api.place().await;
    api.orders.make_unreadable(&id);
    let answer = api.get(&format!("/api/orders/{id}")).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.problem(), ("internal_error".into(), None));
    assert_eq!(answer.json()["detail"], "the stored order cannot be read");
    let events = api.get(&format!("/api/orders/{id}/events")).await;
    assert_eq!(events.status, 200, "its log can be read all the same");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_shown_in_its_place() {
    let api = TestApi::new();
    let id = api.place().await;
    let retry = OrderEvent::AttemptFailed {
        failure: Failure::new(FailureCode::VenuesUnavailable, "refused"),
        settled: None,
    };
    let chosen = [meteora_chosen(), retry, meteora_chosen()];
    for event in [OrderEvent::RoutingStarted { fired: None }]
        .into_iter()
        .chain(chosen)
    {
        api.orders.advance(&id, event);
    }
    api.orders.make_newest_event_unreadable(&id);
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    let newest = &order["events"][4];
    assert_eq!(
        (&newest["seq"], &newest["status"]),
        (&json!(5), &json!("building"))
    );
    assert_eq!(newest["payload"], json!({ "unreadable": true }));
    // The decision before it was about another attempt.
    assert_eq!(
        (&order["quotes"], &order["reason"]),
        (&json!([]), &Value::Null)
    );
}
