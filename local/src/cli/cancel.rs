//! The command `cancel`: orders that are wanted no more.

use std::process::ExitCode;

use engine::order::OrderId;
use reqwest::{Client, StatusCode};

use super::{
    asking::{Silence, ask},
    end::End,
    http, output,
};
use crate::options::{At, Cancel};

/// Cancels each order and says what became of it. The exit status is the worst of them.
pub async fn run(cancel: &Cancel) -> ExitCode {
    let client = match http::client(&cancel.at) {
        Ok(client) => client,
        Err(error) => {
            output::complain(error);
            return End::NotDone.into();
        }
    };
    let mut worst = End::Done;
    for id in &cancel.ids {
        worst = worst.max(cancel_one(&client, &cancel.at, id).await);
    }
    worst.into()
}

async fn cancel_one(client: &Client, at: &At, id: &str) -> End {
    let Ok(id) = id.parse::<OrderId>() else {
        output::complain(format_args!("{id:?} is not an order's id"));
        return End::Failed;
    };
    let url = format!("{}/api/orders/{id}", at.url);
    let told = match ask(|| client.delete(&url), at).await {
        Ok(told) => told,
        Err(untold) => {
            untold.tell(&format!("order {id}"), at);
            return match untold.silence {
                Silence::Refused => End::Failed,
                Silence::Unasked => End::NotDone,
                Silence::Unknown => End::Unknown,
            };
        }
    };
    let (end, words) = match told.status {
        StatusCode::OK => (End::Done, "cancelled"),
        _ => (
            End::Failed,
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
