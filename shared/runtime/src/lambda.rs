//! How every function on Lambda starts, and serves: environment, logs, metrics, AWS and database
//! once, then event after event.

use std::{sync::Arc, time::Duration};

use api::{Access, Api, SocketAddress, Who};
use auth::TicketOffice;
use aws::{SdkConfig, apigateway, metrics::EmbeddedMetrics, secrets, sqs::SqsQueue};
use config::{
    Configuration, Execution, HostName, Location, Logging, Market, Migrate, Monitor, RetainDays,
    SocketEndpoint, Submit, WalletKey, Websocket, Worker,
};
use engine::{
    execute::{Execute, Shutdown},
    monitor,
    policy::Policy,
    ports::{KeyStore, LimitStore, ReplayQueue},
    relay::Relay,
    stream::OrderStream,
    submit,
    use_cases::UseCases,
};
use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use postgres::{Database, DatabaseError, Migrated, UrlSource};
use serde::{Deserialize, Serialize};

pub use lambda_runtime::Error;

use crate::{
    Traces, Trading, admission::QueueLimit, check_rights, clock, health, logs, migrate_apart,
    statistics, use_cases,
};

/// What the environment of every function has.
pub trait FunctionConfig: Configuration {
    /// How many connections to the database an environment takes at most. It works on one request
    /// at a time, so one is enough; where one event is several orders, a second keeps a slow
    /// statement from stopping the others.
    const CONNECTIONS: usize;

    /// Whether it works on the rows of a schema that is there: all but the one that migrates do.
    const SERVES: bool = true;

    /// How it logs.
    fn logging(&self) -> Logging;

    /// Where its traces go, if it works on orders.
    fn traces(&self) -> Option<&config::Traces> {
        None
    }

    /// Where the database's URL is to be had.
    fn database(&self) -> &config::Database;

    /// By which times and counts it works.
    fn policy(&self) -> Policy {
        Policy::default()
    }
}

fn execution_policy(config: &Execution) -> Policy {
    Policy {
        max_recheck: config.recheck_max.duration(),
        audit_kept: config.audit_days.duration(),
        orders_kept: config.retain_days.map(RetainDays::duration),
        ..Policy::default()
    }
}

macro_rules! function_config {
    ($($config:ty: $connections:literal $({$($own:item)*})?),*) => {$(
        impl FunctionConfig for $config {
            const CONNECTIONS: usize = $connections;

            fn logging(&self) -> Logging {
                self.logging
            }

            fn database(&self) -> &config::Database {
                &self.database
            }

            $($($own)*)?
        }
    )*};
}

function_config!(
    Submit: 1 {
        fn traces(&self) -> Option<&config::Traces> {
            Some(&self.traces)
        }
    },
    Execution: 2 {
        fn traces(&self) -> Option<&config::Traces> {
            Some(&self.traces)
        }

        fn policy(&self) -> Policy {
            execution_policy(self)
        }
    },
    Monitor: 1 {
        fn traces(&self) -> Option<&config::Traces> {
            Some(&self.traces)
        }
    },
    Websocket: 1 {
        fn traces(&self) -> Option<&config::Traces> {
            Some(&self.traces)
        }
    },
    Migrate: 1 {
        const SERVES: bool = false;
    },
    config::Keys: 1
);

impl FunctionConfig for Worker {
    const CONNECTIONS: usize = Execution::CONNECTIONS;

    fn logging(&self) -> Logging {
        self.execution.logging
    }

    fn traces(&self) -> Option<&config::Traces> {
        Some(&self.execution.traces)
    }

    fn database(&self) -> &config::Database {
        &self.execution.database
    }

    fn policy(&self) -> Policy {
        execution_policy(&self.execution)
    }
}

/// What a function was built with. It says so itself: this library has what any program has that it
/// was built together with.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// Its feature `solana`.
    pub solana: bool,
}

/// What a function writes of itself besides its log. It is to leave the program before the end of
/// an invocation, when Lambda freezes it.
#[derive(Clone)]
pub struct Written {
    metrics: EmbeddedMetrics,
    traces: Option<Traces>,
}

impl Written {
    /// Writes what was counted, and sends what was traced.
    pub async fn flush(&self) {
        self.metrics.flush();
        if let Some(traces) = &self.traces {
            traces.flush().await;
        }
    }
}

/// A function that has started.
pub struct Function<C> {
    config: C,
    sdk: SdkConfig,
    database: Database,
    use_cases: UseCases,
    written: Written,
}

