//! Orders: placed, looked at, cancelled.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    account::{Account, Placed},
    actions::{Filter, common},
    answer::{ENDS, array, text},
};

impl Account<'_> {
    pub(super) async fn place(&mut self, mut body: Value, name: Option<u8>, key: Option<u8>) {
        if let Some(name) = name {
            body["clientOrderId"] = json!(match name {
                0..3 => common(name),
                _ => format!("{}.{}", self.name, self.orders.len()),
            });
        }
        let path = "/api/orders/execute";
        let answer = self
            .ask_with(Method::POST, path, Some(&body), key, "")
            .await;
        let (status, told) = (answer.status.as_u16(), answer.json());
        let replayed = answer.headers.contains_key("idempotency-replayed");
        let known = key.and_then(|key| self.by_key.get(&key));
        let name = &body["clientOrderId"];
        let named = |order: &&Placed| !name.is_null() && order.body["clientOrderId"] == *name;
        match (
            known.map(|&order| &self.orders[order]),
            self.orders.iter().find(named),
        ) {
            (Some(order), _) if order.body == body => {
                assert_eq!((status, replayed), (202, true), "{told}");
                assert_eq!(told["orderId"], order.id.as_str());
            }
            (Some(_), _) => assert_eq!(status, 422, "{told}"),
            (None, Some(order)) => {
                assert_eq!(
                    (status, &told["orderId"]),
                    (409, &json!(order.id)),
                    "{told}"
                );
            }
            (None, None) => {
                assert_eq!((status, replayed), (202, false), "{told}");
                if let Some(key) = key {
                    self.by_key.insert(key, self.orders.len());
                }
                let id = text(&told, "orderId").to_owned();
                self.orders.push(Placed {
                    id,
                    body,
                    cancelled: false,
                });
            }
        }
    }

    pub(super) async fn read(&mut self, order: usize) -> Value {
        let path = format!("/api/orders/{}", self.orders[order].id);
        let shown = self.get(&path, 200).await.json();
        self.assert_own(&shown);
        assert_eq!(shown["id"], self.orders[order].id.as_str());
        self.assert_own_events(order, 0, array(&shown["events"]));
        shown
    }

    pub(super) async fn events(&mut self, order: usize, after: u64) -> Vec<Value> {
        let path = format!("/api/orders/{}/events?after={after}", self.orders[order].id);
        let events = self.get(&path, 200).await.json();
        self.assert_own_events(order, after, array(&events));
        array(&events).to_vec()
    }

    /// All pages.
    pub(super) async fn listed(&mut self, query: &str) -> Vec<Value> {
        let mut next = Some(format!("/api/orders?{query}"));
        let mut listed = Vec::new();
        while let Some(path) = next {
            let answer = self.get(&path, 200).await;
            listed.extend_from_slice(array(&answer.json()));
            next = answer.next_page();
            let cursor = next.as_deref().and_then(|page| page.split_once("cursor="));
            self.cursors
                .extend(cursor.map(|(_, cursor)| cursor.to_owned()));
        }
        listed.iter().for_each(|order| self.assert_own(order));
        listed
    }

    pub(super) async fn exported(&mut self, query: &str) -> Vec<Value> {
        let file = self
            .get(&format!("/api/orders.csv?{query}"), 200)
            .await
            .body;
        let mut lines = file.lines().map(|line| line.split(','));
        let names = lines.next().expect("a line of names");
        let row = |cells| {
            names
                .clone()
                .zip(cells)
                .map(|(name, cell): (&str, &str)| (name.to_owned(), json!(cell)))
        };
        let rows: Vec<Value> = lines
            .map(|cells| Value::Object(row(cells).collect()))
            .collect();
        rows.iter().for_each(|order| self.assert_own(order));
        rows
    }

    /// The newest first: all that are meant, or some, when it depends on where they stand.
    pub(super) fn assert_listed(&self, only: &Filter, listed: &[&str]) {
        let meant = self
            .orders
            .iter()
            .rev()
            .filter(|order| only.means(&order.body));
        let mut meant = meant.map(|order| order.id.as_str());
        if only.moving.is_none() {
            assert_eq!(listed, meant.collect::<Vec<_>>(), "{only:?}");
        } else {
            let in_order = listed.iter().all(|id| meant.any(|meant| meant == *id));
            assert!(in_order, "{only:?}: {listed:?}");
        }
    }

    /// Seen a second ago at the most, so the newest orders may be missing.
    pub(super) async fn statistics(&mut self, window: &str) -> Value {
        let path = format!("/api/stats?window={window}");
        let told = self.get(&path, 200).await.json();
        let count = |counts: &Value| {
            let ended = counts["byStatus"].as_object().expect("an object").values();
            let ended: u64 = ended.map(|count| count.as_u64().expect("a number")).sum();
            let [orders, open] = ["orders", "open"].map(|name| counts[name].as_u64());
            assert_eq!(orders, open.map(|open| open + ended), "{counts}");
            orders.expect("a number")
        };
        let orders = count(&told);
        assert!(orders <= self.orders.len() as u64, "{told}");
        assert_eq!(
            array(&told["buckets"]).iter().map(count).sum::<u64>(),
            orders
        );
        told
    }

    pub(super) async fn cancel(&mut self, order: usize) {
        let path = format!("/api/orders/{}", self.orders[order].id);
        let answer = self.ask(Method::DELETE, &path, None).await;
        let (status, told) = (answer.status.as_u16(), answer.json());
        if status == 409 && !self.orders[order].waits() {
            assert!(ENDS.contains(&text(&told, "orderStatus")), "{told}");
            return;
        }
        assert!([200, 202].contains(&status), "{told}");
        self.assert_own(&told);
        self.orders[order].cancelled = true;
    }

    pub(super) async fn cancel_some(&mut self, own: BTreeSet<usize>, foreign: &str) {
        let named = own.iter().map(|&order| self.orders[order].id.as_str());
        let body = json!({ "ids": named.chain([foreign]).collect::<Vec<_>>() });
        let path = "/api/orders/cancel";
        let answer = self
            .ask_with(Method::POST, path, Some(&body), None, foreign)
            .await;
        let mut told = answer.json();
        let refused = told["refused"].as_object_mut().expect("an object");
        assert_eq!(refused.remove(foreign), Some(json!("not_found")), "{told}");
        let asked = |order: usize| own.contains(&order);
        self.note_cancelled(&told, asked);
    }

    pub(super) async fn cancel_all(&mut self, only: &Filter) {
        let mut body = json!({ "all": true });
        for (field, value) in [("type", only.kind), ("tokenIn", only.token_in)] {
            if let Some(value) = value {
                body[field] = json!(value);
            }
        }
        let answer = self
            .ask(Method::POST, "/api/orders/cancel", Some(&body))
            .await;
        let meant: BTreeSet<usize> = (0..self.orders.len())
            .filter(|&order| only.means(&self.orders[order].body))
            .collect();
        self.note_cancelled(&answer.json(), |order| meant.contains(&order));
    }

    /// Of those that are meant, each that waits is cancelled from now on.
    pub(super) fn note_cancelled(&mut self, told: &Value, meant: impl Fn(usize) -> bool) {
        let own = |id: &str| self.own(&json!({ "id": id }), "id");
        let refused = told["refused"].as_object().expect("an object").keys();
        let refused: Vec<usize> = refused.map(|id| own(id)).collect();
        let lists = ["cancelled", "requested"].map(|name| array(&told[name]));
        let lists = lists.concat();
        let cancelled: Vec<usize> = lists
            .iter()
            .map(|id| own(id.as_str().expect("an id")))
            .collect();
        assert!(
            refused.iter().chain(&cancelled).all(|&order| meant(order)),
            "{told}"
        );
        for order in cancelled {
            self.orders[order].cancelled = true;
        }
        for order in (0..self.orders.len()).filter(|&order| meant(order)) {
            let order = &self.orders[order];
            assert!(order.cancelled || !order.waits(), "{}: {told}", order.id);
        }
    }
}
