//! Traces: whoever collects them finds one for each order, under the order's own id.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    path::Path,
};

use serde_json::Value;
use testkit::{Behaviour, Collector, TestDatabase, Traced, migrated_database};

use crate::{
    process::{Process, free_port, program},
    support::{QUICK, Subscriber, eventually, ten_sol},
};

async fn place(process: &Process) -> String {
    let answer = process.post(&ten_sol()).await;
    let answer: Value = answer.json().await.expect("JSON");
    answer["orderId"].as_str().expect("an id").to_owned()
}

async fn watch_to_the_end(process: &Process, order: &str) -> Vec<Value> {
    let query = format!("orderId={order}");
    let socket = Subscriber::open(&process.base, &query).await;
    socket.to_the_end().await
}

fn options<'a>(database: &'a TestDatabase, endpoint: &'a str, others: &[&'a str]) -> Vec<&'a str> {
    let mut options = vec!["--database-url", database.url()];
    options.extend(["--otel-exporter-otlp-endpoint", endpoint]);
    options.extend(others);
    options
}

/// The trace, once it has a span like that.
async fn trace(collector: &Collector, order: &str, last: impl Fn(&Traced) -> bool) -> Vec<Traced> {
    eventually("the trace", async || {
        let spans = collector.of_order(order);
        spans.iter().any(&last).then_some(spans)
    })
    .await
}

fn ended(outcome: &str) -> impl Fn(&Traced) -> bool {
    move |span| span.name == "execute" && span.attributes["outcome"] == outcome
}

fn named<'a>(trace: &'a [Traced], name: &str) -> Vec<&'a Traced> {
    trace.iter().filter(|span| span.name == name).collect()
}

