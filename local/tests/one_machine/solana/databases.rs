//! A database of one chain, and an engine that trades on another.

use testkit::TestDatabase;

use super::{starts::refusal_on, world::World};
use crate::{
    support::{Engine, QUICK, ten_sol},
    upgrade::released,
};

/// What is said when it must not be taken.
async fn is_refused(options: Vec<String>, database: &TestDatabase, found: &str, expected: &str) {
    let said = refusal_on(options, database.url()).await;
    let told = format!("this database belongs to {found}, and this program trades on {expected}");
    assert!(said.contains(&told), "{told}: {said}");
    assert!(said.contains("name another database"), "{said}");
}

fn quick() -> Vec<String> {
    QUICK.map(str::to_owned).to_vec()
}

const ANOTHER: &str = "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY";
const SIMULATED: &str = "the simulated market";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_simulation_is_not_traded_from_on_a_chain() {
    let world = World::still(1).await;
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    let database = engine.stop().await;
    is_refused(world.options(), &database, SIMULATED, &world.genesis()).await;
    assert!(world.chain.sent().is_empty());

    let engine = Engine::start_on(database, &QUICK, |trading| trading).await;
    engine.story(&id).await;
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(order["status"], "confirmed", "{order:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_chain_is_no_other_chains() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let database = engine.stop().await;
    is_refused(quick(), &database, &world.genesis(), SIMULATED).await;

    let other = World::still(1).await;
    other.chain.set_genesis(ANOTHER.parse().expect("a hash"));
    other.write_markets("local");
    assert_ne!(other.genesis(), world.genesis());
    is_refused(
        other.options(),
        &database,
        &world.genesis(),
        &other.genesis(),
    )
    .await;

    let options = world.options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let engine = Engine::start_on(database, &options, |trading| trading).await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(order["status"], "confirmed", "{order:#}");
}

/// The released version wrote no chain down, and knew one.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_released_version_is_the_simulations() {
    let world = World::still(1).await;
    let (database, _client) = released().await;
    is_refused(world.options(), &database, SIMULATED, &world.genesis()).await;
    let engine = Engine::start_on(database, &QUICK, |trading| trading).await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
}
