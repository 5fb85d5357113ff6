//! The relay's view of the order book.

use std::time::Duration;

use engine::{lifecycle::Change, ports::ExecuteOrder};

use super::{
    StoreGround,
    scene::{HOUR, MOMENT, failed, retrying},
};

pub(super) async fn check(ground: &StoreGround) {
    an_unsent_message_is_given_to_one_relay_until_it_is_marked(ground).await;
    a_held_order_has_nothing_due(ground).await;
    a_message_is_not_due_before_its_time(ground).await;
    a_message_that_was_sent_and_lost_is_due_again(ground).await;
    an_order_left_by_its_holder_is_due_again(ground).await;
    an_order_that_was_never_sent_and_left_by_its_holder_is_due_again(ground).await;
    a_message_that_has_to_wait_is_told_with_the_time_left(ground).await;
    an_order_out_of_time_is_overdue_unless_held(ground).await;
    a_final_order_leaves_nothing_behind(ground).await;
}

impl StoreGround {
    async fn is_due(&self, message: &ExecuteOrder, grace: Duration) -> bool {
        let due = self
            .backlog
            .due(grace, 1_000)
            .await
            .expect("the store answers");
        due.contains(message)
    }

    async fn is_overdue(&self, message: &ExecuteOrder) -> bool {
        self.backlog
            .overdue(1_000)
            .await
            .expect("the store answers")
            .contains(message)
    }

    async fn mark(&self, message: &ExecuteOrder) {
        self.backlog
            .mark_sent(&[*message])
            .await
            .expect("the store answers");
    }

    async fn revive(&self, grace: Duration) {
        self.backlog.revive(grace).await.expect("the store answers");
    }
}

async fn an_unsent_message_is_given_to_one_relay_until_it_is_marked(ground: &StoreGround) {
    let message = ground.stored().await;
    assert!(!ground.is_due(&message, HOUR).await, "within its grace");
    assert!(ground.is_due(&message, Duration::ZERO).await);
    assert!(
        !ground.is_due(&message, Duration::from_secs(60)).await,
        "given to another one"
    );
    ground.clock.sleep(MOMENT).await;
    assert!(
        ground.is_due(&message, Duration::ZERO).await,
        "not marked, so given again later"
    );
    ground.mark(&message).await;
    assert!(!ground.is_due(&message, Duration::ZERO).await);
}

async fn a_held_order_has_nothing_due(ground: &StoreGround) {
    let message = ground.stored().await;
    let held = ground.held(&message).await;
    assert!(!ground.is_due(&message, Duration::ZERO).await);
    ground.released(&held, Duration::ZERO).await;
    assert!(ground.is_due(&message, Duration::ZERO).await);
}

async fn a_message_is_not_due_before_its_time(ground: &StoreGround) {
    let message = ground.stored().await;
    let mut held = ground.held(&message).await;
    ground.moved(&mut held, Change::Routing).await;
    ground.moved(&mut held, retrying(None, HOUR)).await;
    let next = ExecuteOrder {
        attempt: 2,
        ..message
    };
    assert!(
        !ground.is_due(&message, Duration::ZERO).await,
        "the attempt is over"
    );
    assert!(
        !ground.is_due(&next, Duration::ZERO).await,
        "the back-off is not"
    );
}

async fn a_message_that_was_sent_and_lost_is_due_again(ground: &StoreGround) {
    let message = ground.stored().await;
    ground.mark(&message).await;
    ground.revive(HOUR).await;
    assert!(
        !ground.is_due(&message, Duration::ZERO).await,
        "it may still be on its way"
    );
    ground.revive(Duration::ZERO).await;
    assert!(ground.is_due(&message, Duration::ZERO).await);
}

async fn an_order_left_by_its_holder_is_due_again(ground: &StoreGround) {
    let message = ground.stored().await;
    ground.mark(&message).await;
    let held = ground.held(&message).await;
    ground.revive(Duration::ZERO).await;
    assert!(
        !ground.is_due(&message, Duration::ZERO).await,
        "somebody works on it"
    );
    ground.left_alone(&held).await;
    ground.clock.sleep(MOMENT * 20).await;
    ground.revive(Duration::ZERO).await;
    assert!(ground.is_due(&message, Duration::ZERO).await);
}

/// The queue delivered it before the relay had to, and its holder died: there is nothing to give grace to.
async fn an_order_that_was_never_sent_and_left_by_its_holder_is_due_again(ground: &StoreGround) {
    let message = ground.stored().await;
    let held = ground.held(&message).await;
    ground.revive(HOUR).await;
    assert!(!ground.is_due(&message, HOUR).await, "somebody works on it");
    ground.left_alone(&held).await;
    ground.clock.sleep(MOMENT * 20).await;
    ground.revive(HOUR).await;
    assert!(ground.is_due(&message, HOUR).await);
}

async fn a_message_that_has_to_wait_is_told_with_the_time_left(ground: &StoreGround) {
    let (now, later) = (ground.stored().await, ground.stored().await);
    let held = ground.held(&later).await;
    ground.released(&held, HOUR).await;
    let delayed = ground
        .backlog
        .delayed(1_000)
        .await
        .expect("the store answers");
    assert!(delayed.iter().all(|(message, _)| *message != now));
    let left = delayed.iter().find(|(message, _)| *message == later);
    let (_, left) = left.expect("it waits");
    assert!(*left <= HOUR && *left > HOUR / 2, "{left:?}");
}

async fn an_order_out_of_time_is_overdue_unless_held(ground: &StoreGround) {
    let in_time = ground.stored().await;
    let late = ground.stored_for(MOMENT).await;
    let held = ground.stored_for(MOMENT).await;
    ground.held(&held).await;
    ground.clock.sleep(MOMENT * 20).await;
    assert!(ground.is_overdue(&late).await);
    assert!(!ground.is_overdue(&in_time).await);
    assert!(!ground.is_overdue(&held).await);
}

async fn a_final_order_leaves_nothing_behind(ground: &StoreGround) {
    let message = ground.stored_for(MOMENT).await;
    let mut held = ground.held(&message).await;
    ground.moved(&mut held, failed()).await;
    ground.clock.sleep(MOMENT * 20).await;
    ground.revive(Duration::ZERO).await;
    assert!(!ground.is_due(&message, Duration::ZERO).await);
    assert!(!ground.is_overdue(&message).await);
}
