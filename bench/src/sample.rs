//! Statistics of a few repetitions, and of many latencies.

use std::time::Duration;

/// The value in the middle; of an even number the upper of the two. Zero when there is none.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// The smallest value that `percent` of all values do not exceed. Zero when there is none.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(rank).copied().unwrap_or_default()
}

/// The lowest and the highest value.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    (percentile(values, 0), percentile(values, 100))
}

/// A duration in milliseconds.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// So many in that time, per second.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(crate) fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((median(&values), percentile(&values, 99)), (51.0, 100.0));
        assert_eq!(range(&values), (1.0, 100.0));
        assert_eq!((median(&[]), percentile(&[7.0], 99)), (0.0, 7.0));
    }
}
