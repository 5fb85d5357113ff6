//! What breaks on the deployed stack, and what may come of it. A deployment for each: they hurt it.

use std::{fs, path::PathBuf, process::Command, thread, time::Duration};

use e2e::{Stack, assert_whole_life, eventually, root, seqs};
use serde_json::json;

#[test]
fn three_hundred_orders_at_once_meet_ten_workers() {
    let stack = Stack::deploy(&["SimExecutionDelayMs=200-400"]);
    let (orders, most_at_once) = thread::scope(|scope| {
        let placing = scope.spawn(|| {
            let orders = stack.place_orders(300);
            for order in &orders {
                stack.order_once(order, "confirmed");
            }
            orders
        });
        let mut most = 0;
        while !placing.is_finished() {
            most = most.max(stack.workers().len());
            thread::sleep(Duration::from_millis(20)); // a sample's distance, waiting for nothing
        }
        (placing.join().expect("all orders are confirmed"), most)
    });

    assert_eq!(orders.len(), 300);
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
    assert!(most_at_once <= 10, "{most_at_once} workers ran at once");
    if cfg!(target_os = "linux") {
        assert!(most_at_once > 1, "the load was no load");
    }
}

#[test]
fn a_worker_that_dies_on_every_try_leaves_one_dead_letter_and_the_relay_ends_the_order() {
    let stack = Stack::deploy(&[]);
    stack.shorten_visibility(1);
    let worker = Stack::function("worker");
    stack.aws.set_code(&worker, &function_that_aborts());
    stack.aws.release(&worker);
    let order = stack.place_order();

    eventually("the message is a dead letter", || {
        (stack.messages("OrdersDeadLetterQueueUrl") == 1).then_some(())
    });
    let receives = stack.log().matches(ABORTING).count();
    assert_eq!(receives, 3, "maxReceiveCount is the number of tries");
    assert_eq!(
        stack.order(&order)["status"],
        "pending",
        "nobody has given it up yet"
    );

    stack.database.let_time_run_out(&order);
    stack.relay();

    let ended = stack.order_once(&order, "failed");
    assert!(ended["failureReason"].is_string(), "{ended}");
    assert_eq!(stack.database.swaps_landed(&order), 0);
}

/// Each of its messages is received more often than makes a dead letter.
#[test]
fn a_database_that_is_away_for_long_makes_no_dead_letters() {
    let stack = Stack::deploy(&["SimExecutionDelayMs=100"]);
    stack.shorten_visibility(1);
    stack.let_workers_take_orders(false);
    let orders = stack.place_orders(12);
    stack.database.go_away();
    stack.let_workers_take_orders(true);
    eventually("four rounds of deliveries have failed", || {
        let failed = stack.log().matches("the message comes again").count();
        (failed >= 4 * orders.len()).then_some(())
    });
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
    let order = json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1});
    let refused = stack.post("/api/orders/execute", &order);
    assert_eq!(refused.status, 503, "{refused:?}");

    stack.database.come_back();

    for order in &orders {
        stack.order_once(order, "confirmed");
    }
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
}

