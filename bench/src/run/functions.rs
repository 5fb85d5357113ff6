//! Size, start and memory of each function as Lambda would see them: from the start of the process
//! to the first time it asks for an event.

use std::{
    fs,
    net::Ipv4Addr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

use super::Bench;
use crate::{Outcome, engine::resident, figure::Figure, sample::ms};

const FUNCTIONS: [&str; 4] = ["submit", "worker", "websocket", "relay"];
/// How long a function may take to ask for its first event.
const PATIENCE: Duration = Duration::from_secs(10);

/// Functions that are not built (`cargo build --release -p submit -p worker -p websocket -p relay`)
/// are left out.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let mut figures = vec![size("order-engine", &bench.programs.engine)?];
    let database = bench.database().await?;
    for name in FUNCTIONS {
        let program = bench.programs.folder.join(name);
        if !program.is_file() {
            eprintln!("\nfunctions: {name} is not built, left out");
            continue;
        }
        let (mut starts, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..bench.scale.rounds {
            let (start, resident) = first_poll(&program, &database).await?;
            starts.push(start);
            memory.push(resident);
        }
        figures.push(size(name, &program)?);
        figures.push(Figure::new(
            format!("function {name}: start to first poll"),
            "ms",
            &starts,
        ));
        figures.push(Figure::new(
            format!("function {name}: memory at first poll"),
            "MB",
            &memory,
        ));
    }
    Ok(figures)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a file's size stays far below 2^52"
)]
fn size(name: &str, program: &Path) -> Outcome<Figure> {
    let bytes = fs::metadata(program)?.len() as f64;
    Ok(Figure::new(format!("size of {name}"), "MB", &[bytes / 1e6]))
}

/// Stands in for Lambda's runtime interface until the first question.
async fn first_poll(program: &Path, database: &str) -> Outcome<(f64, f64)> {
    let runtime = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let begin = Instant::now();
    let function = Running(spawn(
        program,
        &runtime.local_addr()?.to_string(),
        database,
    )?);
    let (mut stream, _) = timeout(PATIENCE, runtime.accept())
        .await
        .map_err(|_| "it does not ask for an event")??;
    let mut first = [0; 64];
    let length = stream.read(&mut first).await?;
    let start = ms(begin.elapsed());
    if !first[..length].starts_with(b"GET /2018-06-01/runtime/invocation/next") {
        return Err("its first question is not for an event".into());
    }
    Ok((start, resident(function.0.id(), "VmRSS:")?))
}

fn spawn(program: &Path, runtime: &str, database: &str) -> Outcome<Child> {
    let queue = "http://127.0.0.1:9/000000000000/queue";
    let mut command = Command::new(program);
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.envs([
        ("AWS_LAMBDA_RUNTIME_API", runtime),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("DATABASE_URL", database),
        ("QUEUE_URL", queue),
        ("REPLAY_QUEUE_URL", queue),
        ("WS_MANAGEMENT_ENDPOINT", "http://127.0.0.1:9"),
    ]);
    Ok(command.spawn()?)
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait()); // it has ended already
    }
}
