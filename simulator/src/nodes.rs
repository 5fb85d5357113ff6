//! The chain's nodes, each of which tells what it has seen. One of several may be wrong: behind,
//! without a memory, or with its slot where it is asked for its height. The others are right; what
//! happens when all are wrong, a chain of one node shows.

use engine::{
    order::OrderId,
    ports::{ChainStatus, EarlierSwap},
};

use crate::{fault::Fault, rng::Rng, world::World};

/// How far slots are ahead of heights: some slots have no block.
const SLOTS_WITHOUT_A_BLOCK: u64 = 22_000_000;

/// A node that is behind is so by this many ms at the most.
const BEHIND: u64 = 60_000;

/// Who tells of the chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nodes {
    pub(crate) count: usize,
    /// The one that may be wrong.
    doubtful: Option<usize>,
}

impl Nodes {
    /// One that is right.
    pub(crate) const ONE: Self = Self {
        count: 1,
        doubtful: None,
    };

    /// Those of a run.
    pub(crate) fn drawn(rng: &mut Rng) -> Self {
        match rng.pick(&[1, 2, 2, 3]) {
            1 => Self::ONE,
            count => Self {
                count,
                doubtful: Some(rng.pick(&[0, 1])),
            },
        }
    }
}

impl World {
    /// What a node says of a transaction.
    pub(crate) fn node_status(&mut self, node: usize, signature: &str) -> ChainStatus {
        if self.is_wrong(node, Fault::NodeForgets) {
            return ChainStatus::Unknown;
        }
        let seen = self.seen_by(node);
        self.chain.status(signature, seen)
    }

    /// Which transaction of an order a node says has left a witness, as the store has it.
    pub(crate) fn node_landed(&mut self, node: usize, order: OrderId) -> Option<EarlierSwap> {
        if self.is_wrong(node, Fault::NodeForgets) {
            return None;
        }
        let seen = self.seen_by(node);
        let landed = self.chain.landed(order, seen).next()?;
        self.store.rows.get(&order)?.signed(&landed.signature)
    }

    /// What a node says that the final height is.
    pub(crate) fn node_height(&mut self, node: usize) -> u64 {
        if self.is_wrong(node, Fault::NodeNamesSlot) {
            return self.chain.finalized_height(self.now) + SLOTS_WITHOUT_A_BLOCK;
        }
        let seen = self.seen_by(node);
        self.chain.finalized_height(seen)
    }

    /// Up to when a node has seen the chain.
    fn seen_by(&mut self, node: usize) -> u64 {
        let behind = if self.is_wrong(node, Fault::NodeBehind) {
            self.rng.between(1, BEHIND)
        } else {
            0
        };
        self.now.saturating_sub(behind)
    }

    fn is_wrong(&mut self, node: usize, fault: Fault) -> bool {
        self.chain.nodes.doubtful == Some(node) && self.strikes(fault)
    }
}
