//! What the nodes together say of a transaction. Everything here errs to one side: `Unknown` after
//! a final height lets the engine sign again, so it is said only when nothing speaks against it.
//! Whatever is not certain is [`Unavailable`]: the engine asks again, and no money is lost.

mod height;
mod outcome;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use engine::{
    nodes::{self, Word},
    ports::{ChainStatus, Unavailable},
};
use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use solana_pubkey::Pubkey;

use self::height::{Height, Heights};
pub(crate) use self::outcome::failure;
pub use self::outcome::{Paid, SlippageCode};
use crate::rpc::{Blockhash, Node, Rpc, Stage};

/// When to look again for a transaction that is on its way: a block or two later.
const POLL_AFTER: Duration = Duration::from_millis(400);

/// The chain's record, as one or several nodes have it.
#[derive(Debug)]
pub struct Record {
    rpc: Arc<Rpc>,
    slippage_codes: Vec<SlippageCode>,
    heights: Mutex<Heights>,
}

impl Record {
    /// The record as these nodes have it. `slippage_codes` says what each program answers when a
    /// swap would pay too little.
    pub fn new(rpc: Arc<Rpc>, slippage_codes: Vec<SlippageCode>) -> Self {
        Self {
            rpc,
            slippage_codes,
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
        let now = Instant::now();
        let mut heights = self.heights();
        let height = Height::of(blockhash)
            .ok_or("its height is below any")
            .and_then(|height| heights.believe(height, now))
            .map_err(|doubt| {
                Unavailable(format!("a blockhash that cannot be believed: {doubt}"))
            })?;
        heights.begin_with(height, now);
        Ok(())
    }

    /// The height below which nothing changes any more. Never goes back. With two nodes or more,
    /// two must answer, and the lower one counts.
    ///
    /// # Errors
    /// [`Unavailable`] when too few nodes answer with a height that can be believed.
    pub async fn finalized_height(&self) -> Result<u64, Unavailable> {
        let nodes = self.rpc.nodes();
        let needed = nodes::enough(nodes.len());
        let mut asked: FuturesUnordered<_> = nodes.iter().map(|node| height_of(node)).collect();
        let mut believed = Vec::new();
        let mut doubts = Vec::new();
        while believed.len() < needed
            && let Some(answer) = asked.next().await
        {
            let height = answer.and_then(|(node, height)| {
                let plausible = self.heights().believe(height, Instant::now());
                plausible.map_err(|doubt| Unavailable(format!("{}: {doubt}", node.name())))
            });
            match height {
                Ok(height) => believed.push(height),
                Err(doubt) => doubts.push(doubt.0),
            }
        }
        match nodes::agreed(&believed, nodes.len()) {
            Some(height) => Ok(self.heights().reached(height, Instant::now())),
            None => Err(Unavailable(format!(
                "no final height that can be believed: {}",
                doubts.join("; ")
            ))),
        }
    }

    /// What is known of a transaction now. `paid` says what it is to have paid; `marker` is the
    /// account that the one transaction of its order which lands has made.
    ///
    /// # Errors
    /// [`Unavailable`] when nobody has seen it, and a node did not answer, is behind, or has the
    /// marker all the same: then it, or another transaction of the order, may have landed. Also
    /// when an answer has another shape.
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
            Word::Denied => {
                self.has_no_marker(marker, slot).await?;
                Ok(ChainStatus::Unknown)
            }
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
            // It made no marker. If there is one, another transaction of the order has landed, and
            // the order has not failed.
            self.has_no_marker(marker, Some(executed.slot)).await?;
        }
        outcome::of(&executed, paid, &self.slippage_codes)
    }

    /// Asks every node whether the account exists.
    async fn has_no_marker(
        &self,
        marker: Option<&Pubkey>,
        slot: Option<u64>,
    ) -> Result<(), Unavailable> {
        let Some(marker) = marker else {
            return Ok(());
        };
        let keys = [*marker];
        let nodes = self.rpc.nodes().iter();
        let asked = nodes.map(|node| node.accounts(&keys, slot));
        for answer in join_all(asked).await {
            if answer?.accounts.iter().any(Option::is_some) {
                return Err(Unavailable(
                    "the order's marker exists: a transaction of the order has landed".to_owned(),
                ));
            }
        }
        Ok(())
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
