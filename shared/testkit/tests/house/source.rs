//! The repository's files, as the rules read them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the repository.
pub(crate) struct Source {
    /// Its path from the root.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    /// Whether it is part of the product, and not of its tests or benchmarks.
    pub(crate) fn is_product(&self) -> bool {
        !self.path.contains("/tests/")
            && !self.path.contains("/testing/")
            && !self.path.contains("/benches/")
            && !self.path.starts_with("shared/testkit/")
    }

    /// What stands before the first `#[cfg(test)]`.
    pub(crate) fn code(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or(&self.text)
    }

    /// The lines of its code that are no comments, with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.code().lines())
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// The folders of the product's Rust code.
pub(crate) const PRODUCT: [&str; 3] = ["shared", "functions", "local"];

/// Every file of that kind below these folders.
pub(crate) fn sources(folders: &[&str], kind: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        walk(&root().join(folder), kind, &mut found);
    }
    assert!(!found.is_empty(), "no {kind} file below {folders:?}");
    let read = |path: &PathBuf| Source {
        path: path
            .strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string(),
        text: fs::read_to_string(path).expect("text"),
    };
    found.iter().map(read).collect()
}

/// The product's own code.
pub(crate) fn product() -> Vec<Source> {
    let mut sources = sources(&PRODUCT, "rs");
    sources.retain(Source::is_product);
    sources
}

fn walk(folder: &Path, kind: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                walk(&path, kind, found);
            }
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
}

/// What a rule found, told all at once.
#[derive(Default)]
pub(crate) struct Findings(Vec<String>);

impl Findings {
    /// Notes a line that breaks the rule.
    pub(crate) fn note(&mut self, file: &Source, number: usize, what: impl std::fmt::Display) {
        self.0.push(format!("{}:{number}: {what}", file.path));
    }

    /// The rule holds when there is none.
    pub(crate) fn none(self, rule: &str) {
        assert!(self.0.is_empty(), "{rule}\n{}", self.0.join("\n"));
    }
}
