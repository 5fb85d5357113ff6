//! Orders that wait, and those that are stopped.

use std::time::Duration;

use engine::{
    order::{
        Canceller, Cause, ClientOrderId, ExecutablePrice, Fired, Lifetime, Limit, LimitPrice,
        NewOrder, Order, OrderEvent, OrderKind, SlippageTolerance, Status, TimeInForce, Token,
        Unmet, WaitingReason,
    },
    ports::{
        Appended, Authority, Claim, ExecuteOrder, Grace, Inserted, LeasedOrder, Next, StoreError,
        Transition, Wake,
    },
    routing::VenueId,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreFixture,
    fixture::{HOUR, MOMENT, Move, messages, new_order, routing},
};

pub(super) async fn check(fixture: &StoreFixture) {
    a_name_is_one_orders_for_ever(fixture).await;
    those_whose_price_is_met_are_woken_once_the_lowest_first(fixture).await;
    what_is_to_be_looked_at_again_is_woken_and_waits_again(fixture).await;
    an_order_that_a_late_message_begins_is_brought_back_like_any_other(fixture).await;
    an_order_whose_time_has_ended_is_woken(fixture).await;
    whoever_stops_an_order_raises_the_fence(fixture).await;
    whoever_has_not_seen_all_of_it_stops_nothing(fixture).await;
}

/// A limit order of a pair of its own, so that others do not wake it.
pub(super) fn limit_order(price: u32, expires_at: Timestamp, token_in: &str) -> NewOrder {
    let mut order = new_order();
    order.swap.token_in = Token {
        symbol: token_in.into(),
        decimals: 9,
    };
    order.kind = OrderKind::Limit(Limit {
        slippage: SlippageTolerance::DEFAULT,
        price: LimitPrice::new(price.into()).expect("a price"),
        time_in_force: TimeInForce::Gtd,
        expires_at,
    });
    order
}

fn unmet() -> Unmet {
    Unmet {
        reason: WaitingReason::LimitNotMet,
        best: None,
    }
}

fn waiting_started(wake: Wake) -> Move {
    let event = OrderEvent::WaitingStarted {
        unmet: unmet(),
        pool: None,
        settled: None,
    };
    Move {
        next: Next::Wait(wake),
        ..event.into()
    }
}

pub(super) fn at_price(price: u32) -> Wake {
    Wake {
        at_price: Some(price.into()),
        ..Wake::default()
    }
}

impl StoreFixture {
    /// This moment, by the store's clock.
    async fn now(&self) -> Timestamp {
        let message = self.stored().await;
        self.read(&message).await.created_at
    }

    pub(super) async fn later(&self) -> Timestamp {
        self.now().await + HOUR
    }

    /// An order that waits.
    pub(super) async fn waits(&self, order: &NewOrder, wake: Wake) -> ExecuteOrder {
        let lifetime = match &order.kind {
            OrderKind::Limit(limit) => Lifetime::Until(limit.expires_at),
            OrderKind::Sniper(sniper) => Lifetime::Until(sniper.expires_at),
            OrderKind::Market(_) => Lifetime::For(HOUR),
        };
        let inserted = self.writer.insert(order, lifetime).await;
        assert_eq!(inserted.expect("the store answers"), Inserted::New);
        let first = ExecuteOrder {
            id: order.id,
            attempt: 1,
        };
        let mut leased = self.leased(&first).await;
        self.moved(&mut leased, routing()).await;
        self.moved(&mut leased, waiting_started(wake)).await;
        ExecuteOrder {
            id: order.id,
            attempt: 2,
        }
    }

    pub(super) async fn woken_at(&self, token_in: &str, price: u32) -> Vec<ExecuteOrder> {
        let woken = self.waiting.wake_at(token_in, "USDC", price.into(), 100);
        messages(woken.await)
    }

    async fn is_woken_now(&self, message: &ExecuteOrder) -> bool {
        let woken = self.waiting.wake_due(1_000).await;
        messages(woken).contains(message)
    }

    async fn wait_again(&self, leased: &LeasedOrder) -> Result<(), StoreError> {
        let (lease, unmet, wake) = (leased.lease(), unmet(), at_price(80));
        self.writer.wait_again(&lease, &unmet, &wake).await
    }

    async fn stop(&self, seen: &Order) -> Result<Appended, StoreError> {
        let (by, settled) = (Canceller::Client, None);
        let event = OrderEvent::Cancelled { by, settled };
        let mut after = seen.clone();
        let entry = after.entry(event).expect("a legal move");
        let transition = Transition {
            actor: None,
            by: Authority::Seen {
                order: seen.id,
                status: seen.status,
                seq: seen.last_seq,
            },
            entries: &[entry],
            order: &after,
            transaction: None,
            next: Next::Close,
        };
        self.writer.append(&transition).await
    }

    async fn read(&self, message: &ExecuteOrder) -> Order {
        self.order(message.id).await.expect("it is stored")
    }
}

async fn a_name_is_one_orders_for_ever(fixture: &StoreFixture) {
    let name = ClientOrderId::new(Uuid::new_v4().to_string());
    let named = || NewOrder {
        client_order_id: name.clone(),
        ..new_order()
    };
    let (first, second) = (named(), named());
    fixture.inserted(&first, HOUR).await;
    let known = fixture.writer.known(&second).await;
    let inserted = fixture.writer.insert(&second, Lifetime::For(HOUR)).await;
    let taken = Inserted::NameTaken(first.id);
    assert_eq!(inserted.expect("the store answers"), taken);
    // A store that admits every order is never asked.
    if let Some(known) = known.expect("the store answers") {
        assert_eq!(known, taken);
    }
    assert_eq!(fixture.order(second.id).await, None);
}

