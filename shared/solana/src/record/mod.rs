//! What the nodes together say of a transaction. Everything here errs to one side: `Unknown` after
//! a final height lets the engine sign again, so it is said only when nothing speaks against it.
//! Whatever is not certain is [`Unavailable`]: the engine asks again, and no money is lost.

mod height;
mod marker;
mod outcome;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use engine::{
    nodes::{self, Word},
    order::TransactionEnd,
    ports::{ChainStatus, Unavailable},
};
use futures::{StreamExt, stream::FuturesUnordered};
use solana_pubkey::Pubkey;

use self::height::{Height, Heights, Moment};
pub use self::outcome::{Paid, ProgramCodes};
pub(crate) use self::{
    marker::Maker,
    outcome::{failure, marker_of_a_stranger},
};
use crate::rpc::{Blockhash, Node, Rpc, Seen, Stage};

/// When to look again for a transaction that is on its way: a block or two later.
const POLL_AFTER: Duration = Duration::from_millis(400);

/// The chain's record, as one or several nodes have it.
#[derive(Debug)]
pub struct Record {
    rpc: Arc<Rpc>,
    codes: Vec<ProgramCodes>,
    heights: Mutex<Heights>,
}

impl Record {
    /// The record as these nodes have it. `codes` says what each program means by those that it
    /// fails with.
    pub fn new(rpc: Arc<Rpc>, codes: Vec<ProgramCodes>) -> Self {
        Self {
            rpc,
            codes,
            heights: Mutex::default(),
        }
    }

    /// To be asked before each signing, whether the blockhash can be of now. One whose last valid
    /// height is too low would make the transaction look dead while it can land. In a process that
    /// has not seen a height yet, later ones are held against this one and the time since.
    ///
    /// # Errors
    /// [`Unavailable`] when its height does not fit those before. Nothing is to be signed with it.
    pub fn may_sign_with(&self, blockhash: &Blockhash) -> Result<(), Unavailable> {
        let now = Moment::now();
        let mut heights = self.heights();
        let height = Height::of(blockhash)
            .ok_or("its height is below any")
            .and_then(|height| heights.may_sign_with(height, now))
            .map_err(|doubt| {
                Unavailable(format!("a blockhash that cannot be believed: {doubt}"))
            })?;
        heights.begin_with(height, now);
        Ok(())
    }

    /// The height below which nothing changes any more. Never goes back. With two nodes or more,
    /// two must agree, and the lower one counts.
    ///
    /// # Errors
    /// [`Unavailable`] when too few nodes answer with a height that can be believed.
    pub async fn finalized_height(&self) -> Result<u64, Unavailable> {
        let nodes = self.rpc.nodes();
        let is_alone = nodes.len() == 1;
        let mut asked: FuturesUnordered<_> = nodes.iter().map(|node| height_of(node)).collect();
        let mut believed: Vec<Height> = Vec::new();
        let mut doubts = Vec::new();
        while let Some(answer) = asked.next().await {
            let now = Moment::now();
            let height = answer.and_then(|(node, height)| {
                let heights = self.heights();
                let plausible = match is_alone {
                    true => heights.believe_alone(height, now),
                    false => heights.believe(height, now),
                };
                plausible.map_err(|doubt| Unavailable(format!("{}: {doubt}", node.name())))
            });
            let height = match height {
                Ok(height) => height,
                Err(doubt) => {
                    doubts.push(doubt.0);
                    continue;
                }
            };
            believed.push(height);
            if let Some(agreed) = nodes::agreed(&believed, nodes.len(), Height::agreed_with) {
                return Ok(self.heights().reached(agreed, now));
            }
        }
        if !believed.is_empty() {
            doubts.push("the others do not agree".to_owned());
        }
        Err(Unavailable(format!(
            "no final height that can be believed: {}",
            doubts.join("; ")
        )))
    }

