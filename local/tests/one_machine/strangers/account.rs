//! An account, what it did itself, and everything that it was ever told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::sample::Index;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    actions::{Action, Probe, far, market},
    answer::{Answer, array, ids, plain, text},
};
use crate::{
    desk::{Desk, said},
    support::{Engine, Subscriber},
};

pub(super) struct Account<'a> {
    /// A part of each name and label that only this account gives.
    pub(super) name: String,
    pub(super) client: Desk<'a>,
    /// In the order in which they were placed.
    pub(super) orders: Vec<Placed>,
    pub(super) by_key: BTreeMap<u8, usize>,
    pub(super) keys: Vec<Key>,
    /// Follows all of its orders from the beginning.
    pub(super) socket: Subscriber,
    pub(super) cursors: Vec<String>,
    pub(super) transactions: BTreeSet<String>,
    /// Without the ids of strangers that it had asked for by name.
    pub(super) told: Vec<String>,
}

pub(super) struct Placed {
    pub(super) id: String,
    pub(super) body: Value,
    pub(super) cancelled: bool,
}

impl Placed {
    /// Whether nothing but a cancel ends it.
    pub(super) fn waits(&self) -> bool {
        let body = &self.body;
        body["type"] == "sniper" || body["limitPrice"] == "9999" && body["timeInForce"] == "GTD"
    }
}

pub(super) struct Key {
    pub(super) id: String,
    pub(super) label: String,
    /// What tickets were made with is not revoked: that would close their sockets.
    pub(super) shown: bool,
    pub(super) revoked: bool,
}

/// What strangers know of an account, and ask for.
pub(super) struct Identifiers {
    of: String,
    orders: Vec<String>,
    keys: Vec<String>,
    names: Vec<String>,
    cursors: Vec<String>,
}

impl<'a> Account<'a> {
    /// With orders that there is something to ask about.
    pub(super) async fn open(engine: &'a Engine, name: &str) -> Self {
        let client = Desk::of(engine, name).await;
        let mut socket = client.socket().await;
        socket
            .say(json!({ "action": "subscribe", "all": true }))
            .await;
        assert_eq!(said(&mut socket).await, Vec::<Value>::new());
        let (_, rest) = client.key.split_once('_').expect("the id of the key");
        let (id, _) = rest.split_once('_').expect("the id of the key");
        let key = Key {
            id: id.to_owned(),
            label: String::new(),
            shown: true,
            revoked: false,
        };
        let mut account = Self {
            name: name.to_owned(),
            client,
            orders: Vec::new(),
            by_key: BTreeMap::new(),
            keys: vec![key],
            socket,
            cursors: Vec::new(),
            transactions: BTreeSet::new(),
            told: Vec::new(),
        };
        for (body, name) in [(far(), Some(9)), (market(), None), (far(), Some(0))] {
            account.place(body, name, None).await;
        }
        account.make_key(vec!["stream"]).await;
        account.listed("limit=1").await;
        account
    }

    pub(super) fn identifiers(&self) -> Identifiers {
        let names = self
            .orders
            .iter()
            .map(|order| plain(&order.body["clientOrderId"]));
        Identifiers {
            of: self.name.clone(),
            orders: self.orders.iter().map(|order| order.id.clone()).collect(),
            keys: self.keys.iter().map(|key| key.id.clone()).collect(),
            names: names.filter(|name| name.contains(&self.name)).collect(),
            cursors: self.cursors.clone(),
        }
    }

