//! The order book's duties.

use std::time::Duration;

use engine::{
    order::{Lifetime, LogEntry, Status, TransactionEnd},
    ports::{Claim, ExecuteOrder, Inserted, OrderFilter, PageQuery, StoreError},
};
use futures::future::join_all;
use uuid::Uuid;

use super::{
    StoreFixture,
    fixture::{
        HOUR, MOMENT, OUT, attempt_failed, confirmed, failed, new_order, routing, submitted,
        transaction, venue_chosen, with_key,
    },
};

pub(super) async fn check(fixture: &StoreFixture) {
    an_accepted_order_is_stored_with_its_first_event(fixture).await;
    one_key_makes_one_order_however_often_it_comes(fixture).await;
    one_of_many_claims_succeeds(fixture).await;
    a_lease_that_ends_without_a_word_leaves_an_abandoned_order(fixture).await;
    a_claim_begins_with_what_begins_at_once(fixture).await;
    a_whole_life_is_recorded_step_by_step(fixture).await;
    what_happened_at_once_is_written_at_once_and_in_order(fixture).await;
    what_is_fenced_writes_nothing(fixture).await;
    a_retry_frees_the_order_and_opens_the_next_attempt(fixture).await;
    an_order_has_one_transaction_that_may_land(fixture).await;
    a_released_order_is_free_and_not_abandoned(fixture).await;
    the_history_is_read_newest_first(fixture).await;
}

async fn an_accepted_order_is_stored_with_its_first_event(fixture: &StoreFixture) {
    let new = new_order();
    fixture.inserted(&new, HOUR).await;
    let order = fixture.order(new.id).await.expect("it is stored");
    assert_eq!(
        (order.status, order.attempt, order.last_seq),
        (Status::Pending, 1, 1)
    );
    assert_eq!((order.swap, order.kind), (new.swap, new.kind));
    assert_eq!(fixture.log(new.id).await, [(1, "pending", 1)]);
    assert_eq!(fixture.order(new_order().id).await, None);
}

async fn one_key_makes_one_order_however_often_it_comes(fixture: &StoreFixture) {
    let key = Uuid::new_v4().to_string();
    let orders: Vec<_> = (0..20).map(|_| with_key(&key, [3; 32])).collect();
    let answers = join_all(
        orders
            .iter()
            .map(|order| fixture.writer.insert(order, Lifetime::For(HOUR))),
    )
    .await;
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
            fixture.log(orders[i].id).await,
            [],
            "nothing of a repeat is stored"
        );
    }
}

async fn one_of_many_claims_succeeds(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let claims = join_all((0..10).map(|_| fixture.claim(&message, HOUR))).await;
    let leased = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Leased(_)))
        .count();
    let busy = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Busy))
        .count();
    assert_eq!((leased, busy), (1, 9));
    let later = ExecuteOrder {
        attempt: 2,
        ..message
    };
    assert!(
        matches!(fixture.claim(&later, HOUR).await, Claim::Stale),
        "another attempt"
    );
    let unknown = ExecuteOrder {
        id: new_order().id,
        attempt: 1,
    };
    assert!(
        matches!(fixture.claim(&unknown, HOUR).await, Claim::Stale),
        "no such order"
    );
}

async fn a_lease_that_ends_without_a_word_leaves_an_abandoned_order(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let Claim::Leased(first) = fixture.claim(&message, MOMENT).await else {
        panic!("a new order is free");
    };
    assert!(!first.abandoned);
    let second = fixture.leased_after_expiry(&message).await;
    assert!(
        second.abandoned && second.token > first.token,
        "{first:?}, {second:?}"
    );
    let late = fixture.tried(&first, &venue_chosen()).await;
    assert!(
        matches!(late, Err(StoreError::Conflict)),
        "the first holder is fenced: {late:?}"
    );
    assert!(matches!(
        fixture.writer.renew(&first.lease(), HOUR).await,
        Err(StoreError::Conflict)
    ));
    assert!(matches!(
        fixture.writer.release(&first.lease(), MOMENT).await,
        Err(StoreError::Conflict)
    ));
    assert_eq!(fixture.log(message.id).await.len(), 2);
}

async fn a_claim_begins_with_what_begins_at_once(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let leased = fixture.leased(&message).await;
    let begun = leased.begun.as_ref().expect("it was new");
    assert_eq!((begun.seq, begun.at), (2, leased.order.updated_at));
    assert_eq!(
        fixture.order(message.id).await.as_ref(),
        Some(&leased.order)
    );
    let log = [(1, "pending", 1), (2, "routing", 1)];
    assert_eq!(fixture.log(message.id).await, log);
    fixture.left_alone(&leased).await;
    let again = fixture.leased_after_expiry(&message).await;
    assert!(again.begun.is_none(), "{again:?}");
    assert_eq!(again.order, leased.order);
    assert_eq!(fixture.log(message.id).await, log);

    let late = fixture.stored_for(Duration::ZERO).await;
    fixture.clock.sleep(MOMENT * 2).await;
    let leased = fixture.leased(&late).await;
    assert!(leased.begun.is_none(), "{leased:?}");
    assert_eq!(leased.order.status, Status::Pending);
    assert_eq!(fixture.log(late.id).await, [(1, "pending", 1)]);
}

