//! The program as a deployment invokes it: the real program, the real database, a runtime API of the test's own.

use std::process::{Child, Command};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    response::IntoResponse,
    routing::{get, post},
};
use local_postgres::testing::TestDatabase;
use serde_json::{Value, json};
use tokio::sync::mpsc;

#[tokio::test]
async fn a_deployment_migrates_once() {
    let database = TestDatabase::create();
    let first = invoke(database.url()).await;
    assert!(first["applied"].as_u64() > Some(0), "{first}");
    assert_eq!(
        first["applied"], first["version"],
        "every version is one migration: {first}"
    );
    let second = invoke(database.url()).await;
    assert_eq!(second, json!({ "applied": 0, "version": first["version"] }));
}

#[tokio::test]
async fn a_database_that_is_down_fails_the_deployment() {
    let url = "postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable";
    let answer = invoke(url).await;
    let message = answer["errorMessage"]
        .as_str()
        .expect("an error, as Lambda reports it");
    assert!(message.contains("127.0.0.1:1"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

/// Starts the program, gives it one event, and answers what it reports: its result or its error.
async fn invoke(database_url: &str) -> Value {
    let (report, mut reported) = mpsc::unbounded_channel();
    let (events, pending) = mpsc::unbounded_channel::<()>();
    events.send(()).expect("the other end is here");
    let address = runtime_api(report, pending).await;
    let _program = Program::start(&address, database_url);
    let body: Bytes = reported.recv().await.expect("the program reports");
    drop(events);
    serde_json::from_slice(&body).expect("JSON")
}

/// The part of Lambda's runtime API that a function needs: the next event, and two ways to report.
async fn runtime_api(
    report: mpsc::UnboundedSender<Bytes>,
    pending: mpsc::UnboundedReceiver<()>,
) -> String {
    let pending = std::sync::Arc::new(tokio::sync::Mutex::new(pending));
    let next = get(async move || {
        // No further event comes: the program waits until it is killed, as a frozen environment does.
        if pending.lock().await.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        let headers = [
            (
                "lambda-runtime-aws-request-id",
                "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            ),
            ("lambda-runtime-deadline-ms", "4102444800000"),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-central-1:123456789012:function:migrate",
            ),
            (
                "lambda-runtime-trace-id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
            ),
        ];
        (headers, "{}").into_response()
    });
    let reports = post(async move |Path(_): Path<(String, String)>, body: Bytes| {
        let _ = report.send(body); // the test may have what it wants already
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", next)
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", reports);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Killed when dropped.
struct Program(Child);

impl Program {
    fn start(runtime_api: &str, database_url: &str) -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_migrate"))
            .env_clear()
            .env("DATABASE_URL", database_url)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("AWS_LAMBDA_FUNCTION_NAME", "migrate")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .spawn();
        Self(program.expect("the program can be started"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
