//! What the process depends on ends, and so does it, or it mends it; and what it leaves behind.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{Failure, SignedTransaction},
    ports::{Chain, ChainStatus, Prepare, Unavailable},
};
use postgres::Database;
use serde_json::Value;

use crate::{
    process::{DataDir, Process, free_port, program, program_that_hears_a_hang_up},
    support::{Engine, QUICK, Subscriber, assert_complete, eventually, ten_sol},
};

fn pid_file(data_dir: &DataDir) -> PathBuf {
    Path::new(data_dir.text()).join("cluster/postmaster.pid")
}

/// `kill -9`, as a machine without memory does it. Answers the process that it was.
fn kill_postmaster(data_dir: &DataDir) -> String {
    let text = fs::read_to_string(pid_file(data_dir)).expect("its PostgreSQL runs");
    let pid = text.lines().next().expect("a process id").to_owned();
    let killed = Command::new("kill").args(["-9", &pid]).status();
    assert!(killed.expect("kill runs").success());
    pid
}

fn assert_nothing_is_left(data_dir: &DataDir) {
    let running = embedded_postgres::Server::stop_left_running(Path::new(data_dir.text()));
    assert!(!running.expect("the folder can be read"), "PostgreSQL runs");
    assert!(!pid_file(data_dir).exists(), "its pid file is left");
}

/// Places an order as soon as one is taken, and answers its id.
async fn place(process: &Process) -> String {
    let url = format!("{}/api/orders/execute", process.base);
    eventually("an order is taken", async || {
        let request = process.client.post(&url).json(&ten_sol());
        let answer = request.send().await.expect("the engine answers");
        let taken = answer.status() == 202;
        assert!(taken || answer.status() == 503, "{}", answer.status());
        let body: Value = answer.json().await.expect("JSON");
        taken.then(|| body["orderId"].as_str().expect("an id").to_owned())
    })
    .await
}

async fn healthy(process: &Process) {
    let url = format!("{}/health", process.base);
    let ask = async || {
        let answer = process.client.get(&url).send().await;
        let answer = answer.expect("the engine lives");
        answer.status().is_success().then_some(())
    };
    eventually("a healthy engine", ask).await;
}

/// An engine, and the file that has its words.
async fn outspoken(data_dir: &DataDir) -> (Process, PathBuf) {
    let errors = Path::new(data_dir.text()).with_extension("stderr");
    let mut process = program();
    let port = free_port();
    process
        .args(["--port", &port.to_string(), "--data-dir", data_dir.text()])
        .stdout(Stdio::null())
        .stderr(fs::File::create(&errors).expect("a file"));
    let process = Process::of(process, port).await;
    (process, errors)
}

/// What an engine said that cannot go on.
async fn last_words(process: Process, errors: &Path) -> String {
    let code = process.ended().await;
    let said = fs::read_to_string(errors).expect("its words");
    let _ = fs::remove_file(errors);
    assert_eq!(code, Some(3), "{said}");
    said
}

