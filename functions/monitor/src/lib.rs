//! The monitor: looks at prices and times, and wakes the orders whose condition may be met. On
//! Lambda a timer's tick is many looks; on one machine they never end.

use std::time::Duration;

use engine::{execute::Shutdown, monitor::Monitor};
use serde_json::{Value, json};

/// The time between two looks.
pub const PAUSE: Duration = Duration::from_secs(2);

/// Takes as many looks as the tick says (`{"looks": 27}`), else one: schedules count in minutes,
/// and prices do not wait for that. Whatever else the tick is, it is a tick; what could not be done
/// is logged, counted, and left to the next look.
pub async fn handle(monitor: &Monitor, tick: Value, shutdown: &Shutdown) -> Value {
    let looks = tick["looks"].as_u64().unwrap_or(1);
    monitor.tick().await;
    for _ in 1..looks {
        tokio::select! {
            () = shutdown.clone() => break,
            () = monitor.router.clock.sleep(PAUSE) => drop(monitor.tick().await),
        }
    }
    json!({ "ok": true })
}