    pub(super) async fn act(&mut self, next: Action, known: &[Identifiers]) {
        let strangers = || known.iter().filter(|stranger| stranger.of != self.name);
        let orders: Vec<&String> = strangers().flat_map(|stranger| &stranger.orders).collect();
        let cursors: Vec<&String> = strangers().flat_map(|stranger| &stranger.cursors).collect();
        let own = |of: &Index| of.index(self.orders.len());
        match next {
            Action::Place {
                body,
                name,
                key,
                repeat,
            } => {
                let known = key.filter(|_| repeat);
                let known = known.and_then(|key| self.by_key.get(&key));
                let known = known.map(|&order| self.orders[order].body.clone());
                match known {
                    Some(body) => self.place(body, None, key).await,
                    None => self.place(body, name, key).await,
                }
            }
            Action::Read(of) => drop(self.read(own(&of)).await),
            Action::Events(of, after) => drop(self.events(own(&of), after).await),
            Action::List(only, limit) => {
                let query = format!("{}limit={limit}", only.query());
                let listed = self.listed(&query).await;
                self.assert_listed(&only, &ids(&listed));
            }
            Action::Export(only) => {
                let rows = self.exported(&only.query()).await;
                self.assert_listed(&only, &ids(&rows));
            }
            Action::Stats => drop(self.statistics("1h").await),
            Action::Cancel(of) => self.cancel(own(&of)).await,
            Action::CancelSome(some, foreign) => {
                let own: BTreeSet<usize> = some.iter().map(own).collect();
                self.cancel_some(own, foreign.get(&orders).as_str()).await;
            }
            Action::CancelAll(only) => self.cancel_all(&only).await,
            Action::MakeKey(scopes) => self.make_key(scopes).await,
            Action::RevokeKey(of) => self.revoke_key(of.index(self.keys.len())).await,
            Action::Keys => self.assert_keys().await,
            Action::Follow(of, after) => {
                let id = self.orders[own(&of)].id.clone();
                let errors = self.subscription("subscribe", &id, Some(after)).await;
                assert_eq!(errors, Vec::<Value>::new(), "{id} is its own");
            }
            Action::Resume(of, after) => self.resume(own(&of), after).await,
            Action::Public(path) => drop(self.ask(Method::GET, path, None).await),
            Action::Probe(probe, of) => {
                let (foreign, nobodys): (Vec<&String>, _) = match probe {
                    Probe::RevokeKey => {
                        let keys = strangers().flat_map(|stranger| &stranger.keys).collect();
                        (keys, Uuid::new_v4().simple().to_string()[..16].to_owned())
                    }
                    Probe::ListByName | Probe::ExportByName => {
                        let names = strangers().flat_map(|stranger| &stranger.names).collect();
                        (names, "nobody.1".to_owned())
                    }
                    _ => (orders, Uuid::now_v7().to_string()),
                };
                let foreign = (*of.get(&foreign)).clone();
                let seen = self.probe(probe, &foreign).await;
                let expected = self.probe(probe, &nobodys).await;
                assert_eq!(seen, expected, "{probe:?} {foreign}");
            }
            Action::ForeignCursor(of) => {
                let path = format!("/api/orders?limit=200&cursor={}", of.get(&cursors));
                let rows = self.get(&path, 200).await.json();
                let listed = ids(array(&rows));
                let oldest = self.orders.iter().take(listed.len()).rev();
                let oldest: Vec<&str> = oldest.map(|order| order.id.as_str()).collect();
                assert_eq!(listed, oldest, "the oldest ones of its own");
            }
        }
    }

    pub(super) async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.ask_with(method, path, body, None, "").await
    }

    /// With an idempotency key. What is hidden is not noted of the answer.
    pub(super) async fn ask_with(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<u8>,
        hidden: &str,
    ) -> Answer {
        let Desk {
            engine,
            key: of_account,
            ..
        } = &self.client;
        let request = engine.client.request(method.clone(), engine.url(path));
        let mut request = request.bearer_auth(of_account);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", format!("again {key}"));
        }
        let answer = request.send().await.expect("the engine answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.text().await.expect("text");
        let answer = Answer {
            status,
            headers,
            body,
        };
        self.note(format!("{method} {path}: {}", answer.text()), hidden);
        answer
    }

    pub(super) fn note(&mut self, told: String, hidden: &str) {
        self.told.push(match hidden {
            "" => told,
            hidden => told.replace(hidden, "ID"),
        });
    }

    pub(super) async fn get(&mut self, path: &str, status: u16) -> Answer {
        let answer = self.ask(Method::GET, path, None).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        answer
    }

    /// Which of its own orders that is; its terms are those that this account asked for.
    pub(super) fn own(&self, shown: &Value, id: &str) -> usize {
        let found = self
            .orders
            .iter()
            .position(|order| order.id == text(shown, id));
        found.unwrap_or_else(|| panic!("{} has no such order: {shown}", self.name))
    }

    pub(super) fn assert_own(&self, shown: &Value) {
        let order = &self.orders[self.own(shown, "id")];
        for (field, asked) in order.body.as_object().expect("an object") {
            assert_eq!(plain(&shown[field]), plain(asked), "{field}: {shown}");
        }
        let unnamed = order.body["clientOrderId"].is_null();
        assert!(
            !unnamed || plain(&shown["clientOrderId"]).is_empty(),
            "{shown}"
        );
    }

    pub(super) fn assert_own_events(&self, order: usize, after: u64, events: &[Value]) {
        for (seq, event) in (after + 1..).zip(events) {
            assert_eq!(event["orderId"], self.orders[order].id.as_str());
            assert_eq!(event["seq"], seq, "{events:#?}");
        }
    }
}
