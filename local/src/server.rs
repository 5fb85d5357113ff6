//! The server of one machine: how the parts come together, live and end.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use api::{Access, Who};
use auth::{Keys, TicketOffice};
use aws::sqs::NoQueue;
use config::{Auth, HttpUrl, METRICS_TOKEN, NotAllowed, QUEUE_URL, RetainDays};
use embedded_postgres::StartError;
use engine::{
    execute::Shutdown,
    policy::Policy,
    ports::{Clock, EverybodyIsLocal, HealthCheck, KeyStore},
    submit::Submit,
};
use futures::FutureExt;
use postgres::SIMULATED;
use runtime::Trading;
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot, watch},
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use uuid::Uuid;
use websocket::{Door, Sockets};

use crate::{
    database::{self, NoDatabase, Ready},
    door::{self, House},
    engines::{Engines, Place},
    freshness::RelayRounds,
    gateway::Gateway,
    looks, metrics,
    options::Serve,
    orders_queue::OrdersQueue,
    own_postgres::OwnPostgres,
    queue::{Capacity, LocalQueue},
    reclaim,
    sqs::SharedQueue,
    timer::{self, Start},
    trading::{self, NoTrading},
    web::{self, Served},
    workers::{self, Invocations, Limits},
};

/// How long a message stays with a worker that says nothing.
const VISIBILITY: Duration = Duration::from_secs(30);
/// How long running steps may take to reach a safe point.
const SAFE_POINT: Duration = Duration::from_secs(5);
/// How long answers that are being given may take to be given.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// The queue is in this process and loses nothing while it lives, or is SQS and loses nothing, so a
/// message may wait there for a while.
const RELAY_GRACE: Duration = Duration::from_secs(10);

/// A relay without a round for longer is not well. One whose statements all run into their limits
/// takes about as long.
const RELAY_STALE: Duration = Duration::from_secs(30);

/// A running engine.
pub struct Server {
    address: SocketAddr,
    database: String,
    folder: Option<PathBuf>,
    queue: OrdersQueue,
    gateway: Arc<Gateway>,
    invocations: Arc<Invocations>,
    shutdown: oneshot::Sender<()>,
    listener: JoinHandle<()>,
    workers: JoinSet<()>,
    engines: Engines,
    postgres: Option<OwnPostgres>,
    haste: Haste,
}

/// Says, while a stop is under way, that it has to come to its end at once: nothing is waited for
/// any more but the end of the engine's own PostgreSQL, which is cut short, too.
#[derive(Clone)]
pub struct Haste {
    asked: watch::Sender<bool>,
    postgres: Option<embedded_postgres::Haste>,
}

impl Haste {
    /// From now on.
    pub fn now(&self) {
        if let Some(postgres) = &self.postgres {
            postgres.now();
        }
        self.asked.send_replace(true);
    }

    /// Waits for something, for so long, or until there is haste; answers whether it came.
    async fn wait<T>(&self, longest: Duration, what: impl Future<Output = T>) -> bool {
        let mut asked = self.asked.subscribe();
        tokio::select! {
            done = timeout(longest, what) => done.is_ok(),
            _ = asked.wait_for(|asked| *asked) => false,
        }
    }
}

/// Why an engine that runs cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Its own PostgreSQL has ended and cannot be started again.
    #[error("its PostgreSQL has ended and cannot be started again: {0}")]
    Postgres(StartError),
    /// It does not listen any more.
    #[error("it does not listen any more")]
    Listener,
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// Somebody else listens there.
    #[error("cannot listen on {address}: {cause}{}", hint(.cause))]
    Port {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// Others reach it, and would be refused.
    #[error(
        "HOST={0} lets other machines in, and AUTH=loopback serves none of them: \
        set AUTH=keys, or AUTH=open where something else guards the port"
    )]
    Exposed(IpAddr),
    /// What opens the metrics is none.
    #[error("METRICS_TOKEN: {0}")]
    MetricsToken(#[from] NotAllowed),
    /// There is nowhere to trade.
    #[error(transparent)]
    Trading(#[from] NoTrading),
    /// There is no queue.
    #[error("{}={url}: {cause}", QUEUE_URL.name)]
    Queue {
        /// The one that was named.
        url: HttpUrl,
        /// What is wrong with it.
        cause: NoQueue,
    },
    /// There is no database.
    #[error(transparent)]
    Database(#[from] NoDatabase),
}

fn hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::AddrInUse => " (another program uses the port; choose one with --port)",
        _ => "",
    }
}

impl Server {
    /// Starts with the venues that the options name.
    ///
    /// # Errors
    /// [`NotStarted`] with what is wrong and what to do.
    pub async fn start(options: &Serve) -> Result<Self, NotStarted> {
        Self::start_with(options, |trading| trading).await
    }

