//! How it went.

use std::collections::BTreeMap;

use engine::{
    ports::Percentiles,
    statistics::{Counts, Report, Volume},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{time_text, words::WindowDto};

/// What became of all orders that were accepted in a window.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Stats)]
pub(crate) struct StatsDto {
    /// How far back it goes.
    #[schema(value_type = WindowDto)]
    window: &'static str,
    /// When it began.
    #[schema(format = DateTime)]
    since: String,
    /// The moment of the look, by the database's clock.
    #[schema(format = DateTime)]
    until: String,
    #[serde(flatten)]
    counts: CountsDto,
    /// How many failed or expired, by the code that says why.
    #[schema(value_type = std::collections::HashMap<String, u64>)]
    by_failure_code: BTreeMap<String, u64>,
    /// How long it took from acceptance to confirmation; `null` when none was confirmed.
    #[schema(required)]
    ms_to_confirmed: Option<PercentilesDto>,
    /// What was swapped in each direction, by confirmed orders.
    volume: Vec<VolumeDto>,
    #[doc = " How long a bucket is, in seconds: a minute for an hour's window, else an hour. \
    Buckets begin with the clock's minutes and hours, so the first one began before the window, \
    and the last one is not over."]
    #[schema(example = 60)]
    bucket_seconds: u64,
    /// The same counts by when the orders were accepted, oldest first, without a gap.
    buckets: Vec<BucketDto>,
}

/// How many orders, and what became of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Counts)]
pub(crate) struct CountsDto {
    /// All of them.
    orders: u64,
    /// Those that are open.
    open: u64,
    /// The others by their final status.
    #[schema(value_type = std::collections::HashMap<String, u64>)]
    by_status: BTreeMap<String, u64>,
}

/// Times in milliseconds. Half of all took no longer than `p50`, and so on.
#[derive(Serialize, ToSchema)]
#[schema(as = Percentiles)]
pub(crate) struct PercentilesDto {
    /// Of 50 in 100.
    #[schema(example = 2710)]
    p50: u64,
    /// Of 95 in 100.
    #[schema(example = 3480)]
    p95: u64,
    /// Of 99 in 100.
    #[schema(example = 3730)]
    p99: u64,
}

/// What was swapped in one direction.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Volume)]
pub(crate) struct VolumeDto {
    /// The token sold.
    #[schema(example = "SOL")]
    token_in: String,
    /// The token bought.
    #[schema(example = "USDC")]
    token_out: String,
    /// By how many orders.
    orders: u64,
    /// How much of `tokenIn` was sold, an exact decimal.
    #[schema(example = "20")]
    amount_in: String,
    /// How much of `tokenOut` was received, an exact decimal.
    #[schema(example = "1584.451398")]
    amount_out: String,
}

/// Orders that were accepted in one minute, or in one hour.
#[derive(Serialize, ToSchema)]
#[schema(as = Bucket)]
pub(crate) struct BucketDto {
    /// When it begins.
    #[schema(format = DateTime)]
    at: String,
    #[serde(flatten)]
    counts: CountsDto,
}

impl From<&Report> for StatsDto {
    fn from(report: &Report) -> Self {
        let buckets = report.buckets.iter();
        Self {
            window: report.window.name(),
            since: time_text(report.since),
            until: time_text(report.until),
            counts: CountsDto::from(&report.total),
            by_failure_code: report.failures.clone(),
            ms_to_confirmed: report.to_confirmed.map(PercentilesDto::from),
            volume: report.volume.iter().map(VolumeDto::from).collect(),
            bucket_seconds: report.window.bucket().as_secs(),
            buckets: buckets
                .map(|(at, counts)| BucketDto {
                    at: time_text(*at),
                    counts: counts.into(),
                })
                .collect(),
        }
    }
}

impl From<&Counts> for CountsDto {
    fn from(counts: &Counts) -> Self {
        Self {
            orders: counts.orders,
            open: counts.open,
            by_status: counts.ended.clone(),
        }
    }
}

impl From<Percentiles> for PercentilesDto {
    fn from(Percentiles { p50, p95, p99 }: Percentiles) -> Self {
        let millis = |time: std::time::Duration| u64::try_from(time.as_millis());
        let [p50, p95, p99] = [p50, p95, p99].map(|time| millis(time).unwrap_or(u64::MAX));
        Self { p50, p95, p99 }
    }
}

impl From<(&(String, String), &Volume)> for VolumeDto {
    fn from(((token_in, token_out), volume): (&(String, String), &Volume)) -> Self {
        Self {
            token_in: token_in.clone(),
            token_out: token_out.clone(),
            orders: volume.orders,
            amount_in: volume.amount_in.normalize().to_string(),
            amount_out: volume.amount_out.normalize().to_string(),
        }
    }
}
