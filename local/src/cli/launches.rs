//! The command `launches`: the tokens that got a pool just now, and those that will.

use std::process::ExitCode;

use serde_json::{Value, value::RawValue};

use super::{
    asking::{Untold, ask},
    http, output,
    table::Table,
};
use crate::options::Launches;

/// Shows the pools, the newest first.
pub async fn run(launches: &Launches) -> ExitCode {
    match shown(launches).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(untold) => untold.shows_nothing("launches", &launches.at).into(),
    }
}

async fn shown(launches: &Launches) -> Result<(), Untold> {
    let client = http::client(&launches.at).map_err(Untold::unasked)?;
    let url = format!("{}/api/launches?limit={}", launches.at.url, launches.limit);
    let told = ask(|| client.get(&url), &launches.at).await?;
    let pools: Vec<Box<RawValue>> = serde_json::from_str(&told.text).map_err(Untold::nothing)?;
    if launches.at.json {
        pools.iter().for_each(|pool| output::line(pool.get()));
        return Ok(());
    }
    let rows: Vec<[String; 6]> = pools.iter().map(|pool| row(pool.get())).collect();
    Table::new().lines(&rows).iter().for_each(output::line);
    Ok(())
}

/// The mint, what it is called, where, when it opens, how much lies in it, and what is safe.
fn row(pool: &str) -> [String; 6] {
    let pool: Value = serde_json::from_str(pool).unwrap_or(Value::Null);
    let text = |field: &str| pool[field].as_str().unwrap_or_default();
    let safe = [
        ("mintAuthorityRevoked", "mint_authority_revoked"),
        ("freezeAuthorityRevoked", "freeze_authority_revoked"),
        ("lpBurned", "lp_burned"),
    ];
    let safe = safe.iter().filter(|(field, _)| pool[*field] == true);
    let safe: Vec<&str> = safe.map(|(_, name)| *name).collect();
    let opens = match pool["announced"] == true {
        true => format!("announced for {}", text("opensAt")),
        false => format!("opens {}", text("opensAt")),
    };
    [
        text("mint").to_owned(),
        text("symbol").to_owned(),
        text("venue").to_owned(),
        opens,
        format!("{} {}", text("liquidity"), text("against")),
        safe.join(" "),
    ]
}