    /// Starts with other venues, or other ways to reach them.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_with(
        options: &Serve,
        change: impl FnOnce(Trading) -> Trading,
    ) -> Result<Self, NotStarted> {
        if options.auth == Auth::Loopback && !options.host.to_canonical().is_loopback() {
            return Err(NotStarted::Exposed(options.host));
        }
        let token = options
            .metrics_token
            .as_deref()
            .filter(|token| !token.is_empty());
        let metrics_token = token.map(|token| METRICS_TOKEN.parse(token)).transpose()?;
        let recorder = metrics::recorder(); // first: what is counted before is lost
        let listener = listen(options).await?;
        let address = listener
            .local_addr()
            .unwrap_or_else(|_| (options.host, options.port).into());
        let shared = shared_queue(options).await?;
        let on_chain = trading::on_chain(options).await?;
        let genesis = on_chain.as_ref().map(|opened| opened.genesis.to_string());
        let chain = genesis.as_deref().unwrap_or(SIMULATED);
        let Ready {
            database,
            server: postgres,
        } = database::ready(options, chain).await?;
        let target = database.target().to_owned();
        let postgres = postgres.map(OwnPostgres::keep);
        let (trading, reclaim) = match on_chain {
            Some(opened) => Trading::on_solana(opened, &database),
            None => (Trading::simulated(&database, &options.trading()), None),
        };
        let trading = change(trading);
        let policy = Policy {
            relay_grace: RELAY_GRACE,
            max_recheck: options.recheck_max_s.duration(),
            audit_kept: options.audit_days.duration(),
            orders_kept: options.retain_days.map(RetainDays::duration),
            ..Policy::default()
        };
        let mut use_cases = runtime::use_cases(&database, policy);
        if options.auth != Auth::Keys {
            use_cases.connections = Arc::new(EverybodyIsLocal);
        }
        let keys = runtime::keys(&database);
        let access = access(options.auth, &keys, &use_cases.clock);

        let gateway = Arc::new(Gateway::new(Uuid::new_v4()));
        let place = match &postgres {
            Some(_) => Place::own_database(),
            None => Place::address(address),
        };
        let (mut engines, alone) = Engines::join(&database, &gateway, place).await;
        let alone_again = Arc::<Notify>::default();
        let push = engines.begin(&use_cases, alone_again.clone());

        if alone
            && postgres.is_some()
            && let Err(error) = runtime::take_over(&database).await
        {
            tracing::warn!(%error, "orders of a former process wait for their leases");
        }

        let capacity = Capacity {
            slots: u32::from(options.worker_concurrency) * u32::from(options.worker_batch_size),
            max_wait: options.max_wait_s.duration(),
            max_backlog: use_cases.policy.market_lifetime / 3,
        };
        let queue = match shared {
            Some(queue) => OrdersQueue::shared(queue, capacity, &database),
            None => OrdersQueue::Own(Arc::new(LocalQueue::new(VISIBILITY, capacity))),
        };
        let entrance = queue.entrance();
        let (begin_shutdown, begun) = oneshot::channel();
        let shutdown: Shutdown = begun.map(drop).boxed().shared();
        let execute = use_cases.execute(entrance.clone(), push.clone(), &trading.ports);
        let limits = Limits {
            concurrency: options.worker_concurrency,
            batch_size: options.worker_batch_size,
        };
        let invocations = Arc::new(Invocations::new(limits.concurrency, VISIBILITY));
        let mut workers = workers::start(&queue, &execute, limits, &shutdown, &invocations);
        let rounds = Arc::new(RelayRounds::new(RELAY_STALE));
        let start = match queue.outlives_engines() {
            true => Start::default(),
            false => Start { alone, alone_again },
        };
        workers.spawn(timer::keep(
            use_cases.relay(entrance.clone(), push.clone(), &trading.ports),
            Arc::clone(&rounds),
            start,
            shutdown.clone(),
        ));
        workers.spawn(looks::keep(
            use_cases.monitor(entrance.clone(), &trading.ports, trading.catalogue.clone()),
            options.watch_every_ms.duration(),
            shutdown.clone(),
        ));
        if let Some(reclaim) = reclaim {
            workers.spawn(reclaim::keep(reclaim, shutdown.clone()));
        }
        let mut fresh: Vec<Arc<dyn HealthCheck>> = vec![rounds, invocations.slots.clone()];
        fresh.extend(queue.health());

        let most = door::room_for(options.max_connections.into());
        let served = Served {
            most_sockets: most - most / 4,
            keys,
            limits: runtime::limits(&database),
            audit_trail: runtime::audit_trail(&database),
            submit: Submit {
                admission: queue.admission(),
                ..use_cases.submit(entrance.clone())
            },
            cancel: use_cases.cancel(entrance, push.clone(), trading.ports.chain.clone()),
            router: use_cases.router(&trading.ports),
            reader: Arc::clone(&use_cases.reader),
            statistics: runtime::statistics(&database),
            health: runtime::health(&database, fresh),
            sockets: Sockets {
                stream: use_cases.stream(push),
                replays: gateway.clone(),
                door: match options.auth {
                    Auth::Loopback | Auth::Open => Door::Open,
                    Auth::Keys => Door::WithTicket(access.tickets.clone()),
                },
                allowed_origins: options.allowed_origins.texts(),
            },
            candles: use_cases.candles(&trading.ports, trading.catalogue.clone()),
            catalogue: trading.catalogue,
            launches: trading.ports.launches,
            launch_log: Arc::clone(&use_cases.launch_log),
            access,
            gateway: gateway.clone(),
            queue: queue.clone(),
            database,
            house: House::new(options),
            recorder,
            metrics_token,
            address: address.to_string(),
        };
        let routes = web::routes(served);
        let listening = tokio::spawn(door::serve(listener, routes, most, shutdown));
        Ok(Self {
            address,
            database: target,
            folder: database::own_folder(&options.storage),
            queue,
            gateway,
            invocations,
            shutdown: begin_shutdown,
            listener: listening,
            workers,
            engines,
            haste: Haste {
                asked: watch::Sender::new(false),
                postgres: postgres.as_ref().map(OwnPostgres::haste),
            },
            postgres,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Host, port and name of its database, without the password.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The folder of its own PostgreSQL, if it has one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Its queue, for a look from outside, if that is in this process.
    pub fn queue(&self) -> Option<&LocalQueue> {
        match &self.queue {
            OrdersQueue::Own(queue) => Some(queue),
            OrdersQueue::Shared(..) => None,
        }
    }

    /// The address of its queue, if that is in SQS.
    pub fn queue_url(&self) -> Option<&str> {
        match &self.queue {
            OrdersQueue::Own(_) => None,
            OrdersQueue::Shared(queue, _) => Some(queue.url().as_str()),
        }
    }

    /// How many worker invocations ran at once at the most.
    pub fn most_invocations(&self) -> usize {
        self.invocations.most_at_once()
    }

    /// Resolves when a part has failed without which nothing works, and which cannot begin anew.
    pub async fn failed(&mut self) -> Failed {
        let postgres = async {
            match &mut self.postgres {
                Some(postgres) => postgres.failed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            error = postgres => Failed::Postgres(error),
            _ = &mut self.listener => Failed::Listener,
        }
    }

    /// To say, while it is being stopped, that it has to end at once.
    pub fn haste(&self) -> Haste {
        self.haste.clone()
    }

    /// Ends in order: no new orders, running steps to a safe point, sockets closed, its own
    /// PostgreSQL stopped.
    pub async fn stop(mut self) {
        let _ = self.shutdown.send(()); // everything listens for it, or has ended already
        let safe = async { while self.workers.join_next().await.is_some() {} };
        if !self.haste.wait(SAFE_POINT, safe).await {
            tracing::warn!(
                "a step did not reach a safe point in time; the next start takes its order up"
            );
            self.workers.shutdown().await;
        }
        self.gateway.close_all();
        if !self.haste.wait(LAST_ANSWERS, self.gateway.emptied()).await {
            tracing::debug!("a client did not say goodbye");
        }
        self.engines.leave().await;
        if !self.listener.is_finished() && !self.haste.wait(LAST_ANSWERS, &mut self.listener).await
        {
            self.listener.abort();
        }
        if let Some(postgres) = self.postgres
            && let Err(error) = postgres.stop().await
        {
            tracing::warn!(%error, "PostgreSQL did not stop as asked");
        }
    }
}

fn access(auth: Auth, keys: &Arc<dyn KeyStore>, clock: &Arc<dyn Clock>) -> Access {
    let (keys, clock) = (Arc::clone(keys), Arc::clone(clock));
    Access {
        who: match auth {
            Auth::Loopback => Who::ThisMachine,
            Auth::Open => Who::Everybody,
            Auth::Keys => Who::WithKey(Keys::new(keys.clone(), clock.clone())),
        },
        tickets: TicketOffice::new(keys, clock),
    }
}

/// Asks SQS for the queue, if one is named.
async fn shared_queue(options: &Serve) -> Result<Option<SharedQueue>, NotStarted> {
    let Some(url) = &options.queue_url else {
        return Ok(None);
    };
    let opened = SharedQueue::open(url, VISIBILITY).await;
    opened.map(Some).map_err(|cause| NotStarted::Queue {
        url: url.clone(),
        cause,
    })
}

async fn listen(options: &Serve) -> Result<TcpListener, NotStarted> {
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address)
        .await
        .map_err(|cause| NotStarted::Port { address, cause })
}
