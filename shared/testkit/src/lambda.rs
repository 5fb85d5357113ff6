//! Lambda's side of a function: starts the real program, hands it an event, takes its report.

use std::{
    future::pending,
    io::Read,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    response::IntoResponse,
    routing::{get, post},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::mpsc, time::sleep};

/// What came of an invocation.
#[derive(Debug)]
pub struct Invocation {
    /// The function's answer, or its error as Lambda reports one (`errorType`, `errorMessage`).
    pub answer: Value,
    /// What the program wrote to its standard output, where CloudWatch looks for metrics.
    pub output: String,
}

/// Starts `program` with these variables and no others but Lambda's own, hands it one event, and
/// ends it once it has reported.
///
/// # Panics
/// If the program cannot be started, ends before it reports, or does not report JSON.
pub async fn invoke(program: &str, variables: &[(&str, &str)], event: &Value) -> Invocation {
    let (report, mut reported) = mpsc::unbounded_channel();
    let address = serve_runtime_api(event.to_string(), report).await;
    let mut program = Program::start(program, &address, variables);
    let body = tokio::select! {
        body = reported.recv() => body.expect("the program reports"),
        status = program.ended() => panic!("the program ended: {status}; it wrote {}", program.end()),
    };
    Invocation {
        answer: serde_json::from_slice(&body).expect("a report in JSON"),
        output: program.end(),
    }
}

/// The part of the runtime API that a function needs: the next event, and two ways to report
/// (`response` and `error`).
async fn serve_runtime_api(event: String, report: mpsc::UnboundedSender<Bytes>) -> String {
    let given = Arc::new(AtomicBool::new(false));
    let next = get(async move || {
        if given.swap(true, Ordering::Relaxed) {
            // No other event comes: the program waits, as a frozen environment does.
            pending::<()>().await;
        }
        let headers = [
            (
                "lambda-runtime-aws-request-id",
                "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            ),
            ("lambda-runtime-deadline-ms", "4102444800000"),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-central-1:123456789012:function:tested",
            ),
        ];
        (headers, event).into_response()
    });
    let reports = post(async move |Path(_): Path<(String, String)>, body: Bytes| {
        let _ = report.send(body); // the test may have what it wants already
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", next)
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", reports);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Killed when dropped.
struct Program(Child);

impl Program {
    fn start(program: &str, runtime_api: &str, variables: &[(&str, &str)]) -> Self {
        let started = Command::new(program)
            .env_clear()
            .envs(variables.iter().copied())
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("AWS_LAMBDA_FUNCTION_NAME", "tested")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Self(started.expect("the program can be started"))
    }

    /// Resolves when it has ended by itself.
    async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.0.try_wait().expect("it is ours") {
                return status;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends it, and answers what it wrote.
    fn end(mut self) -> String {
        let mut output = String::new();
        let stdout = self.0.stdout.take();
        let _ = self.0.kill();
        if let Some(mut stdout) = stdout {
            stdout.read_to_string(&mut output).expect("output is text");
        }
        output
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
