//! A key in KMS: what is asked for, and what is made of each answer.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use aws::kms::{Ed25519Key, NoKey, NotSigned};
use config::KmsKeyId;
use serde_json::{Value, json};

use crate::double::{Double, Seen};

/// The public key of RFC 8032's first test vector as KMS gives it: DER, then base64.
const PUBLIC_KEY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const PUBLIC: [u8; 32] = [
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];
/// 64 ones.
const SIGNATURE: &str =
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==";

fn id() -> KmsKeyId {
    "alias/wallet".parse().expect("a name")
}

fn description() -> Value {
    json!({
        "KeyId": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "KeySpec": "ECC_NIST_EDWARDS25519",
        "KeyUsage": "SIGN_VERIFY",
        "PublicKey": PUBLIC_KEY,
        "SigningAlgorithms": ["ED25519_SHA_512"],
    })
}

/// KMS with that key, which answers to the question for a signature as it is told.
async fn kms(sign: impl Fn() -> Option<(u16, Value)> + Send + Sync + 'static) -> Double {
    Double::answering(move |seen: &Seen| match seen.target.as_str() {
        "TrentService.GetPublicKey" => Some((200, description().to_string())),
        "TrentService.Sign" => sign().map(|(status, body)| (status, body.to_string())),
        other => panic!("nobody asks for {other}"),
    })
    .await
}

async fn open(double: &Double) -> Result<Ed25519Key, NoKey> {
    Ed25519Key::open(&double.sdk().await, &id()).await
}

async fn signed(sign: impl Fn() -> Option<(u16, Value)> + Send + Sync + 'static) -> Outcome {
    let double = kms(sign).await;
    open(&double).await.expect("a key").sign(b"a message").await
}

type Outcome = Result<[u8; 64], NotSigned>;

#[tokio::test]
async fn a_message_is_signed_as_it_is() {
    let double = kms(|| Some((200, json!({ "Signature": SIGNATURE })))).await;
    let key = open(&double).await.expect("a key");
    assert_eq!(*key.public(), PUBLIC);
    assert_eq!(key.sign(b"a message").await, Ok([1; 64]));
    let expected = json!({
        "KeyId": "alias/wallet",
        "Message": "YSBtZXNzYWdl",
        "MessageType": "RAW",
        "SigningAlgorithm": "ED25519_SHA_512",
    });
    assert_eq!(double.seen().last().expect("a question").json(), expected);
}

#[tokio::test]
async fn a_key_for_something_else_is_refused() {
    for (field, value) in [
        ("KeySpec", "ECC_NIST_P256"),
        ("KeyUsage", "KEY_AGREEMENT"),
        (
            "PublicKey",
            "MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ), // X25519
        ("PublicKey", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), // without what it is
    ] {
        let mut answer = description();
        answer[field] = json!(value);
        let double = Double::answering(move |_| Some((200, answer.to_string()))).await;
        let refused = open(&double).await.expect_err("another kind").to_string();
        assert_eq!(
            refused,
            "the KMS key alias/wallet is no ECC_NIST_EDWARDS25519 key for SIGN_VERIFY"
        );
    }
}

#[tokio::test]
async fn a_key_that_may_not_be_seen_is_named_with_the_reason() {
    let denied =
        json!({ "__type": "AccessDeniedException", "message": "no identity-based policy" });
    let double = Double::answering(move |_| Some((400, denied.to_string()))).await;
    let refused = open(&double).await.expect_err("denied").to_string();
    let begins = "the KMS key alias/wallet cannot be used: ";
    assert!(refused.starts_with(begins), "{refused}");
    assert!(refused.contains("no identity-based policy"), "{refused}");
}

#[tokio::test]
async fn why_it_does_not_sign_is_said_without_a_name() {
    for (code, expected) in [
        ("ThrottlingException", NotSigned::Throttled),
        ("AccessDeniedException", NotSigned::Denied),
        ("ExpiredTokenException", NotSigned::Denied),
        ("DisabledException", NotSigned::Disabled),
        ("KMSInvalidStateException", NotSigned::Disabled),
        ("NotFoundException", NotSigned::Disabled),
        ("KMSInternalException", NotSigned::Unavailable),
    ] {
        let body = json!({ "__type": code, "message": "arn:aws:kms:eu-central-1:1:key/1" });
        let why = signed(move || Some((400, body.clone()))).await;
        assert_eq!(why, Err(expected), "{code}");
        assert!(!expected.to_string().contains("arn:"), "{expected}");
    }
}

#[tokio::test]
async fn one_that_is_busy_once_is_asked_again() {
    let times = AtomicUsize::new(0);
    let busy = json!({ "__type": "ThrottlingException", "message": "Rate exceeded" });
    let answer = signed(move || match times.fetch_add(1, Relaxed) {
        0 => Some((400, busy.clone())),
        _ => Some((200, json!({ "Signature": SIGNATURE }))),
    });
    assert_eq!(answer.await, Ok([1; 64]));
}

#[tokio::test]
async fn what_is_no_signature_is_none() {
    for body in [json!({}), json!({ "Signature": "AQEB" })] {
        let answer = signed(move || Some((200, body.clone()))).await;
        assert_eq!(answer, Err(NotSigned::NoSignature));
    }
}

#[tokio::test]
async fn one_that_hangs_is_given_up() {
    assert_eq!(signed(|| None).await, Err(NotSigned::Unavailable));
}
