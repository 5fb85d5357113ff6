//! What a function trades with on Solana: a chain behind a node, and AWS with its secrets and its
//! key.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana::{
    testing::{ScriptedChain, ScriptedNode, ScriptedPool},
    wallet::{KeyFile, Signer},
};
use tokio::net::TcpListener;

/// A pool on a chain that moves, a node that tells of it, and a server in AWS's place that knows
/// secrets and signs.
pub struct OnSolana {
    /// The chain.
    pub chain: ScriptedChain,
    /// The pool, and the wallet.
    pub pool: ScriptedPool,
    aws: Arc<Aws>,
    url: String,
    // Answers as long as it is there.
    _node: ScriptedNode,
}

type Change = dyn Fn([u8; 64]) -> [u8; 64] + Send + Sync;

struct Aws {
    nodes: String,
    markets: String,
    wallet: String,
    key: KeyFile,
    change: Box<Change>,
    asked: Mutex<Vec<String>>,
}

impl fmt::Debug for OnSolana {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} and AWS at {}", self.chain, self.url)
    }
}

/// To sign with: a secret that holds the wallet's key.
pub const WALLET_SECRET: &str =
    "secret:arn:aws:secretsmanager:eu-central-1:123456789012:secret:wallet";
/// To sign with: the wallet's key in KMS.
pub const WALLET_KEY: &str = "kms:alias/wallet";
const NODES: &str = "secret:arn:aws:secretsmanager:eu-central-1:123456789012:secret:nodes";
const MARKETS: &str = "secret:arn:aws:secretsmanager:eu-central-1:123456789012:secret:markets";
/// What stands before an Ed25519 key where KMS tells it.
const PREFIX: [u8; 12] = [48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0];

impl OnSolana {
    /// With a key that signs as it should.
    pub async fn start() -> Self {
        Self::signing(|signature| signature).await
    }

    /// With a key whose signatures are changed before they are answered.
    ///
    /// # Panics
    /// When no port of this machine can be had.
    pub async fn signing(change: impl Fn([u8; 64]) -> [u8; 64] + Send + Sync + 'static) -> Self {
        let chain = ScriptedChain::moving();
        let pool = ScriptedPool::on(&chain);
        let node = ScriptedNode::of(&chain).await.expect("a free port");
        let wallet = pool.key_file();
        let aws = Arc::new(Aws {
            nodes: node.url().into(),
            markets: pool.markets("local"),
            key: KeyFile::parse(wallet.as_bytes(), "the key").expect("a key"),
            wallet,
            change: Box::new(change),
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&aws));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            chain,
            pool,
            aws,
            url,
            _node: node,
        }
    }

    /// What a function is told that trades there and signs nothing.
    pub fn variables(&self) -> [(&str, &str); 4] {
        [
            ("VENUES", "solana"),
            ("AWS_ENDPOINT_URL", &self.url),
            ("SOLANA_RPC_URLS", NODES),
            ("SOLANA_MARKETS", MARKETS),
        ]
    }

    /// What AWS was asked for: each operation, and of what.
    pub fn asked(&self) -> Vec<String> {
        let asked = self.aws.asked.lock();
        asked.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(
    State(aws): State<Arc<Aws>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let target = headers
        .get("x-amz-target")
        .and_then(|one| one.to_str().ok());
    let operation = target.and_then(|target| target.split('.').nth(1));
    let operation = operation.unwrap_or_default();
    let question: Value = serde_json::from_str(&body).unwrap_or_default();
    let of = ["SecretId", "KeyId"].map(|field| question[field].as_str());
    let of = of.into_iter().flatten().next().unwrap_or_default();
    aws.note(format!("{operation} {of}").trim_end().to_owned());
    match aws.answer(operation, of, &question).await {
        Some(answer) => (StatusCode::OK, Json(answer)),
        None => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "__type": "AccessDeniedException" })),
        ),
    }
}

impl Aws {
    fn note(&self, asked: String) {
        let all = self.asked.lock();
        all.unwrap_or_else(PoisonError::into_inner).push(asked);
    }

    /// Nothing for what nobody may ask.
    async fn answer(&self, operation: &str, of: &str, question: &Value) -> Option<Value> {
        match operation {
            "GetSecretValue" => {
                let secrets = [
                    (NODES, &self.nodes),
                    (MARKETS, &self.markets),
                    (WALLET_SECRET, &self.wallet),
                ];
                let mut secrets = secrets.into_iter();
                let (_, text) =
                    secrets.find(|(name, _)| name.strip_prefix("secret:") == Some(of))?;
                Some(json!({ "SecretString": text }))
            }
            "GetPublicKey" => {
                let key = [&PREFIX[..], self.key.address().as_ref()].concat();
                Some(json!({
                    "KeySpec": "ECC_NIST_EDWARDS25519",
                    "KeyUsage": "SIGN_VERIFY",
                    "PublicKey": BASE64_STANDARD.encode(key),
                }))
            }
            "Sign" => {
                let message = BASE64_STANDARD.decode(question["Message"].as_str()?).ok()?;
                let signature = self.key.sign(&message).await.ok()?;
                let signature = BASE64_STANDARD.encode((self.change)(signature));
                Some(json!({ "Signature": signature }))
            }
            _ => None,
        }
    }
}
