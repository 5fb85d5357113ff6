//! What an account is told when nothing moves any more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    account::{Account, Placed},
    actions::market,
    answer::{ENDS, array, ids, plain, text},
};
use crate::support::{assert_complete, eventually};

impl Account<'_> {
    /// Waits until each order stands where it was to come to, and compares all that is told.
    pub(super) async fn settle(&mut self) {
        let mut settled = Vec::new();
        for order in (0..self.orders.len()).rev() {
            let end = eventually("where it ends", async || {
                let shown = self.read(order).await;
                let waits = self.orders[order].waits() && shown["status"] == "waiting";
                (waits || ENDS.contains(&text(&shown, "status"))).then_some(shown)
            });
            let mut shown = end.await;
            let Placed { cancelled, .. } = self.orders[order];
            assert_eq!(shown["cancelRequested"], cancelled, "{shown}");
            let ends_so = shown["status"] != "cancelled" || cancelled;
            assert!(
                ends_so && (shown["status"] == "waiting") <= !cancelled,
                "{shown}"
            );
            assert_eq!(self.events(order, 0).await, array(&shown["events"]));
            self.transactions
                .extend(shown["txHash"].as_str().map(str::to_owned));
            let listed = shown.as_object_mut().expect("an object");
            listed.retain(|field, _| !["quotes", "reason", "events"].contains(&field.as_str()));
            settled.push(shown);
        }
        for status in ENDS.into_iter().chain(["waiting"]) {
            let expected = settled.iter().filter(|order| order["status"] == status);
            let expected: Vec<Value> = expected.cloned().collect();
            let listed = self.listed(&format!("status={status}&limit=5")).await;
            assert_eq!(timeless(listed), timeless(expected), "{status}");
        }
        for open in [true, false] {
            let is_open = |order: &Value| order["status"] == "waiting";
            let expected: Vec<&Value> = settled.iter().filter(|one| is_open(one) == open).collect();
            let listed = self.listed(&format!("open={open}&limit=7")).await;
            let rows = self.exported(&format!("open={open}")).await;
            let expected: Vec<&str> = expected.iter().map(|order| text(order, "id")).collect();
            assert_eq!((ids(&listed), ids(&rows)), (expected.clone(), expected));
        }
        for (row, order) in self.exported("").await.iter().zip(&settled) {
            for field in ["id", "status", "txHash", "executedPrice", "amountOut"] {
                assert_eq!(plain(&row[field]), plain(&order[field]), "{row}");
            }
        }
        self.assert_keys().await;
        // Nobody has looked at this window in the last second.
        let told = self.statistics("24h").await;
        assert_eq!(told["orders"], settled.len(), "{told}");
        assert_added_up(&told, &settled);
    }

    /// What was pushed before an order of now is heard before its end.
    pub(super) async fn hear_the_last(&mut self) {
        self.place(market(), None, None).await;
        let last = self.orders.len() - 1;
        let mut story = Vec::new();
        while story
            .last()
            .is_none_or(|event: &Value| !ENDS.contains(&text(event, "status")))
        {
            let event = self.socket.next().await.expect("the socket stays open");
            self.note(event.to_string(), "");
            if self.own(&event, "orderId") == last {
                story.push(event);
            }
        }
        assert_complete(&story);
    }

    pub(super) fn assert_told_nothing_of(&self, stranger: &Account<'_>) {
        let orders = stranger.orders.iter().map(|order| &order.id);
        let keys = stranger.keys.iter().map(|key| &key.id);
        let unknown = orders.chain(keys).chain(&stranger.transactions);
        for identifier in unknown.chain([&stranger.name]) {
            let told = self
                .told
                .iter()
                .find(|told| told.contains(identifier.as_str()));
            assert!(
                told.is_none(),
                "{identifier} of {} is told: {told:?}",
                stranger.name
            );
        }
    }
}

/// Without how often and when a condition was looked at.
fn timeless(mut orders: Vec<Value>) -> Vec<Value> {
    orders
        .iter_mut()
        .for_each(|order| order["waiting"] = Value::Null);
    orders
}

fn assert_added_up(told: &Value, settled: &[Value]) {
    let mut by_status = BTreeMap::from(ENDS.map(|status| (status, 0)));
    let mut by_code: BTreeMap<&str, u64> = BTreeMap::new();
    let mut volume: BTreeMap<[&str; 2], (u64, [Decimal; 2])> = BTreeMap::new();
    let mut took = Vec::new();
    let decimal = |value: &Value| -> Decimal { plain(value).parse().expect("a decimal") };
    for order in settled.iter().filter(|order| order["status"] != "waiting") {
        *by_status.entry(text(order, "status")).or_insert(0) += 1;
        if let Some(code) = order["failureCode"].as_str() {
            *by_code.entry(code).or_default() += 1;
        }
        if order["status"] == "confirmed" {
            let pair = ["tokenIn", "tokenOut"].map(|token| text(order, token));
            let (orders, sums) = volume.entry(pair).or_default();
            *orders += 1;
            let amounts = ["amount", "amountOut"].map(|amount| decimal(&order[amount]));
            sums.iter_mut()
                .zip(amounts)
                .for_each(|(sum, amount)| *sum += amount);
            let [begin, end] = ["createdAt", "updatedAt"].map(|at| {
                let at: Timestamp = text(order, at).parse().expect("a time");
                at.as_millisecond()
            });
            took.push(end - begin);
        }
    }
    assert_eq!(told["byStatus"], json!(by_status));
    assert_eq!(told["byFailureCode"], json!(by_code));
    let pairs = array(&told["volume"]).iter().map(|pair| {
        let sums = ["amountIn", "amountOut"].map(|amount| decimal(&pair[amount]));
        let orders = pair["orders"].as_u64().expect("a number");
        (
            ["tokenIn", "tokenOut"].map(|token| text(pair, token)),
            (orders, sums),
        )
    });
    assert_eq!(pairs.collect::<BTreeMap<_, _>>(), volume);
    // Both times are told to the millisecond, and what lies between was measured finer.
    if let Some(longest) = took.iter().max() {
        let p99 = told["msToConfirmed"]["p99"].as_i64().expect("a number");
        assert!((p99 - longest).abs() <= 1, "{told}: {took:?}");
    }
}
