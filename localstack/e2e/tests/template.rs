//! What no linter knows about `template.yaml`: the numbers that must fit each other, and the
//! variables that the code reads.

use std::{cell::RefCell, collections::BTreeSet};

use config::{self, Configuration};
use e2e::Template;
use serde_json::{Value, json};

const SECRET: (&str, &str) = (
    "DatabaseSecretArn",
    "arn:aws:secretsmanager:eu-central-1:1:secret:orders",
);
/// Secrets, which are named also where they are not needed.
const NODES: (&str, &str) = (
    "SolanaRpcSecretArn",
    "arn:aws:secretsmanager:eu-central-1:1:secret:nodes",
);
const MARKETS: (&str, &str) = (
    "SolanaMarketsSecretArn",
    "arn:aws:secretsmanager:eu-central-1:1:secret:markets",
);
const ON_SOLANA: (&str, &str) = ("Venues", "solana");
const FUNCTIONS: [&str; 7] = [
    "Submit",
    "Worker",
    "WebSocket",
    "Relay",
    "Monitor",
    "Migrate",
    "Keys",
];

fn production() -> Template {
    Template::with(&[SECRET])
}

fn on_solana() -> Template {
    Template::with(&[SECRET, ON_SOLANA, NODES, MARKETS])
}

fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn ten_workers_at_once_are_said_to_the_function_and_to_the_poller() {
    let template = production();
    let worker = template.properties("WorkerFunction");
    let source = template.properties("WorkerFunctionOrders");
    assert_eq!(worker["ReservedConcurrentExecutions"], 10);
    assert_eq!(source["ScalingConfig"]["MaximumConcurrency"], 10);
    assert_eq!(source["BatchSize"], 10);
    assert_eq!(
        source["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );

    let small_account = Template::with(&[SECRET, ("ReserveConcurrency", "false")]);
    let worker = small_account.properties("WorkerFunction");
    let source = small_account.properties("WorkerFunctionOrders");
    assert_eq!(worker.get("ReservedConcurrentExecutions"), None);
    assert_eq!(source["ScalingConfig"]["MaximumConcurrency"], 10);
}

/// Connections to the database are bounded by what runs at once.
#[test]
fn every_function_is_bounded() {
    let bounded = [
        ("SubmitFunction", 20),
        ("WebSocketFunction", 20),
        ("RelayFunction", 2),
        ("MonitorFunction", 2),
        ("MigrateFunction", 1),
        ("KeysFunction", 1),
    ];
    for (function, most) in bounded {
        let properties = production().properties(function);
        assert_eq!(
            properties["ReservedConcurrentExecutions"], most,
            "{function}"
        );
    }
    let other = Template::with(&[SECRET, ("SubmitConcurrency", "7")]);
    let submit = other.properties("SubmitFunction");
    assert_eq!(
        submit["ReservedConcurrentExecutions"]
            .to_string()
            .trim_matches('"'),
        "7"
    );
}

/// Whoever reaches it acts for every account.
#[test]
fn no_route_and_no_event_lead_to_the_keys() {
    let template = production();
    for (kind, some_function) in [
        ("AWS::ApiGateway::RestApi", "SubmitFunction"),
        ("AWS::ApiGatewayV2::Integration", "WebSocketFunction"),
        ("AWS::Events::Rule", "RelayFunction"),
        ("AWS::Lambda::EventSourceMapping", "WorkerFunction"),
        ("AWS::Lambda::Permission", "SubmitFunction"),
    ] {
        let names = template.resources_of(kind);
        let texts = names
            .iter()
            .map(|name| template.properties(name).to_string());
        let all = texts.collect::<String>();
        assert!(all.contains(some_function), "{kind}: this looks elsewhere");
        assert!(!all.contains("KeysFunction"), "{kind} leads to the keys");
    }
}

#[test]
fn the_relay_and_the_monitor_run_through_their_minute() {
    let template = production();
    for (name, what, times) in [("Relay", "rounds", 11), ("Monitor", "looks", 27)] {
        let time_out = number(&template.properties(&format!("{name}Function"))["Timeout"]);
        let source = template.properties(&format!("{name}FunctionEveryMinute"));
        let tick = source["Targets"][0]["Input"].as_str().expect("a text");
        let tick: Value = serde_json::from_str(tick).expect("JSON");
        assert_eq!(tick[what], times, "{name}");
        assert!((56..60).contains(&time_out), "{name}: {time_out}");
    }
}

#[test]
fn a_message_stays_hidden_six_times_as_long_as_its_function_may_take() {
    let template = production();
    for (queue, function) in [
        ("OrdersQueue", "WorkerFunction"),
        ("ReplayQueue", "WebSocketFunction"),
    ] {
        let hidden = number(&template.properties(queue)["VisibilityTimeout"]);
        let time_out = number(&template.properties(function)["Timeout"]);
        let least = 6 * time_out;
        assert!(
            hidden >= least,
            "{queue} hides {hidden} s, {function} may take {time_out} s"
        );
    }
}

#[test]
fn a_message_dies_at_its_third_receive_and_is_kept_longer_dead_than_alive() {
    let template = production();
    let orders = template.properties("OrdersQueue");
    let dead = template.properties("OrdersDeadLetterQueue");
    assert_eq!(orders["RedrivePolicy"]["maxReceiveCount"], 3);
    assert_eq!(
        orders["RedrivePolicy"]["deadLetterTargetArn"],
        "<OrdersDeadLetterQueue.Arn>"
    );
    assert!(number(&dead["MessageRetentionPeriod"]) >= number(&orders["MessageRetentionPeriod"]));
    assert_eq!(dead["MessageRetentionPeriod"], 14 * 24 * 60 * 60);
}

#[test]
fn every_queue_is_encrypted_and_refuses_plain_http() {
    let template = production();
    let guarded: Vec<Value> = template
        .resources_of("AWS::SQS::QueuePolicy")
        .iter()
        .map(|policy| template.properties(policy))
        .collect();
    for queue in template.resources_of("AWS::SQS::Queue") {
        assert_eq!(template.properties(&queue)["SqsManagedSseEnabled"], true);
        let arn = format!("<{queue}.Arn>");
        let is_guarded = guarded.iter().any(|policy| {
            let statement = &policy["PolicyDocument"]["Statement"][0];
            statement["Effect"] == "Deny"
                && statement["Resource"] == arn
                && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        });
        assert!(is_guarded, "{queue} answers plain HTTP");
    }
}

#[test]
fn a_rest_answer_comes_before_the_gateway_gives_up() {
    let template = production();
    assert!(number(&template.properties("SubmitFunction")["Timeout"]) <= 29);
    assert!(number(&template.properties("WebSocketFunction")["Timeout"]) <= 29);
    assert!(number(&template.properties("RelayFunction")["Timeout"]) < 60);
}

/// Actions that AWS gives no resource-level permissions.
const WITHOUT_RESOURCE: [&str; 2] = ["xray:", "ec2:"];

#[test]
fn no_permission_is_wider_than_it_must_be() {
    let template = Template::with(&[
        SECRET,
        ON_SOLANA,
        NODES,
        MARKETS,
        ("WithTracing", "true"),
        ("VpcSubnetIds", "subnet-1"),
    ]);
    for role in template.resources_of("AWS::IAM::Role") {
        let properties = template.properties(&role);
        for policy in properties["Policies"].as_array().into_iter().flatten() {
            assert_all_exact(&role, policy);
        }
    }
    for policy in template.resources_of("AWS::IAM::Policy") {
        assert_all_exact(&policy, &template.properties(&policy));
    }
    for function in FUNCTIONS {
        let role = &template.properties(&format!("{function}Role"))["ManagedPolicyArns"];
        assert_eq!(*role, json!(["<NetworkInterfacePolicy>"]), "{function}");
    }
}

fn assert_all_exact(role: &str, policy: &Value) {
    let statements = policy["PolicyDocument"]["Statement"].as_array();
    for statement in statements.expect("a policy has statements") {
        assert_exact(role, statement);
    }
}

fn assert_exact(role: &str, statement: &Value) {
    let list = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    for action in list(&statement["Action"]) {
        let action = action.as_str().unwrap_or_default().to_owned();
        assert!(!action.contains('*'), "{role} may do {action}");
        if WITHOUT_RESOURCE
            .iter()
            .any(|prefix| action.starts_with(prefix))
        {
            continue;
        }
        for resource in list(&statement["Resource"]) {
            let resource = resource.as_str().unwrap_or_default();
            // A connection's id is known only while it lives.
            let exact = resource.trim_end_matches("/@connections/*");
            assert!(
                !exact.is_empty() && !exact.contains('*'),
                "{role} may do {action} on {resource}"
            );
        }
    }
}

#[test]
fn permissions_are_what_each_function_does() {
    let template = production();
    let may = |role: &str| -> BTreeSet<String> {
        let properties = template.properties(role);
        let statements = properties["Policies"][0]["PolicyDocument"]["Statement"].as_array();
        let statements = statements.expect("a policy has statements");
        let ids = statements.iter().filter_map(|one| one["Sid"].as_str());
        ids.map(str::to_owned).collect()
    };
    let set = |ids: &[&str]| {
        ids.iter()
            .map(|id| (*id).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        may("SubmitRole"),
        set(&[
            "WriteOwnLog",
            "ReadDatabaseUrl",
            "SendOrders",
            "PushAndClose"
        ])
    );
    assert_eq!(
        may("WorkerRole"),
        set(&[
            "WriteOwnLog",
            "ReadDatabaseUrl",
            "TakeOrders",
            "SendRetries",
            "PushAndClose"
        ])
    );
    assert_eq!(
        may("WebSocketRole"),
        set(&[
            "WriteOwnLog",
            "ReadDatabaseUrl",
            "TakeReplays",
            "SendReplays",
            "PushAndClose"
        ])
    );
    assert_eq!(
        may("RelayRole"),
        set(&[
            "WriteOwnLog",
            "ReadDatabaseUrl",
            "SendOrders",
            "PushAndClose"
        ])
    );
    assert_eq!(
        may("MonitorRole"),
        set(&["WriteOwnLog", "ReadDatabaseUrl", "SendOrders"])
    );
    assert_eq!(may("MigrateRole"), set(&["WriteOwnLog", "ReadDatabaseUrl"]));
    assert_eq!(may("KeysRole"), set(&["WriteOwnLog", "ReadDatabaseUrl"]));
}

/// The secret of the schema's owner is the migrate function's alone, and it has no other.
#[test]
fn whoever_serves_cannot_log_in_as_the_owner() {
    let owner = "arn:aws:secretsmanager:eu-central-1:1:secret:owner";
    let template = Template::with(&[
        SECRET,
        ("MigrateDatabaseSecretArn", owner),
        ("DatabaseServingRole", "engine_serving"),
    ]);
    let (_, serving) = SECRET;
    let all_but = |left_out: &str| -> Vec<&str> {
        let names = FUNCTIONS.into_iter();
        names.filter(|name| *name != left_out).collect()
    };
    for part in ["Role", "Function"] {
        assert_eq!(who(&template, part, owner), ["Migrate"], "{part}");
    }
    assert_eq!(who(&template, "Role", serving), all_but("Migrate"));
    assert_eq!(who(&template, "Function", "engine_serving"), ["Migrate"]);
}

/// The functions whose variables or whose role's policies have this in them.
fn who(template: &Template, part: &str, has: &str) -> Vec<&'static str> {
    let names = FUNCTIONS.into_iter();
    names
        .filter(|name| {
            let properties = template.properties(&format!("{name}{part}"));
            properties.to_string().contains(has)
        })
        .collect()
}

#[test]
fn on_solana_who_asks_nodes_may_read_where_they_are_and_the_worker_alone_signs() {
    let template = on_solana();
    let trading = ["Submit", "Worker", "Relay", "Monitor"];
    for (_, secret) in [NODES, MARKETS] {
        assert_eq!(who(&template, "Role", secret), trading);
        assert_eq!(who(&template, "Function", secret), trading);
    }
    assert_eq!(who(&template, "Function", "SOLANA_SIGNER"), ["Worker"]);
    assert_eq!(who(&template, "Role", "kms:"), [""; 0]);
    assert_eq!(
        template.resources_of("AWS::IAM::Policy"),
        ["WorkerSigns"],
        "no other policy stands apart"
    );
    let signs = template.properties("WorkerSigns");
    assert_eq!(signs["Roles"], json!(["<WorkerRole>"]));
    let statement = &signs["PolicyDocument"]["Statement"];
    assert_eq!(
        *statement,
        json!([{
            "Sid": "Sign",
            "Effect": "Allow",
            "Action": ["kms:GetPublicKey", "kms:Sign"],
            "Resource": "<WalletKey.Arn>",
        }])
    );
    let key = template.properties("WalletKey");
    assert_eq!(key["KeySpec"], "ECC_NIST_EDWARDS25519");
    assert_eq!(key["KeyUsage"], "SIGN_VERIFY");
    let denied = &key["KeyPolicy"]["Statement"][1];
    assert_eq!(denied["Effect"], "Deny");
    assert_eq!(denied["Action"], "kms:Sign");
    let but = &denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"];
    assert_eq!(*but, "<WorkerRole.Arn>");
}

#[test]
fn a_wallets_key_that_is_given_is_the_one_that_signs() {
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let given = ("SolanaKmsKeyArn", key);
    let template = Template::with(&[SECRET, ON_SOLANA, NODES, MARKETS, given]);
    assert_eq!(template.resources_of("AWS::KMS::Key"), [""; 0]);
    let signs = template.properties("WorkerSigns");
    assert_eq!(signs["PolicyDocument"]["Statement"][0]["Resource"], key);
    let worker = template.properties("WorkerFunction");
    let signer = &worker["Environment"]["Variables"]["SOLANA_SIGNER"];
    assert_eq!(*signer, format!("kms:{key}"));
}

#[test]
fn on_the_simulated_market_there_is_no_key_and_nothing_of_solana() {
    let template = Template::with(&[SECRET, NODES, MARKETS]);
    for kind in ["AWS::KMS::Key", "AWS::IAM::Policy"] {
        assert_eq!(template.resources_of(kind), [""; 0], "{kind}");
    }
    for has in ["SOLANA_", "LIVE_TRADING"] {
        assert_eq!(who(&template, "Function", has), [""; 0]);
    }
    for (_, secret) in [NODES, MARKETS] {
        assert_eq!(who(&template, "Role", secret), [""; 0]);
    }
}

#[test]
fn every_variable_that_the_code_reads_is_set_to_what_it_takes() {
    let emulator = [
        ("DatabaseUrl", "postgres://a:b@127.0.0.1/c"),
        ("EmulatorEndpoint", "http://127.0.0.1:4566"),
    ];
    for template in [
        production(),
        Template::with(&[SECRET, ("WithWebSocket", "false")]),
        Template::with(&[SECRET, ("WithDashboard", "true")]),
        Template::with(&emulator),
        on_solana(),
    ] {
        assert_all_read(&template);
    }
}

#[test]
fn every_value_that_a_parameter_allows_is_one_that_the_functions_start_with() {
    let values = production().allowed_values();
    assert!(values.iter().any(|(parameter, _)| parameter == "Venues"));
    for (parameter, value) in values {
        assert_all_read(&Template::with(&[
            SECRET,
            NODES,
            MARKETS,
            (&parameter, &value),
        ]));
    }
}

fn assert_all_read(template: &Template) {
    assert_reads::<config::Submit>(template, "SubmitFunction");
    assert_reads::<config::Worker>(template, "WorkerFunction");
    assert_reads::<config::Websocket>(template, "WebSocketFunction");
    assert_reads::<config::Execution>(template, "RelayFunction");
    assert_reads::<config::Monitor>(template, "MonitorFunction");
    assert_reads::<config::Migrate>(template, "MigrateFunction");
    assert_reads::<config::Keys>(template, "KeysFunction");
}

/// That the function starts on these variables, and that the template sets each that it asks for.
fn assert_reads<T: Configuration>(template: &Template, function: &str) {
    let properties = template.properties(function);
    let variables = &properties["Environment"]["Variables"];
    let asked = RefCell::new(BTreeSet::new());
    let read = config::read_from::<T>(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        let value = variables.get(name)?;
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        // What stands for another resource is the address of one in the end.
        Some(if text.starts_with('<') {
            "https://sqs.example/queue".to_owned()
        } else {
            text.replace(['<', '>'], "").replace(".Arn", "")
        })
    });
    if let Err(error) = read {
        panic!("{function} does not start: {error}");
    }
    for name in asked.into_inner() {
        let either = ["DATABASE_URL", "DATABASE_SECRET_ARN"].contains(&name.as_str());
        assert!(
            either || variables.get(&name).is_some(),
            "{function} reads {name}, which template.yaml does not set"
        );
    }
}

#[test]
fn on_aws_the_database_url_stands_in_no_configuration() {
    let template = production();
    for function in FUNCTIONS {
        let properties = template.properties(&format!("{function}Function"));
        let variables = &properties["Environment"]["Variables"];
        assert_eq!(variables.get("DATABASE_URL"), None, "{function}");
        assert_eq!(variables.get("AWS_ENDPOINT_URL"), None, "{function}");
        assert_eq!(variables["DATABASE_SECRET_ARN"], SECRET.1);
    }
}

#[test]
fn what_the_gateway_answers_itself_is_a_problem_document_with_a_code() {
    let template = production();
    let body = &template.properties("RestApi")["Body"];
    let responses = body["x-amazon-apigateway-gateway-responses"]
        .as_object()
        .expect("the gateway's answers are ours");
    for (kind, status, code) in [
        ("THROTTLED", 429, "too_many_requests"),
        ("QUOTA_EXCEEDED", 429, "too_many_requests"),
        ("DEFAULT_5XX", 503, "unavailable"),
        ("REQUEST_TOO_LARGE", 413, "body_too_large"),
        ("UNSUPPORTED_MEDIA_TYPE", 415, "unsupported_media_type"),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
    ] {
        let response = &responses[kind];
        let text = response["responseTemplates"]["application/json"].as_str();
        let error: Value = serde_json::from_str(text.expect("it has a body"))
            .unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(response["statusCode"], status.to_string(), "{kind}");
        assert_eq!(error["status"], status, "{kind}");
        assert_eq!(error["code"], code, "{kind}");
        let headers = &response["responseParameters"];
        assert_eq!(
            headers["gatewayresponse.header.Content-Type"],
            "'application/problem+json'"
        );
        let retry = headers.get("gatewayresponse.header.Retry-After");
        assert_eq!(retry.is_some(), [429, 503].contains(&status), "{kind}");
    }
}

#[test]
fn access_logs_hold_no_query_strings_and_every_log_ends() {
    let template = Template::with(&[SECRET, ("WithDashboard", "true")]);
    let rest = &template.properties("RestApiv1Stage")["AccessLogSetting"]["Format"];
    let socket = &template.properties("WebSocketStage")["AccessLogSettings"]["Format"];
    for format in [rest, socket] {
        let format = format.as_str().expect("a format is a text");
        assert!(serde_json::from_str::<Value>(format).is_ok(), "{format}");
        for secret in ["$context.path", "querystring", "authorizer"] {
            assert!(!format.contains(secret), "{format}");
        }
    }
    for group in template.resources_of("AWS::Logs::LogGroup") {
        assert!(
            template.properties(&group)["RetentionInDays"].is_number(),
            "{group}"
        );
    }
}

#[test]
fn without_websockets_nothing_of_them_is_deployed() {
    let template = Template::with(&[SECRET, ("WithWebSocket", "false")]);
    for kind in [
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::ApiGatewayV2::Route",
    ] {
        assert_eq!(template.resources_of(kind), Vec::<String>::new());
    }
    assert!(
        !template
            .resources_of("AWS::SQS::Queue")
            .contains(&"ReplayQueue".to_owned())
    );
    let functions = template.resources_of("AWS::Lambda::Function");
    assert_eq!(functions.len(), 6, "{functions:?}");
}
