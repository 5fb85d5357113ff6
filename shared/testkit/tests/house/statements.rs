//! SQL: statements name their columns, and none knows the words for "open" or "final".

use crate::source::{Findings, PRODUCT, Source, sources};

fn with_sql() -> Vec<Source> {
    let mut files = sources(&PRODUCT, "sql");
    files.extend(sources(&PRODUCT, "rs"));
    files.retain(|file| file.is_product() && !file.path.contains("/migrations/"));
    files
}

/// Words in the order they stand, lower case, brackets and stars apart.
fn words(line: &str) -> Vec<String> {
    let spaced = line
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace(',', " , ")
        .replace('"', " \" ");
    spaced.split_whitespace().map(str::to_lowercase).collect()
}

/// A new column must not change what a running program reads, or break its prepared statements.
#[test]
fn statements_name_their_columns() {
    let mut findings = Findings::default();
    for file in with_sql() {
        for (number, line) in file
            .lines()
            .filter(|(_, line)| !line.trim_start().starts_with("--"))
        {
            let words = words(line);
            let star = words.windows(2).any(|pair| {
                ["select", "returning"].contains(&pair[0].as_str())
                    && (pair[1] == "*" || pair[1].ends_with(".*"))
            });
            if star
                || words
                    .iter()
                    .any(|word| word.len() == 3 && word.ends_with(".*"))
            {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("a statement reads columns that it does not name");
}

/// Whether an order is open is one column, `closed_at`. A list of statuses would be one more place
/// to forget when there is a new one.
#[test]
fn statements_list_no_statuses() {
    const STATUSES: [&str; 6] = [
        "'pending'",
        "'routing'",
        "'building'",
        "'submitted'",
        "'confirmed'",
        "'failed'",
    ];
    let mut findings = Findings::default();
    for file in with_sql() {
        for (number, line) in file.lines() {
            if STATUSES.iter().any(|status| line.contains(status)) {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("a statement knows statuses by name");
}
