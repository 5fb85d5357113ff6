//! What became of every order, held against what its client was told and against the chain.

mod stored;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    time::{Duration, Instant},
};

use postgres::Database;
use simulation::Ledger;
use tokio::time::sleep;
use tokio_postgres::Client;
use uuid::Uuid;

use self::stored::Stored;
use super::{book::Told, watch::Seen};
use crate::{Outcome, site::connect};

/// What the judge found.
#[derive(Default)]
pub(super) struct Verdict {
    /// What must not be.
    pub(super) broken: Vec<String>,
    /// Seconds from accepted to confirmed, by the client's name.
    pub(super) waits: HashMap<String, Vec<f64>>,
    /// Orders that are confirmed.
    pub(super) confirmed: u32,
    /// And that are not, by their failure's code.
    pub(super) failed: HashMap<String, u32>,
}

/// When nothing has ended for so long, the rest will not.
const STANDSTILL: Duration = Duration::from_secs(90);
/// How many orders the ledger is asked for at once.
const AT_ONCE: usize = 2_000;

/// Waits until no order is open. Answers how many still were when nothing moved any more.
pub(super) async fn wait_all_final(admin: &str) -> Outcome<i64> {
    const OPEN: &str = "SELECT count(*) FROM orders WHERE closed_at IS NULL";
    let database = connect(admin).await?;
    let (mut least, mut moved) = (i64::MAX, Instant::now());
    loop {
        let open: i64 = database.query_one(OPEN, &[]).await?.get(0);
        if open < least {
            (least, moved) = (open, Instant::now());
        }
        if open == 0 || moved.elapsed() > STANDSTILL {
            return Ok(open);
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Judges all orders of the database at `admin`.
pub(super) async fn judge(
    admin: &str,
    told: &HashMap<String, Told>,
    seen: &[Seen],
) -> Outcome<Verdict> {
    let client = connect(admin).await?;
    let stored = stored::all(&client).await?;
    let mut verdict = Verdict::default();
    told_the_truth(&mut verdict, told, &stored);
    ended_once(&mut verdict, &client, &stored).await?;
    landed_once(&mut verdict, admin, &client, &stored).await?;
    followed_to_the_end(&mut verdict, seen, &stored);
    for order in &stored {
        let client = order.key.as_deref().and_then(|key| key.split('-').next());
        if order.status == "confirmed" {
            verdict.confirmed += 1;
            let waits = verdict.waits.entry(client.unwrap_or("nobody").to_owned());
            waits.or_default().push(order.life);
        } else {
            let code = order.code.clone().unwrap_or_else(|| order.status.clone());
            *verdict.failed.entry(code).or_default() += 1;
        }
    }
    Ok(verdict)
}

impl Verdict {
    /// Notes orders of which something is true that must not be.
    pub(super) fn none<T: Display>(&mut self, what: &str, found: impl IntoIterator<Item = T>) {
        let found: Vec<String> = found.into_iter().map(|one| one.to_string()).collect();
        if !found.is_empty() {
            let examples = found[..found.len().min(3)].join(", ");
            self.broken
                .push(format!("{} {what}: {examples}", found.len()));
        }
    }
}

fn told_the_truth(verdict: &mut Verdict, told: &HashMap<String, Told>, stored: &[Stored]) {
    let by_key: HashMap<&str, Uuid> = stored
        .iter()
        .filter_map(|order| Some((order.key.as_deref()?, order.id)))
        .collect();
    let lost = told.iter().filter_map(|(key, told)| match told {
        Told::Accepted(id) => (by_key.get(key.as_str()) != Some(id)).then_some(key),
        Told::Unknown | Told::NotStored => None,
    });
    verdict.none("accepted orders are lost, or others than were named", lost);
    let denied = by_key.iter().filter_map(|(key, id)| match told.get(*key) {
        Some(Told::Accepted(_) | Told::Unknown) => None,
        Some(Told::NotStored) => Some(format!("{key} ({id})")),
        None => Some(format!("{key} ({id}), which nobody sent")),
    });
    verdict.none(
        "orders are stored although their clients were told they are not",
        denied,
    );
    let nameless = stored.iter().filter(|order| order.key.is_none());
    verdict.none(
        "orders are stored that nobody placed",
        nameless.map(|order| order.id),
    );
}

async fn ended_once(verdict: &mut Verdict, client: &Client, stored: &[Stored]) -> Outcome<()> {
    const UNSOUND: &str = "SELECT id::text FROM orders LEFT JOIN order_events ON order_id = id \
        GROUP BY id HAVING count(order_id) <> last_seq OR min(seq) <> 1 OR max(seq) <> last_seq \
            OR count(*) FILTER (WHERE order_events.status IN ('confirmed', 'failed')) <> 1 \
            OR max(order_events.status) FILTER (WHERE seq = last_seq) <> orders.status";
    let open = stored.iter().filter(|order| !order.is_final());
    verdict.none("orders are not final", open.map(|order| order.id));
    let late = stored
        .iter()
        .filter(|order| order.code.as_deref() == Some("deadline_exceeded"));
    verdict.none("orders failed for lack of time", late.map(|order| order.id));
    let unsound = client.query(UNSOUND, &[]).await?;
    let unsound = unsound.iter().map(|row| row.get::<_, String>(0));
    verdict.none(
        "orders have a log that is not whole, or ends twice",
        unsound,
    );
    Ok(())
}

async fn landed_once(
    verdict: &mut Verdict,
    admin: &str,
    client: &Client,
    stored: &[Stored],
) -> Outcome<()> {
    const ALL: &str = "SELECT count(*) FROM chain.transactions WHERE error IS NULL";
    let ledger = Ledger::new(&Database::connect(admin, 2)?);
    let mut landed: HashMap<Uuid, u32> = HashMap::new();
    let mut swaps = 0_i64;
    for some in stored.chunks(AT_ONCE) {
        let ids: Vec<Uuid> = some.iter().map(|order| order.id).collect();
        for swap in ledger.landed(Some(&ids)).await? {
            *landed.entry(swap.order).or_default() += 1;
            swaps += 1;
        }
    }
    let wrong = stored.iter().filter_map(|order| {
        let swaps = landed.get(&order.id).copied().unwrap_or_default();
        let right = u32::from(order.status == "confirmed");
        (swaps != right).then(|| format!("{} is {} with {swaps}", order.id, order.status))
    });
    verdict.none(
        "orders have another number of swaps than they should",
        wrong,
    );
    let all: i64 = client.query_one(ALL, &[]).await?.get(0);
    if all != swaps {
        let more = format!("the chain has {all} swaps, the orders {swaps}");
        verdict.broken.push(more);
    }
    Ok(())
}

fn followed_to_the_end(verdict: &mut Verdict, seen: &[Seen], stored: &[Stored]) {
    let ends: HashSet<(Uuid, u64)> = stored.iter().map(|one| (one.id, one.last_seq)).collect();
    let short = seen
        .iter()
        .filter(|one| !ends.contains(&(one.order, one.last)));
    verdict.none(
        "followed orders were seen with another end than is stored",
        short.map(|one| one.order),
    );
}
