//! The commands that look, `orders`, `watch` and `quote`, and what `--json` prints.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Stdio},
};

use futures::{StreamExt, stream};
use serde_json::{Value, json, value::RawValue};

use crate::{
    fault::{Fault, FaultServer},
    process::{program, run},
    support::{Engine, eventually, statuses, ten_sol},
};

/// How a command ended, and what it said.
struct Ended {
    code: Option<i32>,
    printed: String,
    said: String,
}

impl Ended {
    /// Each line as an object.
    fn objects(&self) -> Vec<Value> {
        let lines = self.printed.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }
}

/// Runs a command at the engine of this address.
async fn ask_at(url: String, arguments: &[&str]) -> Ended {
    let arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
    let ran = tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&[&words[..1], &["--url", &url], &words[1..]].concat())
    });
    let output = ran.await.expect("the command ran");
    Ended {
        code: output.status.code(),
        printed: String::from_utf8(output.stdout).expect("text"),
        said: String::from_utf8(output.stderr).expect("text"),
    }
}

async fn ask(engine: &Engine, arguments: &[&str]) -> Ended {
    ask_at(engine.url(""), arguments).await
}

/// One that waits for a price that nobody pays.
fn far_away() -> Value {
    json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.123456789",
        "limitPrice": "5000.5",
    })
}

/// What the API answers, each object to the letter.
async fn to_the_letter(engine: &Engine, path: &str) -> Vec<String> {
    let text = engine.get(path).await.text().await.expect("text");
    let objects: Vec<Box<RawValue>> = serde_json::from_str(&text).expect("a list");
    objects
        .iter()
        .map(|object| object.get().to_owned())
        .collect()
}

