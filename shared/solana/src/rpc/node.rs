//! One node: a question, and its answer or why there is none.

use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, Response, StatusCode, Url, header::RETRY_AFTER, redirect::Policy};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    error::{Cause, NodeName, RpcError},
    shape::Context,
};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);

/// How long one call may take, from the connection to the last byte.
const CALL: Duration = Duration::from_secs(5);

/// How long a connection may be silent and used again. What stands between may forget it sooner
/// than the node.
const IDLE: Duration = Duration::from_secs(20);

/// The largest answer that is read: 100 accounts of 100 kB in base64 are about as much.
const LARGEST_ANSWER: usize = 16 << 20;

/// JSON-RPC's code for a node that has not reached `minContextSlot`.
const MIN_CONTEXT_SLOT_NOT_REACHED: i64 = -32016;

const GET_GENESIS_HASH: &str = "getGenesisHash";

/// How much of what a node says is kept, in characters.
const LONGEST_MESSAGE: usize = 400;

/// Parts of a URL that are shorter are no keys, and would blacken words that have them in them.
const SHORTEST_KEY: usize = 8;

/// A node. Its `Debug` does not show the URL, which holds a key.
pub(crate) struct Node {
    name: NodeName,
    url: Url,
    client: Client,
    time_out: Duration,
    id: AtomicU64,
    chain: Arc<OwnChain>,
}

/// Which chain a node tells of.
#[derive(Default)]
struct OwnChain {
    /// The genesis hash that it is to have, once that is known.
    expected: OnceLock<String>,
    /// Whether it has said so.
    is_confirmed: AtomicBool,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)
    }
}

impl Node {
    /// # Errors
    /// When no TLS can be had.
    pub(super) fn new(index: usize, url: &Url) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            // Nothing, and no key, is sent to a place that was not named.
            .redirect(Policy::none());
        // A proxy's loopback is not ours.
        let client = if is_loopback(url) {
            client.no_proxy()
        } else {
            client
        };
        Ok(Self {
            name: NodeName(index),
            url: url.clone(),
            client: client.build()?,
            time_out: CALL,
            id: AtomicU64::new(1),
            chain: Arc::default(),
        })
    }

    pub(super) fn with_time_out(&self, time_out: Duration) -> Self {
        Self {
            name: self.name,
            url: self.url.clone(),
            client: self.client.clone(),
            time_out,
            id: AtomicU64::new(1),
            chain: Arc::clone(&self.chain),
        }
    }

    /// The hash of its chain's first block.
    pub(super) async fn genesis_hash(&self) -> Result<String, RpcError> {
        self.read(GET_GENESIS_HASH, json!([])).await
    }

    /// Nothing that it says is believed from now on unless its chain has that genesis hash.
    pub(super) fn must_be_of(&self, genesis: &str) {
        // Only the first start says so; clones of the client share it.
        let _ = self.chain.expected.set(genesis.to_owned());
    }

    /// A node that did not answer at the start says which chain it is of before anything else.
    async fn check_chain(&self) -> Result<(), RpcError> {
        let Some(expected) = self.chain.expected.get() else {
            return Ok(());
        };
        if self.chain.is_confirmed.load(Ordering::Relaxed) {
            return Ok(());
        }
        if self.genesis_hash().await? != *expected {
            return Err(self.failed(GET_GENESIS_HASH, Cause::OtherChain));
        }
        self.chain.is_confirmed.store(true, Ordering::Relaxed);
        Ok(())
    }

    pub(crate) fn name(&self) -> NodeName {
        self.name
    }

    /// Asks, and reads the answer as a `T`.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, RpcError> {
        self.check_chain().await?;
        self.read(method, params).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, RpcError> {
        let answer = self.call(method, params).await;
        answer
            .and_then(|result| {
                T::deserialize(result).map_err(|_| Cause::Shape("unlike the method's"))
            })
            .map_err(|cause| self.failed(method, cause))
    }

    /// Asks for an answer of a slot, which is not older than `min_context_slot`. A node that does
    /// not know that parameter ignores it, so the slot of its answer is looked at as well.
    pub(super) async fn ask_at<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
        min_context_slot: Option<u64>,
    ) -> Result<Context<T>, RpcError> {
        let answer: Context<T> = self.ask(method, params).await?;
        if answer.slot() < min_context_slot.unwrap_or(0) {
            return Err(self.failed(method, Cause::Behind));
        }
        Ok(answer)
    }

    pub(super) fn failed(&self, method: &'static str, cause: Cause) -> RpcError {
        RpcError {
            node: self.name,
            method,
            cause,
        }
    }

    async fn call(&self, method: &'static str, params: Value) -> Result<Value, Cause> {
        let id = self.id.fetch_add(1, Ordering::Relaxed);
        let question = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let request = self.client.post(self.url.clone()).timeout(self.time_out);
        let answer = request.json(&question).send().await;
        let answer = answer.map_err(|error| unreached(&error))?;
        match answer.status() {
            StatusCode::OK => self.result(id, &body_of(answer).await?),
            StatusCode::TOO_MANY_REQUESTS => Err(Cause::Busy {
                retry_after: retry_after(&answer),
            }),
            other => Err(Cause::Http(other.as_u16())),
        }
    }

    fn result(&self, id: u64, body: &[u8]) -> Result<Value, Cause> {
        let mut answer: Value =
            serde_json::from_slice(body).map_err(|_| Cause::Shape("it is not JSON"))?;
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            return Err(self.refused(error));
        }
        if answer.get("id").and_then(Value::as_u64) != Some(id) {
            return Err(Cause::Shape("it answers another question"));
        }
        // A result of null is an answer, and none is not.
        let result = answer.get_mut("result").map(Value::take);
        result.ok_or(Cause::Shape("it has neither result nor error"))
    }

    fn refused(&self, error: &Value) -> Cause {
        let Some(code) = error.get("code").and_then(Value::as_i64) else {
            return Cause::Shape("an error without a code");
        };
        if code == MIN_CONTEXT_SLOT_NOT_REACHED {
            return Cause::Behind;
        }
        let message = error.get("message").and_then(Value::as_str);
        let message = message.unwrap_or("without a word").to_owned();
        Cause::Refused {
            code,
            message: self
                .without_keys(message)
                .chars()
                .take(LONGEST_MESSAGE)
                .collect(),
            data: error.get("data").map(|data| self.data_without_keys(data)),
        }
    }

    /// A node, or a proxy before it, may repeat the URL or parts of it in what it says.
    fn without_keys(&self, text: String) -> String {
        let url = &self.url;
        let whole = [url.as_str(), url.authority()];
        let login = [url.username(), url.password().unwrap_or_default()];
        let path = url.path_segments().into_iter().flatten();
        let query = url.query().unwrap_or_default();
        let parts = whole.into_iter().chain(url.host_str()).chain(login);
        parts
            .chain(path)
            .chain(query.split(['&', '=']))
            .filter(|part| part.len() >= SHORTEST_KEY)
            .fold(text, |text, part| text.replace(part, "…"))
    }

    fn data_without_keys(&self, data: &Value) -> Value {
        let text = self.without_keys(data.to_string());
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// `reqwest`'s own words have the URL in them.
fn unreached(error: &reqwest::Error) -> Cause {
    if error.is_timeout() {
        Cause::TimedOut
    } else {
        Cause::Unreachable
    }
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// The body, as long as it is not endless.
async fn body_of(mut answer: Response) -> Result<Vec<u8>, Cause> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unreached(&error))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(Cause::Shape("it is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
