//! The environment as an operator gets it wrong, and right.

use std::{collections::HashMap, time::Duration};

use config::{
    Configuration, DelayRange, Location, LogFormat, LogLevel, Market, Share, SocketEndpoint,
    Venues, WalletKey,
};

fn read<T: Configuration>(variables: &[(&str, &str)]) -> Result<T, String> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    config::read_from(&|name| variables.get(name).map(|value| (*value).to_owned()))
        .map_err(|error| error.to_string())
}

fn refusal<T: Configuration>(variables: &[(&str, &str)]) -> String {
    match read::<T>(variables) {
        Ok(_) => panic!("{variables:?} must not be enough"),
        Err(error) => error,
    }
}

const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://app:secret@db/orders");

#[test]
fn what_is_not_set_has_the_defaults_of_the_contract() {
    let trading: config::Trading = read(&[]).expect("defaults");
    assert_eq!(trading.quote_delay, DelayRange::from_millis(200, 350));
    assert_eq!(
        trading.execution_delay,
        DelayRange::from_millis(2_300, 3_500)
    );
    assert_eq!(trading.failure_rate, Share::ZERO);
    assert_eq!(trading.volatility.thousandths(), 1_000);
    let nothing = [("LOG_LEVEL", ""), ("LOG_FORMAT", " ")];
    let logging: config::Logging = read(&nothing).expect("defaults");
    assert_eq!((logging.level, logging.format), (LogLevel::Info, None));
}

#[test]
fn what_is_set_is_taken() {
    let submit: config::Submit = read(&[
        DATABASE,
        (
            "QUEUE_URL",
            "https://sqs.eu-central-1.amazonaws.com/123/orders",
        ),
        (
            "WS_MANAGEMENT_ENDPOINT",
            "https://abc.execute-api.eu-central-1.amazonaws.com/v1/",
        ),
        (
            "ALLOWED_ORIGINS",
            "https://Desk.example:443, http://localhost:5173,",
        ),
        ("SIM_QUOTE_DELAY_MS", "100"),
        ("SIM_EXECUTION_DELAY_MS", "10-20"),
        ("SIM_FAILURE_RATE", "0.05"),
        ("SIM_SEED", "42"),
        ("SIM_LAUNCH_EVERY_S", "5"),
        ("SIM_VOLATILITY", "2.5"),
        ("LOG_LEVEL", "DEBUG"),
        ("LOG_FORMAT", "json"),
        ("BASE_PATH", "/v1"),
    ])
    .expect("a full environment");
    let Market::Simulated(trading) = submit.market else {
        panic!("the simulated market is the default");
    };
    assert_eq!(trading.quote_delay.shortest, Duration::from_millis(100));
    assert_eq!(trading.quote_delay.longest, Duration::from_millis(100));
    assert_eq!(trading.execution_delay, DelayRange::from_millis(10, 20));
    assert_eq!(trading.failure_rate.parts_per_million(), 50_000);
    assert_eq!(trading.seed, 42);
    assert_eq!(trading.launch_every.duration().as_secs(), 5);
    assert_eq!(trading.volatility.thousandths(), 2_500);
    assert_eq!(submit.logging.level, LogLevel::Debug);
    assert_eq!(submit.logging.format, Some(LogFormat::Json));
    assert_eq!(
        submit.allowed_origins.texts(),
        ["https://desk.example", "http://localhost:5173"]
    );
    assert_eq!(
        submit.sockets.client_url().as_deref(),
        Some("wss://abc.execute-api.eu-central-1.amazonaws.com/v1")
    );
    assert_eq!(submit.base_path.as_str(), "/v1");
}

#[test]
fn what_executes_orders_is_told_how_long_a_check_may_wait() {
    let its = [
        DATABASE,
        (
            "QUEUE_URL",
            "https://sqs.eu-central-1.amazonaws.com/123/orders",
        ),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
    ];
    let longest = |variables: &[(&str, &str)]| {
        let execution: config::Execution = read(variables).expect("a full environment");
        execution.recheck_max.duration()
    };
    assert_eq!(longest(&its), Duration::from_secs(300));
    let set = [&its[..], &[("RECHECK_MAX_S", "60")]].concat();
    assert_eq!(longest(&set), Duration::from_secs(60));
}

#[test]
fn everything_that_is_missing_or_wrong_is_said_at_once() {
    let said = refusal::<config::Execution>(&[
        ("VENUES", "devnet"),
        ("SIM_FAILURE_RATE", "2"),
        ("QUEUE_URL", "orders"),
    ]);
    assert_eq!(
        said,
        "the environment does not allow a start:\n  \
         - neither DATABASE_URL nor DATABASE_SECRET_ARN is set; set one of them\n  \
         - VENUES is \"devnet\"; allowed is `simulated` or `solana`\n  \
         - SIM_FAILURE_RATE is \"2\"; allowed is a number from 0 to 1 with at most 6 decimals, \
         such as `0.05`\n  \
         - QUEUE_URL is \"orders\"; allowed is a URL that begins with https:// or http://\n  \
         - WS_MANAGEMENT_ENDPOINT is not set; allowed is the management URL of the WebSocket \
         API's stage, which begins with https:// or http://, or `none` for a deployment without \
         WebSockets"
    );
}

