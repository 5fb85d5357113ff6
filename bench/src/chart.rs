//! Charts of the results: bars beside their yardsticks, as SVG files that a page of documentation
//! can show.

use std::{fmt::Write as _, fs};

use crate::{
    Outcome,
    figure::{Figure, number, target},
};

const WIDTH: f64 = 860.0;
/// As wide as the longest name of a figure that is shown.
const LABELS: f64 = 420.0;
const BAR: f64 = 16.0;
const ROW: f64 = 26.0;
const MARGIN: f64 = 12.0;

/// The charts: file name, title, and the figures they show by the beginning of their names.
const CHARTS: [(&str, &str, &[&str], &str); 3] = [
    (
        "throughput",
        "Throughput, each beside pgbench in the same run (per second)",
        &["submit", "capacity"],
        "/s",
    ),
    (
        "latency",
        "Latency (ms)",
        &["submit", "overhead", "history", "fan-out"],
        "ms",
    ),
    ("memory", "Memory (MB)", &["memory", "function"], "MB"),
];

/// Writes each chart that has figures into the folder `bench` beside `bench.json`.
pub(crate) fn draw(figures: &[Figure]) -> Outcome<()> {
    let folder = target()?.join("bench");
    fs::create_dir_all(&folder)?;
    for (file, title, names, unit) in CHARTS {
        let shown: Vec<&Figure> = figures
            .iter()
            .filter(|figure| {
                names.iter().any(|name| figure.name.starts_with(name))
                    && figure.unit.ends_with(unit)
            })
            .collect();
        if !shown.is_empty() {
            fs::write(folder.join(file).with_extension("svg"), svg(title, &shown))?;
        }
    }
    Ok(())
}

fn svg(title: &str, figures: &[&Figure]) -> String {
    let most = figures
        .iter()
        .flat_map(|figure| [figure.value, figure.yardstick.unwrap_or_default()])
        .fold(0.0, f64::max);
    let scale = (WIDTH - LABELS - 80.0) / most.max(f64::MIN_POSITIVE);
    let (mut rows, mut y) = (String::new(), MARGIN + ROW);
    for figure in figures {
        row(&mut rows, y, &figure.name, figure.value, scale, "#2f6f4f");
        y += ROW;
        if let Some(yardstick) = figure.yardstick {
            row(&mut rows, y - 6.0, "pgbench", yardstick, scale, "#b8b8b8");
            y += ROW - 6.0;
        }
    }
    let height = y + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"{}\" font-weight=\"bold\">{}</text>\n{rows}</svg>\n",
        MARGIN + 10.0,
        escaped(title),
    )
}

fn row(out: &mut String, y: f64, label: &str, value: f64, scale: f64, color: &str) {
    let (length, text) = ((value * scale).max(1.0), y + BAR - 4.0);
    // writing to a String cannot fail
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\">{}</text>\
         <rect x=\"{LABELS}\" y=\"{y}\" width=\"{length:.1}\" height=\"{BAR}\" fill=\"{color}\"/>\
         <text x=\"{:.1}\" y=\"{text}\">{}</text>",
        LABELS - 6.0,
        escaped(label),
        LABELS + length + 6.0,
        number(value),
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_bar_for_each_figure_and_each_yardstick() {
        let figures = [
            Figure::new("a < b", "ms", &[2.0]).beside(&[4.0]),
            Figure::new("c", "ms", &[1.0]),
        ];
        let svg = svg("T", &figures.iter().collect::<Vec<_>>());
        assert_eq!(svg.matches("<rect x=").count(), 3);
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"));
    }
}
