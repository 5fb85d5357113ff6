//! New pools, and the orders that wait for one.

use std::time::Duration;

use engine::{
    launch::{LaunchPlace, LaunchedPool, Safety},
    order::{
        Cause, Fired, Lifetime, LimitPrice, NewOrder, OrderEvent, OrderKind, Requirements,
        SeenPool, SlippageTolerance, Sniper, Status, Token, TokenAmount, TriggerPool, Unmet,
        WaitingReason,
    },
    ports::{CreatedPools, ExecuteOrder, Inserted, LeasedOrder, Next, Wake},
    routing::VenueId,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    StoreFixture,
    fixture::{HOUR, Move, messages, new_order},
};

pub(super) async fn check(fixture: &StoreFixture) {
    the_cursor_moves_with_what_it_has_passed_and_for_one_reader_alone(fixture).await;
    a_sniper_order_is_read_back_with_all_its_terms_and_its_trigger(fixture).await;
    a_pool_wakes_those_who_wait_for_it_once(fixture).await;
    whoever_begins_to_wait_while_a_pool_becomes_known_is_woken(fixture).await;
}

fn pool(slot: u64, transaction: u32, mint: &str) -> LaunchedPool {
    LaunchedPool {
        place: LaunchPlace {
            slot,
            transaction,
            instruction: 3,
        },
        mint: mint.into(),
        symbol: "CAT".into(),
        decimals: 9,
        against: "SOL".into(),
        venue: VenueId::new("Meteora"),
        pool: format!("pool {slot}.{transaction}"),
        opens_at: moment(),
        liquidity: TokenAmount::from_units(84_500_000_001, 9),
        safety: Safety {
            mint_authority_revoked: true,
            freeze_authority_revoked: false,
            lp_burned: true,
        },
    }
}

fn moment() -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_123).expect("a time")
}

fn fresh_mint() -> String {
    Uuid::new_v4().to_string()
}

/// A sniper order with every term that there is.
fn sniper_order(mint: &str, expires_at: Timestamp) -> NewOrder {
    let sol = |units| Some(TokenAmount::from_units(units, 9));
    let mut order = new_order();
    order.swap.token_out = Token {
        symbol: mint.into(),
        decimals: 0,
    };
    order.kind = OrderKind::Sniper(Sniper {
        slippage: SlippageTolerance::from_bps(5_000).expect("within the limit"),
        price: LimitPrice::new(1_200.into()),
        venues: vec![VenueId::new("Meteora"), VenueId::new("Raydium")],
        min_liquidity: sol(50_000_000_000),
        max_liquidity: sol(500_000_000_001),
        max_age_slots: 300,
        require: Requirements {
            lp_burned: true,
            ..Requirements::default()
        },
        expires_at,
    });
    order
}

fn for_pool_after(slot: u64) -> Wake {
    Wake {
        pool_after: Some(slot),
        ..Wake::default()
    }
}

fn no_pool_yet() -> Unmet {
    Unmet {
        reason: WaitingReason::NoPoolYet,
        best: None,
    }
}

fn waiting_started(wake: Wake) -> Move {
    let event = OrderEvent::WaitingStarted {
        unmet: no_pool_yet(),
        pool: Some(SeenPool {
            pool: "seen".into(),
            opens_at: moment(),
        }),
        settled: None,
    };
    Move {
        next: Next::Wait(wake),
        ..event.into()
    }
}

impl StoreFixture {
    /// Goes on in the chain's log, and answers the slot that the pools are in.
    async fn learns(&self, mints: &[&str]) -> u64 {
        let cursor = self.launch_log.cursor().await.expect("the store answers");
        let slot = cursor.unwrap_or(1_000) + 1;
        let pools = mints.iter().zip(0..).map(|(mint, n)| pool(slot, n, mint));
        let piece = CreatedPools {
            through: slot,
            pools: pools.collect(),
        };
        let kept = self.launch_log.keep(cursor, &piece).await;
        assert!(kept.expect("the store answers"), "nobody else reads");
        slot
    }

    async fn expiry(&self) -> Timestamp {
        let message = self.stored().await;
        let order = self.order(message.id).await.expect("it is stored");
        order.created_at + HOUR
    }

    /// An order that waits for a pool of a mint.
    async fn waits_for(&self, mint: &str, wake: Wake) -> ExecuteOrder {
        let order = sniper_order(mint, self.expiry().await);
        let OrderKind::Sniper(terms) = &order.kind else {
            unreachable!("it is one")
        };
        let lifetime = Lifetime::Until(terms.expires_at);
        let inserted = self.writer.insert(&order, lifetime).await;
        assert_eq!(inserted.expect("the store answers"), Inserted::New);
        let first = ExecuteOrder {
            id: order.id,
            attempt: 1,
        };
        let mut leased = self.leased(&first).await;
        assert_eq!(leased.order.kind, order.kind);
        self.moved(&mut leased, waiting_started(wake)).await;
        ExecuteOrder {
            id: order.id,
            attempt: 2,
        }
    }

