//! The rules of the house that a compiler cannot know. `docs/ARCHITECTURE.md` says why each is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file below a folder of the repository, with its text; `target` is left out.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
                walk(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    let shown = |path: &Path| {
        path.strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string()
    };
    found
        .iter()
        .map(|path| (shown(path), fs::read_to_string(path).expect("text")))
        .collect()
}

/// What stands before the first `#[cfg(test)]`.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn the_engine_depends_on_no_sdk_sql_or_http() {
    let manifest =
        fs::read_to_string(root().join("shared/engine/Cargo.toml")).expect("the manifest");
    for outside in [
        "aws", "postgres", "axum", "hyper", "reqwest", "lambda", "tokio",
    ] {
        let named = manifest.lines().find(|line| line.starts_with(outside));
        assert_eq!(named, None, "the engine must not know {outside}");
    }
}

#[test]
fn a_functions_library_names_no_adapter_and_its_main_only_wires() {
    for (path, text) in sources("functions")
        .into_iter()
        .filter(|(path, _)| path.contains("/src/"))
    {
        if path.ends_with("main.rs") {
            assert!(
                text.lines().count() <= 60,
                "{path} decides too much: {} lines",
                text.lines().count()
            );
        } else {
            assert!(
                !code(&text).contains("adapters::"),
                "{path} names an adapter"
            );
        }
    }
}

#[test]
fn a_status_is_written_in_one_place() {
    for (path, text) in sources("shared")
        .into_iter()
        .chain(sources("functions"))
        .chain(sources("local/src"))
    {
        let writes = code(&text).contains("order.status = ") || code(&text).contains(".advance(&");
        assert!(
            !writes || path.contains("/tests/") || path == "shared/engine/src/progress.rs",
            "{path} changes a status"
        );
    }
}

#[test]
fn money_is_never_a_float() {
    for (path, text) in sources("shared").into_iter().chain(sources("functions")) {
        // Gauges of the metrics crate are floats; the API's description says that JSON numbers are accepted.
        let allowed = [
            "shared/engine/src/observe.rs",
            "functions/submit/src/described.rs",
        ]
        .contains(&path.as_str());
        let float = code(&text).lines().find(|line| {
            !line.trim_start().starts_with("//") && (line.contains("f64") || line.contains("f32"))
        });
        assert!(
            allowed || path.contains("/tests/") || float.is_none(),
            "{path}: {float:?}"
        );
    }
}

#[test]
fn files_are_named_for_what_they_are() {
    for folder in ["shared", "functions", "local"] {
        for (path, _) in sources(folder) {
            for empty in ["util", "common", "helper", "manager", "service", "misc"] {
                let name = path.rsplit('/').next().expect("a name");
                assert!(
                    !name.contains(empty),
                    "{path} does not say what it is about"
                );
            }
        }
    }
}
