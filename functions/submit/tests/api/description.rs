//! The committed descriptions of the API say what the code does.

use std::{fs, path::PathBuf};

fn described(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../docs/api", file]
        .iter()
        .collect()
}

/// `UPDATE=1 cargo test -p submit --test description` writes the file anew.
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
        "docs/api/openapi.json is out of date; UPDATE=1 cargo test -p submit --test description writes it anew"
    );
}
