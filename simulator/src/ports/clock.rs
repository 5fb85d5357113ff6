//! A process's clock: virtual, and perhaps wrong.

use std::time::Duration;

use async_trait::async_trait;
use engine::ports::Clock;
use jiff::Timestamp;

use crate::{network::Network, point::Point, time::ms};

/// The clock of one process.
pub(crate) struct ClockPort(pub(crate) Network);

#[async_trait]
impl Clock for ClockPort {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, pause: Duration) {
        self.0.pause(ms(pause)).await;
        // Nothing is called here, so nothing can fail but the process itself.
        let _ = self.0.call(Point::Sleep, |_| ()).await;
    }
}
