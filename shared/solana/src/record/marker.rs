//! Who made an order's marker. Where it exists a transaction of the order has landed, or somebody
//! has sent lamports there: an address is anybody's to send to. Then no swap of the order can land.

use std::time::Duration;

use engine::ports::Unavailable;
use futures::{StreamExt, stream::FuturesUnordered};
use solana_pubkey::Pubkey;
use tokio::time::timeout;

use super::Record;
use crate::{rpc::Node, transaction::Parsed};

/// Who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// There is none.
    Nobody,
    /// A transaction of the order, which has landed. These are its signed bytes.
    Order(Parsed, Vec<u8>),
    /// Somebody else. No transaction of the order has landed before, and none can any more.
    Stranger,
}

impl Record {
    /// Who made a marker. One node that shows a transaction of the order is enough, for nobody but
    /// the wallet can have signed it; that there is none, each has to say.
    ///
    /// # Errors
    /// [`Unavailable`] when a node does not say who.
    pub(crate) async fn maker(
        &self,
        marker: &Pubkey,
        slot: Option<u64>,
    ) -> Result<Maker, Unavailable> {
        let nodes = self.rpc.nodes().iter();
        let mut asked: FuturesUnordered<_> = nodes
            .map(|node| maker_in_time(node, marker, slot))
            .collect();
        let mut known = Maker::Nobody;
        let mut failed = None;
        while let Some(answer) = asked.next().await {
            match answer {
                Ok(Maker::Nobody) => {}
                Ok(Maker::Stranger) => known = Maker::Stranger,
                Ok(order @ Maker::Order(..)) => return Ok(order),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(known),
        }
    }
}

/// How long a node may take to tell, of the lease of a worker: a marker that strangers have named
/// often takes it many questions.
const TELLING: Duration = Duration::from_secs(4);

async fn maker_in_time(
    node: &Node,
    marker: &Pubkey,
    slot: Option<u64>,
) -> Result<Maker, Unavailable> {
    let told = timeout(TELLING, maker(node, marker, slot)).await;
    told.unwrap_or_else(|_| Err(untold(node, "it takes too long to tell who made it")))
}

fn untold(node: &Node, why: &str) -> Unavailable {
    let name = node.name();
    Unavailable(format!("{name}: the order's marker exists, and {why}"))
}

/// Who made it, as one node tells.
async fn maker(node: &Node, marker: &Pubkey, slot: Option<u64>) -> Result<Maker, Unavailable> {
    let found = node.accounts(&[*marker], slot).await?;
    if found.accounts.iter().all(Option::is_none) {
        return Ok(Maker::Nobody);
    }
    let first = node.first_of(marker).await?;
    let first = first.ok_or_else(|| untold(node, "it does not know who made it"))?;
    match Parsed::read(&first.bytes) {
        Ok(parsed) if parsed.marker.as_ref() == Some(marker) => {
            Ok(Maker::Order(parsed, first.bytes))
        }
        // It was not there before, so nothing of the order had landed; and since then nothing can.
        _ if first.before == 0 && first.after > 0 => Ok(Maker::Stranger),
        _ => Err(untold(node, "its history does not begin with its making")),
    }
}
