//! Engines on one machine each, that share a queue of SQS in the place of their own: the program as
//! it is run, on the emulator's queue and a database for all of them.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use e2e::{Aws, Database, Engine, MiniStack, eventually};
use serde_json::{Value, json};
use testkit::Network;
use tokio::runtime::Runtime;

/// What engines share.
struct Place {
    database: Database,
    ministack: MiniStack,
    aws: Aws,
    queue: String,
    dead: String,
}

impl Place {
    /// With a queue that makes a dead letter of what is received more often than that.
    fn new(receives: u32) -> Self {
        let ministack = MiniStack::start();
        let aws = Aws::at(ministack.url());
        let create = |name: &str, attributes: Value| {
            let request = json!({"QueueName": name, "Attributes": attributes});
            let made = aws.sqs("CreateQueue", &request);
            made["QueueUrl"]
                .as_str()
                .expect("a queue has a URL")
                .to_owned()
        };
        let dead = create("dead", json!({}));
        let asked = json!({"QueueUrl": dead, "AttributeNames": ["QueueArn"]});
        let arn = aws.sqs("GetQueueAttributes", &asked)["Attributes"]["QueueArn"].take();
        let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": receives});
        // As in template.yaml: so long that an engine which relied on it would be noticed.
        let attributes = json!({"VisibilityTimeout": "360", "RedrivePolicy": redrive.to_string()});
        let queue = create("orders", attributes);
        Self {
            database: Database::create(),
            ministack,
            aws,
            queue,
            dead,
        }
    }

    /// An engine there, with more variables of its own, which go before.
    fn engine(&self, more: &[(&str, &str)]) -> Engine {
        Engine::start(&self.variables(&self.ministack.url(), self.database.url(), more))
    }

    fn variables<'a>(
        &'a self,
        endpoint: &'a str,
        database: &'a str,
        more: &[(&'a str, &'a str)],
    ) -> Vec<(&'a str, &'a str)> {
        let its = [
            ("DATABASE_URL", database),
            ("QUEUE_URL", &self.queue),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        [&its[..], more].concat()
    }

    /// Messages in a queue, in workers' hands or not.
    fn messages(&self, queue: &str) -> u64 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ];
        let request = json!({"QueueUrl": queue, "AttributeNames": names});
        let found = &self.aws.sqs("GetQueueAttributes", &request)["Attributes"];
        let count = |name| {
            found[name]
                .as_str()
                .and_then(|count| count.parse::<u64>().ok())
        };
        names.iter().filter_map(count).sum()
    }

    /// Every order has come to its end once, and every message has served.
    fn is_flawless(&self) {
        eventually("no order is open", || {
            (self.database.open_orders() == 0).then_some(())
        });
        assert_eq!(self.database.orders_with_a_flaw(), Vec::<String>::new());
        eventually("the queue is empty", || {
            (self.messages(&self.queue) == 0).then_some(())
        });
        assert_eq!(self.messages(&self.dead), 0);
    }
}

#[test]
fn two_engines_share_a_queue_and_each_executes_what_the_other_took() {
    let place = Place::new(3);
    // One order at a time: whoever is busy leaves the next one to the other.
    let alone = [("WORKER_CONCURRENCY", "1"), ("WORKER_BATCH_SIZE", "1")];
    let engines = [place.engine(&alone), place.engine(&alone)];
    let orders: Vec<String> = (0..20).map(|_| engines[0].place_order()).collect();
    engines[1].confirms(&orders);
    for engine in &engines {
        assert!(
            engine.metric("order_attempts_total") > 0,
            "{}",
            engine.log()
        );
    }
    place.is_flawless();
    let [first, second] = engines;
    first.stop(); // what it might have taken goes to the other one at once
    let order = second.place_order();
    second.confirms([&order]);
    place.is_flawless();
}

#[test]
fn one_of_two_engines_is_killed_under_load_and_every_order_ends_once() {
    let place = Place::new(3);
    let (survivor, victim) = (place.engine(&[]), place.engine(&[]));
    let is_over = AtomicBool::new(false);
    let orders = thread::scope(|scope| {
        let posting = scope.spawn(|| {
            let mut orders = Vec::new();
            for n in 0.. {
                if n >= 40 && is_over.load(Ordering::Relaxed) {
                    return orders;
                }
                let by = if n % 2 == 0 { &survivor } else { &victim };
                orders.extend(by.try_to_place_order());
            }
            orders
        });
        thread::sleep(Duration::from_millis(700)); // the plan: it dies in the midst of it
        victim.kill();
        is_over.store(true, Ordering::Relaxed);
        posting.join().expect("the survivor takes orders")
    });
    assert!(orders.len() > 20, "{} are no load", orders.len());
    survivor.confirms(&orders);
    place.is_flawless();
}

