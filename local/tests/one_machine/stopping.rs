//! Ctrl-C and SIGTERM.

use serde_json::Value;

use crate::{
    process::{DataDir, Process},
    support::{Subscriber, assert_complete, ten_sol},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_stops_it_cleanly_and_the_next_start_goes_on_at_once() {
    let data_dir = DataDir::new("stopped");
    let options = [
        "--data-dir",
        data_dir.text(),
        "--sim-quote-delay-ms",
        "10",
        "--sim-execution-delay-ms",
        "3000",
    ];
    for signal in ["-INT", "-TERM"] {
        let process = Process::start(&options).await;
        let answer = process
            .client
            .post(format!("{}/api/orders/execute", process.base))
            .json(&ten_sol())
            .send()
            .await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        let id = answer["orderId"].as_str().expect("an id").to_owned();
        let mut subscriber = Subscriber::open(&process.base, &format!("orderId={id}")).await;
        let before = subscriber.until("submitted").await;
        let (code, printed) = process.stop(signal).await;
        assert_eq!(code, Some(0), "{printed}");
        assert!(
            printed.contains("curl") && printed.contains("Stopping"),
            "{printed}"
        );
        let running =
            embedded_postgres::Server::stop_left_running(std::path::Path::new(data_dir.text()));
        assert!(
            !running.expect("the folder can be read"),
            "its PostgreSQL must be stopped"
        );

        let process = Process::start(&options).await;
        let story = Subscriber::open(&process.base, &format!("orderId={id}"))
            .await
            .to_the_end()
            .await;
        assert_complete(&story);
        assert_eq!(story[..before.len()], before);
        assert_eq!(story.last().expect("events")["status"], "confirmed");
        process.kill();
    }
}
