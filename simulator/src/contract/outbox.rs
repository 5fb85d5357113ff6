//! The relay's view of the order book.

use std::time::Duration;

use engine::ports::{ExecuteOrder, Grace, LeasedOrder};

use super::{
    StoreFixture,
    fixture::{HOUR, MOMENT, attempt_failed, failed, messages, routing},
};

pub(super) async fn check(fixture: &StoreFixture) {
    an_unsent_message_is_given_to_one_relay_until_it_is_marked(fixture).await;
    a_held_order_has_nothing_due(fixture).await;
    a_message_is_not_due_before_its_time(fixture).await;
    a_message_that_was_sent_and_lost_is_due_again(fixture).await;
    what_waits_behind_others_is_lost_when_it_was_overtaken(fixture).await;
    an_order_left_by_its_holder_is_due_again(fixture).await;
    an_order_left_by_its_holder_waits_behind_nobody(fixture).await;
    an_order_that_was_never_sent_and_left_by_its_holder_is_due_again(fixture).await;
    a_message_that_has_to_wait_is_told_with_the_time_left(fixture).await;
    an_order_out_of_time_is_overdue_unless_held(fixture).await;
    a_final_order_leaves_nothing_behind(fixture).await;
}

impl StoreFixture {
    async fn is_due(&self, message: &ExecuteOrder, grace: Duration) -> bool {
        self.is_due_by(message, Grace::Of(grace)).await
    }

    async fn is_due_by(&self, message: &ExecuteOrder, grace: Grace) -> bool {
        let due = self.outbox.due(grace, 1_000).await;
        messages(due).contains(message)
    }

    async fn is_overdue(&self, message: &ExecuteOrder) -> bool {
        self.outbox
            .overdue(None, 1_000)
            .await
            .expect("the store answers")
            .contains(message)
    }

    async fn mark(&self, message: &ExecuteOrder) {
        self.outbox
            .mark_sent(&[*message])
            .await
            .expect("the store answers");
    }

    async fn requeue_stuck(&self, grace: Duration) {
        self.requeue_stuck_by(Grace::Of(grace)).await;
    }

    async fn requeue_stuck_by(&self, grace: Grace) {
        let requeued = self.outbox.requeue_stuck(grace).await;
        requeued.expect("the store answers");
    }

    /// An order that came just now and is in a worker's hands.
    async fn held(&self) -> (ExecuteOrder, LeasedOrder) {
        let message = self.stored().await;
        let leased = self.leased(&message).await;
        self.clock.sleep(MOMENT).await;
        (message, leased)
    }
}

async fn an_unsent_message_is_given_to_one_relay_until_it_is_marked(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    assert!(!fixture.is_due(&message, HOUR).await, "within its grace");
    assert!(fixture.is_due(&message, Duration::ZERO).await);
    assert!(
        !fixture.is_due(&message, Duration::from_secs(60)).await,
        "given to another one"
    );
    fixture.clock.sleep(MOMENT).await;
    assert!(
        fixture.is_due(&message, Duration::ZERO).await,
        "not marked, so given again later"
    );
    fixture.mark(&message).await;
    assert!(!fixture.is_due(&message, Duration::ZERO).await);
}

async fn a_held_order_has_nothing_due(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let leased = fixture.leased(&message).await;
    assert!(!fixture.is_due(&message, Duration::ZERO).await);
    fixture.released(&leased, Duration::ZERO).await;
    assert!(fixture.is_due(&message, Duration::ZERO).await);
}

async fn a_message_is_not_due_before_its_time(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    fixture.moved(&mut leased, attempt_failed(None, HOUR)).await;
    let next = ExecuteOrder {
        attempt: 2,
        ..message
    };
    assert!(
        !fixture.is_due(&message, Duration::ZERO).await,
        "the attempt is over"
    );
    assert!(
        !fixture.is_due(&next, Duration::ZERO).await,
        "the back-off is not"
    );
}

async fn a_message_that_was_sent_and_lost_is_due_again(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    fixture.mark(&message).await;
    fixture.requeue_stuck(HOUR).await;
    assert!(
        !fixture.is_due(&message, Duration::ZERO).await,
        "it may still be on its way"
    );
    fixture.requeue_stuck(Duration::ZERO).await;
    assert!(fixture.is_due(&message, Duration::ZERO).await);
}

