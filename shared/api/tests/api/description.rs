//! The committed descriptions of the API say what the code does.

use std::{fs, path::PathBuf};

use axum::http::StatusCode;
use engine::order::Status;
use serde_json::{Value, json};

use crate::test_api::TestApi;

fn described(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../docs/api", file]
        .iter()
        .collect()
}

/// `UPDATE=1 cargo test -p api openapi_json` writes the file anew.
#[test]
fn openapi_json_is_what_the_types_say() {
    let file = described("openapi.json");
    let made = api::description::document().expect("the document is plain data") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &made).expect("docs/api can be written");
    }
    let committed = fs::read_to_string(&file).expect("docs/api/openapi.json");
    assert!(
        committed == made,
        "docs/api/openapi.json is out of date; \
         UPDATE=1 cargo test -p api openapi_json writes it anew"
    );
}

#[test]
fn the_statuses_are_those_of_the_lifecycle() {
    let document = api::description::document().expect("the document is plain data");
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let listed = &document["components"]["schemas"]["Status"]["enum"];
    assert_eq!(*listed, json!(Status::ALL.map(Status::name)));
}

/// A client generator makes a type for each event out of this: the status tells what is in it.
#[test]
fn an_update_is_described_by_its_status() {
    let document = api::description::document().expect("the document is plain data");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let schemas = &document["components"]["schemas"];
    let named = |reference: &Value| {
        let name = reference["$ref"]
            .as_str()
            .and_then(|to| to.rsplit('/').next());
        schemas[name.expect("a reference")].clone()
    };
    let each = schemas["Update"]["oneOf"].as_array().expect("a choice");
    let (mut statuses, mut cancellable) = (Vec::new(), Vec::new());
    for one in each {
        let update = named(one);
        let status = update["properties"]["status"]["enum"][0].clone();
        let payload = &update["properties"]["payload"];
        let told = match payload["anyOf"].as_array() {
            Some(told) => told.iter().map(named).collect(),
            None => vec![named(payload)],
        };
        for told in &told {
            assert_eq!(told["type"], "object", "{update}");
            if told["required"] == json!(["cancelRequested", "by"]) {
                cancellable.push(status.clone());
            }
        }
        statuses.push(status);
    }
    assert_eq!(statuses, Status::ALL.map(Status::name));
    assert_eq!(
        cancellable,
        ["waiting", "routing", "building", "submitted"],
        "where the wish to cancel may stand"
    );
}

#[tokio::test]
async fn the_description_is_served_with_what_stands_before_its_paths() {
    let committed = fs::read_to_string(described("openapi.json")).expect("docs/api/openapi.json");
    let committed: Value = serde_json::from_str(&committed).expect("JSON");
    let answer = TestApi::new().get("/api/openapi.json").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, committed));

    let staged = TestApi::with(|api| api.base_path = "/prod".into());
    let served = staged.get("/api/openapi.json").await.json();
    assert_eq!(served["servers"], json!([{ "url": "/prod" }]));
    let page = staged.get("/api/docs").await.body;
    assert!(page.contains(r#"href="/prod/api/openapi.json""#), "{page}");
}

#[tokio::test]
async fn the_page_shows_every_route_and_schema_and_asks_nobody_else() {
    let api = TestApi::new();
    let document = api.get("/api/openapi.json").await.json();
    let answer = api.get("/api/docs").await;
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers["content-security-policy"].to_str();
    assert!(policy.expect("a policy").starts_with("default-src 'none';"));
    let methods = document["paths"].as_object().expect("paths").values();
    let operations = methods.flat_map(|methods| methods.as_object().expect("methods").values());
    let ids = operations.map(|operation| operation["operationId"].as_str().expect("an id"));
    let schemas = document["components"]["schemas"].as_object();
    let schemas = schemas.expect("schemas").keys();
    let anchors: Vec<String> = ids
        .map(str::to_owned)
        .chain(schemas.map(|name| format!("schema-{name}")))
        .collect();
    for anchor in &anchors {
        let shown = format!(r#"id="{anchor}""#);
        assert!(answer.body.contains(&shown), "{shown} is not shown");
    }
    let links = answer.body.split("href=\"#").skip(1);
    let targets = links.filter_map(|rest| rest.split('"').next());
    for target in targets {
        let shown = format!(r#"id="{target}""#);
        assert!(answer.body.contains(&shown), "a link leads to {target}");
    }
    for foreign in ["<script", "src=", "href=\"http", "url(", "@import"] {
        assert!(!answer.body.contains(foreign), "{foreign}");
    }
}

#[test]
fn the_list_of_error_codes_is_complete() {
    let readme = fs::read_to_string(described("README.md")).expect("docs/api/README.md");
    let rows: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    for code in api::Code::ALL {
        let row = format!("| `{}` | {} |", code.name(), code.status().as_u16());
        assert!(
            rows.iter().any(|line| line.starts_with(&row)),
            "no row begins with {row}"
        );
    }
    assert_eq!(rows.len(), api::Code::ALL.len());
}