/// One root, which is the request, and each other span under one that is there.
fn assert_whole(trace: &[Traced], order: &str) {
    let roots: Vec<_> = trace.iter().filter(|span| span.parent.is_empty()).collect();
    let [root] = roots[..] else {
        panic!("{} roots in {trace:#?}", roots.len())
    };
    assert_eq!(root.name, "submit");
    assert_eq!(root.attributes["order_id"], order);
    let ids: BTreeSet<_> = trace.iter().map(|span| &span.id).collect();
    assert_eq!(ids.len(), trace.len(), "no span comes twice: {trace:#?}");
    for span in trace.iter().filter(|span| !span.parent.is_empty()) {
        assert!(
            ids.contains(&span.parent),
            "{span:?} has no parent in {trace:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_one_trace_from_its_request_to_its_last_push() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    let slow = [
        "--sim-quote-delay-ms",
        "100",
        "--sim-execution-delay-ms",
        "300",
    ];
    let process = Process::start(&options(&database, collector.endpoint(), &slow)).await;
    let order = place(&process).await;
    watch_to_the_end(&process, &order).await;

    let spans = trace(&collector, &order, ended("confirmed")).await;
    assert_whole(&spans, &order);
    assert!(spans.iter().all(|span| span.service == "order-engine"));
    assert!(spans.iter().all(|span| !span.is_error), "{spans:#?}");
    let by_id: HashMap<_, _> = spans.iter().map(|span| (&span.id, span)).collect();
    let under: BTreeSet<_> = spans
        .iter()
        .map(|span| {
            let parent = by_id.get(&span.parent);
            (
                parent.map_or("", |parent| parent.name.as_str()),
                span.name.as_str(),
            )
        })
        .collect();
    let expected = [
        ("", "submit"),
        ("submit", "store"),
        ("submit", "announce"),
        ("submit", "execute"),
        ("execute", "claim"),
        ("execute", "route"),
        ("route", "quote"),
        ("execute", "settle"),
        ("settle", "send"),
        ("execute", "push"),
        ("submit", "replay"),
    ];
    assert_eq!(under, BTreeSet::from(expected));
    let venues = named(&spans, "quote");
    let venues = venues.iter().map(|span| span.attributes["venue"].as_str());
    assert_eq!(
        venues.collect::<BTreeSet<_>>(),
        BTreeSet::from(["Meteora", "Raydium"])
    );
    let pushed = named(&spans, "push");
    let last = pushed
        .iter()
        .find(|span| span.attributes["status"] == "confirmed");
    assert_eq!(last.expect("the last push").attributes["seq"], "5");
}

/// Nobody finds the price that somebody asked for: it is no order's.
#[tokio::test(flavor = "multi_thread")]
async fn there_are_traces_of_orders_and_of_nothing_else() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    let process = Process::start(&options(&database, collector.endpoint(), &QUICK)).await;
    process
        .json("/api/quote?tokenIn=SOL&tokenOut=USDC&amount=1")
        .await;
    let order = place(&process).await;
    trace(&collector, &order, ended("confirmed")).await;
    let traced: BTreeSet<_> = collector
        .spans()
        .into_iter()
        .map(|span| span.trace)
        .collect();
    assert_eq!(traced, BTreeSet::from([order.replace('-', "")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_try_of_an_order_that_fails_is_in_its_trace() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    let mut failing = QUICK.to_vec();
    failing.extend(["--sim-failure-rate", "1"]);
    let process = Process::start(&options(&database, collector.endpoint(), &failing)).await;
    let order = place(&process).await;
    let story = watch_to_the_end(&process, &order).await;
    let tries = story.last().expect("events")["attempt"]
        .as_u64()
        .expect("a number");
    assert!(tries > 1, "{story:?}");

    let spans = trace(&collector, &order, ended("failed")).await;
    assert_whole(&spans, &order);
    let executed = named(&spans, "execute");
    let attempts: BTreeSet<_> = executed
        .iter()
        .map(|span| span.attributes["attempt"].parse().expect("a number"))
        .collect();
    assert_eq!(attempts, (1..=tries).collect());
    let code = &story.last().expect("events")["payload"]["code"];
    let failed: Vec<_> = spans
        .iter()
        .filter(|span| span.attributes.contains_key("failure"))
        .collect();
    assert_eq!(failed.len() as u64, tries, "{spans:#?}");
    for step in failed {
        assert_eq!(step.attributes["failure"], code.as_str().expect("a code"));
        assert!(step.is_error);
    }
}

/// No message between the two processes knows of the trace.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_on_in_its_trace_after_a_kill() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    // So long that the order is given back until it can have landed.
    let slow = [
        "--sim-quote-delay-ms",
        "10",
        "--sim-execution-delay-ms",
        "6000",
    ];
    let options = options(&database, collector.endpoint(), &slow);
    let first = Process::start(&options).await;
    let order = place(&first).await;
    trace(&collector, &order, ended("parked")).await;
    first.kill();

    let second = Process::start(&options).await;
    watch_to_the_end(&second, &order).await;
    let spans = trace(&collector, &order, ended("confirmed")).await;
    assert_whole(&spans, &order);
    let [root] = named(&spans, "submit")[..] else {
        panic!("not one root: {spans:#?}")
    };
    let executed = named(&spans, "execute");
    assert!(executed.len() > 1, "{spans:#?}");
    assert!(
        executed.iter().all(|span| span.parent == root.id),
        "{spans:#?}"
    );
}

/// The same ones in every program: the id decides.
#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_orders_has_a_trace() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    let mut half = QUICK.to_vec();
    half.extend(["--otel-traces-sampler-arg", "0.5"]);
    let process = Process::start(&options(&database, collector.endpoint(), &half)).await;
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    while with.is_empty() || without.is_empty() {
        let order = place(&process).await;
        let trace = order.replace('-', "");
        // The first of the 56 drawn bits.
        let upper = trace.as_bytes()[18] >= b'8';
        if upper { &mut with } else { &mut without }.insert(trace);
        watch_to_the_end(&process, &order).await;
    }
    let (code, _) = process.stop("-TERM").await;
    assert_eq!(code, Some(0));
    let traced: BTreeSet<_> = collector
        .spans()
        .into_iter()
        .map(|span| span.trace)
        .collect();
    assert_eq!(traced, with);
}

/// What waits for others to be sent with them is sent at the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stops_sends_what_it_has() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    let process = Process::start(&options(&database, collector.endpoint(), &QUICK)).await;
    let order = place(&process).await;
    watch_to_the_end(&process, &order).await;
    process.stop("-TERM").await;
    assert_whole(&collector.of_order(&order), &order);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_refuses_is_complained_of_once() {
    let collector = Collector::start(Behaviour::Refuses).await;
    let database = migrated_database();
    let name = format!("order-engine-test-traces-{}", std::process::id());
    let log = Path::new("/var/tmp").join(name);
    let mut command = program();
    command.stderr(File::create(&log).expect("a file"));
    let options = options(&database, collector.endpoint(), &QUICK);
    let process = Process::start_as(command, &options).await;
    while collector.requests() < 3 {
        let order = place(&process).await;
        let story = watch_to_the_end(&process, &order).await;
        assert_eq!(story.last().expect("events")["status"], "confirmed");
    }
    drop(process);
    let logged = std::fs::read_to_string(&log).expect("its log");
    std::fs::remove_file(&log).expect("it is ours");
    assert_eq!(logged.matches("takes no traces").count(), 1, "{logged}");
    assert_eq!(logged.lines().count(), 1, "and of nothing else: {logged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_or_hangs_stops_no_order_and_no_engine() {
    let hangs = Collector::start(Behaviour::Hangs).await;
    let away = format!("http://127.0.0.1:{}", free_port());
    for endpoint in [hangs.endpoint(), &away] {
        let database = migrated_database();
        let process = Process::start(&options(&database, endpoint, &QUICK)).await;
        for _ in 0..3 {
            let order = place(&process).await;
            let story = watch_to_the_end(&process, &order).await;
            assert_eq!(story.last().expect("events")["status"], "confirmed");
        }
        if endpoint == hangs.endpoint() {
            eventually("a request", async || (hangs.requests() > 0).then_some(())).await;
        }
        let (code, _) = process.stop("-TERM").await;
        assert_eq!(code, Some(0));
    }
}
