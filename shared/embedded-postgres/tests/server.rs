//! The life of a server, seen from outside: real PostgreSQL, real kills.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod world;

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::{Duration, Instant};

use embedded_postgres::{Arrival, Server, Settings, SqlError, StartError};
use world::{Process, Scratch, eventually, sql};

/// Not a test: an engine in another process, holding the server until it is killed.
#[test]
#[ignore = "started by the tests that kill it"]
fn engine_in_another_process() {
    let Some(folder) = world::argument() else {
        return;
    };
    let server = Server::start(&Settings::durable(folder)).unwrap();
    world::report_and_wait(&server.url());
}

#[test]
fn data_and_address_stay_from_run_to_run() {
    let scratch = Scratch::new();
    let settings = Settings::durable(scratch.data());

    let first = Server::start(&settings).unwrap();
    assert_eq!(first.arrival(), Arrival::Created);
    let url = first.url();
    sql(
        &url,
        "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)",
    )
    .unwrap();
    first.stop().unwrap();
    assert!(sql(&url, "SELECT 1").is_err(), "it is stopped");

    let second = Server::start(&settings).unwrap();
    assert_eq!(second.arrival(), Arrival::Started);
    assert_eq!(second.url(), url);
    assert_eq!(sql(&url, "SELECT n FROM kept").unwrap(), ["7"]);
}

#[test]
fn what_is_committed_is_on_the_disk_unless_thrown_away() {
    let scratch = Scratch::new();
    let durable = Server::start(&Settings::durable(scratch.data())).unwrap();
    for promise in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(
            sql(&durable.url(), &format!("SHOW {promise}")).unwrap(),
            ["on"],
            "{promise}"
        );
    }
    assert_eq!(
        sql(&durable.url(), "SHOW max_connections").unwrap(),
        ["200"]
    );
    durable.leave_running();

    // Running otherwise than asked for, it is not taken over but replaced.
    let other = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    assert_eq!(other.arrival(), Arrival::Started);
    assert_eq!(sql(&other.url(), "SHOW fsync").unwrap(), ["off"]);
}

