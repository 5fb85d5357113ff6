//! Keys, tickets and sockets, and what strangers have.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    account::{Account, Key},
    actions::Probe,
    answer::{array, text},
};
use crate::desk::said;

impl Account<'_> {
    /// One that allows everything is shown from now on.
    pub(super) async fn make_key(&mut self, scopes: Vec<&str>) {
        let label = format!("{} {}", self.name, self.keys.len());
        let body = json!({ "scopes": scopes, "label": label });
        let answer = self.ask(Method::POST, "/api/keys", Some(&body)).await;
        let told = answer.json();
        assert_eq!(answer.status, 201, "{told}");
        assert_eq!(told["account"], self.name.as_str());
        let shown = scopes.len() == 4;
        if shown {
            self.client.key = text(&told, "key").to_owned();
        }
        self.keys.push(Key {
            id: text(&told, "id").to_owned(),
            label,
            shown,
            revoked: false,
        });
    }

    pub(super) async fn revoke_key(&mut self, key: usize) {
        if self.keys[key].shown {
            return;
        }
        let path = format!("/api/keys/{}", self.keys[key].id);
        let answer = self.ask(Method::DELETE, &path, None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["label"], self.keys[key].label.as_str());
        self.keys[key].revoked = true;
    }

    pub(super) async fn assert_keys(&mut self) {
        let told = self.get("/api/keys", 200).await.json();
        let told = array(&told).iter().map(|key| {
            assert_eq!(key["account"], self.name.as_str());
            (
                text(key, "id"),
                text(key, "label"),
                !key["revokedAt"].is_null(),
            )
        });
        let own = self
            .keys
            .iter()
            .map(|key| (&*key.id, &*key.label, key.revoked));
        assert_eq!(told.collect::<BTreeSet<_>>(), own.collect());
    }

    /// The errors that it is answered with; everything else is of the account's own orders.
    pub(super) async fn subscription(
        &mut self,
        action: &str,
        id: &str,
        after: Option<u64>,
    ) -> Vec<Value> {
        let mut message = json!({ "action": action, "orderId": id });
        if let Some(after) = after {
            message["after"] = json!(after);
        }
        self.socket.say(message).await;
        let frames = said(&mut self.socket).await;
        let (errors, events): (Vec<Value>, _) = frames
            .into_iter()
            .partition(|frame| frame["event"] == "error");
        for event in &events {
            self.own(event, "orderId");
            self.note(event.to_string(), "");
        }
        errors
    }

    pub(super) async fn resume(&mut self, order: usize, after: u64) {
        let id = self.orders[order].id.clone();
        let event = self.opened(&id, after, true).await;
        assert_eq!(self.own(&event, "orderId"), order, "{event}");
        assert!(event["seq"].as_u64() <= Some(after + 1), "{event}");
        self.note(event.to_string(), "");
    }

    /// The first that is said on a socket for an order, with a ticket for it or for all.
    async fn opened(&mut self, id: &str, after: u64, for_it: bool) -> Value {
        let named = json!({ "orderIds": [id] });
        let named = Some(&named).filter(|_| for_it);
        let ticket = self.ask(Method::POST, "/api/tickets", named).await.json();
        let ticket = text(&ticket, "ticket");
        let query = format!("orderId={id}&after={after}&ticket={ticket}");
        let mut socket = self.client.engine.watch(&query).await;
        socket.next().await.expect("an answer")
    }

    /// What is answered, with the id or name taken out.
    pub(super) async fn probe(&mut self, probe: Probe, id: &str) -> String {
        let order = format!("/api/orders/{id}");
        let body = json!({ "ids": [id] });
        let (method, path, body) = match probe {
            Probe::Read => (Method::GET, order, None),
            Probe::Events => (Method::GET, format!("{order}/events?after=1"), None),
            Probe::Cancel => (Method::DELETE, order, None),
            Probe::CancelSome => (Method::POST, "/api/orders/cancel".into(), Some(&body)),
            Probe::RevokeKey => (Method::DELETE, format!("/api/keys/{id}"), None),
            Probe::ListByName => (Method::GET, format!("/api/orders?clientOrderId={id}"), None),
            Probe::ExportByName => (
                Method::GET,
                format!("/api/orders.csv?clientOrderId={id}"),
                None,
            ),
            Probe::Follow | Probe::Unfollow => {
                let action = if probe == Probe::Follow {
                    "subscribe"
                } else {
                    "unsubscribe"
                };
                let errors = self.subscription(action, id, None).await;
                assert_eq!(
                    errors.len(),
                    usize::from(probe == Probe::Follow),
                    "{errors:?}"
                );
                return json!(errors).to_string().replace(id, "ID");
            }
            Probe::Resume | Probe::Ticket => {
                let answer = self.opened(id, 1, probe == Probe::Ticket).await;
                let answer = answer.to_string().replace(id, "ID");
                self.note(answer.clone(), "");
                return answer;
            }
        };
        let answer = self.ask_with(method, &path, body, None, id).await;
        answer.text().replace(id, "ID")
    }
}
