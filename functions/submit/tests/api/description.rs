//! The committed descriptions of the API say what the code does.

use std::{fs, path::PathBuf};

use engine::lifecycle::Status;

pub(crate) fn described(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../docs/api", file]
        .iter()
        .collect()
}

/// `UPDATE=1 cargo test -p submit --test api description` writes the file anew.
#[test]
fn openapi_json_is_what_the_types_say() {
    let file = described("openapi.json");
    let made = submit::openapi::document().expect("the document is plain data") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &made).expect("docs/api can be written");
    }
    let committed = fs::read_to_string(&file).expect("docs/api/openapi.json");
    assert!(
        committed == made,
        "docs/api/openapi.json is out of date; UPDATE=1 cargo test -p submit --test api description writes it anew"
    );
}

#[test]
fn the_statuses_are_those_of_the_lifecycle() {
    let document = submit::openapi::document().expect("the document is plain data");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let listed = &document["components"]["schemas"]["Status"]["enum"];
    assert_eq!(*listed, serde_json::json!(Status::ALL.map(Status::name)));
}

#[test]
fn the_list_of_error_codes_is_complete() {
    let readme = fs::read_to_string(described("README.md")).expect("docs/api/README.md");
    let rows: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    for code in submit::Code::ALL {
        let row = format!("| `{}` | {} |", code.name(), code.status().as_u16());
        assert!(
            rows.iter().any(|line| line.starts_with(&row)),
            "no row begins with {row}"
        );
    }
    assert_eq!(rows.len(), submit::Code::ALL.len());
}
