//! The chain as its nodes tell it: JSON-RPC 2.0 over HTTP, one method here for each that is used.
//!
//! A question goes to one node, and on to the next when another may answer it. What decides about
//! money is asked of every node instead ([`crate::record`]).

mod accounts;
mod blocks;
mod error;
mod executed;
mod fees;
mod history;
mod ledger;
mod node;
mod shape;
mod simulation;
mod transactions;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Url;

pub(crate) use self::node::Node;
pub use self::{
    accounts::{Account, Accounts},
    blocks::{Blockhash, Genesis, OtherChain},
    error::{Cause, NodeName, RpcError},
    executed::{Executed, TokenBalance},
    ledger::{Block, Call},
    simulation::Simulation,
    transactions::{Seen, Stage},
};

/// What never changes any more.
const FINALIZED: &str = "finalized";

/// One or several nodes of the same chain.
pub struct Rpc {
    nodes: Vec<Arc<Node>>,
    /// The node that answered last is asked first.
    preferred: AtomicUsize,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum NoRpc {
    /// No node is named.
    #[error("no node is named")]
    NoNode,
    /// The system's roots of trust cannot be read.
    #[error("the system's roots of trust cannot be read")]
    Roots,
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.nodes).finish()
    }
}

impl Rpc {
    /// A client for these nodes, the preferred one first. It reads what is finalized, and gives
    /// each call 5 s, 2 s of them to connect. Nothing is sent yet.
    ///
    /// # Errors
    /// [`NoRpc`] without a node, or when no TLS can be had.
    pub fn new(urls: &[Url]) -> Result<Self, NoRpc> {
        if urls.is_empty() {
            return Err(NoRpc::NoNode);
        }
        let node = |(index, url)| Node::new(index, url).map(Arc::new);
        let nodes: Result<_, _> = urls.iter().enumerate().map(node).collect();
        Ok(Self {
            nodes: nodes.map_err(|_| NoRpc::Roots)?,
            preferred: AtomicUsize::new(0),
        })
    }

    /// The same nodes, with that long for each call.
    #[must_use]
    pub fn with_time_out(&self, time_out: Duration) -> Self {
        let nodes = self.nodes.iter();
        let nodes = nodes.map(|node| Arc::new(node.with_time_out(time_out)));
        Self {
            nodes: nodes.collect(),
            preferred: AtomicUsize::new(self.preferred.load(Ordering::Relaxed)),
        }
    }

    pub(crate) fn nodes(&self) -> &[Arc<Node>] {
        &self.nodes
    }

    /// Asks one node after the other until one answers, the one that answered last first. Also one
    /// that refuses the question may be alone with that.
    ///
    /// # Errors
    /// What the last one asked says.
    async fn first<T, F>(&self, ask: impl Fn(Arc<Node>) -> F) -> Result<T, RpcError>
    where
        F: Future<Output = Result<T, RpcError>>,
    {
        let count = self.nodes.len();
        let begin = self.preferred.load(Ordering::Relaxed);
        let mut turn = 0;
        loop {
            let index = (begin + turn) % count;
            turn += 1;
            match ask(Arc::clone(&self.nodes[index])).await {
                Ok(answer) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) if turn < count => {
                    tracing::debug!(%error, "the next node is asked");
                }
                Err(error) => return Err(error),
            }
        }
    }
}