const QUEUE: (&str, &str) = ("QUEUE_URL", "https://sqs.example/orders");
const NO_SOCKETS: (&str, &str) = ("WS_MANAGEMENT_ENDPOINT", "none");
const ON_SOLANA: (&str, &str) = ("VENUES", "solana");

#[test]
fn on_solana_every_function_needs_nodes_and_markets_and_the_worker_a_wallet() {
    let needed = |said: String| {
        let lines = said.lines().filter(|line| line.contains("is not set"));
        let names = lines.filter_map(|line| line.trim_start_matches([' ', '-']).split(' ').next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let set = [DATABASE, QUEUE, NO_SOCKETS, ON_SOLANA];
    let both = ["SOLANA_RPC_URLS", "SOLANA_MARKETS"];
    assert_eq!(needed(refusal::<config::Submit>(&set)), both);
    assert_eq!(needed(refusal::<config::Monitor>(&set)), both);
    assert_eq!(needed(refusal::<config::Execution>(&set)), both);
    let all = ["SOLANA_RPC_URLS", "SOLANA_MARKETS", "SOLANA_SIGNER"];
    assert_eq!(needed(refusal::<config::Worker>(&set)), all);
}

#[test]
fn what_trades_on_solana_is_in_secrets_and_a_key_that_nobody_sees() {
    let secret = "secret:arn:aws:secretsmanager:eu-central-1:123456789012:secret:nodes-AbCdEf";
    let set = [
        DATABASE,
        QUEUE,
        NO_SOCKETS,
        ON_SOLANA,
        ("SOLANA_RPC_URLS", secret),
        ("SOLANA_MARKETS", secret),
        ("SOLANA_SIGNER", "kms:alias/wallet"),
    ];
    let worker: config::Worker = read(&set).expect("a full environment");
    assert!(matches!(worker.execution.market, Market::Solana(_)));
    assert!(matches!(worker.wallet, Some(WalletKey::Kms(key)) if key.as_str() == "alias/wallet"));
}

#[test]
fn a_nodes_key_is_never_repeated() {
    let url = "https://node.example/v2/hunter2";
    let set = [
        DATABASE,
        QUEUE,
        ON_SOLANA,
        ("SOLANA_RPC_URLS", url),
        ("SOLANA_MARKETS", "/var/task/markets.toml"),
    ];
    let monitor: config::Monitor = read(&set).expect("a full environment");
    assert!(!format!("{monitor:?}").contains("hunter2"), "{monitor:?}");
    let twice = format!("{url},{url}");
    let wrong = [&set[..3], &[("SOLANA_RPC_URLS", twice.as_str())], &set[4..]].concat();
    let said = refusal::<config::Monitor>(&wrong);
    assert!(said.contains("SOLANA_RPC_URLS is not shown here"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn the_database_is_named_in_one_way_only() {
    let secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf";
    let migrate: config::Migrate = read(&[("DATABASE_SECRET_ARN", secret)]).expect("a secret");
    assert_eq!(migrate.database.location, Location::Secret(secret.into()));
    assert_eq!(migrate.venues, Venues::Simulated);
    let said = refusal::<config::Migrate>(&[DATABASE, ("DATABASE_SECRET_ARN", secret)]);
    assert!(said.contains("both set"), "{said}");
}

#[test]
fn a_database_host_is_a_name_without_a_port() {
    let secret = (
        "DATABASE_SECRET_ARN",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf",
    );
    let host = |text| read::<config::Migrate>(&[secret, ("DATABASE_HOST", text)]);
    let migrate = host("proxy.example").expect("a name");
    let named = migrate.database.host.expect("it is set");
    assert_eq!(named.as_str(), "proxy.example");
    assert_eq!(host("").expect("not set").database.host, None);
    for text in [
        "db.example:5432",
        "postgres://db.example",
        "a b",
        "db/orders",
        "x@y",
    ] {
        let said = refusal::<config::Migrate>(&[secret, ("DATABASE_HOST", text)]);
        assert!(said.contains("DATABASE_HOST"), "{text}: {said}");
    }
}

#[test]
fn a_password_is_never_repeated() {
    let said = refusal::<config::Migrate>(&[("DATABASE_URL", "mysql://app:hunter2@db/orders")]);
    assert!(said.contains("DATABASE_URL"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let migrate: config::Migrate = read(&[DATABASE]).expect("a URL");
    assert!(!format!("{migrate:?}").contains("secret@"), "{migrate:?}");
}

#[test]
fn a_deployment_without_sockets_says_so() {
    assert_eq!("none".parse(), Ok(SocketEndpoint::None));
    assert_eq!(SocketEndpoint::None.client_url(), None);
}
