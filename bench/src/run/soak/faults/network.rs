//! The way to PostgreSQL goes bad.

use std::time::Duration;

use tokio::time::sleep;

use super::Testbed;

/// Longer than the engine waits for an answer.
const HELD: Duration = Duration::from_secs(8);
const REFUSED: Duration = Duration::from_secs(5);

/// Connections that are open say nothing more, and stay open.
pub(super) fn stall(testbed: &Testbed) {
    testbed.network.stall();
}

/// Connections that are open are reset.
pub(super) fn reset(testbed: &Testbed) {
    testbed.network.reset();
}

/// What is sent waits, and is delivered after all.
pub(super) async fn hold(testbed: &Testbed) {
    testbed.network.hold();
    sleep(HELD).await;
    testbed.network.release();
}

/// There is no connection, and none to be had.
pub(super) async fn refuse(testbed: &Testbed) {
    testbed.network.refuse(true);
    testbed.network.reset();
    sleep(REFUSED).await;
    testbed.network.refuse(false);
}
