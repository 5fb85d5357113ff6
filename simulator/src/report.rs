//! What a campaign showed, for a reader and, in the last line, for a program.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::{
    Fault,
    campaign::{Figures, Hunt},
};

/// The report. Its last line is one JSON object.
pub fn report(figures: &Figures, hunts: &[Hunt]) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = runs(&mut text, figures);
    let _ = faults(&mut text, figures);
    let _ = variants(&mut text, hunts);
    let _ = verdict(&mut text, figures);
    text + &summary(figures, hunts).to_string() + "\n"
}

fn runs(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(text, "Simulated runs")?;
    writeln!(
        text,
        "  {:<34}{:>14}",
        "seeds (one schedule each)",
        grouped(figures.seeds)
    )?;
    writeln!(text, "  {:<34}{:>14}", "orders", grouped(figures.orders))?;
    writeln!(
        text,
        "  {:<34}{:>14}",
        "steps, each judged",
        grouped(figures.steps)
    )?;
    let points = format!(
        "{} of {}",
        figures.crash_points, figures.crash_points_reached
    );
    writeln!(text, "  {:<34}{:>14}", "crash points killed at", points)?;
    writeln!(
        text,
        "  {:<34}{:>12.1} s",
        "wall time",
        figures.elapsed.as_secs_f32()
    )
}

fn faults(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(text, "\nFaults that fired")?;
    for (fault, fired) in Fault::ALL.iter().zip(&figures.faults) {
        writeln!(text, "  {:<34}{:>14}", fault.name(), grouped(*fired))?;
    }
    Ok(())
}

fn variants(text: &mut String, hunts: &[Hunt]) -> std::fmt::Result {
    let caught = hunts.iter().filter(|hunt| hunt.is_caught()).count();
    writeln!(
        text,
        "\nBroken variants: {caught} of {} caught (seeds needed: median and each start)",
        hunts.len()
    )?;
    for hunt in hunts {
        let needed = |needed: &Option<u64>| needed.map_or_else(|| "none".into(), |n| n.to_string());
        let each: Vec<String> = hunt.needed.iter().map(needed).collect();
        let median = needed(&hunt.median());
        let (name, broke) = (hunt.variant.name(), hunt.broke.join("; "));
        writeln!(
            text,
            "  {name:<42}{median:>6}  ({})  broke: {broke}",
            each.join(", ")
        )?;
    }
    Ok(())
}

fn verdict(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "\nViolations of a promise: {}",
        figures.violations.len()
    )?;
    for (seed, violation) in &figures.violations {
        writeln!(
            text,
            "  seed {seed}: {}: {}",
            violation.invariant, violation.detail
        )?;
    }
    if figures.violations.is_empty() && figures.seeds > 0 {
        let bound = figures.seeds / 3;
        writeln!(
            text,
            "  0 in {} runs: at 95 % confidence fewer than 1 schedule in {}, \
             of those drawn like these.",
            grouped(figures.seeds),
            grouped(bound),
        )?;
    }
    writeln!(text)
}

fn summary(figures: &Figures, hunts: &[Hunt]) -> Value {
    let faults: Map<String, Value> = Fault::ALL
        .iter()
        .zip(&figures.faults)
        .map(|(fault, fired)| (fault.name().to_owned(), json!(fired)))
        .collect();
    json!({
        "seeds": figures.seeds,
        "orders": figures.orders,
        "steps": figures.steps,
        "faults": faults,
        "crash_points": figures.crash_points,
        "variants": hunts.len(),
        "variants_caught": hunts.iter().filter(|hunt| hunt.is_caught()).count(),
        "violations": figures.violations.len(),
        "seconds": figures.elapsed.as_secs(),
    })
}

/// 1234567 as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [7, 100, 1_000, 1_234_567].map(grouped),
            ["7", "100", "1,000", "1,234,567"]
        );
    }
}
