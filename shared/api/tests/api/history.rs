//! How orders stand.

use engine::{
    failure::{Failure, FailureCode},
    lifecycle::{Change, Status},
    order::Dex,
    ports::{SignedTransaction, TransactionEnd},
    quote::{Offer, Rejection},
};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

fn building() -> Change {
    let dropped = |dex, chosen| Offer {
        dex,
        quote: Err(Rejection::Late(2_000)),
        chosen,
    };
    Change::Building {
        offers: vec![dropped(Dex::Raydium, false), dropped(Dex::Meteora, true)],
        dex: Dex::Meteora,
        quoted_out: 790_983_110,
        reason: "Meteora pays more".into(),
    }
}

fn confirm(desk: &Desk, id: &str) {
    let transaction = SignedTransaction {
        signature: "5sig".into(),
        bytes: vec![],
        last_valid_height: 1,
        min_out: 1,
    };
    desk.book.advance(id, Status::Routing, &Change::Routing);
    desk.book.advance(id, Status::Building, &building());
    desk.book
        .advance(id, Status::Submitted, &Change::Submitted { transaction });
    desk.book.advance(
        id,
        Status::Confirmed,
        &Change::Confirmed {
            amount_out: 790_983_110,
        },
    );
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
    let desk = Desk::open();
    let id = desk.place().await;
    assert_eq!(
        desk.get("/api/orders").await.json(),
        json!([{
            "id": id, "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "10",
            "slippageBps": 50, "status": "pending", "attempt": 1, "chosenDex": null, "txHash": null,
            "executedPrice": null, "amountOut": null, "failureReason": null,
            "createdAt": "2027-01-15T08:00:00.000Z", "updatedAt": "2027-01-15T08:00:00.000Z",
        }])
    );
}

#[tokio::test]
async fn following_the_links_shows_every_order_once_newest_first() {
    let desk = Desk::open();
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(desk.place().await);
    }
    placed.reverse();
    let (mut seen, mut pages) = (Vec::new(), 0);
    let mut address = Some("/api/orders?limit=2&status=pending&note=a%26b".to_owned());
    while let Some(page) = address {
        let answer = desk.get(&page).await;
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
    let desk = Desk::open();
    for _ in 0..2 {
        desk.place().await;
    }
    let answer = desk.get("/api/orders?limit=2").await;
    assert_eq!((ids(&answer).len(), next(&answer)), (2, None));
    let all = desk.get("/api/orders?limit=&cursor=&status=").await;
    assert_eq!(ids(&all).len(), 2);
}

#[tokio::test]
async fn behind_a_gateway_the_link_keeps_the_stage() {
    let desk = Desk::open_with(|api| api.base_path = "/prod".into());
    for _ in 0..2 {
        desk.place().await;
    }
    let link = next(&desk.get("/api/orders?limit=1").await).expect("a next page");
    assert!(
        link.starts_with("/prod/api/orders?limit=1&cursor="),
        "{link}"
    );
}

#[tokio::test]
async fn only_orders_in_a_status_can_be_listed() {
    let desk = Desk::open();
    let (pending, confirmed) = (desk.place().await, desk.place().await);
    confirm(&desk, &confirmed);
    assert_eq!(
        ids(&desk.get("/api/orders?status=confirmed").await),
        [confirmed]
    );
    assert_eq!(
        ids(&desk.get("/api/orders?status=pending").await),
        [pending]
    );
    assert!(ids(&desk.get("/api/orders?status=failed").await).is_empty());
}

#[tokio::test]
async fn a_confirmed_order_tells_what_it_paid_and_how_it_was_routed() {
    let desk = Desk::open();
    let id = desk.place().await;
    confirm(&desk, &id);
    let order = desk.get(&format!("/api/orders/{id}")).await.json();
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
    let events = desk.get(&format!("/api/orders/{id}/events")).await.json();
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
    let desk = Desk::open();
    let id = desk.place().await;
    let order = desk.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(
        (&order["quotes"], &order["reason"]),
        (&json!([]), &Value::Null)
    );
}

#[tokio::test]
async fn after_a_retry_the_newest_decision_is_shown() {
    let desk = Desk::open();
    let id = desk.place().await;
    let failure = Failure::new(FailureCode::VenuesUnavailable, "refused");
    let after = std::time::Duration::ZERO;
    let retry = Change::Retrying {
        failure,
        settled: None,
        after,
    };
    let again = Change::Building {
        offers: vec![],
        dex: Dex::Raydium,
        quoted_out: 1,
        reason: "Raydium is the only venue left".into(),
    };
    for (to, change) in [
        (Status::Routing, &Change::Routing),
        (Status::Building, &building()),
        (Status::Routing, &retry),
        (Status::Building, &again),
    ] {
        desk.book.advance(&id, to, change);
    }
    let order = desk.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(order["reason"], "Raydium is the only venue left");
    assert_eq!(order["quotes"], json!([]));
}

#[tokio::test]
async fn a_failed_order_says_why() {
    let desk = Desk::open();
    let id = desk.place().await;
    let failure = Failure::new(FailureCode::NoLiquidity, "no venue could be used");
    let settled: Option<TransactionEnd> = None;
    desk.book
        .advance(&id, Status::Failed, &Change::Failed { failure, settled });
    let order = desk.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(order["failureReason"], "no venue could be used");
    assert_eq!(order["events"][1]["payload"]["code"], "no_liquidity");
}

#[tokio::test]
async fn events_can_be_read_from_any_place_on() {
    let desk = Desk::open();
    let id = desk.place().await;
    confirm(&desk, &id);
    let after = async |n: u64| {
        let events = desk
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
