//! What is one account's is nobody else's.

use std::time::Duration;

use engine::{
    account::{AccountId, Actor},
    order::{ClientOrderId, Lifetime, NewOrder},
    ports::{Envelope, Grace, Inserted, OrderFilter, PageQuery, StoreError, Wake},
};
use uuid::Uuid;

use super::{
    StoreFixture,
    fixture::{HOUR, MOMENT, failed, new_order, routing, with_key},
    subscriptions::connection,
    waiting::{at_price, limit_order},
};

pub(super) async fn check(fixture: &StoreFixture) {
    keys_and_names_are_an_accounts_own(fixture).await;
    another_accounts_order_is_as_none(fixture).await;
    who_follows_all_follows_its_own_account(fixture).await;
    messages_say_whose_their_order_is(fixture).await;
}

fn account() -> AccountId {
    let name = format!("of-{}", Uuid::new_v4());
    name.parse().expect("a plain name")
}

fn of(account: &AccountId, order: NewOrder) -> NewOrder {
    NewOrder {
        by: Actor::of(account.clone()),
        ..order
    }
}

async fn keys_and_names_are_an_accounts_own(fixture: &StoreFixture) {
    let key = Uuid::new_v4().to_string();
    let (one, other) = (account(), account());
    let name = ClientOrderId::new(key.clone());
    let named = |account| NewOrder {
        client_order_id: name.clone(),
        ..of(account, new_order())
    };
    let keyed = |account| of(account, with_key(&key, [3; 32]));
    let insert = async |order: &NewOrder| {
        let inserted = fixture.writer.insert(order, Lifetime::For(HOUR)).await;
        inserted.expect("the store answers")
    };
    for account in [&one, &other] {
        let (first, second) = (keyed(account), named(account));
        assert_eq!(insert(&first).await, Inserted::New, "{account}");
        assert_eq!(insert(&second).await, Inserted::New, "{account}");
        let known = insert(&keyed(account)).await;
        let of_the_account = matches!(known, Inserted::Known { id, .. } if id == first.id);
        assert!(of_the_account, "{account}: {known:?}");
        assert_eq!(
            insert(&named(account)).await,
            Inserted::NameTaken(second.id)
        );
    }
}

async fn another_accounts_order_is_as_none(fixture: &StoreFixture) {
    let (owner, other) = (account(), account());
    let order = of(&owner, new_order());
    fixture.inserted(&order, HOUR).await;
    let all = PageQuery {
        limit: 10,
        before: None,
        only: OrderFilter::default(),
    };
    for (account, sees) in [(&owner, true), (&other, false)] {
        let found = fixture.reader.order(account, order.id).await;
        assert_eq!(found.expect("the store answers").is_some(), sees);
        let events = fixture.reader.events(account, order.id, 0).await;
        assert_eq!(events.expect("the store answers").len(), usize::from(sees));
        for open in [None, Some(true)] {
            let only = OrderFilter {
                open,
                ..OrderFilter::default()
            };
            let query = PageQuery {
                only,
                ..all.clone()
            };
            let page = fixture.reader.page(account, &query).await;
            let page = page.expect("the store answers");
            let ids: Vec<_> = page.into_iter().flatten().map(|order| order.id).collect();
            assert_eq!(ids, if sees { vec![order.id] } else { vec![] }, "{open:?}");
        }
        let (connection, id) = (connection(), order.id);
        let subscribed = fixture.subscriptions.subscribe(&connection, account, id);
        assert_eq!(subscribed.await.expect("the store answers"), sees);
        let live = fixture.subscriptions.go_live(&connection, id, 1).await;
        assert_eq!(live.expect("the store answers"), sees);
    }
}

async fn who_follows_all_follows_its_own_account(fixture: &StoreFixture) {
    let (owner, other) = (account(), account());
    let (own, foreign) = (connection(), connection());
    for (connection, account) in [(&own, &owner), (&foreign, &other)] {
        let since = fixture.subscriptions.subscribe_all(connection, account);
        since.await.expect("the store answers");
    }
    let message = fixture.inserted(&of(&owner, new_order()), HOUR).await;
    let mut leased = fixture.leased(&message).await;
    let only = std::slice::from_ref(&own);
    for step in [routing(), failed()] {
        let told = fixture.moved(&mut leased, step).await.subscribers;
        assert_eq!((&told.of_order[..], &told.of_all[..]), (&[][..], only));
    }
    for connection in [&own, &foreign] {
        let forgotten = fixture.subscriptions.forget(connection).await;
        forgotten.expect("the store answers");
    }
}

/// The queue shares workers among accounts, also for what comes back.
async fn messages_say_whose_their_order_is(fixture: &StoreFixture) {
    let owner = account();
    let envelope_of = |found: Result<Vec<Envelope>, StoreError>, message| {
        let found = found.expect("the store answers");
        let mut found = found.into_iter();
        let envelope = found.find(|envelope| envelope.message == message);
        envelope.map(|envelope| envelope.account)
    };
    let market = of(&owner, new_order());
    let message = fixture.inserted(&market, HOUR).await;
    let due = fixture.outbox.due(Grace::Of(Duration::ZERO), 1_000).await;
    assert_eq!(envelope_of(due, message).as_ref(), Some(&owner), "due");
    let leased = fixture.leased(&message).await;
    assert_eq!(leased.order.account, owner, "claimed");
    fixture.released(&leased, HOUR).await;
    let delayed = fixture.outbox.delayed(1_000).await;
    assert_eq!(envelope_of(delayed, message).as_ref(), Some(&owner));
    let read = fixture.reader.order(&owner, market.id).await;
    let read = read.expect("the store answers").expect("it is stored");
    assert_eq!(read.account, owner, "read");

    let symbol = Uuid::new_v4().to_string();
    let limit = limit_order(80, fixture.later().await, &symbol);
    let by_price = fixture.waits(&of(&owner, limit), at_price(80)).await;
    let woken = fixture.waiting.wake_at(&symbol, "USDC", 90.into(), 10);
    let woken = envelope_of(woken.await, by_price);
    assert_eq!(woken.as_ref(), Some(&owner), "by a price");
    let soon = Wake {
        after: Some(MOMENT),
        ..Wake::default()
    };
    let limit = limit_order(80, fixture.later().await, &symbol);
    let by_time = fixture.waits(&of(&owner, limit), soon).await;
    fixture.clock.sleep(MOMENT * 3).await;
    let woken = envelope_of(fixture.waiting.wake_due(1_000).await, by_time);
    assert_eq!(woken.as_ref(), Some(&owner), "by time");
}
