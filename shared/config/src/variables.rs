//! Every environment variable, once. The command line's help and the functions read it from here;
//! `.env.example`, docker-compose.yml and template.yaml are compared with it by tests.

use std::path::PathBuf;

use super::{
    AllowedHosts, Auth, BasePath, ClientKey, Count, DatabaseUrl, Definition, DelayRange,
    HostAddress, HostName, HttpUrl, KeptDays, LogFormat, LogLevel, LookMillis, MarketsFile,
    MetricsToken, Nodes, Origins, Proxies, Readers, RecheckSeconds, RetainDays, RoleName,
    SecretArn, Share, SocketEndpoint, Statements, Variable, Venues, Volatility, WaitSeconds,
    WalletKey, YesNo,
};

/// Makes a constant of each line and a table of all of them, so that none can be left out of it.
/// A line's comment is what the program's help says.
macro_rules! variables {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr, $readers:ident;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $name: Variable<$type> = Variable::new(
                stringify!($name),
                $default,
                concat!($($doc),+).trim_ascii(),
                Readers::$readers,
            );
        )+

        /// All of them.
        pub const ALL: &[Definition] = &[$($name.definition()),+];
    };
}

variables! {
    /// Port to listen on; 0 picks a free one.
    PORT: u16 = Some("3000"), Machine;
    /// Address to listen on. Anything but a loopback address lets other machines in, and needs
    /// another AUTH than `loopback`.
    HOST: HostAddress = Some("127.0.0.1"), Machine;
    /// Who may use the engine. `loopback`: programs on this machine; `keys`: who shows a key;
    /// `open`: everybody who reaches it, where something else guards it.
    AUTH: Auth = Some("loopback"), Machine;
    /// What programs on other machines show (`Authorization: Bearer …`) to read the metrics;
    /// without it only this machine does.
    METRICS_TOKEN: MetricsToken = None, Machine;
    /// PostgreSQL to use. Without it the engine on one machine brings its own.
    DATABASE_URL: DatabaseUrl = None, Both;
    /// File that holds the URL of the database instead; it is read again when a login is refused.
    DATABASE_URL_FILE: PathBuf = None, Machine;
    /// File of PEM certificates that the database's may come from, beside the system's.
    DATABASE_CA: PathBuf = None, Both;
    /// How statements are sent. What is `unnamed` passes PgBouncer in any mode, and RDS Proxy;
    /// `prepared` is faster, and for connections that no pooler stands between.
    DATABASE_STATEMENTS: Statements = Some("unnamed"), Both;
    /// Connections to the database at most. A server that takes fewer is coped with.
    DATABASE_CONNECTIONS: Count = Some("24"), Machine;
    /// Role that serves, where that is not the schema's owner: whoever migrates, as the owner,
    /// gives it the rights that it needs.
    DATABASE_SERVING_ROLE: RoleName = None, Both;
    /// Secret that holds the URL of the database, so that it stands in no function's configuration.
    DATABASE_SECRET_ARN: SecretArn = None, Functions;
    /// Server of the database, where the secret tells none or a proxy stands before it.
    DATABASE_HOST: HostName = None, Functions;
    /// Folder of the engine's own PostgreSQL; if not set, one under the user's data directory.
    DATA_DIR: PathBuf = None, Machine;
    /// Who executes orders.
    VENUES: Venues = Some("simulated"), Both;
    /// Milliseconds that a simulated quote takes, drawn for each.
    SIM_QUOTE_DELAY_MS: DelayRange = Some("200-350"), Both;
    /// Milliseconds from a simulated submission to its landing, drawn for each.
    SIM_EXECUTION_DELAY_MS: DelayRange = Some("2300-3500"), Both;
    /// Share of simulated submissions that is refused with a retryable error.
    SIM_FAILURE_RATE: Share = Some("0"), Both;
    /// Seed of the simulated price path: same seed, same path.
    SIM_SEED: u64 = Some("1"), Both;
    /// Seconds between two launches of tokens in the simulated market, on average.
    SIM_LAUNCH_EVERY_S: WaitSeconds = Some("240"), Both;
    /// How much simulated prices move: 1 is the usual, 0 keeps the reference price still.
    SIM_VOLATILITY: Volatility = Some("1"), Both;
    /// Nodes that tell of Solana, separated by commas, or `secret:ARN` of a secret that names them;
    /// with two or more, two must agree on what is final. Needed for VENUES=solana.
    SOLANA_RPC_URLS: Nodes = None, Both;
    /// Where the key of the wallet is that trades on Solana: `file:PATH`, `secret:ARN` of a secret
    /// with the text of such a file, or `kms:KEY` of AWS KMS. Who signs needs it for
    /// VENUES=solana.
    SOLANA_SIGNER: WalletKey = None, Both;
    /// File of the tokens and pools that are traded on Solana, or `secret:ARN` of a secret with its
    /// text. Needed for VENUES=solana.
    SOLANA_MARKETS: MarketsFile = None, Both;
    /// Lamports that the network may take for a transaction on Solana at the most.
    SOLANA_MAX_FEE_LAMPORTS: u64 = Some("100000"), Both;
    /// Whether the blocks of Solana are read for new pools, so that sniper orders can be placed. It
    /// takes some megabytes a second from the nodes.
    SOLANA_LAUNCHES: YesNo = Some("no"), Both;
    /// Whether orders may be executed on Solana's mainnet, where they spend real money.
    LIVE_TRADING: YesNo = Some("no"), Both;
    /// Queue of SQS in which orders wait to be executed, which several engines may share; the
    /// region, the credentials and, for an emulator, AWS_ENDPOINT_URL are read as AWS's tools do.
    /// Without it the engine on one machine has a queue of its own.
    QUEUE_URL: HttpUrl = None, Both;
    /// Worker invocations that may run at once.
    WORKER_CONCURRENCY: Count = Some("10"), Both;
    /// Messages that one worker invocation takes at once; from SQS ten at most.
    WORKER_BATCH_SIZE: Count = Some("10"), Both;
    /// Seconds that an order may be expected to wait before it is taken up; beyond, it is refused.
    MAX_WAIT_S: WaitSeconds = Some("60"), Both;
    /// Milliseconds between two looks at the market for the orders that wait.
    WATCH_EVERY_MS: LookMillis = Some("2000"), Machine;
    /// Seconds between two checks, at the most, of an order that waits and is not woken by a price.
    RECHECK_MAX_S: RecheckSeconds = Some("300"), Both;
    /// Days that the audit trail is kept.
    AUDIT_DAYS: KeptDays = Some("400"), Both;
    /// Days that an order is kept after its end, with its events and transactions, before it is
    /// deleted; if not set, for ever.
    RETAIN_DAYS: RetainDays = None, Both;
    /// Names under which the engine may be called, besides localhost and its addresses; with a port
    /// if it is another one than PORT. Empty for none.
    ALLOWED_HOSTS: AllowedHosts = Some(""), Machine;
    /// Proxies whose word counts on how the client called (Forwarded, X-Forwarded-Host and -Proto);
    /// empty for none.
    TRUSTED_PROXIES: Proxies = Some(""), Machine;
    /// Connections that may be open at once; fewer if the system allows fewer open files.
    MAX_CONNECTIONS: u16 = Some("4096"), Machine;
    /// Origins of pages on other hosts that may call the API and open sockets; empty for none.
    ALLOWED_ORIGINS: Origins = Some(""), Both;
    /// The least severe level that is logged.
    LOG_LEVEL: LogLevel = Some("info"), Both;
    /// How logs are written; if not set, pretty on a terminal and json elsewhere.
    LOG_FORMAT: LogFormat = None, Both;
    /// Collector that traces of orders go to, by OTLP over HTTP: `/v1/traces` is added. If not set,
    /// there are none.
    OTEL_EXPORTER_OTLP_ENDPOINT: HttpUrl = None, Both;
    /// Share of orders that have a trace, where there are any. All programs choose the same ones.
    OTEL_TRACES_SAMPLER_ARG: Share = Some("1"), Both;
    /// The running engine that the commands talk to. `localhost:3000` will do, and an address with
    /// `/api` at its end.
    ENGINE_URL: HttpUrl = Some("http://127.0.0.1:3000"), Machine;
    /// The key that the commands show to an engine that asks for keys. There is no option for it:
    /// everybody on a machine sees its command lines.
    ORDER_ENGINE_KEY: ClientKey = None, Machine;
    /// File that holds the key that the commands show to an engine that asks for keys, instead of
    /// ORDER_ENGINE_KEY. Nobody but its owner may read it.
    ORDER_ENGINE_KEY_FILE: PathBuf = None, Machine;
    /// The queue for replay requests of connections that are just opening.
    REPLAY_QUEUE_URL: HttpUrl = None, Functions;
    /// Where pushes go. The address at which clients are told to watch follows from it.
    WS_MANAGEMENT_ENDPOINT: SocketEndpoint = None, Functions;
    /// What stands before `/api` in the addresses that clients use, for example the stage as `/v1`.
    BASE_PATH: BasePath = None, Functions;
}
