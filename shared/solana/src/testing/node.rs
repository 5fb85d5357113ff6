//! A node's door: JSON-RPC over HTTP on this machine.

use std::{
    future::pending,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    http::{
        StatusCode,
        header::{LOCATION, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use reqwest::Url;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    answers::{Refusal, answer},
    chain::ScriptedChain,
    fault::{Fault, Faults},
};
use crate::rpc::Account;

/// A node of a [`ScriptedChain`]. It ends when it is dropped.
#[derive(Debug)]
pub struct ScriptedNode {
    url: Url,
    chain: ScriptedChain,
    inside: Arc<Inside>,
    server: JoinHandle<io::Result<()>>,
}

/// A question that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What was asked.
    pub method: String,
    /// With which parameters.
    pub params: Value,
}

#[derive(Debug, Default)]
struct Inside {
    faults: Mutex<Faults>,
    calls: Mutex<Vec<Call>>,
}

impl ScriptedNode {
    /// A node of a moving chain of its own.
    ///
    /// # Errors
    /// When no port of this machine can be had.
    pub async fn start() -> io::Result<Self> {
        Self::of(&ScriptedChain::moving()).await
    }

    /// A node of that chain.
    ///
    /// # Errors
    /// When no port of this machine can be had.
    pub async fn of(chain: &ScriptedChain) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let inside = Arc::new(Inside::default());
        let (told, asked) = (chain.clone(), Arc::clone(&inside));
        let router = Router::new().fallback(async move |body: Bytes| {
            let question: Value = serde_json::from_slice(&body).unwrap_or_default();
            respond(&told, &asked, &question).await
        });
        // A key as real nodes have it, so that tests see where it turns up.
        let url = format!("http://{address}/v2/{KEY}?api-key={KEY}");
        Ok(Self {
            url: url.parse().map_err(io::Error::other)?,
            chain: chain.clone(),
            inside,
            server: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }

    /// Where it is. The URL holds [`Self::key`].
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// The key that must not be seen anywhere.
    pub fn key(&self) -> &'static str {
        KEY
    }

    /// The chain that it tells of.
    pub fn chain(&self) -> &ScriptedChain {
        &self.chain
    }

    /// Puts an account on the chain.
    pub fn set_account(&self, key: Pubkey, account: Account) {
        self.chain.set_account(key, account);
    }

    /// Misbehaves once more when that is asked, after what was said before.
    pub fn once(&self, method: &'static str, fault: Fault) {
        self.faults().once(method, fault);
    }

    /// Misbehaves from now on when that is asked; [`super::ANY_METHOD`] stands for all.
    pub fn always(&self, method: &'static str, fault: Fault) {
        self.faults().always(method, fault);
    }

    /// Behaves again.
    pub fn recover(&self) {
        self.faults().clear();
    }

    /// What was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        let calls = self.inside.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The parameters of each call of a method.
    pub fn calls_of(&self, method: &str) -> Vec<Value> {
        let calls = self.calls().into_iter();
        let calls = calls.filter(|call| call.method == method);
        calls.map(|call| call.params).collect()
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        let faults = self.inside.faults.lock();
        faults.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ScriptedNode {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const KEY: &str = "f00dfeed-secret-key";

impl Inside {
    /// Keeps the question, and says how it goes wrong.
    fn asked(&self, method: &str, params: &Value) -> Option<Fault> {
        let calls = self.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).push(Call {
            method: method.to_owned(),
            params: params.clone(),
        });
        let faults = self.faults.lock();
        faults.unwrap_or_else(PoisonError::into_inner).next(method)
    }
}

async fn respond(chain: &ScriptedChain, inside: &Inside, question: &Value) -> Response {
    let method = question["method"].as_str().unwrap_or_default();
    let params = &question["params"];
    let fault = inside.asked(method, params);
    let result = |result: Value| {
        let body = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
        body.to_string().into_response()
    };
    let error = |error: Value| {
        let body = json!({ "jsonrpc": "2.0", "id": question["id"], "error": error });
        body.to_string().into_response()
    };
    match &fault {
        Some(Fault::Hang) => return pending().await,
        Some(Fault::Status(status)) => return status_of(*status).into_response(),
        Some(Fault::Redirect(url)) => {
            let status = StatusCode::TEMPORARY_REDIRECT;
            return (status, [(LOCATION, url.clone())]).into_response();
        }
        Some(Fault::Busy { retry_after }) => return busy(*retry_after),
        Some(Fault::Body(body)) => return body.clone().into_response(),
        Some(Fault::Result(value)) => return result(value.clone()),
        Some(Fault::Refuse {
            code,
            message,
            data,
        }) => return error(json!({ "code": code, "message": message, "data": data })),
        Some(Fault::Slow(pause)) => tokio::time::sleep(*pause).await,
        Some(Fault::SlotForHeight | Fault::Nothing | Fault::Behind(_) | Fault::Forget) | None => {}
    }
    match answer(chain, method, params, fault.as_ref()) {
        Ok(value) => result(value),
        Err(Refusal(code, message)) => error(json!({ "code": code, "message": message })),
    }
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn busy(retry_after: Option<u64>) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    match retry_after {
        Some(seconds) => (status, [(RETRY_AFTER, seconds.to_string())]).into_response(),
        None => status.into_response(),
    }
}