    /// Takes a height on trust where only one node answers: one that says the same twice.
    ///
    /// # Errors
    /// [`Unavailable`] when none does.
    pub(crate) async fn begin_with_one(&self) -> Result<(), Unavailable> {
        let mut asked: FuturesUnordered<_> = self
            .rpc
            .nodes()
            .iter()
            .map(|node| height_of(node))
            .collect();
        let mut failed = Unavailable("no node answers".to_owned());
        while let Some(answer) = asked.next().await {
            match answer {
                Ok((_, height)) => {
                    self.heights().begin_with(height, Moment::now());
                    return Ok(());
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// What is known of a transaction now. `paid` says what it is to have paid; `marker` is the
    /// account that the one transaction of its order which lands has made.
    ///
    /// # Errors
    /// [`Unavailable`] when nobody has seen it, and a node did not answer, is behind, or does not
    /// say who made the marker. Also when an answer has another shape.
    pub async fn status(
        &self,
        signature: &str,
        paid: &Paid,
        marker: Option<&Pubkey>,
    ) -> Result<ChainStatus, Unavailable> {
        // What was said before this slot may not know a block below the height that was final.
        let slot = self.heights().slot();
        match self.word(signature, slot).await? {
            Word::Final => self.outcome(signature, paid, marker).await,
            Word::Seen => Ok(IN_FLIGHT),
            Word::Denied => match self.maker_of(marker, slot).await? {
                Maker::Nobody | Maker::Stranger => Ok(ChainStatus::Unknown),
                // What no node remembers by its signature has left the marker.
                Maker::Order(landed, _) if landed.signature == signature => {
                    self.outcome(signature, paid, None).await
                }
                Maker::Order(..) => Ok(ChainStatus::Overtaken(TransactionEnd::Expired)),
            },
        }
    }

    /// How far a transaction is, for the node that is ahead. A slow node is not waited for once one
    /// has it for good.
    async fn word(&self, signature: &str, slot: Option<u64>) -> Result<Word, Unavailable> {
        let mut answers = self.rpc.statuses(signature, slot);
        let mut words = Vec::new();
        while let Some((_, answer)) = answers.next().await {
            let word = match answer {
                Ok(Some(seen)) if seen.stage == Stage::Finalized => return Ok(Word::Final),
                Ok(Some(_)) => Ok(Word::Seen),
                Ok(None) => Ok(Word::Denied),
                Err(error) => Err(error.into()),
            };
            words.push(word);
        }
        nodes::together(words)
    }

    /// What a final transaction did.
    async fn outcome(
        &self,
        signature: &str,
        paid: &Paid,
        marker: Option<&Pubkey>,
    ) -> Result<ChainStatus, Unavailable> {
        let Some(executed) = self.rpc.transaction(signature).await? else {
            // A node tells of its end before it can tell what it did.
            return Ok(IN_FLIGHT);
        };
        if executed.error.is_some() {
            if !self.is_undone(signature).await? {
                return Ok(IN_FLIGHT);
            }
            // It made no marker. If the order has one of its own, another transaction of it has
            // landed, and the order has not failed.
            match self.maker_of(marker, Some(executed.slot)).await? {
                Maker::Nobody | Maker::Stranger => {}
                Maker::Order(..) => return Ok(ChainStatus::Overtaken(TransactionEnd::Reverted)),
            }
        }
        outcome::of(&executed, paid, &self.codes)
    }

    /// Whether every node has it for good, and undone. One node's word would let another be signed
    /// while it may land.
    async fn is_undone(&self, signature: &str) -> Result<bool, Unavailable> {
        let mut answers = self.rpc.statuses(signature, self.heights().slot());
        while let Some((_, answer)) = answers.next().await {
            let undone = |seen: Seen| seen.stage == Stage::Finalized && seen.error.is_some();
            if !answer?.is_some_and(undone) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn maker_of(
        &self,
        marker: Option<&Pubkey>,
        slot: Option<u64>,
    ) -> Result<Maker, Unavailable> {
        match marker {
            Some(marker) => self.maker(marker, slot).await,
            None => Ok(Maker::Nobody),
        }
    }

    /// Who made a marker, as of the highest height that was believed, or later.
    ///
    /// # Errors
    /// As [`Record::maker`].
    pub(crate) async fn maker_now(&self, marker: &Pubkey) -> Result<Maker, Unavailable> {
        let slot = self.heights().slot();
        self.maker(marker, slot).await
    }

    fn heights(&self) -> MutexGuard<'_, Heights> {
        // Each change of it is one assignment, so a panic elsewhere leaves it whole.
        self.heights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const IN_FLIGHT: ChainStatus = ChainStatus::InFlight {
    poll_after: POLL_AFTER,
};

/// A node's height, as it names it and as its newest blockhash implies.
async fn height_of(node: &Node) -> Result<(&Node, Height), Unavailable> {
    let (blockhash, named) = futures::join!(node.latest_blockhash(), node.block_height());
    let (blockhash, named) = (blockhash?, named?);
    let height = Height::of(&blockhash)
        .and_then(|implied| implied.confirmed_by(named))
        .ok_or_else(|| {
            let name = node.name();
            Unavailable(format!("{name}: its height is not that of its blockhash"))
        })?;
    Ok((node, height))
}
