//! Whoever runs a command may want it to end.

use std::future::pending;

use tokio::signal::unix::{SignalKind, signal};

/// Until somebody wants this command to end.
pub(super) async fn interrupted() {
    let signals = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        return pending().await;
    };
    tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
}
