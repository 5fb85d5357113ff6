//! The clock of the machine that the engine runs on is wrong, the database's is right.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use testkit::migrated_database;

use super::assert_landed_once;
use crate::{
    process::{Process, program},
    support::{QUICK, eventually, ten_sol},
};

/// The library that shows another time to the program that it is loaded into, and to no other.
fn faketime() -> &'static str {
    const PLACES: [&str; 2] = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ];
    PLACES
        .into_iter()
        .find(|place| Path::new(place).exists())
        .expect("libfaketime is installed (Debian's package faketime)")
}

fn with_clock(shift: &str) -> Command {
    let mut command = program();
    command
        .env("LD_PRELOAD", faketime())
        .env("FAKETIME", shift)
        .env("DONT_FAKE_MONOTONIC", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command
}

/// Orders live for fifteen minutes, and what was signed is valid for one.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_clock_is_wrong_executes_orders_all_the_same() {
    for (shift, ahead) in [
        ("+23m", -1380.0),
        ("-17m", 1020.0),
        ("+400d", -34_560_000.0),
    ] {
        let database = migrated_database();
        let options = [&["--database-url", database.url()], &QUICK[..]].concat();
        let process = Process::start_as(with_clock(shift), &options).await;
        let mut ids = Vec::new();
        for _ in 0..20 {
            let answer: Value = process.post(&ten_sol()).await.json().await.expect("JSON");
            ids.push(answer["orderId"].as_str().expect("an id").to_owned());
        }
        for id in &ids {
            eventually("the order is confirmed", async || {
                let order = process.json(&format!("/api/orders/{id}")).await;
                assert_ne!(order["status"], "failed", "{shift}: {order}");
                (order["status"] == "confirmed").then(|| assert_eq!(order["attempt"], 1, "{order}"))
            })
            .await;
        }
        assert_landed_once(database.url(), &ids).await;
        let skew = process.metric("clock_skew_seconds").await;
        assert!((skew - ahead).abs() < 30.0, "{shift}: {skew}");
    }
}

/// Connections live for days, and a clock may be set at any time.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_while_the_engine_runs_is_noticed() {
    let set = std::env::temp_dir().join(format!("clock-{}", std::process::id()));
    fs::write(&set, "+0").expect("a file");
    let database = migrated_database();
    let mut program = with_clock("+0");
    program
        .env_remove("FAKETIME")
        .env("FAKETIME_TIMESTAMP_FILE", &set)
        .env("FAKETIME_NO_CACHE", "1");
    let options = [&["--database-url", database.url()], &QUICK[..]].concat();
    let process = Process::start_as(program, &options).await;
    let skew = process.metric("clock_skew_seconds").await;
    assert!(skew.abs() < 10.0, "{skew}");
    fs::write(&set, "+77s").expect("a file");
    eventually("the difference is told", async || {
        let skew = process.metric("clock_skew_seconds").await;
        ((skew + 77.0).abs() < 10.0).then_some(())
    })
    .await;
    let answer: Value = process.post(&ten_sol()).await.json().await.expect("JSON");
    let path = format!("/api/orders/{}", answer["orderId"].as_str().expect("an id"));
    eventually("the order is confirmed", async || {
        let order = process.json(&path).await;
        (order["status"] == "confirmed").then_some(())
    })
    .await;
    let _ = fs::remove_file(&set);
}
