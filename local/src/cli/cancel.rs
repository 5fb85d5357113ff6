//! The command `cancel`: orders that are wanted no more.

use std::process::ExitCode;

use engine::order::OrderId;
use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::{http, output};
use crate::options::Cancel;

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
    let client = match http::client(&cancel.url) {
        Ok(client) => client,
        Err(error) => {
            output::complain(error);
            return ExitCode::from(UNKNOWN);
        }
    };
    let mut worst = End::Cancelled;
    for id in &cancel.ids {
        worst = worst.max(cancel_one(&client, &cancel.url, id).await);
    }
    match worst {
        End::Cancelled => ExitCode::SUCCESS,
        End::NotCancelled => ExitCode::FAILURE,
        End::Unknown => ExitCode::from(UNKNOWN),
    }
}

async fn cancel_one(client: &Client, url: &str, id: &str) -> End {
    let Ok(id) = id.parse::<OrderId>() else {
        output::complain(format_args!("{id:?} is not an order's id"));
        return End::NotCancelled;
    };
    let request = client.delete(format!("{url}/api/orders/{id}"));
    let answer = match request.timeout(http::REQUEST).send().await {
        Ok(answer) => answer,
        Err(error) => {
            output::complain(format_args!(
                "order {id}: no engine answers at {url}: {error}"
            ));
            return End::Unknown;
        }
    };
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or(Value::Null);
    match status {
        StatusCode::OK => {
            output::line(format_args!("order {id}: cancelled"));
            End::Cancelled
        }
        StatusCode::ACCEPTED => {
            output::line(format_args!(
                "order {id}: its transaction may still land; if not, it is cancelled"
            ));
            End::NotCancelled
        }
        status => {
            let detail = body["detail"]
                .as_str()
                .unwrap_or("the answer is not the engine's");
            output::complain(format_args!("order {id}: {detail}"));
            if status.is_client_error() {
                End::NotCancelled
            } else {
                End::Unknown
            }
        }
    }
}
