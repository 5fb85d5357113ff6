//! Events as clients get them, to the byte: as version 0.1 wrote them.

use api::event_json;
use engine::{
    order::{
        EventRecord, Failure, FailureCode, Fill, LoggedEvent, OrderEvent, Status, TokenAmount,
        TransactionEnd,
    },
    routing::{Offer, OfferedQuote, PoolRef, QuoteTerms, Rejection, Route, VenueId},
};

fn written(status: Status, event: LoggedEvent) -> String {
    let record = EventRecord {
        order_id: "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e"
            .parse()
            .expect("an id"),
        seq: 3,
        status,
        attempt: 2,
        at: "2026-11-22T10:00:00.3129Z".parse().expect("a time"),
        event,
    };
    event_json(&record)
}

fn assert_payload(status: Status, event: OrderEvent, payload: &str) {
    let name = event.name();
    assert_eq!(
        written(status, LoggedEvent::Known(event)),
        format!(
            "{{\"orderId\":\"0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e\",\"seq\":3,\
             \"status\":\"{status}\",\"attempt\":2,\"at\":\"2026-11-22T10:00:00.312Z\",\
             \"payload\":{payload}}}"
        ),
        "{name}"
    );
}

fn usdc(units: u64) -> TokenAmount {
    TokenAmount::from_units(units, 6)
}

fn sol(units: u64) -> TokenAmount {
    TokenAmount::from_units(units, 9)
}

#[test]
fn a_decision_has_every_offer_and_each_why_it_dropped_out() {
    let offered = OfferedQuote {
        pool: "pool".into(),
        terms: QuoteTerms {
            amount_in: sol(10_000_000_000),
            amount_out: usdc(790_983_110),
            fee: sol(25_000_001),
            price_impact_bps: 3,
            network_fee: sol(5_000),
            network_fee_out: usdc(396),
        },
        min_out: usdc(787_028_194),
    };
    let offer = |venue, quote, chosen| Offer {
        venue: VenueId::new(venue),
        quote,
        chosen,
    };
    let chosen = OrderEvent::VenueChosen {
        route: Route {
            venue: VenueId::new("Meteora"),
            pool: Some(PoolRef {
                address: "pool".into(),
                mint_in: "in".into(),
                mint_out: "out".into(),
                slot: 1,
            }),
        },
        quoted_out: usdc(790_983_110),
        offers: vec![
            offer("Raydium", Err(Rejection::Late(2_000)), false),
            offer("Meteora", Ok(offered), true),
        ],
        reason: "Meteora pays \"more\"".into(),
    };
    let payload = concat!(
        r#"{"chosenDex":"Meteora","quotes":["#,
        r#"{"amountIn":null,"amountOut":null,"chosen":false,"dex":"Raydium","fee":null,"#,
        r#""minimumReceived":null,"netAmountOut":null,"networkFee":null,"pool":null,"#,
        r#""price":null,"priceImpactBps":null,"rejected":"no answer within 2000 ms"},"#,
        r#"{"amountIn":"10","amountOut":"790.98311","chosen":true,"dex":"Meteora","#,
        r#""fee":"0.025000001","minimumReceived":"787.028194","netAmountOut":"790.982714","#,
        r#""networkFee":"0.000005","pool":"pool","price":"79.098311","priceImpactBps":3,"#,
        r#""rejected":null}],"reason":"Meteora pays \"more\"","txHash":null}"#,
    );
    assert_payload(Status::Building, chosen, payload);
}

#[test]
fn every_other_event_has_the_fields_of_its_kind() {
    let signature = || String::from("5sig");
    let fill = Fill {
        amount_out: usdc(790_983_111),
        price: "79.098311100000".parse().expect("a decimal"),
    };
    let failure = |code| Failure::new(code, "it moved");
    let (accepted, routing) = (
        OrderEvent::Accepted,
        OrderEvent::RoutingStarted { fired: None },
    );
    assert_payload(Status::Pending, accepted, "{}");
    assert_payload(Status::Routing, routing, "{}");
    assert_payload(
        Status::Submitted,
        OrderEvent::Submitted {
            signature: signature(),
        },
        r#"{"txHash":"5sig"}"#,
    );
    assert_payload(
        Status::Confirmed,
        OrderEvent::Confirmed {
            signature: signature(),
            fill,
        },
        r#"{"amountOut":"790.983111","executedPrice":"79.0983111","txHash":"5sig"}"#,
    );
    assert_payload(
        Status::Routing,
        OrderEvent::AttemptFailed {
            failure: failure(FailureCode::SlippageExceeded),
            settled: Some(TransactionEnd::Reverted),
        },
        r#"{"code":"slippage_exceeded","reason":"it moved"}"#,
    );
    assert_payload(
        Status::Failed,
        OrderEvent::Failed {
            failure: failure(FailureCode::NoLiquidity),
            settled: None,
        },
        r#"{"code":"no_liquidity","failureReason":"it moved"}"#,
    );
}

#[test]
fn an_event_that_cannot_be_read_says_so_and_nothing_else() {
    let text = written(Status::Building, LoggedEvent::Unreadable);
    assert!(
        text.ends_with(r#""payload":{"unreadable":true}}"#),
        "{text}"
    );
}
