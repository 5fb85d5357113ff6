//! The command `cancel`: orders that are wanted no more.

use std::process::ExitCode;

use engine::order::OrderId;
use reqwest::{Client, StatusCode};

use super::{asking::ask, http, output};
use crate::options::{At, Cancel};

/// Nobody says what became of one.
const UNKNOWN: u8 = 2;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Cancelled,
    NotCancelled,
    Unknown,
}

/// Cancels each order and says what became of it. The exit status is the worst of them.
pub async fn run(cancel: &Cancel) -> ExitCode {
    let client = match http::client(&cancel.at) {
        Ok(client) => client,
        Err(error) => {
            output::complain(error);
            return ExitCode::from(UNKNOWN);
        }
    };
    let mut worst = End::Cancelled;
    for id in &cancel.ids {
        worst = worst.max(cancel_one(&client, &cancel.at, id).await);
    }
    match worst {
        End::Cancelled => ExitCode::SUCCESS,
        End::NotCancelled => ExitCode::FAILURE,
        End::Unknown => ExitCode::from(UNKNOWN),
    }
}

async fn cancel_one(client: &Client, at: &At, id: &str) -> End {
    let Ok(id) = id.parse::<OrderId>() else {
        output::complain(format_args!("{id:?} is not an order's id"));
        return End::NotCancelled;
    };
    let request = client.delete(format!("{}/api/orders/{id}", at.url));
    let told = match ask(request, at).await {
        Ok(told) => told,
        Err(untold) => {
            untold.tell(&format!("order {id}"), at);
            return if untold.is_refused {
                End::NotCancelled
            } else {
                End::Unknown
            };
        }
    };
    let (end, words) = match told.status {
        StatusCode::OK => (End::Cancelled, "cancelled"),
        _ => (
            End::NotCancelled,
            "its transaction may still land; if not, it is cancelled",
        ),
    };
    if at.json {
        output::line(told.text);
    } else {
        output::line(format_args!("order {id}: {words}"));
    }
    end
}
