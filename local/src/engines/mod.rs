//! This engine among others on one PostgreSQL: it shows that it lives, takes the silent for dead,
//! and passes on what others have to say to its connections.
//!
//! Orders need none of this: leases and the outbox share them among whoever is there. Sockets do,
//! for a connection lives in one engine, and an order may be executed by another.

mod heartbeat;
mod inbox;
mod place;
mod sockets;

use std::sync::Arc;

use engine::{
    observe,
    ports::{Push, StoreError},
    use_cases::UseCases,
};
use postgres::{Database, Deliveries, Membership};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use crate::gateway::Gateway;
use heartbeat::Heartbeat;
use inbox::Inbox;
pub(crate) use place::Place;
use sockets::{EventLog, Sockets};

/// What an engine has to do with others.
pub(crate) struct Engines {
    membership: Membership,
    deliveries: Deliveries,
    gateway: Arc<Gateway>,
    place: Place,
    tasks: JoinSet<()>,
}

impl Engines {
    /// Joins those that share the database. Answers also whether there is no other one.
    pub(crate) async fn join(
        database: &Database,
        gateway: &Arc<Gateway>,
        place: Place,
    ) -> (Self, bool) {
        let engines = Self {
            membership: Membership::new(database.clone(), gateway.engine()),
            deliveries: Deliveries::new(database.clone()),
            gateway: Arc::clone(gateway),
            place,
            tasks: JoinSet::new(),
        };
        let alone = match engines.membership_begins().await {
            Ok(others) => others == 0,
            Err(error) => {
                observe::sharing_failed("join", &error);
                false // the heartbeat tries again; until it is known, nobody's work is taken
            }
        };
        (engines, alone)
    }

    /// Answers how many others there are.
    async fn membership_begins(&self) -> Result<usize, StoreError> {
        let Place { exclusive, process } = &self.place;
        if let Some(place) = exclusive {
            self.membership.succeed(place).await?;
        }
        self.membership
            .join(exclusive.as_deref(), process.as_deref())
            .await?;
        let others = self.membership.beat().await?.others;
        let dead = heartbeat::dead(&others);
        if !dead.is_empty() {
            self.membership.bury(&dead).await?;
        }
        Ok(others.len() - dead.len())
    }

    /// Begins to show that this engine lives and to pass on what others send. Answers the way to
    /// the connections of all engines. `alone_again` is told when the last other one is found dead.
    pub(crate) fn begin(
        &mut self,
        use_cases: &UseCases,
        alone_again: Arc<Notify>,
    ) -> Arc<dyn Push> {
        let log = EventLog {
            log: Arc::clone(&use_cases.log),
            encode: use_cases.encode,
        };
        let (company, in_company) = watch::channel(false);
        let heartbeat = Heartbeat {
            membership: self.membership.clone(),
            gateway: Arc::clone(&self.gateway),
            place: self.place.clone(),
            company,
            alone_again,
        };
        let inbox = Inbox {
            deliveries: self.deliveries.clone(),
            gateway: Arc::clone(&self.gateway),
            subscriptions: Arc::clone(&use_cases.subscriptions),
            log: log.clone(),
        };
        self.tasks.spawn(heartbeat.run());
        self.tasks.spawn(inbox.run(in_company));
        Arc::new(Sockets {
            gateway: Arc::clone(&self.gateway),
            deliveries: self.deliveries.clone(),
            log,
        })
    }

    /// Leaves the others. Only after this engine's connections are closed.
    pub(crate) async fn leave(mut self) {
        self.tasks.shutdown().await;
        if let Err(error) = self.membership.leave().await {
            observe::sharing_failed("leave", &error);
        }
    }
}
