//! The relay: a timer's tick in, rounds of catching up.

use std::time::Duration;

use engine::{execute::Shutdown, relay::Relay};
use serde_json::{Value, json};

/// The time between two rounds of one tick.
const PAUSE: Duration = Duration::from_secs(5);

/// Does as many rounds as the tick says (`{"rounds": 11}`), else one: schedules count in minutes,
/// and orders whose worker died are not to wait for that. Whatever else the tick is, it is a tick;
/// what could not be done is logged, counted, and left to the next round.
pub async fn handle(relay: &Relay, tick: Value, shutdown: &Shutdown) -> Value {
    let rounds = tick["rounds"].as_u64().unwrap_or(1);
    relay.run(shutdown).await;
    for _ in 1..rounds {
        tokio::select! {
            () = shutdown.clone() => break,
            () = relay.execute.clock.sleep(PAUSE) => relay.run(shutdown).await,
        }
    }
    json!({ "ok": true })
}
