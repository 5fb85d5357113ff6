//! The test databases themselves: apart from each other, cheap, and gone with their users.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod world;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedded_postgres::testing::{OwnCluster, TestDatabase};
use world::{Process, Scratch, eventually, sql};

/// Not a test: a test process that uses a database until it is killed.
#[test]
#[ignore = "started by the tests that kill it"]
fn user_of_a_test_database() {
    if world::argument().is_some() {
        let database = TestDatabase::create();
        world::report_and_wait(database.url());
    }
}

/// Not a test: a test process that has a cluster of its own until it is killed.
#[test]
#[ignore = "started by the tests that kill it"]
fn user_of_an_own_cluster() {
    if world::argument().is_some() {
        let cluster = OwnCluster::start();
        world::report_and_wait(cluster.url());
    }
}

#[test]
fn each_database_is_alone_and_dropped_with_its_value() {
    let (one, two) = (TestDatabase::create(), TestDatabase::create());
    sql(one.url(), "CREATE TABLE mine (n int)").unwrap();
    assert!(
        sql(two.url(), "SELECT * FROM mine")
            .unwrap_err()
            .contains("does not exist")
    );

    let url = one.url().to_owned();
    drop(one);
    assert!(
        sql(&url, "SELECT 1")
            .unwrap_err()
            .contains("does not exist")
    );
}

#[test]
fn a_template_is_filled_once_and_copied() {
    static FILLED: AtomicUsize = AtomicUsize::new(0);
    let template = format!("once_{}", std::process::id());
    let copy = || {
        TestDatabase::from_template(&template, |url| {
            FILLED.fetch_add(1, Ordering::SeqCst);
            sql(
                url,
                "CREATE TABLE filled (n int); INSERT INTO filled VALUES (7)",
            )
            .unwrap();
        })
    };
    let copies: Vec<TestDatabase> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(copy)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for database in &copies {
        assert_eq!(sql(database.url(), "SELECT n FROM filled").unwrap(), ["7"]);
    }
    assert_eq!(FILLED.load(Ordering::SeqCst), 1);
    sql(copies[0].url(), "DELETE FROM filled").unwrap();
    assert_eq!(
        sql(copies[1].url(), "SELECT n FROM filled").unwrap(),
        ["7"],
        "copies are apart"
    );
}

#[test]
fn a_template_whose_filling_failed_is_begun_anew() {
    let template = format!("anew_{}", std::process::id());
    let failed = std::panic::catch_unwind(|| {
        TestDatabase::from_template(&template, |url| {
            sql(url, "CREATE TABLE half (n int)").unwrap();
            panic!("the migration is wrong");
        })
    });
    assert!(failed.is_err());
    let database = TestDatabase::from_template(&template, |url| {
        sql(url, "CREATE TABLE half (n int)").unwrap();
    });
    assert!(
        sql(database.url(), "SELECT * FROM half")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_own_cluster_restarts_at_the_same_address_with_its_data() {
    let mut cluster = OwnCluster::start();
    let url = cluster.url().to_owned();
    sql(
        &url,
        "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)",
    )
    .unwrap();
    cluster.stop();
    assert!(sql(&url, "SELECT 1").is_err());
    cluster.start_again();
    assert_eq!(sql(&url, "SELECT n FROM kept").unwrap(), ["7"]);
    cluster.restart();
    assert_eq!(sql(&url, "SELECT n FROM kept").unwrap(), ["7"]);
    drop(cluster);
    assert!(sql(&url, "SELECT 1").is_err());
}

#[test]
fn processes_share_one_cluster_which_ends_after_the_last_was_killed() {
    let scratch = Scratch::new();
    let user = || {
        Process::start(
            "user_of_a_test_database",
            Path::new("-"),
            Some(scratch.path()),
        )
    };
    let mut users: Vec<Process> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(user)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let server = |url: &str| url.rsplit_once('/').unwrap().0.to_owned();
    let shared = server(&users[0].said);
    assert!(users.iter().all(|user| server(&user.said) == shared));
    assert_eq!(runs(scratch.path()), 1);

    // Whoever started it may go first.
    let last = users.pop().unwrap();
    users.iter_mut().for_each(Process::kill);
    assert_eq!(sql(&last.said, "SELECT 1").unwrap(), ["1"]);
    drop(last);
    eventually("the cluster has ended and is removed", || {
        runs(scratch.path()) == 0
    });
    let after = sql(
        &format!("{shared}/engine?sslmode=disable"),
        "SHOW data_directory",
    );
    assert!(after.is_err(), "still runs: {after:?}");
}

#[test]
fn an_own_cluster_ends_with_its_killed_process() {
    let scratch = Scratch::new();
    let mut user = Process::start(
        "user_of_an_own_cluster",
        Path::new("-"),
        Some(scratch.path()),
    );
    assert_eq!(sql(&user.said, "SELECT 1").unwrap(), ["1"]);
    assert_eq!(runs(scratch.path()), 1);
    user.kill();
    eventually("the cluster has ended and is removed", || {
        runs(scratch.path()) == 0
    });
    assert!(sql(&user.said, "SELECT 1").is_err());
}

/// How many clusters there are below a folder for temporary files.
fn runs(temporary: &Path) -> usize {
    let Ok(bases) = fs::read_dir(temporary) else {
        return 0;
    };
    bases
        .flatten()
        .flat_map(|base| fs::read_dir(base.path()).into_iter().flatten().flatten())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("run-"))
        .count()
}