async fn cancel(engine: &Engine, id: &str) {
    let request = engine
        .client
        .delete(engine.url(&format!("/api/orders/{id}")));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_a_line_an_order_newest_first() {
    let engine = Engine::start().await;
    let bought = engine.place(&ten_sol()).await;
    engine.story(&bought).await;
    let waits = engine.place(&far_away()).await;
    engine
        .watch(&format!("orderId={waits}"))
        .await
        .until("waiting")
        .await;
    let ended = ask(&engine, &["orders"]).await;
    assert_eq!((ended.code, ended.said.as_str()), (Some(0), ""));
    let lines: Vec<&str> = ended.printed.lines().collect();
    let order = engine.json(&format!("/api/orders/{bought}")).await;
    let price = order["executedPrice"].as_str().expect("a price");
    let expected = [
        [
            &waits,
            "waiting",
            "limit",
            "0.123456789 SOL → USDC",
            "limit 5000.5",
        ],
        [
            &bought,
            "confirmed",
            "market",
            "10 SOL → USDC",
            &format!("at {price}"),
        ],
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, words) in lines.iter().zip(expected) {
        let mut rest = *line;
        for word in words {
            let (_, after) = rest
                .split_once(word)
                .unwrap_or_else(|| panic!("{word}: {line}"));
            rest = after;
        }
        assert!(rest.ends_with('Z'), "when: {line}");
    }
    let columns = lines
        .iter()
        .map(|line| line.find('→').map(|_| line.chars().count()));
    let columns: Vec<_> = columns.collect();
    assert_eq!(columns[0], columns[1], "aligned: {lines:#?}");

    let ended = ask(&engine, &["orders", "--json"]).await;
    let listed = to_the_letter(&engine, "/api/orders").await;
    assert_eq!(ended.printed.lines().collect::<Vec<_>>(), listed);
    for (only, expected) in [
        (&["--open"][..], Some(&waits)),
        (&["--status", "confirmed"], Some(&bought)),
        (&["--type", "limit", "--token-in", "SOL"], Some(&waits)),
        (&["--limit", "1"], Some(&waits)),
        (&["--token-out", "SOL"], None),
    ] {
        let ended = ask(&engine, &[&["orders", "--json"], only].concat()).await;
        let ids: Vec<Value> = ended
            .objects()
            .iter()
            .map(|order| order["id"].clone())
            .collect();
        let expected: Vec<Value> = expected.iter().map(|&id| json!(id)).collect();
        assert_eq!((ended.code, ids), (Some(0), expected), "{only:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_history_than_a_page_is_read_to_the_end_and_no_further_than_wanted() {
    const ORDERS: usize = 207;
    let engine = Engine::start().await;
    let mut placed: Vec<String> = stream::iter(0..ORDERS)
        .map(async |_| engine.place(&far_away()).await)
        .buffer_unordered(20)
        .collect()
        .await;
    let ids = async |limit: &str| -> Vec<String> {
        let ended = ask(&engine, &["orders", "--limit", limit]).await;
        assert_eq!((ended.code, ended.said.as_str()), (Some(0), ""));
        let ids = ended
            .printed
            .lines()
            .filter_map(|line| line.split(' ').next());
        ids.map(str::to_owned).collect()
    };
    let all = ids("1000").await;
    assert_eq!(ids("203").await, all[..203]);
    assert_eq!(all[..200], {
        let first = to_the_letter(&engine, "/api/orders?limit=200").await;
        let first = first
            .iter()
            .map(|order| serde_json::from_str::<Value>(order).expect("JSON"));
        first
            .map(|order| order["id"].as_str().expect("an id").to_owned())
            .collect::<Vec<_>>()
    });
    let mut sorted = all;
    sorted.sort();
    placed.sort();
    assert_eq!(sorted, placed, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_seen_enough_of_the_history_stops_reading() {
    let engine = Engine::start().await;
    let newest = stream::iter(0..3).then(async |_| engine.place(&far_away()).await);
    let newest = newest.collect::<Vec<_>>().await.pop().expect("three");
    let mut child = begin(&engine.url(""), &["orders", "--json"]);
    let first = Reader::of(&mut child).line();
    assert!(first.contains(&newest), "{first}");
    let output = tokio::task::spawn_blocking(|| child.wait_with_output());
    let output = output.await.expect("it ran").expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_none_is_refused_as_the_engine_says() {
    let engine = Engine::start().await;
    let ended = ask(&engine, &["orders", "--status", "lost"]).await;
    assert_eq!((ended.code, ended.printed.as_str()), (Some(2), ""));
    assert!(ended.said.contains("invalid_status"), "{}", ended.said);
    let ended = ask(&engine, &["orders", "--json", "--type", "guess"]).await;
    let problems = ended.objects();
    assert_eq!((ended.code, problems.len()), (Some(2), 1));
    assert_eq!(problems[0]["code"], "invalid_filter");
    for command in [
        "orders",
        "watch 01a20305-68cd-7544-8cc0-378a293e86b9",
        "quote SOL USDC 1",
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        let ended = ask_at("http://127.0.0.1:1".into(), &words).await;
        let expected = if words[0] == "watch" { 4 } else { 2 };
        assert_eq!((ended.code, ended.printed.as_str()), (Some(expected), ""));
        let nobody = "no engine answers at http://127.0.0.1:1";
        assert!(ended.said.contains(nobody), "{}", ended.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_yesterday_is_watched_from_its_beginning_or_from_where_one_was() {
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    let story = engine.story(&id).await;
    let ended = ask(&engine, &["watch", &id]).await;
    assert_eq!((ended.code, ended.said.as_str()), (Some(0), ""));
    let lines: Vec<&str> = ended.printed.lines().collect();
    assert_eq!(lines[0], format!("order {id}: 10 SOL to USDC"));
    assert_eq!(lines.len(), 1 + story.len(), "{lines:#?}");
    for (line, event) in lines[1..].iter().zip(&story) {
        assert!(
            line.contains(event["status"].as_str().expect("a status")),
            "{line}"
        );
    }
    assert!(lines[1].starts_with("   0.000 s  pending"), "{}", lines[1]);
    assert!(lines[5].contains("USDC at"), "{}", lines[5]);

    let log = to_the_letter(&engine, &format!("/api/orders/{id}/events")).await;
    let ended = ask(&engine, &["watch", &id, "--json", "--after", "2"]).await;
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.printed.lines().collect::<Vec<_>>(), log[2..]);
    // Where nothing more comes the end is known all the same.
    let ended = ask(&engine, &["watch", &id, "--json", "--after", "99"]).await;
    assert_eq!((ended.code, ended.printed.as_str()), (Some(0), ""));

    for unknown in ["01a20305-68cd-7544-8cc0-378a293e86b9", "7"] {
        let ended = ask(&engine, &["watch", unknown]).await;
        assert_eq!((ended.code, ended.printed.as_str()), (Some(2), ""));
        assert!(ended.said.contains(unknown), "{}", ended.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_waits_is_watched_until_it_is_final() {
    let engine = Engine::start().await;
    // The handshake's Host is not the engine's, so no socket is opened there: the log tells.
    let without_sockets = FaultServer::before(engine.server.address(), &[Fault::Pass]).await;
    for url in [engine.url(""), without_sockets.url()] {
        let id = engine.place(&far_away()).await;
        let mut child = begin(&url, &["watch", &id, "--json"]);
        let mut printed = Reader::of(&mut child);
        let mut events = Vec::new();
        while events
            .last()
            .is_none_or(|event: &Value| event["status"] != "waiting")
        {
            events.push(serde_json::from_str(&printed.line()).expect("JSON"));
        }
        cancel(&engine, &id).await;
        events.push(serde_json::from_str(&printed.line()).expect("JSON"));
        let ended = async || child.try_wait().expect("it can be waited for");
        let ended = eventually("the end of the command", ended).await;
        assert_eq!(ended.code(), Some(1));
        assert_eq!(printed.line(), "", "nothing after the end");
        assert_eq!(
            statuses(&events),
            ["pending", "routing", "waiting", "cancelled"]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_shows_each_venue_and_marks_where_an_order_would_go() {
    let engine = Engine::start().await;
    let words = ["quote", "SOL", "USDC", "10", "--slippage-bps", "100"];
    let ended = ask(&engine, &[&words[..], &["--json"]].concat()).await;
    assert_eq!((ended.code, ended.said.as_str()), (Some(0), ""));
    let [quote] = &ended.objects()[..] else {
        panic!("one line: {}", ended.printed);
    };
    assert_eq!(
        (&quote["amount"], &quote["slippageBps"]),
        (&json!("10"), &json!(100))
    );
    assert!(quote["minimumReceived"].is_string());

    let ended = ask(&engine, &words).await;
    assert_eq!(ended.code, Some(0));
    let lines: Vec<&str> = ended.printed.lines().collect();
    assert!(lines[0].starts_with("10 SOL to USDC, 20"), "{lines:#?}");
    let venues: Vec<&str> = quote["quotes"]
        .as_array()
        .expect("offers")
        .iter()
        .map(|offer| offer["dex"].as_str().expect("a venue"))
        .collect();
    let offers = &lines[1..=venues.len()];
    for (line, venue) in offers.iter().zip(&venues) {
        assert!(line[2..].starts_with(venue), "{lines:#?}");
        assert!(line.contains("USDC"), "{lines:#?}");
    }
    let marked: Vec<&&str> = offers
        .iter()
        .filter(|line| line.starts_with("* "))
        .collect();
    let [marked] = marked[..] else {
        panic!("one is chosen: {lines:#?}");
    };
    let reason = lines[venues.len() + 1];
    let chosen = marked[2..].split(' ').next().expect("a venue");
    assert!(reason.starts_with(chosen), "{lines:#?}");
    let least = lines.last().expect("a line");
    assert!(
        least.contains("USDC at least, with a slippage of 100 bps"),
        "{least}"
    );

    // More than the pools hold.
    let ended = ask(&engine, &["quote", "USDC", "SOL", "18446744073709"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.printed.contains("no liquidity"), "{}", ended.printed);
    let ended = ask(&engine, &["quote", "SOL", "DOGE", "10"]).await;
    assert_eq!((ended.code, ended.printed.as_str()), (Some(2), ""));
    assert!(ended.said.contains("unknown_token"), "{}", ended.said);
    assert_eq!(
        engine.json("/api/orders").await,
        json!([]),
        "nothing was placed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn placing_and_cancelling_can_be_read_by_a_program() {
    let engine = Engine::start().await;
    let ended = ask(&engine, &["order", "--json", "SOL", "USDC", "10"]).await;
    assert_eq!((ended.code, ended.said.as_str()), (Some(0), ""));
    let lines = ended.objects();
    let id = lines[0]["orderId"].as_str().expect("an id");
    assert!(
        lines[0]["ws"].is_string(),
        "the answer comes first: {lines:#?}"
    );
    let log = to_the_letter(&engine, &format!("/api/orders/{id}/events")).await;
    assert_eq!(ended.printed.lines().skip(1).collect::<Vec<_>>(), log);

    let ended = ask(&engine, &["order", "--json", "SOL", "DOGE", "10"]).await;
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.objects()[0]["code"], "unknown_token");

    let waits = engine.place(&far_away()).await;
    let ended = ask(&engine, &["cancel", "--json", &waits, id]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    let [cancelled, refused] = &ended.objects()[..] else {
        panic!("a line each: {}", ended.printed);
    };
    let seen = (&cancelled["id"], &cancelled["status"]);
    assert_eq!(seen, (&json!(waits), &json!("cancelled")));
    let seen = (&refused["code"], &refused["orderStatus"]);
    assert_eq!(seen, (&json!("not_cancellable"), &json!("confirmed")));
}

/// `| head -4`. Nothing more happens to the order, so there is no line at which to notice it.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_followed_as_long_as_somebody_reads() {
    let engine = Engine::start().await;
    let place = ["order", "SOL", "USDC", "1", "--limit", "5000"];
    let mut child = begin(&engine.url(""), &place);
    let mut printed = Reader::of(&mut child);
    let first = printed.line();
    for status in ["pending", "routing", "waiting"] {
        let line = printed.line();
        assert!(line.contains(status), "{line}");
    }
    drop(printed);
    eventually("the command's end", async || {
        child.try_wait().expect("a child of ours")
    })
    .await;
    let output = child.wait_with_output().expect("it has ended");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("was placed and goes on"), "{said}");
    let id = &first["order ".len()..][..36];
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(order["status"], "waiting", "{order}");
    engine.stop().await;
}

/// Begins a command whose output is read while it runs.
fn begin(url: &str, arguments: &[&str]) -> Child {
    program()
        .args(arguments)
        .args(["--url", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// What a command prints, as it comes.
struct Reader(BufReader<ChildStdout>);

impl Reader {
    fn of(child: &mut Child) -> Self {
        Self(BufReader::new(child.stdout.take().expect("it is piped")))
    }

    /// The next line; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        tokio::task::block_in_place(|| self.0.read_line(&mut line)).expect("text");
        line
    }
}
