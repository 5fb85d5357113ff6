//! Whatever a queue holds, reading it answers a message or an error, and what was written is read
//! again.
//!
//! Request bodies, socket frames and account bytes are thrown at their readers where those are: in
//! `submit`, `websocket` and `venues`.

use engine::{
    message::{read_execute, read_replay, write_execute, write_replay},
    order::OrderId,
    ports::{ConnectionId, ExecuteOrder, ReplayRequest},
};
use proptest::prelude::*;
use uuid::Uuid;

/// Text that looks like a message more often than chance would have it.
fn nearly_a_message() -> impl Strategy<Value = String> {
    let id = prop_oneof![
        Just("019ab000-0000-7000-8000-000000000001".to_owned()),
        ".{0,40}"
    ];
    let key = prop_oneof![
        Just("orderId"),
        Just("connectionId"),
        Just("attempt"),
        Just("after"),
        Just("v"),
        Just("x")
    ];
    let number = prop_oneof![
        Just("1".to_owned()),
        "-?[0-9]{1,30}(\\.[0-9]{1,3})?(e[0-9]{1,4})?"
    ];
    let value = prop_oneof![
        number,
        id.prop_map(|text| serde_json::to_string(&text).expect("a string serializes")),
        Just("null".to_owned()),
        Just("[[[{}]]]".to_owned())
    ];
    let field = (key, value).prop_map(|(key, value)| format!("\"{key}\":{value}"));
    prop::collection::vec(field, 0..6).prop_map(|fields| format!("{{{}}}", fields.join(",")))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![".{0,200}", nearly_a_message()]) {
        let _ = read_replay(&text);
        if let Ok(message) = read_execute(&text) {
            prop_assert_eq!(read_execute(&write_execute(&message)).ok(), Some(message));
        }
    }

    #[test]
    fn what_is_written_is_read(id: u128, attempt: u32, name in ".{0,40}", order in ".{0,40}",
                               after in proptest::option::of(".{0,20}")) {
        let message = ExecuteOrder { id: OrderId(Uuid::from_u128(id)), attempt };
        prop_assert_eq!(read_execute(&write_execute(&message)).ok(), Some(message));
        let request = ReplayRequest { connection: ConnectionId(name.into()), order, after };
        prop_assert_eq!(read_replay(&write_replay(&request)).ok(), Some(request));
    }
}
