//! The command `orders`: the history, newest first.

use std::process::ExitCode;

use form_urlencoded::Serializer;
use reqwest::{Client, Url};
use serde_json::{Value, value::RawValue};

use super::{
    asking::{Untold, ask},
    http, output,
    table::Table,
};
use crate::options::Orders;

/// The most that one page of the engine has.
const PAGE: u32 = 200;

/// Shows the orders, a page at a time.
pub async fn run(orders: &Orders) -> ExitCode {
    match shown(orders).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(untold) => untold.shows_nothing("orders", &orders.at).into(),
    }
}

async fn shown(orders: &Orders) -> Result<(), Untold> {
    let client = http::client(&orders.at).map_err(Untold::unasked)?;
    let mut table = Table::new();
    let mut left = usize::try_from(orders.limit).unwrap_or(usize::MAX);
    let mut address = Some(format!("{}/api/orders?{}", orders.at.url, query(orders)));
    while let Some(url) = address {
        let (mut page, next) = page(&client, url, orders).await?;
        page.truncate(left);
        left -= page.len();
        if print(&page, &mut table, orders.at.json).is_err() {
            // Whoever reads has seen enough.
            return Ok(());
        }
        address = next.filter(|_| left > 0);
    }
    Ok(())
}

/// A page, and the address of the next one.
async fn page(
    client: &Client,
    url: String,
    orders: &Orders,
) -> Result<(Vec<Box<RawValue>>, Option<String>), Untold> {
    let told = ask(|| client.get(&url), &orders.at).await?;
    let page = serde_json::from_str(&told.text).map_err(Untold::nothing)?;
    let next = told.next.map(|link| following(&url, &link)).transpose()?;
    Ok((page, next))
}

/// The address that a link means. Nothing is asked at a place that was not named.
fn following(url: &str, link: &str) -> Result<String, Untold> {
    let here = Url::parse(url).map_err(Untold::nothing)?;
    let next = here.join(link).map_err(Untold::nothing)?;
    if next.origin() == here.origin() {
        Ok(next.into())
    } else {
        Err(Untold::nothing("the next page is said to be elsewhere"))
    }
}

fn query(orders: &Orders) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("limit", &orders.limit.min(PAGE).to_string());
    if orders.open {
        query.append_pair("open", "true");
    }
    for (name, value) in [
        ("status", &orders.status),
        ("type", &orders.kind),
        ("tokenIn", &orders.token_in),
        ("tokenOut", &orders.token_out),
    ] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

fn print(page: &[Box<RawValue>], table: &mut Table<6>, json: bool) -> std::io::Result<()> {
    if json {
        return page
            .iter()
            .try_for_each(|order| output::try_line(order.get()));
    }
    let rows: Vec<[String; 6]> = page.iter().map(|order| row(order.get())).collect();
    table.lines(&rows).iter().try_for_each(output::try_line)
}

/// Which, how it stands, what it is, what is swapped, at which price or why not, since when.
fn row(order: &str) -> [String; 6] {
    let order: Value = serde_json::from_str(order).unwrap_or(Value::Null);
    let text = |field: &str| order[field].as_str().unwrap_or_default();
    let said = |before: &str, field: &str| Some(format!("{before}{}", order[field].as_str()?));
    // One that is stored and cannot be read has its place, and a word about that.
    let swap = said("", "detail").unwrap_or_else(|| {
        let (amount, token_in, token_out) = (text("amount"), text("tokenIn"), text("tokenOut"));
        format!("{amount} {token_in} → {token_out}")
    });
    let price = said("at ", "executedPrice")
        .or_else(|| said("", "failureCode"))
        .or_else(|| said("limit ", "limitPrice"));
    [
        text("id").to_owned(),
        text("status").to_owned(),
        text("type").to_owned(),
        swap,
        price.unwrap_or_default(),
        text("createdAt").to_owned(),
    ]
}
