//! The database's URL from Secrets Manager, and other secrets.

use aws::secrets;
use config::Location;
use serde_json::json;

use crate::double::Double;

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf";

async fn fetch(status: u16, body: serde_json::Value) -> Result<String, String> {
    let double = Double::answering(move |_| Some((status, body.to_string()))).await;
    let location = Location::Secret(ARN.into());
    let url = secrets::database_url(&double.sdk().await, &location, None).await;
    assert_eq!(double.seen()[0].json()["SecretId"], ARN);
    url.map(|url| url.as_str().to_owned())
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_secret_holds_the_url() {
    let url = "postgres://app:secret@db.example:5432/orders?sslmode=require";
    assert_eq!(
        fetch(200, json!({ "SecretString": url })).await.as_deref(),
        Ok(url)
    );
}

#[tokio::test]
async fn a_secret_that_holds_something_else_is_named_and_not_shown() {
    let error = fetch(200, json!({ "SecretString": "hunter2" }))
        .await
        .expect_err("no URL");
    assert!(error.contains(ARN) && !error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_secret_that_may_not_be_read_is_named() {
    let denied = json!({ "__type": "AccessDeniedException", "message": "not allowed" });
    let error = fetch(400, denied).await.expect_err("refused");
    assert!(
        error.contains(ARN) && error.contains("not allowed"),
        "{error}"
    );
}

#[tokio::test]
async fn another_secret_is_given_as_it_is() {
    let arn = ARN.parse().expect("an ARN");
    let text = "[1,2,3]\n";
    let double = Double::answering(move |_| {
        let body = json!({ "SecretString": text });
        Some((200, body.to_string()))
    })
    .await;
    let read = secrets::text(&double.sdk().await, &arn).await;
    assert_eq!(read.ok().as_deref(), Some(text));
    let binary = Double::answering(|_| Some((200, json!({ "SecretBinary": "AQ==" }).to_string())));
    let error = secrets::text(&binary.await.sdk().await, &arn).await;
    let expected = format!("the secret {ARN} holds no text");
    assert_eq!(error.expect_err("no text").to_string(), expected);
}