#[test]
fn only_who_knows_the_password_gets_in() {
    let scratch = Scratch::new();
    let server = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    let password = fs::read_to_string(scratch.data().join("password")).unwrap();

    let wrong = sql(&server.url().replace(&password, "wrong"), "SELECT 1").unwrap_err();
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    let open = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'";
    assert_eq!(
        sql(&server.url(), open).unwrap(),
        ["0"],
        "no way in without a password"
    );

    let mode = fs::metadata(scratch.data().join("password"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn it_listens_on_the_loopback_address_only() {
    let scratch = Scratch::new();
    let server = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    let reach = |address: Ipv4Addr| TcpStream::connect((address, server.port()));

    assert!(reach(Ipv4Addr::LOCALHOST).is_ok());
    assert!(
        reach(Ipv4Addr::new(127, 0, 0, 2)).is_err(),
        "every other address, even a local one"
    );
    assert_eq!(
        sql(&server.url(), "SHOW unix_socket_directories").unwrap(),
        [""]
    );
}

#[test]
fn one_engine_at_a_time_and_the_next_takes_over_from_a_killed_one() {
    let scratch = Scratch::new();
    let settings = Settings::durable(scratch.data());
    let mut engine = Process::start("engine_in_another_process", &scratch.data(), None);
    let url = engine.said.clone();
    sql(
        &url,
        "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)",
    )
    .unwrap();

    let refusal = Server::start(&settings).unwrap_err();
    assert!(matches!(refusal, StartError::InUse { .. }), "{refusal}");
    assert!(
        refusal.to_string().contains("in use by another engine"),
        "{refusal}"
    );

    engine.kill();
    assert_eq!(
        sql(&url, "SELECT n FROM kept").unwrap(),
        ["7"],
        "PostgreSQL lives on"
    );

    let before = Instant::now();
    let adopted = Server::start(&settings).unwrap();
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "took {:?}",
        before.elapsed()
    );
    assert_eq!(
        (adopted.arrival(), adopted.url()),
        (Arrival::Adopted, url.clone())
    );
    adopted.stop().unwrap();
    assert!(
        sql(&url, "SELECT 1").is_err(),
        "an adopted one is stopped like any other"
    );
}

#[test]
fn an_interrupt_from_the_terminal_does_not_reach_it() {
    let scratch = Scratch::new();
    let mut engine = Process::start("engine_in_another_process", &scratch.data(), None);
    engine.interrupt();
    assert_eq!(sql(&engine.said, "SELECT 1").unwrap(), ["1"]);
}

#[test]
fn a_crash_of_everything_loses_nothing_that_was_committed() {
    let scratch = Scratch::new();
    let settings = Settings::durable(scratch.data());
    let mut engine = Process::start("engine_in_another_process", &scratch.data(), None);
    let url = engine.said.clone();
    sql(
        &url,
        "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)",
    )
    .unwrap();

    engine.kill();
    let pid = postmaster_pid(&scratch);
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();

    let next = Server::start(&settings).unwrap();
    assert_eq!(next.arrival(), Arrival::Started);
    assert_eq!(sql(&next.url(), "SELECT n FROM kept").unwrap(), ["7"]);
}

#[test]
fn a_pid_file_from_before_a_machine_crash_confuses_nobody() {
    let scratch = Scratch::new();
    let settings = Settings::throw_away(scratch.data());
    let server = Server::start(&settings).unwrap();
    let pid_file = scratch.data().join("cluster/postmaster.pid");
    let stale = fs::read_to_string(&pid_file).unwrap();
    server.stop().unwrap();

    // After a restart of the machine the id belongs to another process, of all things to another
    // PostgreSQL of the same account: the case that PostgreSQL alone cannot tell from its own.
    let elsewhere = Scratch::new();
    let other = Server::start(&Settings::throw_away(elsewhere.data())).unwrap();
    let reused = postmaster_pid(&elsewhere).as_raw_nonzero().to_string();
    let (_, rest) = stale.split_once('\n').unwrap();
    fs::write(&pid_file, format!("{reused}\n{rest}")).unwrap();

    let server = Server::start(&settings).unwrap();
    assert_eq!(server.arrival(), Arrival::Started);
    server.stop().unwrap();
    assert_eq!(
        sql(&other.url(), "SELECT 1").unwrap(),
        ["1"],
        "the other one is left alone"
    );
}

#[test]
fn a_start_that_was_cut_off_is_begun_anew() {
    let scratch = Scratch::new();
    let draft = scratch.data().join("cluster.new");
    fs::create_dir_all(draft.join("base")).unwrap();
    fs::write(draft.join("PG_VERSION"), "").unwrap();
    let server = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    assert_eq!(server.arrival(), Arrival::Created);
}

#[test]
fn data_of_another_major_version_is_refused_by_name() {
    let scratch = Scratch::new();
    let settings = Settings::throw_away(scratch.data());
    let server = Server::start(&settings).unwrap();
    let installed = server.version().to_string();
    server.stop().unwrap();
    fs::write(scratch.data().join("cluster/PG_VERSION"), "9\n").unwrap();

    let refusal = Server::start(&settings).unwrap_err();
    let StartError::OtherVersion {
        data,
        installed: found,
        ..
    } = &refusal
    else {
        panic!("{refusal}")
    };
    assert_eq!(data, "9");
    assert!(
        found.split(", ").any(|version| version == installed),
        "{found}"
    );
    assert!(refusal.to_string().contains("pg_upgrade"), "{refusal}");
}

#[test]
fn a_taken_port_is_refused_when_asked_for_and_avoided_otherwise() {
    let scratch = Scratch::new();
    let settings = Settings::throw_away(scratch.data());
    let server = Server::start(&settings).unwrap();
    let port = server.port();
    server.stop().unwrap();
    let _squatter = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();

    let asked = Settings {
        port: Some(port),
        ..settings.clone()
    };
    let refusal = Server::start(&asked).unwrap_err();
    assert!(
        matches!(refusal, StartError::PortTaken { port: taken } if taken == port),
        "{refusal}"
    );

    let elsewhere = Server::start(&settings).unwrap();
    assert_ne!(elsewhere.port(), port);
    assert_eq!(sql(&elsewhere.url(), "SELECT 1").unwrap(), ["1"]);
}

#[test]
fn stopping_does_not_wait_for_idle_or_busy_connections() {
    let scratch = Scratch::new();
    let server = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    let url = server.url();
    let busy = std::thread::spawn({
        let url = url.clone();
        move || sql(&url, "SELECT pg_sleep(60)")
    });
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    eventually("the connection is busy", || {
        sql(&url, asleep).unwrap() == ["1"]
    });

    let before = Instant::now();
    server.stop().unwrap();
    assert!(
        before.elapsed() < Duration::from_secs(20),
        "took {:?}",
        before.elapsed()
    );
    assert!(busy.join().unwrap().is_err());
}

#[test]
fn a_database_is_created_under_a_plain_name_only() {
    let scratch = Scratch::new();
    let server = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    let url = server.create_database("second").unwrap();
    assert_eq!(sql(&url, "SELECT current_database()").unwrap(), ["second"]);

    assert!(matches!(
        server.create_database("second"),
        Err(SqlError::Refused(_))
    ));
    let attack = server.create_database("x; DROP DATABASE second");
    assert!(matches!(attack, Err(SqlError::Name(_))), "{attack:?}");
    assert_eq!(sql(&url, "SELECT 1").unwrap(), ["1"]);
}

#[test]
fn a_lost_or_changed_password_is_named() {
    let scratch = Scratch::new();
    let settings = Settings::throw_away(scratch.data());
    Server::start(&settings).unwrap().stop().unwrap();
    let nothing_runs = || Server::url_of(&scratch.data()).unwrap().is_none();

    fs::remove_file(scratch.data().join("password")).unwrap();
    let refusal = Server::start(&settings).unwrap_err();
    assert!(
        matches!(refusal, StartError::PasswordLost { .. }),
        "{refusal}"
    );
    assert!(nothing_runs());

    fs::write(scratch.data().join("password"), "another").unwrap();
    let refusal = Server::start(&settings).unwrap_err();
    assert!(matches!(refusal, StartError::Refused { .. }), "{refusal}");
    assert!(nothing_runs());
}

#[test]
fn started_by_root_it_runs_as_somebody_else() {
    if !rustix::process::geteuid().is_root() {
        return; // An ordinary user has nobody to step down to.
    }
    let scratch = Scratch::new();
    let server = Server::start(&Settings::throw_away(scratch.data())).unwrap();
    assert_ne!(
        fs::metadata(scratch.data().join("cluster")).unwrap().uid(),
        0
    );
    drop(server);

    let closed = scratch.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let refusal = Server::start(&Settings::throw_away(closed.join("postgres"))).unwrap_err();
    let StartError::Unreachable { barrier, .. } = &refusal else {
        panic!("{refusal}")
    };
    assert_eq!(*barrier, closed);
}

fn postmaster_pid(scratch: &Scratch) -> rustix::process::Pid {
    let text = fs::read_to_string(scratch.data().join("cluster/postmaster.pid")).unwrap();
    let pid = text.lines().next().unwrap().trim().parse().unwrap();
    rustix::process::Pid::from_raw(pid).unwrap()
}