    async fn waits_again(&self, leased: &LeasedOrder, wake: Wake) {
        let (lease, unmet) = (leased.lease(), no_pool_yet());
        let waits = self.writer.wait_again(&lease, &unmet, &wake).await;
        waits.expect("the lease stands");
    }

    async fn launched(&self) -> Vec<ExecuteOrder> {
        let woken = self.waiting.wake_launched(1_000).await;
        messages(woken)
    }
}

async fn the_cursor_moves_with_what_it_has_passed_and_for_one_reader_alone(fixture: &StoreFixture) {
    let (mint, other) = (fresh_mint(), fresh_mint());
    let before = fixture.launch_log.cursor().await.expect("an answer");
    let slot = fixture.learns(&[&mint, &other, &mint]).await;
    let late = CreatedPools {
        through: slot + 5,
        pools: vec![pool(slot + 4, 0, &mint)],
    };
    let kept = fixture.launch_log.keep(before, &late).await;
    assert!(!kept.expect("an answer"), "the cursor was there before");
    let cursor = fixture.launch_log.cursor().await;
    assert_eq!(cursor.expect("an answer"), Some(slot));
    let known = fixture.launch_log.of_mint(&mint).await.expect("an answer");
    assert_eq!(known, [pool(slot, 0, &mint), pool(slot, 2, &mint)]);
    let newest = fixture.launch_log.newest(2).await.expect("an answer");
    assert_eq!(newest, [pool(slot, 2, &mint), pool(slot, 1, &other)]);
}

async fn a_sniper_order_is_read_back_with_all_its_terms_and_its_trigger(fixture: &StoreFixture) {
    let mint = fresh_mint();
    let message = fixture.waits_for(&mint, for_pool_after(0)).await;
    let read = fixture.order(message.id).await.expect("it is stored");
    let expected = sniper_order(&mint, read.deadline);
    assert_eq!(read.kind, expected.kind);
    assert_eq!(read.waiting.map(|waits| waits.unmet), Some(no_pool_yet()));
    let mut leased = fixture.leased(&message).await;
    let fired = Fired {
        at: moment(),
        by: Cause::Pool(TriggerPool {
            pool: "the pool".into(),
            venue: VenueId::new("Raydium"),
            slot: 77,
            opens_at: moment(),
            decimals: 9,
        }),
    };
    let begun = OrderEvent::RoutingStarted {
        fired: Some(fired.clone()),
    };
    fixture.moved(&mut leased, begun.clone().into()).await;
    let order = fixture.order(message.id).await.expect("it is stored");
    assert_eq!(
        (order.status, &order.fired),
        (Status::Routing, &Some(fired))
    );
    assert_eq!(order.swap.token_out.decimals, 9, "the pool has told them");
    let log = fixture.log.log(message.id, 1).await;
    let log = log.expect("the store answers");
    let waiting = waiting_started(Wake::default()).events;
    assert_eq!(log[0].known(), waiting.first());
    assert_eq!(log[1].known(), Some(&begun));
}

async fn a_pool_wakes_those_who_wait_for_it_once(fixture: &StoreFixture) {
    let (mint, other) = (fresh_mint(), fresh_mint());
    let slot = fixture.learns(&[&mint]).await;
    fixture.launched().await;
    let message = fixture.waits_for(&mint, for_pool_after(slot)).await;
    let stranger = fixture.waits_for(&other, for_pool_after(slot)).await;
    let indifferent = fixture.waits_for(&mint, Wake::default()).await;
    assert_eq!(fixture.launched().await, [], "that pool was looked at");
    let next = fixture.learns(&[&mint]).await;
    assert_eq!(fixture.launched().await, [message]);
    assert_eq!(fixture.launched().await, [], "once");
    let leased = fixture.leased(&message).await;
    let wake = for_pool_after(next);
    fixture.waits_again(&leased, wake).await;
    assert_eq!(fixture.launched().await, [], "that pool was looked at");
    fixture.learns(&[&other, &mint]).await;
    let mut both = [message, stranger];
    both.sort_by_key(|message| message.id);
    assert_eq!(fixture.launched().await, both);
    let asleep = fixture.order(indifferent.id).await.expect("it is stored");
    assert_eq!(asleep.status, Status::Waiting);
}

/// It looked, found nothing, and wrote that it waits after the pool had become known, when nobody
/// watched that pool any more or before anybody did.
async fn whoever_begins_to_wait_while_a_pool_becomes_known_is_woken(fixture: &StoreFixture) {
    let mint = fresh_mint();
    fixture.learns(&[&mint]).await;
    for looks in 1..=2 {
        fixture.launched().await;
        let message = fixture.waits_for(&mint, for_pool_after(looks)).await;
        let mut woken = fixture.launched().await;
        let due = fixture.waiting.wake_due(1_000).await;
        woken.extend(messages(due));
        assert_eq!(woken, [message]);
        let leased = fixture.leased(&message).await;
        let wake = for_pool_after(looks);
        fixture.waits_again(&leased, wake).await;
        fixture.clock.sleep(Duration::from_millis(1)).await;
        let mut woken = fixture.launched().await;
        let due = fixture.waiting.wake_due(1_000).await;
        woken.extend(messages(due));
        assert_eq!(woken, [message], "and again");
    }
}