async fn another_postgres(data_dir: &DataDir, killed: &str) {
    eventually("another PostgreSQL", async || {
        let now = fs::read_to_string(pid_file(data_dir)).ok()?;
        (now.contains("ready") && now.lines().next() != Some(killed)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_is_killed_is_started_again_and_its_orders_finish() {
    let data_dir = DataDir::new("killed-postgres");
    let options = [
        "--data-dir",
        data_dir.text(),
        "--sim-execution-delay-ms",
        "1500",
    ];
    let process = Process::start(&options).await;
    for _ in 0..2 {
        let before = place(&process).await;
        let killed = kill_postmaster(&data_dir);
        another_postgres(&data_dir, &killed).await;
        healthy(&process).await;
        let after = place(&process).await;
        for id in [before, after] {
            let socket = Subscriber::open(&process.base, &format!("orderId={id}")).await;
            assert_complete(&socket.to_the_end().await);
        }
    }
    let (code, _) = process.stop("-TERM").await;
    assert_eq!(code, Some(0));
    assert_nothing_is_left(&data_dir);
}

/// It starts each time, so only how soon it ends tells that nothing comes of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_ends_again_and_again_ends_the_engine() {
    let data_dir = DataDir::new("dying-postgres");
    let (process, errors) = outspoken(&data_dir).await;
    for _ in 0..2 {
        let killed = kill_postmaster(&data_dir);
        another_postgres(&data_dir, &killed).await;
    }
    kill_postmaster(&data_dir);
    let said = last_words(process, &errors).await;
    assert!(said.contains("3 times in a row it ended"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_cannot_be_started_again_ends_the_engine_with_its_words() {
    let data_dir = DataDir::new("broken-postgres");
    let (process, errors) = outspoken(&data_dir).await;
    let control = Path::new(data_dir.text()).join("cluster/global/pg_control");
    fs::write(control, b"not what PostgreSQL wrote").expect("it can be damaged");
    kill_postmaster(&data_dir);
    let said = last_words(process, &errors).await;
    assert!(said.contains("cannot be started again"), "{said}");
    assert!(
        said.contains("pg_control"),
        "PostgreSQL's own words: {said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_terminal_stops_it_as_ctrl_c_does() {
    let data_dir = DataDir::new("hang-up");
    let program = program_that_hears_a_hang_up();
    let process = Process::start_as(program, &["--data-dir", data_dir.text()]).await;
    let (code, printed) = process.stop("-HUP").await;
    assert_eq!(code, Some(0), "{printed}");
    assert_nothing_is_left(&data_dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_does_not_wait_and_leaves_nothing_behind_either() {
    let data_dir = DataDir::new("twice");
    let process = Process::start(&["--data-dir", data_dir.text()]).await;
    let url = embedded_postgres::Server::url_of(Path::new(data_dir.text()));
    let url = url.expect("the folder can be read").expect("it runs");
    let (behind, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .expect("its PostgreSQL answers");
    tokio::spawn(connection);
    place(&process).await;
    // No step comes to a safe point as long as it waits for this.
    let lock = "BEGIN; LOCK TABLE orders, outbox IN ACCESS EXCLUSIVE MODE";
    behind.batch_execute(lock).await.expect("the lock is had");
    process.signal("-TERM");
    eventually("it has begun to stop", async || {
        let url = format!("{}/health/live", process.base);
        reqwest::get(url).await.is_err().then_some(())
    })
    .await;
    let (code, _) = process.stop("-INT").await;
    assert_eq!(code, Some(128 + 2));
    assert_nothing_is_left(&data_dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_to_read_what_it_says() {
    let data_dir = DataDir::new("unread");
    let port = free_port();
    let mut command = program();
    command
        .args(["--port", &port.to_string(), "--data-dir", data_dir.text()])
        .env("LOG_LEVEL", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let process = Process::of_unread(command, port).await;
    place(&process).await;
    healthy(&process).await;
    process.signal("-TERM");
    assert_eq!(process.ended().await, Some(0));
    assert_nothing_is_left(&data_dir);
}

/// A chain that panics when it is asked, for as long as that is wanted.
struct Mine {
    inner: Arc<dyn Chain>,
    armed: Arc<AtomicBool>,
    stepped_on: Arc<AtomicBool>,
}

#[async_trait]
impl Chain for Mine {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.inner.prepare(request).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.inner.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.inner.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        if self.armed.load(Ordering::SeqCst) {
            self.stepped_on.store(true, Ordering::SeqCst);
            panic!("a defect in the chain's client");
        }
        self.inner.status(transaction).await
    }
}

/// The relay settles overdue orders itself, outside of any worker.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_panics_begins_anew() {
    let (armed, stepped_on) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let (arm, step) = (Arc::clone(&armed), Arc::clone(&stepped_on));
    let slow = [QUICK[0], QUICK[1], "--sim-execution-delay-ms", "60000"];
    let engine = Engine::start_with(&slow, |mut trading| {
        trading.ports.chain = Arc::new(Mine {
            inner: Arc::clone(&trading.ports.chain),
            armed: arm,
            stepped_on: step,
        });
        trading
    })
    .await;
    let database = Database::connect(engine.database_url(), 1).expect("a URL made by us");
    let overdue = async |id: &str| {
        let id: uuid::Uuid = id.parse().expect("an id");
        for table in [
            "orders SET deadline = now(), lease_until = NULL WHERE id",
            "outbox SET deadline = now() WHERE order_id",
        ] {
            let sql = format!("UPDATE {table} = $1");
            database
                .run(&sql, &[&id])
                .await
                .expect("it is made overdue");
        }
    };
    let id = engine.place(&ten_sol()).await;
    engine
        .watch(&format!("orderId={id}"))
        .await
        .until("submitted")
        .await;
    armed.store(true, Ordering::SeqCst);
    overdue(&id).await;
    let stepped = async || stepped_on.load(Ordering::SeqCst).then_some(());
    eventually("a relay that panics", stepped).await;
    stepped_on.store(false, Ordering::SeqCst);
    eventually("its next beginning", stepped).await;
    armed.store(false, Ordering::SeqCst);
    eventually("the count of it", async || {
        let metrics = engine.get("/metrics").await.text().await.expect("text");
        metrics
            .contains("parts_restarted_total{part=\"relay\"}")
            .then_some(())
    })
    .await;
    engine.stop().await;
}