#[test]
fn a_message_that_cannot_be_read_does_not_hurt_its_batch() {
    let stack = Stack::deploy(&["SimExecutionDelayMs=100"]);
    stack.shorten_visibility(5);
    stack.let_workers_take_orders(false);
    let mut orders = stack.place_orders(4);
    stack.send_message("this is no order");
    stack.send_message(r#"{"v":1,"orderId":"not an id","attempt":1}"#);
    orders.extend(stack.place_orders(4));

    stack.let_workers_take_orders(true); // one batch of ten

    for order in &orders {
        stack.order_once(order, "confirmed");
    }
    eventually("both end as dead letters", || {
        (stack.messages("OrdersDeadLetterQueueUrl") == 2).then_some(())
    });
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
}

#[test]
fn orders_are_accepted_without_a_queue_and_run_once_it_is_back() {
    let stack = Stack::deploy(&["SimExecutionDelayMs=100"]);
    let cut_off = ["submit", "relay"].map(Stack::function);
    let before = cut_off.each_ref().map(|name| stack.aws.variables(name));
    for (name, variables) in cut_off.iter().zip(&before) {
        let mut nowhere = variables.clone();
        nowhere["AWS_ENDPOINT_URL_SQS"] = json!("http://127.0.0.1:1");
        stack.aws.set_variables(name, &nowhere);
        stack.aws.release(name);
    }

    let orders = stack.place_orders(12);
    stack.relay();
    for order in &orders {
        assert_eq!(stack.order(order)["status"], "pending");
    }
    assert_eq!(stack.messages("OrdersQueueUrl"), 0);

    for (name, variables) in cut_off.iter().zip(&before) {
        stack.aws.set_variables(name, variables);
        stack.aws.release(name);
    }
    stack.relay();
    for order in &orders {
        stack.order_once(order, "confirmed");
    }
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
}

/// Linux, for it finds the worker's process in `/proc`.
#[cfg(target_os = "linux")]
#[test]
fn an_order_whose_worker_is_killed_is_finished_once_by_another() {
    let stack = Stack::deploy(&["SimQuoteDelayMs=1500", "SimExecutionDelayMs=1500"]);
    // Nobody executes it until it is watched: a second and a half is soon over.
    stack.let_workers_take_orders(false);
    let order = stack.place_order();
    let subscriber = stack.watch(&order, 0);
    stack.let_workers_take_orders(true);
    stack.order_once(&order, "routing");
    assert!(stack.kill_workers() > 0, "a worker holds the order");

    // The lease runs out within the relay's minute, and another worker goes on.
    stack.relay_for_a_minute();
    stack.order_once(&order, "confirmed");
    assert_eq!(stack.database.swaps_landed(&order), 1);
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
    let heard = subscriber.hear_all();
    let last = *seqs(&heard).last().expect("something was heard");
    assert_eq!(
        seqs(&heard),
        (1..=last).collect::<Vec<_>>(),
        "no gap for who was watching"
    );
}

#[test]
fn what_waits_in_the_queue_is_not_sent_again_and_what_was_lost_is() {
    let stack = Stack::deploy(&["SimExecutionDelayMs=100"]);
    stack.let_workers_take_orders(false);
    let orders = stack.place_orders(30);
    for _ in 0..3 {
        stack.database.let_a_minute_pass();
        stack.relay();
    }
    assert_eq!(stack.messages("OrdersQueueUrl"), 30);

    stack.aws.sqs(
        "PurgeQueue",
        &json!({ "QueueUrl": stack.address("OrdersQueueUrl") }),
    );
    stack.database.let_a_minute_pass();
    stack.relay();
    assert_eq!(stack.messages("OrdersQueueUrl"), 30);
    stack.let_workers_take_orders(true);
    for order in &orders {
        stack.order_once(order, "confirmed");
    }
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
}

#[test]
fn a_queue_that_is_long_enough_takes_no_more_until_it_is_shorter() {
    let parameters = [
        "WorkerBatchSize=1",
        "MaxWaitSeconds=2",
        "SimExecutionDelayMs=100",
    ];
    let stack = Stack::deploy(&parameters);
    stack.let_workers_take_orders(false);
    let order = json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1});
    let mut taken = Vec::new();
    let refused = eventually("an order is refused", || {
        let answer = stack.post("/api/orders/execute", &order);
        if answer.status == 202 {
            taken.push(answer.body["orderId"].as_str()?.to_owned());
        }
        (answer.status == 429).then_some(answer)
    });
    assert_eq!(refused.body["code"], "busy", "{refused:?}");
    let pause = refused.headers["retry-after"].parse::<u64>();
    assert!(pause.is_ok_and(|pause| pause >= 1), "{refused:?}");
    assert!(!taken.is_empty(), "an empty queue takes orders");

    stack.let_workers_take_orders(true);
    for order in &taken {
        stack.order_once(order, "confirmed");
    }
    let again = eventually("orders are taken again", || {
        let answer = stack.post("/api/orders/execute", &order);
        (answer.status == 202).then_some(answer)
    });
    let id = again.body["orderId"].as_str().expect("an id");
    stack.order_once(id, "confirmed");
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
}

#[test]
fn the_kill_switch_stops_the_world_and_starts_it_again() {
    let stack = Stack::deploy(&["SimExecutionDelayMs=100"]);
    stack.let_workers_take_orders(false);
    let order = stack.place_order();
    let mut subscriber = stack.watch(&order, 0);
    let mut heard = subscriber.hear_until("pending");
    assert_eq!(stack.messages("OrdersQueueUrl"), 1, "it waits");

    stack.let_workers_take_orders(true);

    heard.extend(subscriber.hear_all());
    assert_whole_life(&heard);
}

const ABORTING: &str = "aborting with a message in hand";

/// A worker that takes its batch and dies, every time.
fn function_that_aborts() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("aborting-worker-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the folder of temporary files is writable");
    let python = root().join(".venv/emulator/bin/python");
    let source = format!(
        "#!{}\nimport os, sys, urllib.request\n\
         urllib.request.urlopen('http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + '/2018-06-01/runtime/invocation/next').read()\n\
         print('{ABORTING}', file=sys.stderr, flush=True)\nos.abort()\n",
        python.display()
    );
    let (script, zip) = (folder.join("bootstrap"), folder.join("worker.zip"));
    fs::write(&script, source).expect("that folder is writable");
    let packaged = Command::new("python3")
        .arg(root().join("localstack/package.py"))
        .args([&script, &zip])
        .status()
        .expect("python3 is installed");
    assert!(packaged.success());
    zip
}
