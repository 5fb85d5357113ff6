//! `order-engine`: serves on this machine, or places an order at an engine that does.

use std::process::ExitCode;

use adapters::{env::Logging, telemetry};
use clap::Parser;
use local::{
    machine::Machine,
    options::{Command, CommandLine, Serve},
    place,
};
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};

/// How many steps a thread takes before it looks for new requests. Fewer than tokio's 61: a hundred orders move in step, and
/// whoever submits the next one must not wait for all of them.
const STEPS: u32 = 8;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .event_interval(STEPS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(problem) => {
            eprintln!("order-engine: no threads can be started: {problem}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        match line.command {
            Some(Command::Order(order)) => place::run(&order).await,
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
    if let Err(problem) = telemetry::start_logs(logging) {
        eprintln!("order-engine: {problem}");
    }
    // From here on a signal ends the start as well as the serving.
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        eprintln!("order-engine: signals cannot be received");
        return ExitCode::FAILURE;
    };
    let machine = match Machine::start(options).await {
        Ok(machine) => machine,
        Err(problem) => {
            eprintln!("order-engine: {problem}");
            return ExitCode::FAILURE;
        }
    };
    greet(&machine);
    tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
    println!("Stopping: running steps reach a safe point first.");
    machine.stop().await;
    ExitCode::SUCCESS
}

fn greet(machine: &Machine) {
    let at = machine.address();
    println!(
        "Order engine ready at http://{at}\n\n  \
         place an order:  cargo run -- order SOL USDC 10 --url http://{at}\n  \
         or with curl:    curl -s http://{at}/api/orders/execute -H 'content-type: application/json' \
         -d '{{\"type\":\"market\",\"tokenIn\":\"SOL\",\"tokenOut\":\"USDC\",\"amount\":10}}'\n  \
         watch it:        http://{at}/  (or the `ws` address of the answer)\n\n\
         Ctrl-C stops it."
    );
}
