//! The duties of subscriptions.

use std::time::Duration;

use engine::{
    account::AccountId,
    order::OrderId,
    ports::{ConnectionId, Subscribers, Undelivered},
};
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
    who_follows_all_is_told_of_every_order(fixture).await;
    who_follows_all_and_one_is_told_of_that_one_once(fixture).await;
    who_follows_all_follows_something_else(fixture).await;
}

pub(super) fn connection() -> ConnectionId {
    ConnectionId(Uuid::new_v4().to_string().into())
}

impl StoreFixture {
    async fn subscribed(&self, connection: &ConnectionId, order: OrderId) -> bool {
        self.subscriptions
            .subscribe(connection, &AccountId::local(), order)
            .await
            .expect("the store answers")
    }

    async fn go_live(&self, connection: &ConnectionId, order: OrderId, sent: u64) -> bool {
        self.subscriptions
            .go_live(connection, order, sent)
            .await
            .expect("the store answers")
    }

    /// Who follows the order by itself.
    async fn live(&self, order: OrderId) -> Vec<ConnectionId> {
        self.subscribers(order).await.of_order
    }

    async fn subscribers(&self, order: OrderId) -> Subscribers {
        self.subscriptions
            .live(order)
            .await
            .expect("the store answers")
    }

    async fn subscribed_to_all(&self, connection: &ConnectionId) {
        self.subscriptions
            .subscribe_all(connection, &AccountId::local())
            .await
            .expect("the store answers");
    }

    async fn unsubscribed_from_all(&self, connection: &ConnectionId) {
        self.subscriptions
            .unsubscribe_all(connection)
            .await
            .expect("the store answers");
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
    assert_eq!(appended.subscribers.of_order, [], "silent");
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
    assert_eq!(appended.subscribers.of_order, [subscriber]);
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
        left.contains(&Undelivered {
            connection: subscriber.clone(),
            account: AccountId::local(),
            order: message.id,
        })
    };
    assert!(!left(Duration::ZERO).await, "the order is not final");
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, failed()).await;
    fixture.clock.sleep(MOMENT * 20).await;
    assert!(!left(Duration::from_secs(60)).await, "within its grace");
    assert!(left(Duration::ZERO).await);
}

async fn who_follows_all_is_told_of_every_order(fixture: &StoreFixture) {
    let (early, subscriber) = (fixture.stored().await, connection());
    assert!(
        !fixture
            .subscribers(early.id)
            .await
            .of_all
            .contains(&subscriber)
    );
    fixture.subscribed_to_all(&subscriber).await;
    fixture.subscribed_to_all(&subscriber).await; // again changes nothing
    let late = fixture.stored().await;
    for message in [early, late] {
        let told = fixture.subscribers(message.id).await;
        assert_eq!(told.of_order, []);
        assert_eq!(told.of_all, std::slice::from_ref(&subscriber));
        let mut leased = fixture.leased(&message).await;
        for step in [routing(), failed()] {
            let appended = fixture.moved(&mut leased, step).await;
            assert_eq!(appended.subscribers, told);
        }
    }
    fixture.unsubscribed_from_all(&subscriber).await;
    assert!(fixture.subscribers(late.id).await.is_empty());
}

async fn who_follows_all_and_one_is_told_of_that_one_once(fixture: &StoreFixture) {
    let (message, other, subscriber) =
        (fixture.stored().await, fixture.stored().await, connection());
    fixture.subscribed_to_all(&subscriber).await;
    assert!(fixture.subscribed(&subscriber, message.id).await);
    let mut leased = fixture.leased(&message).await;
    let appended = fixture.moved(&mut leased, routing()).await;
    assert!(
        appended.subscribers.is_empty(),
        "its replay has not caught up"
    );
    assert!(fixture.go_live(&subscriber, message.id, 2).await);
    let appended = fixture.moved(&mut leased, failed()).await;
    let only = std::slice::from_ref(&subscriber);
    assert_eq!(appended.subscribers.of_order, only);
    assert_eq!(appended.subscribers.of_all, []);
    assert_eq!(fixture.subscribers(other.id).await.of_all, only);
    fixture.unsubscribed_from_all(&subscriber).await;
    assert!(fixture.subscribers(other.id).await.is_empty());
    assert_eq!(
        fixture.live(message.id).await,
        only,
        "it goes on following that one"
    );
}

async fn who_follows_all_follows_something_else(fixture: &StoreFixture) {
    let (order, subscriber) = (fixture.stored().await.id, connection());
    let ended = std::slice::from_ref(&subscriber);
    let unsubscribe = async || {
        assert!(fixture.subscribed(&subscriber, order).await);
        let idle = fixture.subscriptions.unsubscribe(order, ended).await;
        idle.expect("the store answers")
    };
    fixture.subscribed_to_all(&subscriber).await;
    assert_eq!(unsubscribe().await, [], "it follows all");
    fixture.unsubscribed_from_all(&subscriber).await;
    assert_eq!(unsubscribe().await, ended);
    fixture.subscribed_to_all(&subscriber).await;
    let forgotten = fixture.subscriptions.forget(&subscriber).await;
    forgotten.expect("the store answers");
    assert!(fixture.subscribers(order).await.is_empty(), "forgotten");
}
