//! Closed-loop load: so many connections, each with one request at a time.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures::future::try_join_all;

use crate::{
    Outcome,
    http::{Connection, order_request},
    sample::{ms, percentile, rate},
};

/// What a run of requests gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Throughput {
    /// Requests a second.
    pub(crate) rate: f64,
    /// The median latency, ms.
    pub(crate) p50: f64,
    /// The latency that one request in a hundred exceeds, ms.
    pub(crate) p99: f64,
}

/// Places `orders` orders over `connections` connections, as fast as they are answered. Every one
/// must be accepted.
pub(crate) async fn submit(
    address: SocketAddr,
    connections: usize,
    orders: usize,
) -> Outcome<Throughput> {
    submit_as(address, None, connections, orders).await
}

/// The same, with the key of an account if there is one to show.
pub(crate) async fn submit_as(
    address: SocketAddr,
    key: Option<&str>,
    connections: usize,
    orders: usize,
) -> Outcome<Throughput> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let request = order_request(address, key);
    let begin = Instant::now();
    let each = open.into_iter().enumerate().map(|(i, mut connection)| {
        let request = request.as_bytes();
        let share = orders / connections + usize::from(i < orders % connections);
        async move {
            let mut latencies = Vec::with_capacity(share);
            for _ in 0..share {
                let sent = Instant::now();
                let answer = connection.ask(request).await?;
                latencies.push(ms(sent.elapsed()));
                if answer.status != 202 {
                    return Err(format!("not accepted: {} {}", answer.status, answer.body).into());
                }
            }
            Outcome::Ok(latencies)
        }
    });
    let latencies = try_join_all(each).await?.concat();
    Ok(summary(&latencies, begin.elapsed()))
}

fn summary(latencies: &[f64], time: Duration) -> Throughput {
    Throughput {
        rate: rate(latencies.len(), time),
        p50: percentile(latencies, 50),
        p99: percentile(latencies, 99),
    }
}
