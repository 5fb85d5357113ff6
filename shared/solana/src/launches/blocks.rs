//! The chain read on, block by block, with nothing left out.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use engine::ports::{LaunchesError, Unavailable};
use futures::{StreamExt as _, stream};
use solana_pubkey::Pubkey;

use crate::rpc::{Block, Node, Rpc, RpcError};

/// Reads the blocks after one that was read.
///
/// What a node lists proves nothing: it leaves out a slot that the chain has skipped, and one that
/// it has lost, alike, and its errors do not tell the two apart either. A block proves it: it names
/// the block before it, so that between the two there is none. Hence a block is taken when its
/// parent is the last one that was read, and no other is.
pub(super) struct Blocks {
    rpc: Arc<Rpc>,
    /// The programs that are looked for in them.
    programs: Vec<Pubkey>,
    /// The node that knew more last is asked first.
    preferred: AtomicUsize,
}

/// How far back a reader begins that has read nothing: half a minute, so that no order is placed
/// before the first block that is read.
const LOOK_BACK: u64 = 150;

/// Blocks of one piece at the most: what a chain makes in a quarter of a minute.
const PIECE: u64 = 64;

/// How many are asked for at once. They come in their order.
const AT_ONCE: usize = 6;

/// For how long blocks are read before what was read is handed on. Whoever asks for them waits two
/// seconds, and the pools in them have to be looked at as well.
const LONGEST: Duration = Duration::from_millis(800);

impl Blocks {
    pub(super) fn new(rpc: Arc<Rpc>, programs: Vec<Pubkey>) -> Self {
        Self {
            rpc,
            programs,
            preferred: AtomicUsize::new(0),
        }
    }

    /// Where a reader begins that has read nothing: at the oldest block of the latest that the node
    /// has.
    pub(super) async fn begin(&self) -> Result<u64, Unavailable> {
        let newest = self.rpc.slot().await?;
        let latest = self.rpc.blocks_after(newest.saturating_sub(LOOK_BACK), 1);
        Ok(latest.await?.first().map_or(newest, |oldest| *oldest))
    }

    /// The blocks right after the slot `after`, in their order; none when there is no newer one.
    /// Each node is asked until one knows more.
    ///
    /// # Errors
    /// [`LaunchesError::Gap`] when a node has later blocks alone and none has the next one.
    pub(super) async fn after(&self, after: u64) -> Result<Vec<Block>, LaunchesError> {
        let nodes = self.rpc.nodes();
        let begin = self.preferred.load(Ordering::Relaxed);
        let mut worst = Ok(Vec::new());
        for turn in 0..nodes.len() {
            let index = (begin + turn) % nodes.len();
            match self.from(&nodes[index], after).await {
                Ok(blocks) if blocks.is_empty() => {}
                Ok(blocks) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(blocks);
                }
                Err(gap @ LaunchesError::Gap { .. }) => worst = Err(gap),
                Err(error) if worst.is_ok() => worst = Err(error),
                Err(_) => {}
            }
        }
        worst
    }

    /// What one node has of them. One that fails in between has told something all the same.
    async fn from(&self, node: &Node, after: u64) -> Result<Vec<Block>, LaunchesError> {
        let slots = node.blocks_after(after, PIECE).await.map_err(unread)?;
        let begin = Instant::now();
        let blocks = stream::iter(slots).map(|slot| node.block(slot, &self.programs));
        let mut blocks = blocks.buffered(AT_ONCE);
        let mut last = after;
        let mut read = Vec::new();
        while let Some(block) = blocks.next().await {
            let ended = match block {
                Ok(block) if block.parent <= last => {
                    last = block.slot;
                    read.push(block);
                    None
                }
                Ok(block) => Some(LaunchesError::Gap {
                    after,
                    oldest: block.slot,
                }),
                Err(error) => Some(unread(error)),
            };
            match ended {
                Some(error) if read.is_empty() => return Err(error),
                Some(_) => break,
                None if begin.elapsed() >= LONGEST => break,
                None => {}
            }
        }
        Ok(read)
    }
}

fn unread(error: RpcError) -> LaunchesError {
    Unavailable::from(error).into()
}
