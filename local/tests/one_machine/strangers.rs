//! Accounts that do anything at random, at the same time: what one is answered, on any route,
//! export or socket, tells of what it did itself, and of nothing that another one did.
//!
//! A failure names its seed, `STRANGERS_SEED`, with which the same actions are drawn again.

mod access;
mod account;
mod actions;
mod answer;
mod orders;
mod settled;

use std::{env, thread};

use futures::future::join_all;
use proptest::{
    collection::vec,
    option,
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use uuid::Uuid;

use self::{account::Account, actions::an_action};
use crate::desk::guarded;

const SEED: &str = "STRANGERS_SEED";
const ROUNDS: usize = 3;
const ACCOUNTS: usize = 3;
const STEPS: usize = 60;

/// Tells how to draw the same again when the test fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{SEED}={} draws this again", self.0);
        }
    }
}

fn seeds() -> Vec<u64> {
    let given = env::var(SEED).ok();
    let given = given.map(|text| text.parse().expect("a seed is a number"));
    let random = || Uuid::new_v4().as_u64_pair().0;
    given.map_or_else(
        || (0..ROUNDS).map(|_| random()).collect(),
        |seed| vec![seed],
    )
}

fn drawn<S: Strategy>(seed: u64, strategy: &S) -> S::Value {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tree = strategy.new_tree(&mut runner);
    tree.expect("nothing is filtered out").current()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_tells_of_what_strangers_do() {
    for seed in seeds() {
        let seed = Seed(seed);
        let engine = guarded().await;
        let mut accounts: Vec<Account> = Vec::new();
        for number in 0..ACCOUNTS {
            accounts.push(Account::open(&engine, &format!("stranger-{number}")).await);
        }
        // In a step several act at once, so that one statement serves more than one account.
        let step = vec(option::weighted(0.8, an_action()), ACCOUNTS);
        for step in drawn(seed.0, &vec(step, STEPS)) {
            let known: Vec<_> = accounts.iter().map(Account::identifiers).collect();
            let acting = accounts.iter_mut().zip(step);
            let acting = acting.filter_map(|(account, next)| Some((account, next?)));
            join_all(acting.map(|(account, next)| account.act(next, &known))).await;
        }
        join_all(accounts.iter_mut().map(Account::settle)).await;
        join_all(accounts.iter_mut().map(Account::hear_the_last)).await;
        for account in &accounts {
            let strangers = accounts.iter().filter(|other| other.name != account.name);
            strangers.for_each(|stranger| account.assert_told_nothing_of(stranger));
        }
        drop(accounts);
        engine.stop().await;
    }
}
