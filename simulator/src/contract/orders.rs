//! The order book's duties.

use engine::{
    lifecycle::{Change, Status},
    ports::{Claim, ExecuteOrder, Inserted, PageQuery, TransactionEnd, WriteError},
};
use futures::future::join_all;
use uuid::Uuid;

use super::{
    StoreGround,
    scene::{HOUR, MOMENT, building, failed, new_order, retrying, transaction, with_key},
};

pub(super) async fn check(ground: &StoreGround) {
    an_accepted_order_is_stored_with_its_first_event(ground).await;
    one_key_makes_one_order_however_often_it_comes(ground).await;
    one_of_many_claims_succeeds(ground).await;
    a_lease_that_ends_without_a_word_leaves_an_abandoned_order(ground).await;
    a_whole_life_is_recorded_step_by_step(ground).await;
    what_is_fenced_writes_nothing(ground).await;
    a_retry_frees_the_order_and_opens_the_next_attempt(ground).await;
    an_order_has_one_transaction_that_may_land(ground).await;
    a_released_order_is_free_and_not_abandoned(ground).await;
    the_history_is_read_newest_first(ground).await;
}

async fn an_accepted_order_is_stored_with_its_first_event(ground: &StoreGround) {
    let new = new_order();
    let inserted = ground
        .orders
        .insert(&new, HOUR)
        .await
        .expect("the store answers");
    assert_eq!(inserted, Inserted::New);
    let order = ground
        .orders
        .order(new.id)
        .await
        .expect("the store answers");
    let order = order.expect("it is stored");
    assert_eq!(
        (order.status, order.attempt, order.last_seq),
        (Status::Pending, 1, 1)
    );
    assert_eq!(order.swap, new.swap);
    assert_eq!(ground.log(new.id).await, [(1, "pending", 1)]);
    let unknown = ground
        .orders
        .order(new_order().id)
        .await
        .expect("the store answers");
    assert!(unknown.is_none());
}

async fn one_key_makes_one_order_however_often_it_comes(ground: &StoreGround) {
    let key = Uuid::new_v4().to_string();
    let orders: Vec<_> = (0..20).map(|_| with_key(&key, [3; 32])).collect();
    let answers = join_all(orders.iter().map(|order| ground.orders.insert(order, HOUR))).await;
    let answers: Vec<Inserted> = answers
        .into_iter()
        .map(|a| a.expect("it answers"))
        .collect();
    let stored: Vec<usize> = (0..20)
        .filter(|&i| matches!(answers[i], Inserted::New))
        .collect();
    let [winner] = stored[..] else {
        panic!("stored {} times", stored.len())
    };
    let known = Inserted::Known {
        id: orders[winner].id,
        request_hash: vec![3; 32],
    };
    for (i, answer) in answers.iter().enumerate().filter(|(i, _)| *i != winner) {
        assert_eq!(*answer, known);
        assert_eq!(
            ground.log(orders[i].id).await,
            [],
            "nothing of a repeat is stored"
        );
    }
}

async fn one_of_many_claims_succeeds(ground: &StoreGround) {
    let message = ground.stored().await;
    let claims = join_all((0..10).map(|_| ground.claim(&message, HOUR))).await;
    let held = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Held(_)))
        .count();
    let busy = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Busy))
        .count();
    assert_eq!((held, busy), (1, 9));
    let later = ExecuteOrder {
        attempt: 2,
        ..message
    };
    assert!(
        matches!(ground.claim(&later, HOUR).await, Claim::Stale),
        "another attempt"
    );
    let unknown = ExecuteOrder {
        id: new_order().id,
        attempt: 1,
    };
    assert!(
        matches!(ground.claim(&unknown, HOUR).await, Claim::Stale),
        "no such order"
    );
}

async fn a_lease_that_ends_without_a_word_leaves_an_abandoned_order(ground: &StoreGround) {
    let message = ground.stored().await;
    let Claim::Held(first) = ground.claim(&message, MOMENT).await else {
        panic!("a new order is free");
    };
    assert!(!first.abandoned);
    let second = ground.held_after_lease(&message).await;
    assert!(
        second.abandoned && second.epoch > first.epoch,
        "{first:?}, {second:?}"
    );
    let late = ground.advance(&first, &Change::Routing).await;
    assert!(
        matches!(late, Err(WriteError::Fenced)),
        "the first holder is fenced: {late:?}"
    );
    assert!(matches!(
        ground.orders.renew(&first.hold(), HOUR).await,
        Err(WriteError::Fenced)
    ));
    assert!(matches!(
        ground.orders.release(&first.hold(), MOMENT).await,
        Err(WriteError::Fenced)
    ));
    assert_eq!(ground.log(message.id).await.len(), 1);
}

