//! A stack's life as others see it: curl, boto3, and clients in Python and JavaScript with the
//! packages that one takes for sockets there. Nothing of ours is between them and the stack.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, thread,
    time::Duration,
};

use e2e::{Scripts, Stack, assert_whole_life, root, seqs, statuses};
use serde_json::{Value, json};

/// One deployment for all of it, and a story in this order: the last chapter takes it down.
#[test]
fn a_stack_serves_the_clients_of_others_from_its_deployment_to_its_end() {
    let mut stack = Stack::deploy(&["SimExecutionDelayMs=1000-1500"]);
    curl_is_answered(&stack);
    sockets_of_node_hear_whole_lives(&stack);
    boto3_brings_a_dead_letter_back(&stack);
    if cfg!(target_os = "linux") {
        no_order_is_lost_when_its_worker_is_killed(&stack);
    }
    no_order_is_lost_by_an_update_under_load(&mut stack);
    nothing_is_left_but_what_the_runbook_lists(&stack);
}

/// As README.md has it, but in another place, and with the functions as they are built for tests.
#[test]
fn up_smoke_and_down_leave_nothing_behind() {
    let stack = Scripts::prepare();
    stack.run("up.sh", &["SimExecutionDelayMs=200"]);
    let said = stack.run("smoke.sh", &[]);
    assert!(said.contains("5 confirmed"), "{said}");
    assert!(!stack.processes().is_empty() || !cfg!(target_os = "linux"));

    stack.run("down.sh", &[]);
    assert_eq!(stack.processes(), [""; 0]);
    assert_eq!(
        stack.files(),
        ["key", "postgres"],
        "the orders, and their key"
    );
    stack.run("down.sh", &["--wipe"]);
    assert_eq!(stack.files(), [""; 0]);
}

fn curl_is_answered(stack: &Stack) {
    let printed = stack
        .outsider("curl.sh", &[stack.address("RestUrl")])
        .finish();
    let answers: BTreeMap<String, Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .map(|answer: Value| (answer["asked"].as_str().unwrap_or_default().into(), answer))
        .collect();
    let problem = "application/problem+json";
    for (asked, status, kind, code) in [
        ("placed", 202, "application/json", None),
        ("repeated", 202, "application/json", None),
        ("contradicted", 422, problem, Some("idempotency_key_reused")),
        ("unknown token", 400, problem, Some("unknown_token")),
        ("not JSON", 400, problem, Some("malformed_body")),
        ("without a key", 401, problem, Some("unauthorized")),
        ("no such order", 404, problem, Some("not_found")),
        ("read", 200, "application/json", None),
    ] {
        let answer = &answers[asked];
        assert_eq!(answer["status"], status, "{answer}");
        assert_eq!(answer["type"], kind, "{answer}");
        assert_eq!(answer["body"]["code"].as_str(), code, "{answer}");
    }
    let (placed, repeated) = (&answers["placed"], &answers["repeated"]);
    assert_eq!(repeated["replayed"], "true", "{repeated}");
    assert_eq!(placed["replayed"], "", "{placed}");
    assert_eq!(repeated["body"]["orderId"], placed["body"]["orderId"]);
    let order = answers["read"]["body"]["id"].as_str().expect("an id");
    assert_eq!(placed["body"]["orderId"], order);
    stack.order_once(order, "confirmed");
    assert_eq!(stack.database.swaps_landed(order), 1);
}

fn sockets_of_node_hear_whole_lives(stack: &Stack) {
    let node = stack.outsider("follow.mjs", &[stack.address("RestUrl"), "5"]);
    let lives = lives(stack, &node.finish());
    assert_eq!(lives.len(), 5);
    for events in lives.values() {
        assert_whole_life(events);
    }
}

fn boto3_brings_a_dead_letter_back(stack: &Stack) {
    stack.let_workers_take_orders(false);
    let order = stack.place_order();
    let queues = ["OrdersQueueUrl", "OrdersDeadLetterQueueUrl"].map(|name| stack.address(name));
    let printed = stack.outsider("dead_letters.py", &queues).finish();
    let told: Value = serde_json::from_str(&printed).expect("it prints JSON");
    let redrive = &told["attributes"]["RedrivePolicy"];
    let redrive: Value = serde_json::from_str(redrive.as_str().expect("a text")).expect("JSON");
    assert_eq!(redrive["maxReceiveCount"], told["receives"], "{told}");
    assert_eq!(told["receives"], 3, "{told}");
    assert_eq!(told["attributes"]["VisibilityTimeout"], "360", "{told}");
    assert_eq!(told["alarms"], json!(["e2e-dead-letters"]), "{told}");
    assert_eq!(told["letters"][0]["orderId"], order, "{told}");
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);

    stack.let_workers_take_orders(true);
    stack.order_once(&order, "confirmed");
    assert_eq!(stack.database.swaps_landed(&order), 1);
}

