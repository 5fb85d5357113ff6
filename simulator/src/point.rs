//! The await points: everywhere a process waits for something outside, and may die waiting.

macro_rules! points {
    ($($point:ident $service:ident $name:literal,)+) => {
        /// A place where a process waits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Point { $($point,)+ }

        impl Point {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$point),+];

            /// What the trace calls it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$point => $name,)+ }
            }

            /// Who is waited for.
            pub(crate) const fn service(self) -> Service {
                match self { $(Self::$point => Service::$service,)+ }
            }
        }
    };
}

points! {
    Insert Store "orders.insert",
    Claim Store "orders.claim",
    Append Store "orders.append",
    WaitAgain Store "orders.wait_again",
    Renew Store "orders.renew",
    Release Store "orders.release",
    Order Store "orders.order",
    Page Store "orders.page",
    Ping Store "orders.ping",
    Events Store "orders.events",
    Due Store "outbox.due",
    Delayed Store "outbox.delayed",
    MarkSent Store "outbox.mark_sent",
    RequeueStuck Store "outbox.requeue_stuck",
    Overdue Store "outbox.overdue",
    Purge Store "outbox.purge",
    Audit Store "audit.audit",
    AuditConditional Store "audit.audit_conditional",
    Stats Store "outbox.stats",
    WakeAt Store "waiting.wake_at",
    WakeDue Store "waiting.wake_due",
    WakeLaunched Store "waiting.wake_launched",
    Cursor Store "launch_log.cursor",
    KeepLaunches Store "launch_log.keep",
    LaunchesOfMint Store "launch_log.of_mint",
    NewestLaunches Store "launch_log.newest",
    NotePrices Store "prices.note",
    Candles Store "prices.candles",
    Subscribe Store "subscriptions.subscribe",
    GoLive Store "subscriptions.go_live",
    Live Store "subscriptions.live",
    SubscribeAll Store "subscriptions.subscribe_all",
    UnsubscribeAll Store "subscriptions.unsubscribe_all",
    Unsubscribe Store "subscriptions.unsubscribe",
    Forget Store "subscriptions.forget",
    Undelivered Store "subscriptions.undelivered",
    Enqueue Queue "queue.send",
    Waiting Queue "queue.waiting",
    Receive Queue "queue.receive",
    Acknowledge Queue "queue.delete",
    Quote Inside "venue.quote",
    MarginalPrice Inside "venue.marginal_price",
    Prepare Inside "chain.prepare",
    Send Chain "chain.send",
    Height Chain "chain.finalized_height",
    Status Chain "chain.status",
    Landed Chain "chain.landed",
    LaunchesCreated Chain "launches.created",
    Inspect Chain "launches.inspect",
    Push Gateway "push.push",
    Close Gateway "push.close",
    Sleep Inside "clock.sleep",
}

/// Something outside that is called over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Store,
    Queue,
    Chain,
    Gateway,
    /// Nothing outside, or something that brings its own faults.
    Inside,
}

/// When, relative to the effect of the call, something happens to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The call was not sent.
    Before,
    /// The call is on its way and takes effect without the caller.
    InFlight,
    /// The effect happened; the caller does not know.
    After,
}

impl Phase {
    pub(crate) const ALL: [Self; 3] = [Self::Before, Self::InFlight, Self::After];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Outside of the engine: whoever posts orders and follows them. Never killed.
    Clients,
    Submit,
    Worker,
    Relay,
    Monitor,
    Socket,
}

impl Role {
    pub(crate) const ALL: [Self; 6] = [
        Self::Clients,
        Self::Submit,
        Self::Worker,
        Self::Relay,
        Self::Monitor,
        Self::Socket,
    ];
}

/// Which crash points (role × await point × phase) processes came by, and at which of them one was
/// killed.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    reached: Vec<bool>,
    crashed: Vec<bool>,
}

impl Coverage {
    pub(crate) fn new() -> Self {
        let size = Role::ALL.len() * Point::ALL.len() * Phase::ALL.len();
        Self {
            reached: vec![false; size],
            crashed: vec![false; size],
        }
    }

    fn index(role: Role, point: Point, phase: Phase) -> usize {
        (role as usize * Point::ALL.len() + point as usize) * Phase::ALL.len() + phase as usize
    }

    pub(crate) fn reach(&mut self, role: Role, point: Point) {
        for phase in Phase::ALL {
            self.reached[Self::index(role, point, phase)] = true;
        }
    }

    pub(crate) fn crash(&mut self, role: Role, point: Point, phase: Phase) {
        self.crashed[Self::index(role, point, phase)] = true;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let join = |ours: &mut Vec<bool>, theirs: &[bool]| {
            ours.iter_mut().zip(theirs).for_each(|(a, b)| *a |= b);
        };
        join(&mut self.reached, &other.reached);
        join(&mut self.crashed, &other.crashed);
    }

    /// Crash points at which a process was killed, and crash points that a process came by.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let count = |flags: &[bool]| flags.iter().filter(|&&flag| flag).count();
        (count(&self.crashed), count(&self.reached))
    }
}