async fn a_whole_life_is_recorded_step_by_step(ground: &StoreGround) {
    let message = ground.stored().await;
    let mut held = ground.held(&message).await;
    let signed = transaction();
    ground.moved(&mut held, Change::Routing).await;
    ground.moved(&mut held, building()).await;
    ground
        .moved(
            &mut held,
            Change::Submitted {
                transaction: signed.clone(),
            },
        )
        .await;
    ground.left_alone(&held).await;
    let mut held = ground.held_after_lease(&message).await;
    assert_eq!(
        held.transaction,
        Some(signed.clone()),
        "the next holder gets what was signed"
    );
    assert_eq!(held.order.quoted_out, Some(6));
    let recorded = ground
        .moved(&mut held, Change::Confirmed { amount_out: 6 })
        .await;
    assert_eq!(recorded.seq, 5);
    let log = ground.log(message.id).await;
    let expected = ["pending", "routing", "building", "submitted", "confirmed"];
    assert_eq!(
        log.iter().map(|event| event.1).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        log.iter().map(|event| event.0).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    let order = ground
        .orders
        .order(message.id)
        .await
        .expect("it answers")
        .expect("it exists");
    assert_eq!(
        (order.tx_hash, order.amount_out),
        (Some(signed.signature), Some(6))
    );
    assert!(
        matches!(ground.claim(&message, HOUR).await, Claim::Stale),
        "final is final"
    );
    let after = ground
        .orders
        .events(message.id, 3)
        .await
        .expect("the store answers");
    assert_eq!(
        after.iter().map(|event| event.seq).collect::<Vec<_>>(),
        [4, 5]
    );
}

async fn what_is_fenced_writes_nothing(ground: &StoreGround) {
    let message = ground.stored().await;
    let held = ground.held(&message).await;
    ground
        .advance(&held, &Change::Routing)
        .await
        .expect("the hold stands");
    let again = ground.advance(&held, &Change::Routing).await;
    assert!(
        matches!(again, Err(WriteError::Fenced)),
        "the status has moved on: {again:?}"
    );
    assert_eq!(
        ground.log(message.id).await,
        [(1, "pending", 1), (2, "routing", 1)]
    );
}

async fn a_retry_frees_the_order_and_opens_the_next_attempt(ground: &StoreGround) {
    let message = ground.stored().await;
    let mut held = ground.held(&message).await;
    ground.moved(&mut held, Change::Routing).await;
    ground.moved(&mut held, building()).await;
    ground
        .moved(
            &mut held,
            Change::Submitted {
                transaction: transaction(),
            },
        )
        .await;
    ground
        .moved(&mut held, retrying(Some(TransactionEnd::Expired), HOUR))
        .await;
    assert!(
        matches!(ground.claim(&message, HOUR).await, Claim::Stale),
        "attempt 1 is over"
    );
    let next = ExecuteOrder {
        attempt: 2,
        ..message
    };
    let mut held = ground.held(&next).await;
    assert!(!held.abandoned && held.transaction.is_none(), "{held:?}");
    assert_eq!(
        (held.order.status, held.order.attempt),
        (Status::Routing, 2)
    );
    assert_eq!(
        (&held.order.chosen_dex, held.order.quoted_out),
        (&None, None)
    );
    ground.moved(&mut held, building()).await;
    ground
        .moved(
            &mut held,
            Change::Submitted {
                transaction: transaction(),
            },
        )
        .await;
    let last = ground.log(message.id).await.split_off(4);
    assert_eq!(
        last,
        [(5, "routing", 2), (6, "building", 2), (7, "submitted", 2)]
    );
}

async fn an_order_has_one_transaction_that_may_land(ground: &StoreGround) {
    let message = ground.stored().await;
    let mut held = ground.held(&message).await;
    ground.moved(&mut held, Change::Routing).await;
    ground.moved(&mut held, building()).await;
    ground
        .moved(
            &mut held,
            Change::Submitted {
                transaction: transaction(),
            },
        )
        .await;
    let second = Change::Submitted {
        transaction: transaction(),
    };
    let refused = ground.write(&held, &second, Status::Submitted).await;
    assert!(matches!(refused, Err(WriteError::Fenced)), "{refused:?}");
    assert_eq!(
        ground.log(message.id).await.len(),
        4,
        "a refused write leaves no event"
    );
}

async fn a_released_order_is_free_and_not_abandoned(ground: &StoreGround) {
    let message = ground.stored().await;
    let held = ground.held(&message).await;
    ground.released(&held, HOUR).await;
    assert!(!ground.held(&message).await.abandoned);
}

async fn the_history_is_read_newest_first(ground: &StoreGround) {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(ground.stored().await.id);
        ground.clock.sleep(MOMENT * 2).await;
    }
    let mut held = ground
        .held(&ExecuteOrder {
            id: ids[1],
            attempt: 1,
        })
        .await;
    ground.moved(&mut held, failed()).await;
    let page = async |before, status| {
        let query = PageQuery {
            limit: 200,
            before,
            status,
        };
        let page = ground.orders.page(&query).await.expect("the store answers");
        let ours = page.into_iter().filter(|order| ids.contains(&order.id));
        ours.map(|order| (order.id, order.created_at))
            .collect::<Vec<_>>()
    };
    let all = page(None, None).await;
    assert_eq!(
        all.iter().map(|order| order.0).collect::<Vec<_>>(),
        [ids[2], ids[1], ids[0]]
    );
    let older = page(Some((all[0].1, all[0].0)), None).await;
    assert_eq!(older, all[1..]);
    assert_eq!(page(None, Some(Status::Failed)).await, all[1..2]);
    assert_eq!(page(None, Some(Status::Pending)).await, [all[0], all[2]]);
}