/// The engine starts anew on what the killed one left in the queue.
#[test]
fn what_a_killed_engine_left_in_the_queue_is_executed_by_the_next() {
    let place = Place::new(3);
    let slow = [("WORKER_CONCURRENCY", "1"), ("WORKER_BATCH_SIZE", "1")];
    let engine = place.engine(&slow);
    let orders: Vec<String> = (0..10).map(|_| engine.place_order()).collect();
    drop(engine);
    assert!(
        place.messages(&place.queue) > 0,
        "it was too quick for this test"
    );
    let next = place.engine(&[]);
    next.confirms(&orders);
    place.is_flawless();
}

#[test]
fn a_queue_that_is_away_keeps_no_order_out_and_none_from_its_end() {
    const AWAY: &str = "the queue does not answer";
    let place = Place::new(3);
    let runtime = Runtime::new().expect("threads can be started");
    let sqs = ([127, 0, 0, 1], place.ministack.port).into();
    let network = runtime.block_on(Network::before(sqs));
    let endpoint = format!("http://{}", network.address());
    let engine = Engine::start(&place.variables(&endpoint, place.database.url(), &[]));
    let before = engine.place_order();
    engine.confirms([&before]);

    network.refuse(true);
    network.reset();
    let ill = eventually("health tells", || {
        let health = engine.get("/health");
        (health.status == 503).then_some(health.body)
    });
    assert_eq!(ill["checks"]["queue"]["reason"], AWAY, "{ill}");
    assert_eq!(ill["checks"]["database"]["status"], "ok", "{ill}");
    let orders: Vec<String> = (0..8).map(|_| engine.place_order()).collect();
    assert_eq!(place.database.open_orders(), 8, "they wait in the database");

    network.refuse(false);
    engine.confirms(&orders);
    eventually("the engine is well", || {
        (engine.get("/health").status == 200).then_some(())
    });
    let log = engine.log();
    assert_eq!(
        log.matches("orders wait in the database").count(),
        1,
        "{log}"
    );
    assert_eq!(log.matches("the queue answers again").count(), 1, "{log}");
    place.is_flawless();
}

/// A second receive makes a dead letter here. The worker keeps its message from others for longer
/// than its visibility time-out, and does not give it back in vain.
#[test]
fn a_message_stays_with_its_worker_while_the_database_is_away() {
    let place = Place::new(1);
    let runtime = Runtime::new().expect("threads can be started");
    let (network, url) = runtime.block_on(Network::before_database(place.database.url()));
    let slow = [("SIM_QUOTE_DELAY_MS", "1500")];
    let endpoint = place.ministack.url();
    let engine = Engine::start(&place.variables(&endpoint, &url, &slow));
    let order = engine.place_order();
    eventually("a worker has it", || {
        (engine.metric("order_attempts_total") > 0).then_some(())
    });
    network.refuse(true);
    network.reset();
    thread::sleep(Duration::from_secs(35)); // the plan: five seconds more than the time-out
    assert_eq!(place.messages(&place.queue), 1, "it is held");
    network.refuse(false);
    engine.confirms([&order]);
    place.is_flawless();
}

#[test]
fn an_engine_without_its_queue_says_what_is_missing_and_does_not_start() {
    let place = Place::new(3);
    let endpoint = place.ministack.url();
    let its = place.variables(&endpoint, place.database.url(), &[]);
    let without = |name: &str| -> Vec<(&str, &str)> {
        its.iter()
            .copied()
            .filter(|(known, _)| *known != name)
            .collect()
    };
    let other = place.queue.replace("orders", "others");
    let nowhere = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let no_role = [("AWS_EC2_METADATA_DISABLED", "true")];
    for (variables, said) in [
        (
            [&without("QUEUE_URL")[..], &[("QUEUE_URL", &*other)]].concat(),
            "has no such queue",
        ),
        (
            [&without("AWS_ENDPOINT_URL")[..], &[nowhere]].concat(),
            "does not answer",
        ),
        (
            [&without("AWS_ACCESS_KEY_ID")[..], &no_role].concat(),
            "no credentials",
        ),
        (
            [&without("AWS_REGION")[..], &no_role].concat(),
            "set AWS_REGION",
        ),
    ] {
        let ended = Engine::run(&variables);
        let output = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{output}");
        assert!(output.contains("QUEUE_URL=http"), "{output}");
        assert!(output.contains(said), "{output}");
    }
}