impl<C: FunctionConfig> Function<C> {
    /// Reads the environment and connects what it names.
    ///
    /// # Errors
    /// Everything that is missing or wrong, in words for the log.
    pub async fn start() -> Result<Self, Error> {
        let config: C = config::read()?;
        let name = config::function_name();
        let traces = config.traces().map(|traces| Traces::open(traces, &name));
        let traces = traces.transpose().map_err(|error| error.to_string())?;
        let traces = traces.flatten();
        logs::start(config.logging(), traces.as_ref())?;
        let metrics = EmbeddedMetrics::start(&name)?;
        let sdk = aws::sdk().await;
        let access = config.database();
        let secret = Arc::new(Secret {
            sdk: sdk.clone(),
            location: access.location.clone(),
            host: access.host.clone(),
        });
        let (statements, ca) = (access.statements, access.ca.clone());
        let database = crate::open(secret, C::CONNECTIONS, statements, ca).await?;
        if C::SERVES {
            refuse_without_rights(&database).await?;
        }
        Ok(Self {
            use_cases: use_cases(&database, config.policy()),
            config,
            sdk,
            database,
            written: Written { metrics, traces },
        })
    }

    /// Serves events until the environment ends. The handler is told when to come to a safe point.
    ///
    /// # Errors
    /// When the runtime cannot be reached.
    pub async fn serve<E, A, F>(&self, handle: impl Fn(E, Shutdown) -> F) -> Result<(), Error>
    where
        E: for<'de> Deserialize<'de>,
        A: Serialize,
        F: Future<Output = Result<A, Error>>,
    {
        lambda_runtime::run(service_fn(async |event: LambdaEvent<E>| {
            let shutdown = clock::shutdown_before(event.context.deadline());
            let answer = handle(event.payload, shutdown).await;
            self.written.flush().await;
            answer
        }))
        .await
    }

    /// What it has written of itself, to be flushed at the end of each invocation.
    pub fn written(&self) -> Written {
        self.written.clone()
    }

    async fn trading(
        &self,
        build: Build,
        market: &Market,
        wallet: Option<&WalletKey>,
    ) -> Result<Trading, Error> {
        match market {
            Market::Simulated(settings) => Ok(Trading::simulated(&self.database, settings)),
            Market::Solana(_) if !build.solana => Err(OTHER_BUILD.into()),
            Market::Solana(settings) => {
                on_solana(settings, wallet, &self.sdk, &self.database).await
            }
        }
    }
}

/// How long a database is given to tell what a function's login may do. The connection that this
/// takes is the first request's.
const RIGHTS_TOLD: Duration = Duration::from_secs(2);

/// A login without the rights to serve is told at once. A database that does not answer keeps
/// nobody from starting: it may answer the request.
async fn refuse_without_rights(database: &Database) -> Result<(), Error> {
    match tokio::time::timeout(RIGHTS_TOLD, check_rights(database)).await {
        // In words, which a `main` shows as they are.
        Ok(Err(error @ DatabaseError::Rights(_))) => Err(error.to_string().into()),
        Ok(Ok(()) | Err(_)) | Err(_) => Ok(()),
    }
}

const OTHER_BUILD: &str = "VENUES is \"solana\", and this program was built without it: build it \
    with `cargo build --features solana`, or deploy with `localstack/deploy.sh Venues=solana`, \
    which does";

#[cfg(feature = "solana")]
async fn on_solana(
    settings: &config::Solana,
    wallet: Option<&WalletKey>,
    sdk: &SdkConfig,
    database: &Database,
) -> Result<Trading, Error> {
    let opened = crate::open_solana(settings, wallet, Some(sdk)).await;
    let opened = opened.map_err(|error| error.to_string())?; // which a `main` shows as it is
    let (trading, _) = Trading::on_solana(opened, database);
    // Functions of the simulated market do not ask: migrating makes their database theirs.
    let claimed = postgres::claim_chain(database, &trading.chain).await;
    claimed.map_err(|error| error.to_string())?;
    Ok(trading)
}

#[cfg(not(feature = "solana"))]
async fn on_solana(
    _: &config::Solana,
    _: Option<&WalletKey>,
    _: &SdkConfig,
    _: &Database,
) -> Result<Trading, Error> {
    Err(OTHER_BUILD.into())
}

impl Function<Submit> {
    /// The REST API behind API Gateway.
    ///
    /// # Errors
    /// When there is nowhere to trade, in words for the log.
    pub async fn api(&self, build: Build) -> Result<Api, Error> {
        let config = &self.config;
        let trading = self.trading(build, &config.market, None).await?;
        let queue = Arc::new(SqsQueue::new(&self.sdk, &config.queue_url));
        let push = apigateway::push(&self.sdk, &config.sockets);
        let keys = crate::keys(&self.database);
        let clock = Arc::clone(&self.use_cases.clock);
        Ok(Api {
            access: Access {
                who: Who::WithKey(auth::Keys::new(keys.clone(), clock.clone())),
                tickets: TicketOffice::new(keys.clone(), clock),
            },
            keys,
            limits: crate::limits(&self.database),
            audit_trail: crate::audit_trail(&self.database),
            cancel: self
                .use_cases
                .cancel(queue.clone(), push, trading.ports.chain.clone()),
            submit: submit::Submit {
                admission: Arc::new(QueueLimit::new(
                    queue.clone(),
                    self.database.clone(),
                    config.workers.slots(),
                    config.max_wait.duration(),
                )),
                ..self.use_cases.submit(queue)
            },
            router: self.use_cases.router(&trading.ports),
            reader: Arc::clone(&self.use_cases.reader),
            statistics: statistics(&self.database),
            // The workers are another function: their queue's alarms tell how they are.
            health: health(&self.database, vec![postgres::relay_check(&self.database)]),
            candles: self
                .use_cases
                .candles(&trading.ports, Arc::clone(&trading.catalogue)),
            catalogue: trading.catalogue,
            launches: trading.ports.launches,
            launch_log: Arc::clone(&self.use_cases.launch_log),
            sockets: socket_address(&config.sockets),
            allowed_origins: config.allowed_origins.texts(),
            base_path: config.base_path.as_str().to_owned(),
            max_in_flight: 1, // Lambda gives an environment one request at a time
        })
    }
}

