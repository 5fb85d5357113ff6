//! `order-engine`: serves on this machine, or talks to an engine that does.

use std::{pin::pin, process::ExitCode};

use clap::Parser;
use config::Logging;
use local::{
    cli::{self, end::End, output},
    options::{Command, CommandLine, Serve},
    server::Server,
    signals::Signals,
};
use runtime::{Traces, logs};
use tokio::runtime::Builder;

/// How many steps a thread takes before it looks for new requests. Fewer than tokio's 61: a hundred
/// orders move in step, and whoever submits the next one must not wait for all of them.
const STEPS: u32 = 8;

/// What a collector of traces is told is calling.
const SERVICE: &str = "order-engine";

/// The exit code of an engine that ran and could not go on.
const PART_FAILED: u8 = 3;

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return said(&error),
    };
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .event_interval(STEPS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(format_args!(
                "order-engine: no threads can be started: {error}"
            ));
            return End::Failed.into();
        }
    };
    runtime.block_on(async {
        match line.command {
            Some(Command::Order(order)) => cli::order::run(&order).await,
            Some(Command::Snipe(snipe)) => cli::snipe::run(&snipe).await,
            Some(Command::Cancel(cancel)) => cli::cancel::run(&cancel).await,
            Some(Command::Orders(orders)) => cli::orders::run(&orders).await,
            Some(Command::Watch(watch)) => cli::watch::run(&watch).await,
            Some(Command::Quote(quote)) => cli::quote::run(&quote).await,
            Some(Command::Launches(launches)) => cli::launches::run(&launches).await,
            Some(Command::Keys(keys)) => cli::keys::run(&keys).await,
            Some(Command::Limits(limits)) => cli::limits::run(&limits).await,
            Some(Command::Migrate(migrate)) => cli::migrate::run(&migrate).await,
            Some(Command::Backup(backup)) => cli::backup::run(&backup).await,
            Some(Command::Restore(restore)) => cli::restore::run(&restore).await,
            Some(Command::Completions(completions)) => {
                cli::completions::print(&completions);
                End::Done.into()
            }
            Some(Command::Serve(options)) => serve(&options).await,
            None => serve(&line.serve).await,
        }
    })
}

/// Prints help, a version, or what is wrong with the command line or a variable.
fn said(error: &clap::Error) -> ExitCode {
    let _ = error.print(); // nobody reads it any more
    if error.use_stderr() {
        End::Usage.into()
    } else {
        End::Done.into()
    }
}

async fn serve(options: &Serve) -> ExitCode {
    let logging = Logging {
        level: options.log_level,
        format: options.log_format,
    };
    let traces = match Traces::open(&options.traces.settings(), SERVICE) {
        Ok(traces) => traces,
        Err(error) => {
            output::complain(format_args!("order-engine: {error}"));
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = logs::start(logging, traces.as_ref()) {
        output::complain(format_args!("order-engine: {error}"));
    }
    let ended = serve_until_told(options).await;
    if let Some(traces) = traces {
        traces.stop().await;
    }
    ended
}

async fn serve_until_told(options: &Serve) -> ExitCode {
    let mut signals = match Signals::receive() {
        Ok(signals) => signals,
        Err(error) => {
            output::complain(format_args!(
                "order-engine: signals cannot be received: {error}"
            ));
            return ExitCode::FAILURE;
        }
    };
    let started = tokio::select! {
        started = Server::start(options) => started,
        // What has been started until here is stopped when it is dropped.
        _ = signals.next() => return ExitCode::SUCCESS,
    };
    match started {
        Ok(server) => {
            greet(&server, options);
            run(server, signals).await
        }
        Err(error) => {
            output::complain(format_args!("order-engine: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Serves until a signal, or until that is not possible any more.
async fn run(mut server: Server, mut signals: Signals) -> ExitCode {
    let failed = tokio::select! {
        _ = signals.next() => None,
        failed = server.failed() => Some(failed),
    };
    match &failed {
        None => {
            output::line("Stopping: running steps reach a safe point first. Once more: at once.");
        }
        Some(failed) => output::complain(format_args!("order-engine: the engine ends: {failed}")),
    }
    let haste = server.haste();
    let mut stopping = pin!(server.stop());
    let again = tokio::select! {
        () = &mut stopping => None,
        signal = signals.next() => Some(signal),
    };
    if let Some(signal) = again {
        haste.now();
        stopping.await;
        return ExitCode::from(128 + signal);
    }
    match failed {
        None => ExitCode::SUCCESS,
        Some(_) => ExitCode::from(PART_FAILED),
    }
}

fn greet(server: &Server, options: &Serve) {
    let (at, database) = (server.address(), server.database());
    let kept = match server.folder() {
        Some(folder) => format!("{database}, in {}", folder.display()),
        None => database.to_owned(),
    };
    let queue = match server.queue_url() {
        Some(url) => format!("\n  queue:           {url}"),
        None => String::new(),
    };
    let deleted = match &options.retain_days {
        Some(days) => format!("\n  orders:          deleted {days} days after their end"),
        None => String::new(),
    };
    output::line(format_args!(
        "Order engine ready at http://{at}\n\n  \
         place an order:  cargo run -- order SOL USDC 10 --url http://{at}\n  \
         or with curl:    curl -s http://{at}/api/orders/execute -H 'content-type: application/json' \
         -d '{{\"type\":\"market\",\"tokenIn\":\"SOL\",\"tokenOut\":\"USDC\",\"amount\":10}}'\n  \
         watch it:        http://{at}/  (or the `ws` address of the answer)\n  \
         documents:       http://{at}/api/docs\n  \
         metrics:         http://{at}/metrics\n  \
         database:        {kept}{queue}{deleted}\n\n\
         Ctrl-C stops it."
    ));
}
