//! Orders as lines of CSV (RFC 4180).

use csv::{Terminator, WriterBuilder};
use engine::{order::Order, ports::Corrupt};

use super::{OrderDto, time_text};

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The lines of these orders, after a line of names if it is wanted.
pub(crate) fn csv_lines(orders: &[Result<Order, Corrupt>], names: bool) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    // A write to memory does not fail.
    if names {
        let _ = writer.write_record(OrderDto::NAMES);
    }
    for order in orders {
        let _ = match order {
            Ok(order) => writer.write_record(OrderDto::from(order).cells().map(neutral)),
            Err(corrupt) => writer.write_record(unreadable(corrupt)),
        };
    }
    writer.into_inner().unwrap_or_default()
}

/// Its place, and that it cannot be read.
fn unreadable(corrupt: &Corrupt) -> [String; OrderDto::NAMES.len()] {
    OrderDto::NAMES.map(|name| match name {
        "id" => corrupt.id.to_string(),
        "status" => "unreadable".to_owned(),
        "createdAt" => time_text(corrupt.created_at),
        _ => String::new(),
    })
}

fn neutral(text: String) -> String {
    if text.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text
    }
}
