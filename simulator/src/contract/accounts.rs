//! What is one account's is nobody else's.

use engine::{
    account::{AccountId, Actor},
    order::{ClientOrderId, Lifetime, NewOrder},
    ports::{Inserted, OrderFilter, PageQuery},
};
use uuid::Uuid;

use super::{
    StoreFixture,
    fixture::{HOUR, failed, new_order, routing, with_key},
    subscriptions::connection,
};

pub(super) async fn check(fixture: &StoreFixture) {
    keys_and_names_are_an_accounts_own(fixture).await;
    another_accounts_order_is_as_none(fixture).await;
    who_follows_all_follows_its_own_account(fixture).await;
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
