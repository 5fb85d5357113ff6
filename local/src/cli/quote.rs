//! The command `quote`: what each venue would pay now.

use std::process::ExitCode;

use form_urlencoded::Serializer;
use serde_json::Value;

use super::{
    asking::{Untold, ask},
    end::End,
    http, output,
    table::Table,
};
use crate::options::Quote;

/// Shows the venues' offers. It fails when an order would find no venue.
pub async fn run(quote: &Quote) -> ExitCode {
    match shown(quote).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => End::Failed.into(),
        Err(untold) => {
            let Quote {
                amount,
                token_in,
                token_out,
                ..
            } = quote;
            let what = format!("{amount} {token_in} to {token_out}");
            untold.shows_nothing(&what, &quote.at).into()
        }
    }
}

/// Whether there is a venue for it.
async fn shown(quote: &Quote) -> Result<bool, Untold> {
    let client = http::client(&quote.at).map_err(Untold::unasked)?;
    let url = format!("{}/api/quote?{}", quote.at.url, query(quote));
    let told = ask(|| client.get(&url), &quote.at).await?;
    let offers: Value = serde_json::from_str(&told.text).map_err(Untold::nothing)?;
    if quote.at.json {
        output::line(&told.text);
    } else {
        lines(&offers).iter().for_each(output::line);
    }
    Ok(offers["chosenDex"].is_string())
}

fn query(quote: &Quote) -> String {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("tokenIn", &quote.token_in)
        .append_pair("tokenOut", &quote.token_out)
        .append_pair("amount", &quote.amount);
    if let Some(bps) = quote.slippage_bps {
        query.append_pair("slippageBps", &bps.to_string());
    }
    query.finish()
}

fn lines(quote: &Value) -> Vec<String> {
    let text = |field: &str| quote[field].as_str().unwrap_or_default();
    let bought = text("tokenOut");
    let offers = quote["quotes"].as_array().map(Vec::as_slice);
    let offers = offers.unwrap_or_default().iter();
    let rows: Vec<[String; 4]> = offers.map(|offer| row(offer, bought)).collect();
    let mut lines = vec![format!(
        "{} {} to {bought}, {}",
        text("amount"),
        text("tokenIn"),
        text("quotedAt")
    )];
    lines.extend(Table::new().lines(&rows));
    lines.push(text("reason").to_owned());
    if let Some(least) = quote["minimumReceived"].as_str() {
        let bps = &quote["slippageBps"];
        lines.push(format!(
            "an order receives {least} {bought} at least, with a slippage of {bps} bps"
        ));
    }
    lines
}

/// The venue with a mark if an order would go there, and what it would pay or why it does not.
fn row(offer: &Value, bought: &str) -> [String; 4] {
    let text = |field: &str| offer[field].as_str().unwrap_or_default();
    let mark = if offer["chosen"] == true { "*" } else { " " };
    let venue = format!("{mark} {}", text("dex"));
    if let Some(why) = offer["rejected"].as_str() {
        return [venue, why.to_owned(), String::new(), String::new()];
    }
    [
        venue,
        format!("pays {} {bought}", text("amountOut")),
        format!("at {} each", text("price")),
        format!("moves the price by {} bps", offer["priceImpactBps"]),
    ]
}
