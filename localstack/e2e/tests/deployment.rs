//! What deploy.sh does with the parameters it is given.

use e2e::{Stack, assert_whole_life, eventually, root};
use serde_json::{Value, json};

#[test]
fn a_stack_without_websockets_is_followed_by_rest() {
    let stack = Stack::deploy(&["WithWebSocket=false", "SimExecutionDelayMs=200"]);
    assert_eq!(stack.address("WebSocketUrl"), "");

    let order = stack.place_order();

    let log = format!("/api/orders/{order}/events");
    let events = eventually("the log ends in `confirmed`", || {
        let events = stack.get(&log).body.as_array().cloned()?;
        (events.last()?["status"] == "confirmed").then_some(events)
    });
    assert_whole_life(&events);
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
}

#[test]
fn a_second_run_changes_nothing_or_what_it_is_told_and_keeps_the_orders() {
    let mut stack = Stack::deploy(&["SimExecutionDelayMs=200"]);
    let order = stack.place_order();
    stack.order_once(&order, "confirmed");

    let key = stack.address("FirstKey").to_owned();
    assert!(key.starts_with("oek_"), "the first key is printed");
    let said = stack.deploy_again(&[]);
    assert!(said.contains("No changes to deploy"), "{said}");
    assert_eq!(stack.address("FirstKey"), key, "no other one is printed");
    let keys = stack.keys(&json!({"action": "list", "account": "main"}));
    let id = key.split('_').nth(1).expect("an id");
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(1), "{keys}");
    assert_eq!(keys["keys"][0]["id"], id);
    assert!(!stack.log().contains(&key), "a key stands in no log");
    assert!(said.contains(r#""applied": 0"#), "{said}");

    stack.deploy_again(&["LogLevel=warn", "WithDashboard=true"]);

    let variables = stack.aws.variables(&Stack::function("worker"));
    assert_eq!(variables["LOG_LEVEL"], "warn");
    assert_eq!(
        variables["SIM_EXECUTION_DELAY_MS"], "200",
        "what was not given stays"
    );
    assert_eq!(stack.order(&order)["status"], "confirmed");
    assert_dashboard_knows(&stack);
}

#[test]
fn the_schema_goes_first_and_what_fails_there_changes_nothing() {
    let mut stack = Stack::deploy(&["SimExecutionDelayMs=200"]);
    let migrate = Stack::function("migrate");
    // Another program, that cannot migrate: who reads of a migration knows that it was replaced.
    let other = root().join(".aws-sam/dev/relay.zip");
    stack.aws.set_code(&migrate, &other);
    stack.database.break_migrations();

    let (succeeded, said) = stack.try_to_deploy(&["LogLevel=warn"], &[]);
    assert!(!succeeded, "{said}");
    assert!(said.contains("could not be migrated"), "{said}");
    assert!(said.contains("the migration failed"), "{said}");
    assert!(said.contains("nothing else was deployed"), "{said}");
    let level =
        |stack: &Stack| stack.aws.variables(&Stack::function("worker"))["LOG_LEVEL"].clone();
    assert_eq!(level(&stack), "info", "the functions are those of before");
    let order = stack.place_order();
    stack.order_once(&order, "confirmed");

    stack.database.mend_migrations();
    let said = stack.deploy_again(&["LogLevel=warn"]);
    let at = |step: &str| {
        said.find(step)
            .unwrap_or_else(|| panic!("no {step}: {said}"))
    };
    assert!(at("==> migrating") < at("==> deploying"), "{said}");
    assert_eq!(level(&stack), "warn");
    assert_eq!(stack.order(&order)["status"], "confirmed");
}

/// A newer release has migrated, and left messages in the queue.
#[test]
fn who_goes_back_serves_what_the_newer_release_has_left() {
    let mut stack = Stack::deploy(&["SimExecutionDelayMs=200"]);
    stack.let_workers_take_orders(false);
    let order = stack.place_order();
    stack.database.migrate_beyond_this_build();
    stack.aws.sqs(
        "PurgeQueue",
        &json!({ "QueueUrl": stack.address("OrdersQueueUrl") }),
    );
    let next = json!({ "v": 2, "orderId": order, "attempt": 1, "priority": "high" });
    stack.send_message(&next.to_string());

    let (succeeded, said) = stack.try_to_deploy(&["LogLevel=error"], &[("MIGRATE", "skip")]);

    assert!(succeeded && !said.contains("migrating"), "{said}");
    let variables = stack.aws.variables(&Stack::function("worker"));
    assert_eq!(variables["LOG_LEVEL"], "error");
    stack.let_workers_take_orders(true);
    let later = stack.place_order();
    for order in [&order, &later] {
        stack.order_once(order, "confirmed");
    }
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
}

/// As an operator moves a stack to a role that does not own the schema: first it is given its
/// rights, then the functions log in as it.
#[test]
fn functions_serve_as_a_role_that_does_not_own_the_schema() {
    let mut stack = Stack::deploy(&["SimExecutionDelayMs=200"]);
    let owner = stack.database.url().to_owned();
    let (role, serving) = stack.database.create_role();

    let separate = [
        format!("DatabaseServingRole={role}"),
        format!("MigrateDatabaseUrl={owner}"),
    ];
    stack.deploy_again(&separate.each_ref().map(String::as_str));
    let (succeeded, said) = stack.try_to_deploy(&[], &[("DATABASE_URL", &serving)]);
    assert!(succeeded, "{said}");

    let logs_in_at =
        |name: &str| stack.aws.variables(&Stack::function(name))["DATABASE_URL"].clone();
    assert_eq!(logs_in_at("migrate"), owner);
    for name in ["submit", "worker", "websocket", "relay", "monitor", "keys"] {
        assert_eq!(logs_in_at(name), serving, "{name}");
    }
    let order = stack.place_order();
    let limit = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "1000000",
    });
    let limit = stack.post("/api/orders/execute", &limit);
    let waiting = limit.body["orderId"].as_str().expect("an id");
    stack.order_once(waiting, "waiting");
    stack.monitor();
    stack.relay();
    stack.delete(&format!("/api/orders/{waiting}"));
    stack.order_once(waiting, "cancelled");
    let watched = stack.watch(&order, 0).hear_all();
    assert_whole_life(&watched);
    assert_eq!(stack.database.swaps_landed(&order), 1);
    stack.database.drop_role(&role);
}

/// The page gets the API below its own origin, and the stack's socket.
fn assert_dashboard_knows(stack: &Stack) {
    let bucket = stack.address("DashboardBucketName");
    let config: Value = stack.aws.object(bucket, "config.json");
    assert_eq!(
        config["apiUrl"],
        stack.address("DashboardUrl").to_owned() + "/v1"
    );
    assert_eq!(config["wsUrl"], stack.address("WebSocketUrl"));
    let sockets = stack.aws.variables(&Stack::function("websocket"));
    assert_eq!(
        sockets["ALLOWED_ORIGINS"],
        stack.address("DashboardUrl"),
        "the page may open a socket"
    );
}