async fn a_whole_life_is_recorded_step_by_step(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    let signed = transaction();
    fixture.moved(&mut leased, routing()).await;
    fixture.moved(&mut leased, venue_chosen()).await;
    fixture.moved(&mut leased, submitted(&signed)).await;
    fixture.left_alone(&leased).await;
    let mut leased = fixture.leased_after_expiry(&message).await;
    assert_eq!(
        leased.transaction,
        Some(signed.clone()),
        "the next holder gets what was signed"
    );
    assert_eq!(leased.order.quoted_out, Some(OUT));
    let appended = fixture.moved(&mut leased, confirmed(&signed)).await;
    assert_eq!(appended.seq, 5);
    let log = fixture.log(message.id).await;
    let expected = ["pending", "routing", "building", "submitted", "confirmed"];
    assert_eq!(
        log.iter().map(|event| event.1).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        log.iter().map(|event| event.0).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    let order = fixture.order(message.id).await.expect("it exists");
    assert_eq!(
        (order.tx_hash, order.fill.map(|fill| fill.amount_out)),
        (Some(signed.signature), Some(OUT))
    );
    assert!(
        matches!(fixture.claim(&message, HOUR).await, Claim::Stale),
        "final is final"
    );
    let after = fixture
        .log
        .log(message.id, 3)
        .await
        .expect("the store answers");
    assert_eq!(
        after.iter().map(|event| event.seq).collect::<Vec<_>>(),
        [4, 5]
    );
}

async fn what_happened_at_once_is_written_at_once_and_in_order(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    let fenced = leased.clone();
    let sent = transaction();
    let mut both = submitted(&sent);
    both.events.splice(..0, venue_chosen().events);
    let appended = fixture.moved(&mut leased, both.clone()).await;
    let log = [
        (1, "pending", 1),
        (2, "routing", 1),
        (3, "building", 1),
        (4, "submitted", 1),
    ];
    assert_eq!(appended.seq, 4);
    assert_eq!(fixture.log(message.id).await, log);
    assert_eq!(
        fixture.order(message.id).await.as_ref(),
        Some(&leased.order)
    );
    let refused = fixture.tried(&fenced, &both).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(fixture.log(message.id).await, log);
    fixture.left_alone(&leased).await;
    let next = fixture.leased_after_expiry(&message).await;
    assert_eq!(next.transaction, Some(sent));
}

async fn what_is_fenced_writes_nothing(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let leased = fixture.leased(&message).await;
    fixture
        .tried(&leased, &venue_chosen())
        .await
        .expect("the lease stands");
    let again = fixture.tried(&leased, &venue_chosen()).await;
    assert!(
        matches!(again, Err(StoreError::Conflict)),
        "the status has moved on: {again:?}"
    );
    assert_eq!(
        fixture.log(message.id).await,
        [(1, "pending", 1), (2, "routing", 1), (3, "building", 1)]
    );
}

async fn a_retry_frees_the_order_and_opens_the_next_attempt(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    fixture.moved(&mut leased, venue_chosen()).await;
    fixture.moved(&mut leased, submitted(&transaction())).await;
    fixture
        .moved(
            &mut leased,
            attempt_failed(Some(TransactionEnd::Expired), HOUR),
        )
        .await;
    assert!(
        matches!(fixture.claim(&message, HOUR).await, Claim::Stale),
        "attempt 1 is over"
    );
    let next = ExecuteOrder {
        attempt: 2,
        ..message
    };
    let mut leased = fixture.leased(&next).await;
    assert!(
        !leased.abandoned && leased.transaction.is_none(),
        "{leased:?}"
    );
    assert_eq!(
        (leased.order.status, leased.order.attempt),
        (Status::Routing, 2)
    );
    assert_eq!(
        (&leased.order.route, leased.order.quoted_out),
        (&None, None)
    );
    fixture.moved(&mut leased, venue_chosen()).await;
    fixture.moved(&mut leased, submitted(&transaction())).await;
    let last = fixture.log(message.id).await.split_off(4);
    assert_eq!(
        last,
        [(5, "routing", 2), (6, "building", 2), (7, "submitted", 2)]
    );
}

async fn an_order_has_one_transaction_that_may_land(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let mut leased = fixture.leased(&message).await;
    fixture.moved(&mut leased, routing()).await;
    fixture.moved(&mut leased, venue_chosen()).await;
    fixture.moved(&mut leased, submitted(&transaction())).await;
    let second = submitted(&transaction());
    let mut after = leased.order.clone();
    after.last_seq += 1;
    let entry = LogEntry {
        event: second.events[0].clone(),
        status: after.status,
        attempt: after.attempt,
    };
    let refused = fixture.append(&leased, &[entry], &second, &after).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(
        fixture.log(message.id).await.len(),
        4,
        "a refused write leaves no event"
    );
}

async fn a_released_order_is_free_and_not_abandoned(fixture: &StoreFixture) {
    let message = fixture.stored().await;
    let leased = fixture.leased(&message).await;
    fixture.released(&leased, HOUR).await;
    assert!(!fixture.leased(&message).await.abandoned);
}

async fn the_history_is_read_newest_first(fixture: &StoreFixture) {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.stored().await.id);
        fixture.clock.sleep(MOMENT * 2).await;
    }
    let mut leased = fixture
        .leased(&ExecuteOrder {
            id: ids[1],
            attempt: 1,
        })
        .await;
    fixture.moved(&mut leased, failed()).await;
    let page = async |before, status| {
        let query = PageQuery {
            limit: 200,
            before,
            only: OrderFilter {
                status,
                ..OrderFilter::default()
            },
        };
        let ours = fixture
            .page(&query)
            .await
            .into_iter()
            .filter(|order| ids.contains(&order.id));
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
