//! The command `watch`: the life of an order that somebody placed.

use std::process::ExitCode;

use engine::order::OrderId;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    answer::Placed,
    asking::{Silence, Untold, ask},
    end::End,
    following::{Begin, Lines, tell},
    http, output,
};
use crate::options::Watch;

/// Prints the order's life until it is final. The exit status tells how it ended.
pub async fn run(watch: &Watch) -> ExitCode {
    let Ok(id) = watch.id.parse::<OrderId>() else {
        output::complain(format_args!("{:?} is not an order's id", watch.id));
        return End::NotDone.into();
    };
    let order = match order(watch, id).await {
        Ok(order) => order,
        Err(untold) => {
            untold.tell(&format!("order {id}"), &watch.at);
            // Another one is not there; this one may be.
            return match untold.silence {
                Silence::Refused => End::NotDone.into(),
                Silence::Unasked | Silence::Unknown => End::Unseen.into(),
            };
        }
    };
    let text = |field: &str| order[field].as_str().unwrap_or_default();
    let (amount, token_in, token_out) = (text("amount"), text("tokenIn"), text("tokenOut"));
    if !watch.at.json {
        output::line(format_args!(
            "order {id}: {amount} {token_in} to {token_out}"
        ));
    }
    let accepted: Timestamp = text("createdAt").parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let lines = Lines::since(Begin::Order(accepted), token_out, &watch.at).after(watch.after);
    // Where there is no socket at that address, the order's log is read.
    let socket = watch.at.url.replacen("http", "ws", 1) + &format!("/api/orders/ws?orderId={id}");
    let placed = Placed {
        id: id.to_string(),
        socket: Some(socket),
        told: None,
    };
    tell(&watch.at, &placed, lines).await
}

async fn order(watch: &Watch, id: OrderId) -> Result<Value, Untold> {
    let client = http::client(&watch.at).map_err(Untold::unasked)?;
    let url = format!("{}/api/orders/{id}", watch.at.url);
    let told = ask(|| client.get(&url), &watch.at).await?;
    serde_json::from_str(&told.text).map_err(Untold::nothing)
}
