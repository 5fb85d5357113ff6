//! The watchers' duties.

use std::time::Duration;

use engine::{lifecycle::Change, ports::ConnectionId};
use uuid::Uuid;

use super::{
    StoreGround,
    scene::{MOMENT, failed, new_order},
};

pub(super) async fn check(ground: &StoreGround) {
    a_subscription_is_silent_until_it_has_caught_up(ground).await;
    subscribing_again_is_silent_again(ground).await;
    ending_tells_who_watches_nothing_else(ground).await;
    a_forgotten_connection_watches_nothing(ground).await;
    what_outlives_its_order_is_left_over(ground).await;
}

fn connection() -> ConnectionId {
    ConnectionId(Uuid::new_v4().to_string().into())
}

impl StoreGround {
    async fn add(&self, connection: &ConnectionId, order: engine::order::OrderId) -> bool {
        self.subscriptions
            .add(connection, order)
            .await
            .expect("the store answers")
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: engine::order::OrderId,
        sent: u64,
    ) -> bool {
        self.subscriptions
            .go_live(connection, order, sent)
            .await
            .expect("the store answers")
    }

    async fn live(&self, order: engine::order::OrderId) -> Vec<ConnectionId> {
        self.subscriptions
            .live(order)
            .await
            .expect("the store answers")
    }
}

async fn a_subscription_is_silent_until_it_has_caught_up(ground: &StoreGround) {
    let (message, watcher) = (ground.stored().await, connection());
    assert!(!ground.add(&watcher, new_order().id).await, "no such order");
    assert!(
        !ground.go_live(&watcher, message.id, 1).await,
        "not subscribed"
    );
    assert!(ground.add(&watcher, message.id).await);
    assert_eq!(ground.live(message.id).await, []);
    let mut held = ground.held(&message).await;
    let recorded = ground.moved(&mut held, Change::Routing).await;
    assert_eq!(recorded.watchers, [], "silent");
    assert!(
        !ground.go_live(&watcher, message.id, 1).await,
        "event 2 was not replayed"
    );
    assert!(ground.go_live(&watcher, message.id, 2).await);
    assert_eq!(
        ground.live(message.id).await,
        std::slice::from_ref(&watcher)
    );
    let recorded = ground.moved(&mut held, failed()).await;
    assert_eq!(recorded.watchers, [watcher]);
}

async fn subscribing_again_is_silent_again(ground: &StoreGround) {
    let (message, watcher) = (ground.stored().await, connection());
    assert!(
        ground.add(&watcher, message.id).await && ground.go_live(&watcher, message.id, 1).await
    );
    assert!(ground.add(&watcher, message.id).await);
    assert_eq!(ground.live(message.id).await, []);
}

async fn ending_tells_who_watches_nothing_else(ground: &StoreGround) {
    let (one, other) = (ground.stored().await.id, ground.stored().await.id);
    let (both, single, stranger) = (connection(), connection(), connection());
    for (watcher, order) in [(&both, one), (&both, other), (&single, one)] {
        assert!(ground.add(watcher, order).await);
    }
    let all = [both.clone(), single.clone(), stranger];
    let idle = ground
        .subscriptions
        .end(one, &all)
        .await
        .expect("the store answers");
    assert_eq!(
        idle,
        [single],
        "the other one still watches, the stranger never did"
    );
    let idle = ground
        .subscriptions
        .end(other, &all)
        .await
        .expect("the store answers");
    assert_eq!(idle, [both]);
}

async fn a_forgotten_connection_watches_nothing(ground: &StoreGround) {
    let (message, watcher) = (ground.stored().await, connection());
    assert!(
        ground.add(&watcher, message.id).await && ground.go_live(&watcher, message.id, 1).await
    );
    ground
        .subscriptions
        .forget(&watcher)
        .await
        .expect("the store answers");
    assert_eq!(ground.live(message.id).await, []);
    assert!(!ground.go_live(&watcher, message.id, 1).await);
}

async fn what_outlives_its_order_is_left_over(ground: &StoreGround) {
    let (message, watcher) = (ground.stored().await, connection());
    assert!(ground.add(&watcher, message.id).await);
    let left = async |grace| {
        let left = ground
            .subscriptions
            .left_over(grace)
            .await
            .expect("the store answers");
        left.contains(&(watcher.clone(), message.id))
    };
    assert!(!left(Duration::ZERO).await, "the order is not final");
    let mut held = ground.held(&message).await;
    ground.moved(&mut held, failed()).await;
    ground.clock.sleep(MOMENT * 20).await;
    assert!(!left(Duration::from_secs(60)).await, "within its grace");
    assert!(left(Duration::ZERO).await);
}
