//! `order-engine`: serves on this machine, or places an order at an engine that does.

use std::process::ExitCode;

use clap::Parser;
use config::Logging;
use local::{
    cli::{self, output},
    options::{Command, CommandLine, Serve},
    server::Server,
};
use runtime::logs;
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};

/// How many steps a thread takes before it looks for new requests. Fewer than tokio's 61: a hundred
/// orders move in step, and whoever submits the next one must not wait for all of them.
const STEPS: u32 = 8;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .event_interval(STEPS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("order-engine: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        match line.command {
            Some(Command::Order(order)) => cli::order::run(&order).await,
            Some(Command::Serve(options)) => serve(&options).await,
            None => serve(&line.serve).await,
        }
    })
}

async fn serve(options: &Serve) -> ExitCode {
    let logging = Logging {
        level: options.log_level,
        format: options.log_format,
    };
    if let Err(error) = logs::start(logging) {
        eprintln!("order-engine: {error}");
    }
    // From here on a signal ends the start as well as the serving.
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        eprintln!("order-engine: signals cannot be received");
        return ExitCode::FAILURE;
    };
    let server = match Server::start(options).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("order-engine: {error}");
            return ExitCode::FAILURE;
        }
    };
    greet(&server);
    tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
    output::line("Stopping: running steps reach a safe point first.");
    server.stop().await;
    ExitCode::SUCCESS
}

fn greet(server: &Server) {
    let at = server.address();
    output::line(format_args!(
        "Order engine ready at http://{at}\n\n  \
         place an order:  cargo run -- order SOL USDC 10 --url http://{at}\n  \
         or with curl:    curl -s http://{at}/api/orders/execute -H 'content-type: application/json' \
         -d '{{\"type\":\"market\",\"tokenIn\":\"SOL\",\"tokenOut\":\"USDC\",\"amount\":10}}'\n  \
         watch it:        http://{at}/  (or the `ws` address of the answer)\n\n\
         Ctrl-C stops it."
    ));
}
