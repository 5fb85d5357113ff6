//! The same order, told three ways: as it is stored, as it is listed, and as its events make it.

use std::time::Duration;

use engine::{
    order::{NewOrder, Order, OrderEvent, OrderId, Status, TransactionEnd},
    ports::{ExecuteOrder, OrderFilter, PageQuery},
};

use super::{
    StoreFixture,
    fixture::{
        HOUR, Move, attempt_failed, confirmed, new_order, route, routing, submitted, transaction,
        venue_chosen,
    },
};

pub(super) async fn check(fixture: &StoreFixture) {
    a_whole_life_can_be_rebuilt_from_its_events(fixture).await;
    a_route_survives_with_its_pool(fixture).await;
}

impl StoreFixture {
    async fn as_stored(&self, id: OrderId) -> Order {
        self.order(id).await.expect("it is stored")
    }

    async fn as_listed(&self, id: OrderId) -> Order {
        let query = PageQuery {
            limit: 200,
            before: None,
            only: OrderFilter::default(),
        };
        let mut page = self.page(&query).await.into_iter();
        page.find(|order| order.id == id).expect("it is new")
    }

    /// Accepted, then moved by each event of the log.
    async fn as_rebuilt(&self, new: &NewOrder) -> Order {
        let log = self.log.log(new.id, 0).await;
        let log = log.expect("the store answers");
        let (first, rest) = log.split_first().expect("it was accepted");
        let stored = self.as_stored(new.id).await;
        let mut order = Order::accepted(new, first.at, stored.deadline);
        for record in rest {
            let event = record.known().expect("it can be read");
            order.apply(event).expect("a legal move");
            assert_eq!(
                (order.last_seq, order.status, order.attempt),
                (record.seq, record.status, record.attempt)
            );
            order.updated_at = record.at;
        }
        order
    }
}

async fn a_whole_life_can_be_rebuilt_from_its_events(fixture: &StoreFixture) {
    let new = new_order();
    let first = fixture.inserted(&new, HOUR).await;
    let second = ExecuteOrder {
        attempt: 2,
        ..first
    };
    let (expired, landed) = (transaction(), transaction());
    let attempts: [(ExecuteOrder, Vec<Move>); 2] = [
        (
            first,
            vec![
                routing(),
                venue_chosen(),
                submitted(&expired),
                attempt_failed(Some(TransactionEnd::Expired), Duration::ZERO),
            ],
        ),
        (
            second,
            vec![venue_chosen(), submitted(&landed), confirmed(&landed)],
        ),
    ];
    let mut written = vec![OrderEvent::Accepted];
    for (message, steps) in attempts {
        let mut leased = fixture.leased(&message).await;
        for step in steps {
            written.extend(step.events.iter().cloned());
            fixture.moved(&mut leased, step).await;
            assert_eq!(fixture.as_stored(new.id).await, leased.order);
            assert_eq!(fixture.as_rebuilt(&new).await, leased.order);
        }
    }
    let stored = fixture.as_stored(new.id).await;
    assert_eq!((stored.status, stored.last_seq), (Status::Confirmed, 8));
    assert_eq!(fixture.as_listed(new.id).await, stored);
    let log = fixture.log.log(new.id, 0).await;
    let log = log.expect("the store answers");
    let read: Vec<_> = log.iter().filter_map(|record| record.known()).collect();
    assert_eq!(read, written.iter().collect::<Vec<_>>());
}

async fn a_route_survives_with_its_pool(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    fixture.moved(&mut leased, venue_chosen()).await;
    let chosen = Some(route());
    assert_eq!(fixture.as_stored(message.id).await.route, chosen);
    assert_eq!(fixture.as_listed(message.id).await.route, chosen);
    fixture.left_alone(&leased).await;
    let next = fixture.leased_after_expiry(&message).await;
    assert_eq!(next.order.route, chosen, "the next holder signs for it");
}
