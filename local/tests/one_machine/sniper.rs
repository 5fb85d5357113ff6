//! Sniper orders on a market where a token is launched every second or two: they wait for its pool,
//! buy once, in time and nowhere else.

use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use simulation::{Landed, Launch, Market};

use crate::{
    process::{plan, run},
    support::{Engine, QUICK, assert_complete, eventually, landed, serve, statuses},
};

/// How often a token is launched, on average.
pub(crate) const EVERY: Duration = Duration::from_secs(1);

fn options() -> Vec<&'static str> {
    [&QUICK[..], &["--sim-launch-every-s", "1"]].concat()
}

pub(crate) fn slot_of(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() / 400).expect("after 1970")
}

/// The launches that come, from a moment on; anybody can tell them from the seed.
pub(crate) fn upcoming(from_now: Duration) -> impl Iterator<Item = Launch> {
    let market = Market::new(1).launching_every(EVERY);
    let launches: Vec<Launch> = market
        .announced(slot_of(Timestamp::now() + from_now))
        .take(500)
        .collect();
    launches.into_iter()
}

fn opens_at_once(launch: &Launch) -> bool {
    launch.opens == launch.slot
}

/// Half a SOL's worth of it, as soon as it can be bought.
pub(crate) fn snipe(launch: &Launch) -> Value {
    json!({ "type": "sniper", "tokenIn": "SOL", "tokenOut": launch.mint, "amount": "0.5" })
}

