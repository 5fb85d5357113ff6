//! The server of one machine: how the parts come together, live and end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use engine::{execute::Shutdown, policy::Policy};
use futures::FutureExt;
use runtime::Trading;
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use websocket::Sockets;

use crate::{
    database::{self, NoDatabase, Ready},
    door::{self, House},
    gateway::Gateway,
    metrics,
    options::Serve,
    queue::LocalQueue,
    timer,
    web::{self, Served},
    workers::{self, Invocations, Limits},
};

/// How long a message stays with a worker that says nothing.
const VISIBILITY: Duration = Duration::from_secs(30);
/// How long running steps may take to reach a safe point.
const SAFE_POINT: Duration = Duration::from_secs(5);
/// How long answers that are being given may take to be given.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
/// The queue is in this process and loses nothing while it lives, so a message may wait there for a
/// while.
const RELAY_GRACE: Duration = Duration::from_secs(10);

/// A running engine.
pub struct Server {
    address: SocketAddr,
    queue: Arc<LocalQueue>,
    gateway: Arc<Gateway>,
    invocations: Arc<Invocations>,
    shutdown: oneshot::Sender<()>,
    listener: JoinHandle<()>,
    workers: JoinSet<()>,
    postgres: Option<embedded_postgres::Server>,
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
        let listener = listen(options).await?;
        let address = listener
            .local_addr()
            .unwrap_or_else(|_| (options.host, options.port).into());
        let Ready {
            database,
            server: postgres,
        } = database::ready(
            options.database_url.as_deref(),
            options.data_dir.as_deref(),
            options.venues,
        )
        .await?;
        let trading = change(Trading::new(&database, &options.trading()));
        let policy = Policy {
            relay_grace: RELAY_GRACE,
            ..Policy::default()
        };
        let use_cases = runtime::use_cases(&database, policy);

        if postgres.is_some()
            && let Err(error) = runtime::take_over(&database).await
        {
            tracing::warn!(%error, "orders of a former process wait for their leases");
        }

        let (queue, gateway) = (
            Arc::new(LocalQueue::new(VISIBILITY)),
            Arc::<Gateway>::default(),
        );
        let (begin_shutdown, begun) = oneshot::channel();
        let shutdown: Shutdown = begun.map(drop).boxed().shared();
        let execute = use_cases.execute(queue.clone(), gateway.clone(), &trading.ports);
        let limits = Limits {
            concurrency: options.worker_concurrency,
            batch_size: options.worker_batch_size,
        };
        let invocations = Arc::<Invocations>::default();
        let mut workers = workers::start(&queue, &execute, limits, &shutdown, &invocations);
        workers.spawn(timer::run(
            use_cases.relay(queue.clone(), gateway.clone(), &trading.ports),
            shutdown.clone(),
        ));

        let served = Served {
            submit: use_cases.submit(queue.clone()),
            router: use_cases.router(&trading.ports),
            reader: Arc::clone(&use_cases.reader),
            sockets: Sockets {
                stream: use_cases.stream(gateway.clone()),
                replays: gateway.clone(),
                allowed_origins: options.allowed_origins.texts(),
            },
            catalogue: trading.catalogue,
            gateway: gateway.clone(),
            queue: queue.clone(),
            house: House::new(options),
            recorder: metrics::recorder(),
            address: address.to_string(),
        };
        let routes = web::routes(served);
        let most = options.max_connections.into();
        let listening = tokio::spawn(door::serve(listener, routes, most, shutdown));
        Ok(Self {
            address,
            queue,
            gateway,
            invocations,
            shutdown: begin_shutdown,
            listener: listening,
            workers,
            postgres,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its queue, for a look from outside.
    pub fn queue(&self) -> &LocalQueue {
        &self.queue
    }

    /// How many worker invocations ran at once at the most.
    pub fn most_invocations(&self) -> usize {
        self.invocations.most_at_once()
    }

    /// Ends in order: no new orders, running steps to a safe point, sockets closed, its own
    /// PostgreSQL stopped.
    pub async fn stop(mut self) {
        let _ = self.shutdown.send(()); // everything listens for it, or has ended already
        let safe = timeout(SAFE_POINT, async {
            while self.workers.join_next().await.is_some() {}
        })
        .await;
        if safe.is_err() {
            tracing::warn!(
                "a step did not reach a safe point in time; the next start takes its order up"
            );
            self.workers.shutdown().await;
        }
        self.gateway.close_all();
        if timeout(LAST_ANSWERS, &mut self.listener).await.is_err() {
            self.listener.abort();
        }
        if let Some(postgres) = self.postgres
            && let Err(error) = tokio::task::spawn_blocking(|| postgres.stop())
                .await
                .unwrap_or(Ok(()))
        {
            tracing::warn!(%error, "PostgreSQL did not stop as asked");
        }
    }
}

async fn listen(options: &Serve) -> Result<TcpListener, NotStarted> {
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address)
        .await
        .map_err(|cause| NotStarted::Port { address, cause })
}
