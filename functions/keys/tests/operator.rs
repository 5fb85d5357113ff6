//! The program as an operator invokes it, on the real database.

use auth::ApiKey;
use serde_json::{Value, json};
use testkit::{TestDatabase, invoke, migrated_database};

/// What it answers, an error as Lambda reports one; the key is in nothing that it writes.
async fn ask(database: &TestDatabase, event: Value) -> Value {
    let program = env!("CARGO_BIN_EXE_keys");
    let invocation = invoke(program, &[("DATABASE_URL", database.url())], &event).await;
    if let Some(key) = invocation.answer["key"].as_str() {
        assert!(!invocation.output.contains(key), "{}", invocation.output);
    }
    invocation.answer
}

#[tokio::test]
async fn a_key_is_made_listed_and_revoked() {
    let database = migrated_database();
    let created = ask(&database, json!({"action": "create", "account": "desk"})).await;
    let key: ApiKey = created["key"]
        .as_str()
        .unwrap_or_else(|| panic!("no key: {created}"))
        .parse()
        .expect("a key");
    assert_eq!(created["id"], key.id().as_str());
    let all = json!(["orders:read", "orders:write", "stream", "keys"]);
    assert_eq!((&created["scopes"], &created["label"]), (&all, &json!("")));

    let narrow = json!({
        "action": "create", "account": "desk", "scopes": ["stream"], "label": "page",
        "expiresAt": "2036-01-01T00:00:00Z",
    });
    let narrow = ask(&database, narrow).await;
    let narrow = (&narrow["scopes"], &narrow["label"], &narrow["expiresAt"]);
    let expected = (
        &json!(["stream"]),
        &json!("page"),
        &json!("2036-01-01T00:00:00.000Z"),
    );
    assert_eq!(narrow, expected);

    let list = json!({"action": "list", "account": "desk"});
    let listed = ask(&database, list.clone()).await;
    assert_eq!(listed["keys"].as_array().map(Vec::len), Some(2), "{listed}");
    assert_eq!(listed["keys"][1]["id"], created["id"]);
    assert!(!listed.to_string().contains("oek_"), "{listed}");

    let revoke =
        |account: &str| json!({"action": "revoke", "account": account, "id": created["id"]});
    let foreign = ask(&database, revoke("other")).await;
    let said = foreign["errorMessage"].as_str().unwrap_or_default();
    assert!(said.contains("other has no key"), "{foreign}");
    let revoked = ask(&database, revoke("desk")).await;
    assert!(revoked["revokedAt"].is_string(), "{revoked}");
    let listed = ask(&database, list).await;
    assert_eq!(listed["keys"][1], revoked);
}

#[tokio::test]
async fn limits_are_set_shown_and_given_to_a_key() {
    let database = migrated_database();
    let limits = json!({
        "maxOpenOrders": 100, "maxOrdersPerMinute": null, "pairs": ["SOL/USDC"],
        "maxAmountPerOrder": {}, "maxAmountPerDay": {"SOL": "2500.5"},
    });
    let set = json!({"action": "setLimits", "account": "desk", "limits": limits});
    assert_eq!(ask(&database, set).await, limits);
    let shown = json!({"action": "limits", "account": "desk"});
    assert_eq!(ask(&database, shown.clone()).await, limits);

    let narrow = json!({"action": "create", "account": "desk", "limits": {"maxOpenOrders": 1}});
    let narrow = ask(&database, narrow).await;
    assert_eq!(narrow["limits"]["maxOpenOrders"], 1);
    let without_keys = json!(["orders:read", "orders:write", "stream"]);
    assert_eq!(
        narrow["scopes"], without_keys,
        "it makes no key without limits"
    );

    let lifted = json!({"action": "setLimits", "account": "desk", "limits": {}});
    assert_eq!(ask(&database, lifted).await["maxOpenOrders"], Value::Null);
    assert_eq!(ask(&database, shown).await["pairs"], Value::Null);
}

#[tokio::test]
async fn what_is_not_understood_is_refused_and_named() {
    let database = migrated_database();
    for (event, says) in [
        (json!({}), "action"),
        (json!("create"), "not understood"),
        (json!({"action": "delete", "account": "a"}), "delete"),
        (json!({"action": "create"}), "account"),
        (json!({"action": "create", "account": "A"}), "account: "),
        (
            json!({"action": "create", "account": "a", "scope": []}),
            "scope",
        ),
        (
            json!({"action": "create", "account": "a", "scopes": []}),
            "at least one",
        ),
        (
            json!({"action": "create", "account": "a", "scopes": ["all"]}),
            "orders:read",
        ),
        (
            json!({"action": "create", "account": "a", "expiresAt": "soon"}),
            "expiresAt",
        ),
        (
            json!({"action": "create", "account": "a", "expiresAt": "2020-01-01T00:00:00Z"}),
            "has passed",
        ),
        (
            json!({"action": "create", "account": "a", "label": "a\nb"}),
            "label",
        ),
        (
            json!({"action": "setLimits", "account": "a", "limits": {"maxOrders": 1}}),
            "maxOrders",
        ),
        (
            json!({"action": "setLimits", "account": "a", "limits": {"maxOpenOrders": 10_001}}),
            "limits: ",
        ),
        (
            json!({"action": "create", "account": "a", "scopes": ["keys"], "limits": {"maxOpenOrders": 1}}),
            "scope keys",
        ),
        (json!({"action": "list", "account": "a", "id": "x"}), "id"),
        (
            json!({"action": "revoke", "account": "a", "id": "x"}),
            "id: ",
        ),
    ] {
        let answer = ask(&database, event).await;
        let said = answer["errorMessage"].as_str();
        let said = said.unwrap_or_else(|| panic!("not refused: {answer}"));
        assert!(said.contains(says), "{said}");
    }
    let listed = ask(&database, json!({"action": "list", "account": "a"})).await;
    assert_eq!(listed, json!({"keys": []}));
}
