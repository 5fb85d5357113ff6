//! The duties of subscriptions.

use std::time::Duration;

use engine::{order::OrderId, ports::ConnectionId};
use uuid::Uuid;

use super::{
    StoreFixture,
    fixture::{MOMENT, failed, new_order, routing},
};

pub(super) async fn check(fixture: &StoreFixture) {
    a_subscription_is_silent_until_it_has_caught_up(fixture).await;
    subscribing_again_is_silent_again(fixture).await;
    unsubscribing_tells_who_follows_nothing_else(fixture).await;
    a_forgotten_connection_follows_nothing(fixture).await;
    what_outlives_its_order_is_undelivered(fixture).await;
}

fn connection() -> ConnectionId {
    ConnectionId(Uuid::new_v4().to_string().into())
}

impl StoreFixture {
    async fn subscribed(&self, connection: &ConnectionId, order: OrderId) -> bool {
        self.subscriptions
            .subscribe(connection, order)
            .await
            .expect("the store answers")
    }

    async fn go_live(&self, connection: &ConnectionId, order: OrderId, sent: u64) -> bool {
        self.subscriptions
            .go_live(connection, order, sent)
            .await
            .expect("the store answers")
    }

    async fn live(&self, order: OrderId) -> Vec<ConnectionId> {
        self.subscriptions
            .live(order)
            .await
            .expect("the store answers")
    }
}

async fn a_subscription_is_silent_until_it_has_caught_up(fixture: &StoreFixture) {
    let (message, subscriber) = (fixture.stored().await, connection());
    assert!(
        !fixture.subscribed(&subscriber, new_order().id).await,
        "no such order"
    );
    assert!(
        !fixture.go_live(&subscriber, message.id, 1).await,
        "not subscribed"
    );
    assert!(fixture.subscribed(&subscriber, message.id).await);
    assert_eq!(fixture.live(message.id).await, []);
    let mut leased = fixture.leased(&message).await;
    let appended = fixture.moved(&mut leased, routing()).await;
    assert_eq!(appended.subscribers, [], "silent");
    assert!(
        !fixture.go_live(&subscriber, message.id, 1).await,
        "event 2 was not replayed"
    );
    assert!(fixture.go_live(&subscriber, message.id, 2).await);
    assert_eq!(
        fixture.live(message.id).await,
        std::slice::from_ref(&subscriber)
    );
    let appended = fixture.moved(&mut leased, failed()).await;
    assert_eq!(appended.subscribers, [subscriber]);
}

async fn subscribing_again_is_silent_again(fixture: &StoreFixture) {
    let (message, subscriber) = (fixture.stored().await, connection());
    assert!(
        fixture.subscribed(&subscriber, message.id).await
            && fixture.go_live(&subscriber, message.id, 1).await
    );
    assert!(fixture.subscribed(&subscriber, message.id).await);
    assert_eq!(fixture.live(message.id).await, []);
}

async fn unsubscribing_tells_who_follows_nothing_else(fixture: &StoreFixture) {
    let (one, other) = (fixture.stored().await.id, fixture.stored().await.id);
    let (both, single, stranger) = (connection(), connection(), connection());
    for (subscriber, order) in [(&both, one), (&both, other), (&single, one)] {
        assert!(fixture.subscribed(subscriber, order).await);
    }
    let all = [both.clone(), single.clone(), stranger];
    let idle = fixture
        .subscriptions
        .unsubscribe(one, &all)
        .await
        .expect("the store answers");
    assert_eq!(
        idle,
        [single],
        "the other one still follows, the stranger never did"
    );
    let idle = fixture
        .subscriptions
        .unsubscribe(other, &all)
        .await
        .expect("the store answers");
    assert_eq!(idle, [both]);
}

async fn a_forgotten_connection_follows_nothing(fixture: &StoreFixture) {
    let (message, subscriber) = (fixture.stored().await, connection());
    assert!(
        fixture.subscribed(&subscriber, message.id).await
            && fixture.go_live(&subscriber, message.id, 1).await
    );
    fixture
        .subscriptions
        .forget(&subscriber)
        .await
        .expect("the store answers");
    assert_eq!(fixture.live(message.id).await, []);
    assert!(!fixture.go_live(&subscriber, message.id, 1).await);
}

async fn what_outlives_its_order_is_undelivered(fixture: &StoreFixture) {
    let (message, subscriber) = (fixture.stored().await, connection());
    assert!(fixture.subscribed(&subscriber, message.id).await);
    let left = async |grace| {
        let left = fixture
            .subscriptions
            .undelivered(grace)
            .await
            .expect("the store answers");
        left.contains(&(subscriber.clone(), message.id))
    };
    assert!(!left(Duration::ZERO).await, "the order is not final");
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, failed()).await;
    fixture.clock.sleep(MOMENT * 20).await;
    assert!(!left(Duration::from_secs(60)).await, "within its grace");
    assert!(left(Duration::ZERO).await);
}