/// Finds the worker's processes in `/proc`.
fn no_order_is_lost_when_its_worker_is_killed(stack: &Stack) {
    let mut python = stack.outsider("follow.py", &[stack.address("RestUrl"), "50"]);
    python.says("accepted");
    assert!(stack.database.open_orders() > 0, "nobody holds an order");
    assert!(stack.kill_workers() > 0, "nobody works");
    let printed = thread::scope(|scope| {
        let followed = scope.spawn(|| python.finish());
        while !followed.is_finished() {
            stack.relay();
            thread::sleep(Duration::from_secs(1)); // the distance of two rounds
        }
        followed.join().expect("every order is followed")
    });
    assert_eq!(lives(stack, &printed).len(), 50);
    all_is_well(stack);
}

fn no_order_is_lost_by_an_update_under_load(stack: &mut Stack) {
    let clients = 3;
    let (rest, count) = (stack.address("RestUrl"), clients.to_string());
    let mut python = stack.outsider("follow.py", &[rest, &count, "--until-eof"]);
    python.says("accepted");
    stack.deploy_again(&["LogLevel=warn", "WithDashboard=true"]);
    let followed = lives(stack, &python.finish()).len();
    assert!(followed > clients, "{followed} orders are no load");
    all_is_well(stack);
}

fn all_is_well(stack: &Stack) {
    assert_eq!(stack.database.orders_with_a_flaw(), Vec::<String>::new());
    assert_eq!(stack.messages("OrdersDeadLetterQueueUrl"), 0);
}

/// What a client has heard of each of its orders: all of it, in the order of the contract, and as
/// REST says it.
fn lives(stack: &Stack, printed: &str) -> BTreeMap<String, Vec<Value>> {
    let mut told: Value = serde_json::from_str(printed).expect("it prints JSON");
    let orders: BTreeMap<String, Vec<Value>> =
        serde_json::from_value(told["orders"].take()).expect("events by order");
    for (order, events) in &orders {
        let whole: Vec<u64> = (1..).take(events.len()).collect();
        assert_eq!(seqs(events), whole, "a gap: {events:#?}");
        let statuses = statuses(events);
        assert_eq!(statuses.first(), Some(&"pending"), "{events:#?}");
        assert_eq!(statuses.last(), Some(&"confirmed"), "{events:#?}");
        for pair in statuses.windows(2) {
            let legal = matches!(
                (pair[0], pair[1]),
                ("pending" | "routing" | "building" | "submitted", "routing")
                    | ("routing", "building")
                    | ("building", "building" | "submitted")
                    | ("submitted", "confirmed")
            );
            assert!(legal, "{pair:?} in {events:#?}");
        }
        let log = stack.get(&format!("/api/orders/{order}/events")).body;
        assert_eq!(*events, *log.as_array().expect("a list"), "as REST says");
        assert_eq!(stack.database.swaps_landed(order), 1);
    }
    orders
}

/// By the runbook's commands, and its list.
fn nothing_is_left_but_what_the_runbook_lists(stack: &Stack) {
    let section = section_of_the_runbook("## Take it down");
    let (_, commands) = section.split_once("```sh\n").expect("it has commands");
    let (commands, kept) = commands.split_once("```").expect("a block ends");
    assert!(!left(stack).is_empty(), "there is something to take down");
    let preparation = "STACK=e2e\n\
        output() { aws cloudformation describe-stacks --stack-name $STACK --output text \
        --query \"Stacks[0].Outputs[?OutputKey=='$1'].OutputValue\"; }\n";
    stack.run_book(&format!("{preparation}{commands}"));

    let listed: BTreeSet<String> = kept
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.replace("$STACK", "e2e"))
        .collect();
    assert_eq!(left(stack), listed);
}

/// What the emulator has, without what is drawn at random.
fn left(stack: &Stack) -> BTreeSet<String> {
    let printed = stack.outsider("left.py", &[]).finish();
    printed.lines().map(str::to_owned).collect()
}

fn section_of_the_runbook(heading: &str) -> String {
    let text = fs::read_to_string(root().join("docs/operations.md")).expect("it is there");
    let (_, section) = text.split_once(&format!("\n{heading}\n")).expect(heading);
    let end = section.find("\n## ").unwrap_or(section.len());
    section[..end].to_owned()
}