pub(crate) fn and(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

/// Until its pool can be swapped in, and was seen.
async fn opened(launch: &Launch) {
    let opens = Timestamp::from_millisecond(launch.opens.cast_signed() * 400).expect("a time");
    let left = opens.duration_since(Timestamp::now());
    plan(Duration::try_from(left).unwrap_or_default() + Duration::from_millis(100)).await;
}

/// That the chain's record and the order agree, and that it bought what the launch sells.
pub(crate) fn assert_bought(order: &Value, launch: &Launch, landed: &[Landed]) {
    assert_eq!(order["status"], "confirmed", "{order:#}");
    assert_complete(order["events"].as_array().expect("events"));
    let swaps: Vec<&Landed> = landed
        .iter()
        .filter(|swap| order["id"] == swap.order.to_string())
        .collect();
    let [swap] = swaps[..] else {
        panic!("{} swaps of {order:#}", swaps.len());
    };
    let units = swap.amount_out.try_into().expect("no huge number");
    let received = Decimal::new(units, launch.decimals.into()).normalize();
    assert_eq!(order["amountOut"], received.to_string(), "{order:#}");
    let trigger = &order["trigger"];
    assert_eq!(trigger["pool"], launch.pool);
    assert_eq!(trigger["slot"], launch.slot);
    assert_eq!(order["chosenDex"], launch.venue);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_no_list_has_is_bought_when_its_pool_is_there() {
    let engine = Engine::start_with(&options(), |trading| trading).await;
    let launch = upcoming(Duration::from_secs(2))
        .find(opens_at_once)
        .expect("one in three");
    let announced = engine.json("/api/launches").await;
    assert_eq!(announced[0]["announced"], true, "{announced:#}");
    let id = engine.place(&snipe(&launch)).await;
    let story = engine.story(&id).await;
    assert_eq!(
        statuses(&story),
        [
            "pending",
            "waiting",
            "routing",
            "building",
            "submitted",
            "confirmed"
        ]
    );
    assert_eq!(story[1]["payload"], json!({ "reason": "no_pool_yet" }));
    assert_eq!(story[2]["payload"]["trigger"]["pool"], launch.pool);
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_bought(&order, &launch, &engine.landed().await);
    let known = engine.json("/api/launches?limit=200").await;
    let mut known = known.as_array().expect("a list").iter();
    let listed = known.find(|pool| pool["mint"] == launch.mint.as_str());
    let listed = listed.expect("it is known now");
    assert_eq!(listed["announced"], false);
    // One that is there already is bought at once.
    let id = engine.place(&snipe(&launch)).await;
    let story = engine.story(&id).await;
    assert_eq!(
        statuses(&story),
        ["pending", "routing", "building", "submitted", "confirmed"]
    );
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_bought(&order, &launch, &engine.landed().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_pool_misses_is_told_and_nothing_is_bought() {
    let engine = Engine::start_with(&options(), |trading| trading).await;
    let soon = Duration::from_secs(1);
    let first = |is: &dyn Fn(&Launch) -> bool| upcoming(soon).find(is).expect("one of many");
    let burnable = first(&|launch| !launch.lp_burned && opens_at_once(launch));
    let poor = first(&|launch| launch.liquidity < 50_000_000_000 && opens_at_once(launch));
    let late = first(&|launch| launch.opens > launch.slot + 100);
    let elsewhere = first(&|launch| launch.venue == "Raydium" && opens_at_once(launch));
    let placed = [
        (
            "lp_not_burned",
            and(snipe(&burnable), "require", json!(["lp_burned"])),
        ),
        ("liquidity_too_low", and(snipe(&poor), "minLiquidity", 50)),
        ("pool_opens_later", snipe(&late)),
        (
            "limit_not_met",
            and(snipe(&burnable), "limitPrice", "999999999999"),
        ),
        (
            "no_pool_yet",
            and(snipe(&elsewhere), "venues", json!(["Meteora"])),
        ),
    ];
    let mut ids = Vec::new();
    for (reason, body) in &placed {
        ids.push((*reason, engine.place(body).await));
    }
    for launch in [&burnable, &poor, &elsewhere] {
        opened(launch).await;
    }
    for (reason, id) in &ids {
        let order = eventually(reason, async || {
            let order = engine.json(&format!("/api/orders/{id}")).await;
            (order["waiting"]["reason"] == *reason).then_some(order)
        })
        .await;
        assert_eq!(order["status"], "waiting", "{order:#}");
        let cancelled = engine
            .client
            .delete(engine.url(&format!("/api/orders/{id}")));
        let answer = cancelled.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(engine.landed().await, []);
}

/// What was launched while nobody read is read when somebody does, and bought if it is young
/// enough.
#[tokio::test(flavor = "multi_thread")]
async fn a_launch_during_down_time_is_caught_up_with_unless_it_is_too_old() {
    let engine = Engine::start_with(&options(), |trading| trading).await;
    let launch = upcoming(Duration::from_secs(3))
        .find(opens_at_once)
        .expect("one in three");
    let patient = engine.place(&snipe(&launch)).await;
    let hasty = engine.place(&and(snipe(&launch), "maxAgeSlots", 1)).await;
    for id in [&patient, &hasty] {
        engine
            .watch(&format!("orderId={id}"))
            .await
            .until("waiting")
            .await;
    }
    let database = engine.stop().await;
    opened(&launch).await;
    plan(Duration::from_secs(1)).await;
    let server = serve(database.url(), &options(), |trading| trading).await;
    let base = format!("http://{}", server.address());
    let read = async |id: &str| -> Option<Value> {
        let answer = reqwest::get(format!("{base}/api/orders/{id}")).await.ok()?;
        answer.json().await.ok()
    };
    let bought = eventually("it is bought", async || {
        let order = read(&patient).await?;
        (order["status"] == "confirmed").then_some(order)
    })
    .await;
    assert_bought(&bought, &launch, &landed(database.url()).await);
    eventually("it says that it is too late", async || {
        let order = read(&hasty).await?;
        (order["waiting"]["reason"] == "too_late").then_some(())
    })
    .await;
    assert_eq!(landed(database.url()).await.len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_bought_from_the_command_line_by_the_mint_that_it_lists() {
    let engine = Engine::start_with(&options(), |trading| trading).await;
    let soon = upcoming(Duration::from_secs(1)).find(opens_at_once);
    let launch = soon.expect("one in three");
    let url = engine.url("");
    let command = async |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let url = url.clone();
        let ran = tokio::task::spawn_blocking(move || {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            run(&[&words[..1], &["--url", &url], &words[1..]].concat())
        });
        let output = ran.await.expect("the command ran");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, printed, _) =
        command(&["snipe", &launch.mint, "0.5", "--max-age-slots", "200"]).await;
    assert_eq!(code, Some(0), "{printed}");
    let told = format!("0.5 SOL for {}, when it has a pool", launch.mint);
    assert!(printed.contains(&told), "{printed}");
    let fired = format!("{} has the pool {}", launch.venue, launch.pool);
    assert!(printed.contains(&fired), "{printed}");
    assert!(printed.contains("confirmed"), "{printed}");
    let (code, printed, _) = command(&["launches"]).await;
    assert_eq!(code, Some(0));
    let line = printed.lines().find(|line| line.contains(&launch.mint));
    let line = line.expect("it is listed");
    for part in [&launch.symbol, launch.venue, "opens 20", "SOL"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let (code, printed, _) = command(&["launches", "--json", "--limit", "1"]).await;
    let first: Value = serde_json::from_str(printed.lines().next().expect("a line")).expect("JSON");
    assert_eq!((code, &first["announced"]), (Some(0), &json!(true)));
    // Every term reaches the engine, which refuses the last.
    let with_every_term = [
        "snipe",
        &launch.mint,
        "1",
        "--token-in",
        "SOL",
        "--require",
        "lp_burned",
        "--require",
        "mint_authority_revoked",
        "--min-liquidity",
        "5",
        "--max-liquidity",
        "500",
        "--venue",
        "Nowhere",
        "--slippage-bps",
        "2000",
        "--limit",
        "0.5",
    ];
    let (code, printed, said) = command(&with_every_term).await;
    assert_eq!((code, printed.as_str()), (Some(2), ""));
    assert!(said.contains("(invalid_venue)"), "{said}");
    assert!(said.contains("nothing was placed"), "{said}");
}
