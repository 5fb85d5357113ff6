//! What a client may say: one flat JSON object, read strictly.

use std::fmt;

use engine::order::{OrderId, read_seq};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::SocketError;

/// The longest message that is read, in bytes. API Gateway takes more; no sensible message needs
/// it.
pub const MAX_MESSAGE: usize = 16 * 1024;

/// A client's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Follow an order, from the event after this one on.
    Subscribe {
        /// Which.
        order: OrderId,
        /// The last event seen.
        after: u64,
    },
    /// Follow every order, from now on.
    SubscribeAll,
    /// Follow it no longer.
    Unsubscribe {
        /// Which.
        order: OrderId,
    },
    /// Follow every order no longer.
    UnsubscribeAll,
    /// Show that the socket still serves.
    Ping,
}

impl Action {
    /// Reads a message.
    pub(crate) fn read(text: &str) -> Result<Self, SocketError> {
        if text.len() > MAX_MESSAGE {
            let detail = format!("the message is longer than {MAX_MESSAGE} bytes");
            return Err(SocketError::MalformedBody(detail));
        }
        let mut fields: Fields<'_> = serde_json::from_str(text)
            .map_err(|error| SocketError::MalformedBody(error.to_string()))?;
        let name: String = fields.text("action")?;
        let action = match name.as_str() {
            "subscribe" => match fields.followed()? {
                Followed::Order(order) => Self::Subscribe {
                    order,
                    after: fields.after()?,
                },
                Followed::All => Self::SubscribeAll,
            },
            "unsubscribe" => match fields.followed()? {
                Followed::Order(order) => Self::Unsubscribe { order },
                Followed::All => Self::UnsubscribeAll,
            },
            "ping" => Self::Ping,
            _ => return Err(SocketError::unknown_action(&name)),
        };
        match fields.0.first() {
            None => Ok(action),
            Some((name, _)) => Err(SocketError::unknown_field(name)),
        }
    }
}

/// What a subscription is to.
enum Followed {
    Order(OrderId),
    All,
}

/// An object's fields that were not read yet. Their values stay text until somebody wants them, so
/// a value nested ever so deeply is skipped, not descended into.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Fields<'a> {
    fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let at = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn text(&mut self, name: &'static str) -> Result<String, SocketError> {
        let value = self.take(name).ok_or(SocketError::MissingField(name))?;
        serde_json::from_str(value.get())
            .map_err(|_| SocketError::MalformedBody(format!("the field {name} must be a string")))
    }

    /// `"orderId":"…"` or `"all":true`
    fn followed(&mut self) -> Result<Followed, SocketError> {
        let malformed = |detail: &str| Err(SocketError::MalformedBody(detail.to_owned()));
        let Some(all) = self.take("all") else {
            return match self.0.iter().any(|(name, _)| name == "orderId") {
                true => Ok(Followed::Order(self.order()?)),
                false => Err(SocketError::MissingField("orderId or all")),
            };
        };
        for name in ["orderId", "after"] {
            if self.take(name).is_some() {
                return malformed(&format!("the field {name} does not go with all"));
            }
        }
        match all.get() {
            "true" => Ok(Followed::All),
            _ => malformed("the field all can only be true"),
        }
    }

    fn order(&mut self) -> Result<OrderId, SocketError> {
        self.text("orderId")?
            .parse()
            .map_err(|_| SocketError::InvalidId)
    }

    fn after(&mut self) -> Result<u64, SocketError> {
        match self.take("after") {
            None => Ok(0),
            Some(value) => read_seq(value.get()).ok_or(SocketError::InvalidAfter),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields: Vec<(String, &RawValue)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a field is given twice"));
            }
            fields.push((name, value));
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "01980000-0000-7000-8000-000000000001";

    fn code(text: &str) -> &'static str {
        Action::read(text).expect_err(text).code()
    }

    #[test]
    fn reads_the_three_actions() {
        let order = ID.parse().expect("a UUID");
        assert_eq!(Action::read(r#" {"action" : "ping"} "#), Ok(Action::Ping));
        assert_eq!(
            Action::read(&format!(
                r#"{{"orderId":"{ID}","after":3,"action":"subscribe"}}"#
            )),
            Ok(Action::Subscribe { order, after: 3 })
        );
        assert_eq!(
            Action::read(&format!(r#"{{"action":"subscribe","orderId":"{ID}"}}"#)),
            Ok(Action::Subscribe { order, after: 0 })
        );
        assert_eq!(
            Action::read(&format!(r#"{{"action":"unsubscribe","orderId":"{ID}"}}"#)),
            Ok(Action::Unsubscribe { order })
        );
    }

    #[test]
    fn reads_who_follows_all() {
        for (text, action) in [
            (r#"{"action":"subscribe","all":true}"#, Action::SubscribeAll),
            (
                r#"{ "all" : true , "action":"unsubscribe" }"#,
                Action::UnsubscribeAll,
            ),
        ] {
            assert_eq!(Action::read(text), Ok(action), "{text}");
        }
        for action in ["subscribe", "unsubscribe"] {
            for all in ["false", "null", "1", "\"true\"", "[]"] {
                let text = format!(r#"{{"action":"{action}","all":{all}}}"#);
                assert_eq!(code(&text), "malformed_body", "{text}");
            }
            for other in [format!(r#""orderId":"{ID}""#), r#""after":2"#.to_owned()] {
                let text = format!(r#"{{"action":"{action}",{other},"all":true}}"#);
                assert_eq!(code(&text), "malformed_body", "{text}");
            }
            assert_eq!(
                code(&format!(r#"{{"action":"{action}"}}"#)),
                "missing_field"
            );
        }
    }

    #[test]
    fn names_what_is_wrong() {
        for text in [
            "",
            "ping",
            "[]",
            "null",
            "\"ping\"",
            "{",
            "{} x",
            r#"{"action":5}"#,
        ] {
            assert_eq!(code(text), "malformed_body", "{text}");
        }
        assert_eq!(
            code(r#"{"action":"ping","action":"ping"}"#),
            "malformed_body"
        );
        assert_eq!(code(&" ".repeat(MAX_MESSAGE + 1)), "malformed_body");
        assert_eq!(code("{}"), "missing_field");
        assert_eq!(code(r#"{"action":"subscribe"}"#), "missing_field");
        assert_eq!(
            code(r#"{"action":"ping","status":"confirmed"}"#),
            "unknown_field"
        );
        assert_eq!(code(r#"{"action":"execute"}"#), "unknown_action");
        assert_eq!(
            code(r#"{"action":"subscribe","orderId":"1"}"#),
            "invalid_id"
        );
        for after in ["-1", "1.5", "\"1\"", "null", "18446744073709551616"] {
            let text = format!(r#"{{"action":"subscribe","orderId":"{ID}","after":{after}}}"#);
            assert_eq!(code(&text), "invalid_cursor", "{text}");
        }
    }

    #[test]
    fn a_value_nested_ever_so_deeply_is_only_an_unknown_field() {
        let deep = format!(
            r#"{{"action":"ping","x":{}{}}}"#,
            "[".repeat(8_000),
            "]".repeat(8_000)
        );
        assert_eq!(code(&deep), "unknown_field");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Action::read(&text);
        }
    }
}
