//! A cancel of what is on its way: status and attempt stay, so the token alone keeps the holder
//! out.

use std::time::Duration;

use engine::{
    order::{Canceller, Order, OrderEvent, Status},
    ports::{Appended, Authority, Next, StoreError, Transition},
};

use super::{
    StoreFixture,
    fixture::{confirmed, routing, submitted, transaction, venue_chosen},
};

pub(super) async fn check(fixture: &StoreFixture) {
    a_wish_to_cancel_fences_whoever_waits_for_the_swap(fixture).await;
}

impl StoreFixture {
    async fn wish_to_cancel(&self, seen: &Order) -> Result<Appended, StoreError> {
        let by = Canceller::Client;
        let event = OrderEvent::CancelRequested { by };
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
            next: Next::Retry(Duration::ZERO),
        };
        self.writer.append(&transition).await
    }
}

async fn a_wish_to_cancel_fences_whoever_waits_for_the_swap(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    let sent = transaction();
    for step in [routing(), venue_chosen(), submitted(&sent)] {
        fixture.moved(&mut leased, step).await;
    }
    let seen = fixture.order(message.id).await.expect("it is stored");
    let wished = fixture.wish_to_cancel(&seen).await;
    assert_eq!(wished.expect("nothing has happened since").seq, 5);
    let twice = fixture.wish_to_cancel(&seen).await;
    assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
    let late = fixture.tried(&leased, &confirmed(&sent)).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    let (lease, pause) = (leased.lease(), Duration::from_secs(1));
    let late = fixture.writer.renew(&lease, pause).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    let late = fixture.writer.release(&lease, pause).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    // The lease has ended with it, and the transaction may still land.
    let next = fixture.leased(&message).await;
    assert_eq!(next.order.status, Status::Submitted);
    assert!(next.order.cancel_requested);
    assert_eq!(
        next.transaction.map(|left| left.signature),
        Some(sent.signature)
    );
}