async fn what_waits_behind_others_is_lost_when_it_was_overtaken(fixture: &StoreFixture) {
    const AT_ONCE: Grace = Grace::Overtaken(Duration::ZERO);
    let (before, leased) = fixture.held().await;
    let message = fixture.stored().await;
    fixture.clock.sleep(MOMENT * 2).await;
    assert!(
        !fixture.is_due_by(&message, AT_ONCE).await,
        "those before it have just been taken up"
    );
    // One that was taken up long ago, and comes back for its swap, has overtaken nobody.
    fixture.released(&leased, Duration::ZERO).await;
    fixture.clock.sleep(MOMENT * 2).await;
    fixture.leased(&before).await;
    assert!(!fixture.is_due_by(&message, AT_ONCE).await);
    fixture.held().await;
    assert!(!fixture.is_due_by(&message, Grace::Overtaken(HOUR)).await);
    assert!(fixture.is_due_by(&message, AT_ONCE).await);

    fixture.mark(&message).await;
    fixture.clock.sleep(MOMENT * 2).await;
    fixture.requeue_stuck_by(AT_ONCE).await;
    assert!(!fixture.is_due(&message, Duration::ZERO).await);
    fixture.held().await;
    fixture.requeue_stuck_by(Grace::Overtaken(HOUR)).await;
    assert!(!fixture.is_due(&message, Duration::ZERO).await);
    fixture.requeue_stuck_by(AT_ONCE).await;
    assert!(fixture.is_due_by(&message, AT_ONCE).await);
}

async fn an_order_left_by_its_holder_waits_behind_nobody(fixture: &StoreFixture) {
    let grace = Grace::Overtaken(HOUR);
    let message = fixture.stored().await;
    fixture.mark(&message).await;
    let leased = fixture.leased(&message).await;
    fixture.left_alone(&leased).await;
    fixture.clock.sleep(MOMENT * 20).await;
    fixture.requeue_stuck_by(grace).await;
    assert!(fixture.is_due_by(&message, grace).await);
}

async fn an_order_left_by_its_holder_is_due_again(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    fixture.mark(&message).await;
    let leased = fixture.leased(&message).await;
    fixture.requeue_stuck(Duration::ZERO).await;
    assert!(
        !fixture.is_due(&message, Duration::ZERO).await,
        "somebody works on it"
    );
    fixture.left_alone(&leased).await;
    fixture.clock.sleep(MOMENT * 20).await;
    fixture.requeue_stuck(Duration::ZERO).await;
    assert!(fixture.is_due(&message, Duration::ZERO).await);
}

/// The queue delivered it before the relay had to, and its holder died: there is nothing to give
/// grace to.
async fn an_order_that_was_never_sent_and_left_by_its_holder_is_due_again(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let leased = fixture.leased(&message).await;
    fixture.requeue_stuck(HOUR).await;
    assert!(
        !fixture.is_due(&message, HOUR).await,
        "somebody works on it"
    );
    fixture.left_alone(&leased).await;
    fixture.clock.sleep(MOMENT * 20).await;
    fixture.requeue_stuck(HOUR).await;
    assert!(fixture.is_due(&message, HOUR).await);
}

async fn a_message_that_has_to_wait_is_told_with_the_time_left(fixture: &StoreFixture) {
    let (now, later) = (fixture.stored().await, fixture.stored().await);
    let leased = fixture.leased(&later).await;
    fixture.released(&leased, HOUR).await;
    let delayed = fixture
        .outbox
        .delayed(1_000)
        .await
        .expect("the store answers");
    assert!(delayed.iter().all(|one| one.message != now));
    let left = delayed.iter().find(|one| one.message == later);
    let left = left.expect("it waits").delay;
    assert!(left <= HOUR && left > HOUR / 2, "{left:?}");
}

async fn an_order_out_of_time_is_overdue_unless_held(fixture: &StoreFixture) {
    let in_time = fixture.stored().await;
    let late = fixture.stored_for(MOMENT).await;
    let taken = fixture.stored_for(MOMENT).await;
    fixture.leased(&taken).await;
    fixture.clock.sleep(MOMENT * 20).await;
    assert!(fixture.is_overdue(&late).await);
    assert!(!fixture.is_overdue(&in_time).await);
    assert!(!fixture.is_overdue(&taken).await);
}

async fn a_final_order_leaves_nothing_behind(fixture: &StoreFixture) {
    let message = fixture.stored_for(MOMENT).await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, failed()).await;
    fixture.clock.sleep(MOMENT * 20).await;
    fixture.requeue_stuck(Duration::ZERO).await;
    assert!(!fixture.is_due(&message, Duration::ZERO).await);
    assert!(!fixture.is_overdue(&message).await);
}
