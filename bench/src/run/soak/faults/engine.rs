//! The engine ends, or is not alone.

use std::time::Duration;

use tokio::time::sleep;

use super::Testbed;
use crate::{Outcome, engine::free_port};

/// How long a second engine is there.
const TOGETHER: Duration = Duration::from_secs(30);

/// `kill -9`, and a start.
pub(super) fn kill(testbed: &mut Testbed) -> Outcome<()> {
    testbed.take_engine()?.kill()?;
    testbed.start_engine()
}

/// As a new version is rolled out.
pub(super) async fn replace(testbed: &mut Testbed) -> Outcome<()> {
    testbed.take_engine()?.stop().await?;
    testbed.start_engine()
}

/// Another engine on the same database comes and goes.
pub(super) async fn second(testbed: &mut Testbed) -> Outcome<()> {
    let second = testbed.another_engine(free_port()?)?;
    second.connection().await?;
    sleep(TOGETHER).await;
    second.stop().await
}
