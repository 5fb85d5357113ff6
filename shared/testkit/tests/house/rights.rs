//! The rights of a role that serves: those that statements need, and no others.

use std::collections::BTreeSet;

use postgres::Right;

use crate::source::{Source, sources};

/// What a program that serves says to the database: the code's statements, and the functions that
/// migrations made.
fn statements() -> Vec<String> {
    let mut files = sources(&["shared/postgres/src", "shared/simulation/src"], "rs");
    files.extend(sources(&["shared/postgres/src"], "sql"));
    files.retain(|file| !file.path.contains("restore")); // the owner's
    let lines = |file: &Source| -> String {
        let code = file.lines().map(|(_, line)| line);
        let code = code.filter(|line| !line.trim_start().starts_with("--"));
        code.flat_map(|line| [line, "\n"]).collect()
    };
    let bodies = sources(&["migrations"], "sql");
    let bodies = bodies.iter().flat_map(|file| {
        let bodies = file.text.split("$$").skip(1).step_by(2);
        bodies.map(str::to_owned).collect::<Vec<_>>()
    });
    files.iter().map(lines).chain(bodies).collect()
}

/// Table and right of each write.
fn writes(statement: &str) -> BTreeSet<(String, &'static str)> {
    let apart = |c: char| c.is_whitespace() || "();,\"\\".contains(c);
    let words: Vec<&str> = statement
        .split(apart)
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = BTreeSet::new();
    let mut inserted = "";
    for (at, three) in words.windows(3).enumerate() {
        match *three {
            ["INSERT", "INTO", table] => {
                inserted = table;
                found.insert((table.to_owned(), "INSERT"));
            }
            ["DELETE", "FROM", table] => {
                found.insert((table.to_owned(), "DELETE"));
            }
            ["DO", "UPDATE", "SET"] => {
                found.insert((inserted.to_owned(), "UPDATE"));
            }
            // Not of `FOR UPDATE` and `FOR NO KEY UPDATE`.
            ["UPDATE", table, _] if at == 0 || !["FOR", "KEY", "DO"].contains(&words[at - 1]) => {
                found.insert((table.to_owned(), "UPDATE"));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn a_role_that_serves_may_write_what_statements_write() {
    let rights = runtime::serving_rights();
    let name = |right: &Right| match right.schema {
        "" => right.name.to_owned(),
        schema => format!("{schema}.{}", right.name),
    };
    let given: BTreeSet<(String, &str)> = rights
        .iter()
        .flat_map(|right| right.may.iter().map(move |may| (name(right), *may)))
        .filter(|(_, may)| ["INSERT", "UPDATE", "DELETE"].contains(may))
        .collect();
    let tables: BTreeSet<String> = rights.iter().map(name).collect();
    let needed: BTreeSet<(String, &str)> = statements()
        .iter()
        .flat_map(|statement| writes(statement))
        .filter(|(table, _)| tables.contains(table))
        .collect();
    let lacking: Vec<_> = needed.difference(&given).collect();
    assert!(
        lacking.is_empty(),
        "no right for what a statement does: {lacking:?}"
    );
    let needless: Vec<_> = given.difference(&needed).collect();
    assert!(
        needless.is_empty(),
        "a right that no statement needs: {needless:?}"
    );
}
