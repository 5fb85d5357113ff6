//! What comes out: figures with their aims, and the table of them.

use std::{env, path::PathBuf};

use serde::Serialize;

use crate::{
    Outcome,
    sample::{median, range},
};

/// One measured figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// The median of the repetitions.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The lowest and the highest repetition.
    pub(crate) spread: (f64, f64),
    /// The same work by the yardstick in the same run, in the same unit.
    pub(crate) yardstick: Option<f64>,
    /// Value by yardstick.
    pub(crate) ratio: Option<f64>,
    /// What is aimed at, in words.
    pub(crate) aim: Option<String>,
    /// Whether every aim is met.
    pub(crate) met: Option<bool>,
}

impl Figure {
    /// A figure from its repetitions.
    pub(crate) fn new(name: impl Into<String>, unit: &'static str, repetitions: &[f64]) -> Self {
        Self {
            name: name.into(),
            value: median(repetitions),
            unit,
            spread: range(repetitions),
            yardstick: None,
            ratio: None,
            aim: None,
            met: None,
        }
    }

    /// With the yardstick's repetitions of the same run, if it was measured.
    pub(crate) fn beside(mut self, yardstick: &[f64]) -> Self {
        if yardstick.is_empty() {
            return self;
        }
        let yardstick = median(yardstick);
        self.yardstick = Some(yardstick);
        self.ratio = Some(self.value / yardstick);
        self
    }

    /// The value is not to exceed `limit`.
    pub(crate) fn at_most(self, limit: f64) -> Self {
        let met = self.value <= limit;
        self.aim(format!("≤ {limit}"), met)
    }

    /// The value is to reach `limit`.
    pub(crate) fn at_least(self, limit: f64) -> Self {
        let met = self.value >= limit;
        self.aim(format!("≥ {limit}"), met)
    }

    /// The ratio to the yardstick is to reach `limit`.
    pub(crate) fn ratio_at_least(self, limit: f64) -> Self {
        let met = self.ratio.is_some_and(|ratio| ratio >= limit);
        self.aim(format!("≥ {limit} × yardstick"), met)
    }

    fn aim(mut self, words: String, met: bool) -> Self {
        self.aim = Some(match self.aim {
            Some(former) => format!("{former}, {words}"),
            None => words,
        });
        self.met = Some(self.met.unwrap_or(true) && met);
        self
    }
}

/// The folder of cargo's results.
pub(crate) fn target() -> Outcome<PathBuf> {
    let own = env::current_exe()?;
    let target = own
        .ancestors()
        .nth(2)
        .ok_or("the program is not in a target folder")?;
    Ok(target.to_path_buf())
}

/// The figures as a table of Markdown.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut lines = vec![
        "| figure | value | lowest – highest | yardstick | ratio | aim | met |".to_owned(),
        "|---|---:|---:|---:|---:|---|---|".to_owned(),
    ];
    lines.extend(figures.iter().map(|figure| {
        let (low, high) = figure.spread;
        format!(
            "| {} | {} {} | {} – {} | {} | {} | {} | {} |",
            figure.name,
            number(figure.value),
            figure.unit,
            number(low),
            number(high),
            figure.yardstick.map(number).unwrap_or_default(),
            figure
                .ratio
                .map(|ratio| format!("{ratio:.2}"))
                .unwrap_or_default(),
            figure.aim.as_deref().unwrap_or_default(),
            figure.met.map_or("", |met| if met { "yes" } else { "no" }),
        )
    }));
    lines.join("\n")
}

/// Three significant digits are all that such a measurement has.
pub(crate) fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_meets_its_aim_only_when_it_meets_every_part_of_it() {
        let figure = |rate| Figure::new("capacity", "orders/s", &[rate]).beside(&[100.0]);
        assert_eq!(
            figure(70.0).at_least(60.0).ratio_at_least(0.6).met,
            Some(true)
        );
        assert_eq!(
            figure(70.0).at_least(60.0).ratio_at_least(0.8).met,
            Some(false)
        );
        assert_eq!(
            figure(50.0).at_least(60.0).ratio_at_least(0.4).met,
            Some(false)
        );
        let aim = figure(70.0).at_least(60.0).ratio_at_least(0.6).aim;
        assert_eq!(aim.as_deref(), Some("≥ 60, ≥ 0.6 × yardstick"));
    }
}