impl Function<Worker> {
    /// Executes orders.
    ///
    /// # Errors
    /// When there is nowhere to trade, in words for the log.
    pub async fn execute(&self, build: Build) -> Result<Execute, Error> {
        let config = &self.config.execution;
        let wallet = self.config.wallet.as_ref();
        let trading = self.trading(build, &config.market, wallet).await?;
        let queue = Arc::new(SqsQueue::new(&self.sdk, &config.queue_url));
        let push = apigateway::push(&self.sdk, &config.sockets);
        Ok(self.use_cases.execute(queue, push, &trading.ports))
    }
}

impl Function<Execution> {
    /// Catches up. It signs nothing.
    ///
    /// # Errors
    /// When there is nowhere to trade, in words for the log.
    pub async fn relay(&self, build: Build) -> Result<Relay, Error> {
        let trading = self.trading(build, &self.config.market, None).await?;
        let queue = Arc::new(SqsQueue::new(&self.sdk, &self.config.queue_url));
        let push = apigateway::push(&self.sdk, &self.config.sockets);
        Ok(self.use_cases.relay(queue, push, &trading.ports))
    }
}

impl Function<Monitor> {
    /// Wakes orders.
    ///
    /// # Errors
    /// When there is nowhere to trade, in words for the log.
    pub async fn monitor(&self, build: Build) -> Result<monitor::Monitor, Error> {
        let trading = self.trading(build, &self.config.market, None).await?;
        let queue = Arc::new(SqsQueue::new(&self.sdk, &self.config.queue_url));
        let use_cases = &self.use_cases;
        Ok(use_cases.monitor(queue, &trading.ports, trading.catalogue))
    }
}

impl Function<Websocket> {
    /// Keeps subscribers informed.
    pub fn stream(&self) -> OrderStream {
        let push = apigateway::push(&self.sdk, &self.config.sockets);
        self.use_cases.stream(push)
    }

    /// Lets in who shows a ticket.
    pub fn tickets(&self) -> TicketOffice {
        let clock = Arc::clone(&self.use_cases.clock);
        TicketOffice::new(crate::keys(&self.database), clock)
    }

    /// Where requests go that come while a connection is opening.
    pub fn replays(&self) -> Arc<dyn ReplayQueue> {
        Arc::new(SqsQueue::new(&self.sdk, &self.config.replay_queue_url))
    }

    /// Origins of pages that may open a socket.
    pub fn allowed_origins(&self) -> Vec<String> {
        self.config.allowed_origins.texts()
    }
}

impl Function<Migrate> {
    /// Brings the database to this build's schema, and gives the role that serves its rights.
    ///
    /// # Errors
    /// As [`migrate_apart`].
    pub async fn migrate(&self) -> Result<Migrated, Error> {
        let (venues, serving) = (self.config.venues, self.config.serving_role.as_ref());
        // Boxed: the future is deeper than the compiler goes.
        let migrated = migrate_apart(&self.database, venues, serving).boxed();
        Ok(migrated.await?)
    }
}

impl Function<config::Keys> {
    /// Where keys are kept.
    pub fn keys(&self) -> Arc<dyn KeyStore> {
        crate::keys(&self.database)
    }

    /// Where limits are kept.
    pub fn limits(&self) -> Arc<dyn LimitStore> {
        crate::limits(&self.database)
    }

    /// The time by the database's clock, as far as it is known.
    pub fn now(&self) -> Timestamp {
        self.database.now()
    }
}

/// The database's URL, which may be a secret that is rotated.
struct Secret {
    sdk: SdkConfig,
    location: Location,
    host: Option<HostName>,
}

impl UrlSource for Secret {
    fn url(&self) -> BoxFuture<'_, Result<String, String>> {
        async {
            match secrets::database_url(&self.sdk, &self.location, self.host.as_ref()).await {
                Ok(url) => Ok(url.as_str().to_owned()),
                Err(error) => Err(error.to_string()),
            }
        }
        .boxed()
    }
}

fn socket_address(sockets: &SocketEndpoint) -> SocketAddress {
    sockets
        .client_url()
        .map_or(SocketAddress::Absent, SocketAddress::Fixed)
}