async fn those_whose_price_is_met_are_woken_once_the_lowest_first(fixture: &StoreFixture) {
    let symbol = Uuid::new_v4().to_string();
    let mut waiting = Vec::new();
    for price in [90, 80, 100, 80] {
        let order = limit_order(price, fixture.later().await, &symbol);
        waiting.push(fixture.waits(&order, at_price(price)).await);
    }
    assert_eq!(fixture.woken_at(&symbol, 79).await, []);
    let mut first = [waiting[1], waiting[3]];
    first.sort_by_key(|message| message.id);
    let one = fixture.waiting.wake_at(&symbol, "USDC", 90.into(), 1).await;
    assert_eq!(messages(one), [first[0]]);
    let woken = fixture.woken_at(&symbol, 90).await;
    assert_eq!(woken, [first[1], waiting[0]]);
    assert_eq!(fixture.woken_at(&symbol, 90).await, [], "each once");
    let order = fixture.read(&waiting[0]).await;
    assert_eq!(order.status, Status::Waiting, "a wake moves nothing");
    assert_eq!(order.waiting.expect("it waits").unmet, unmet());
    fixture.leased(&waiting[0]).await;
}

async fn what_is_to_be_looked_at_again_is_woken_and_waits_again(fixture: &StoreFixture) {
    let symbol = Uuid::new_v4().to_string();
    let soon = Wake {
        after: Some(MOMENT),
        ..Wake::default()
    };
    let order = limit_order(80, fixture.later().await, &symbol);
    let message = fixture.waits(&order, soon).await;
    fixture.clock.sleep(MOMENT * 3).await;
    assert_eq!(
        fixture.woken_at(&symbol, 1_000).await,
        [],
        "no price wakes it"
    );
    assert!(fixture.is_woken_now(&message).await);
    let leased = fixture.leased(&message).await;
    let again = fixture.wait_again(&leased).await;
    again.expect("the lease stands");
    let waiting = fixture.read(&message).await.waiting;
    assert_eq!(waiting.map(|waiting| waiting.checks), Some(2));
    let log = fixture.log(message.id).await;
    assert_eq!(log.len(), 3, "a look in vain is no event");
    assert!(!fixture.is_woken_now(&message).await);
    assert_eq!(fixture.woken_at(&symbol, 80).await, [message]);
    let next = fixture.leased(&message).await;
    let late = fixture.wait_again(&leased).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    let again = fixture.wait_again(&next).await;
    again.expect("the lease stands");
}

/// A message of an earlier wake comes late, and the condition is met by then: the order goes on
/// although nobody has woken it. Should its worker die, it must come back.
async fn an_order_that_a_late_message_begins_is_brought_back_like_any_other(
    fixture: &StoreFixture,
) {
    let order = limit_order(80, fixture.later().await, &Uuid::new_v4().to_string());
    let message = fixture.waits(&order, at_price(80)).await;
    let mut leased = fixture.leased(&message).await;
    let fired = Some(Fired {
        at: fixture.now().await,
        by: Cause::Price(ExecutablePrice {
            price: 80.into(),
            venue: VenueId::new("Meteora"),
        }),
    });
    let begun = OrderEvent::RoutingStarted { fired };
    fixture.moved(&mut leased, begun.into()).await;
    fixture.released(&leased, Duration::ZERO).await;
    fixture.clock.sleep(MOMENT * 2).await;
    let due = fixture.outbox.due(Grace::Of(Duration::ZERO), 1_000).await;
    assert!(messages(due).contains(&message));
}

async fn an_order_whose_time_has_ended_is_woken(fixture: &StoreFixture) {
    let symbol = Uuid::new_v4().to_string();
    let soon = fixture.now().await + MOMENT * 50;
    let order = limit_order(80, soon, &symbol);
    let message = fixture.waits(&order, at_price(80)).await;
    for _ in 0..1_000 {
        if fixture.is_woken_now(&message).await {
            return;
        }
        fixture.clock.sleep(MOMENT * 5).await;
    }
    panic!("{message:?} is not woken by its end");
}

async fn whoever_stops_an_order_raises_the_fence(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    let seen = fixture.read(&message).await;
    let appended = fixture
        .stop(&seen)
        .await
        .expect("nothing has happened since");
    assert_eq!(appended.seq, 3);
    let late = fixture
        .tried(&leased, &super::fixture::venue_chosen())
        .await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert!(matches!(fixture.claim(&message, HOUR).await, Claim::Stale));
    let order = fixture.read(&message).await;
    assert_eq!(
        (order.status, order.cancel_requested),
        (Status::Cancelled, true)
    );
    // One that waits is woken no more.
    let symbol = Uuid::new_v4().to_string();
    let order = limit_order(80, fixture.later().await, &symbol);
    let message = fixture.waits(&order, at_price(80)).await;
    let seen = fixture.read(&message).await;
    fixture
        .stop(&seen)
        .await
        .expect("nothing has happened since");
    assert_eq!(fixture.woken_at(&symbol, 80).await, []);
    assert_eq!(fixture.read(&message).await.waiting, None);
}

async fn whoever_has_not_seen_all_of_it_stops_nothing(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let seen = fixture.read(&message).await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    let late = fixture.stop(&seen).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    let order = fixture.read(&message).await;
    assert_eq!((order.status, order.last_seq), (Status::Routing, 2));
}
