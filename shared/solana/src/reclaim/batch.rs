//! Markers as the nodes have them, and transactions that empty as many as fit.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use engine::{
    order::OrderId,
    ports::{OrderOver, Unavailable},
};
use futures::future::join_all;
use solana_pubkey::Pubkey;
use tokio::time::sleep;

use crate::{
    instructions::{SYSTEM_PROGRAM, marker},
    record::Record,
    rpc::{Account, Rpc, RpcError},
    transaction::{Message, TransactionError},
    wallet::Signer,
};

/// How many markers a transaction empties: with one more it would not fit in a packet.
pub(super) const MOST: usize = 8;

/// For how long a transaction is sent and looked for. It may land a little later: the next round
/// finds what it did.
const LOOKING: Duration = Duration::from_secs(60);

/// The pause between two looks: a block or two.
const PAUSE: Duration = Duration::from_millis(400);

/// Why markers are not empty.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unemptied {
    /// The chain would refuse the transaction.
    #[error("the chain would refuse it: {0}")]
    Refused(serde_json::Value),
    /// It was sent, and the markers are still there.
    #[error("it was not seen to land")]
    Unseen,
    /// No node answers.
    #[error(transparent)]
    Node(#[from] RpcError),
    /// The blockhash cannot be believed.
    #[error(transparent)]
    Blockhash(#[from] Unavailable),
    /// There is no transaction.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

/// What the markers of some orders hold.
pub(super) struct Markers(HashMap<OrderId, Held>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Every node says that there is none.
    Nothing,
    /// Every node says that it holds so many lamports, one at the least.
    Lamports(u64),
    /// They do not say the same: one is behind.
    Unclear,
}

impl Markers {
    /// The markers of the wallet's orders, of which there are at most 100, as every node has them.
    pub(super) async fn of(
        rpc: &Rpc,
        wallet: &Pubkey,
        orders: &[OrderId],
    ) -> Result<Self, RpcError> {
        let address = |order: &OrderId| marker::address(wallet, *order);
        let addresses: Vec<Pubkey> = orders.iter().map(address).collect();
        let nodes = rpc.nodes().iter();
        let asked = join_all(nodes.map(|node| node.accounts(&addresses, None))).await;
        let mut markers = HashMap::new();
        for answer in asked {
            for (order, account) in orders.iter().zip(&answer?.accounts) {
                let held = held(account.as_ref());
                let known = markers.entry(*order).or_insert(held);
                if *known != held {
                    *known = Held::Unclear;
                }
            }
        }
        Ok(Self(markers))
    }

    /// Whether the order has none.
    pub(super) fn is_gone(&self, order: OrderId) -> bool {
        self.0.get(&order) == Some(&Held::Nothing)
    }

    /// The lamports of the order's; `None` when it has none, or not for sure.
    pub(super) fn holds(&self, order: OrderId) -> Option<u64> {
        match self.0.get(&order) {
            Some(Held::Lamports(lamports)) => Some(*lamports),
            Some(Held::Nothing | Held::Unclear) | None => None,
        }
    }
}

fn held(account: Option<&Account>) -> Held {
    match account {
        None => Held::Nothing,
        Some(account) if account.owner == SYSTEM_PROGRAM && account.data.is_empty() => {
            Held::Lamports(account.lamports)
        }
        Some(_) => Held::Unclear,
    }
}

/// Markers that one transaction empties, with what each holds.
pub(super) struct Batch(Vec<(OrderId, u64)>);

impl Batch {
    /// Batches of those of the orders whose markers hold something.
    pub(super) fn all<'a>(
        markers: &Markers,
        orders: impl Iterator<Item = &'a OrderOver>,
    ) -> Vec<Self> {
        let full: Vec<_> = orders
            .filter_map(|order| Some((order.id, markers.holds(order.id)?)))
            .collect();
        full.chunks(MOST).map(|some| Self(some.to_vec())).collect()
    }

    /// Whose markers they are.
    pub(super) fn orders(&self) -> Vec<OrderId> {
        self.0.iter().map(|(order, _)| *order).collect()
    }

    /// What they hold together.
    pub(super) fn lamports(&self) -> u64 {
        let each = self.0.iter().map(|(_, lamports)| *lamports);
        each.fold(0, u64::saturating_add)
    }

    /// Empties them, and waits until every node says that they are gone. The transaction offers
    /// nothing for its place, as there is no hurry: it costs its signature.
    pub(super) async fn empty(
        &self,
        rpc: &Rpc,
        record: &Record,
        signer: &dyn Signer,
    ) -> Result<(), Unemptied> {
        let wallet = signer.address();
        let blockhash = rpc.latest_blockhash().await?;
        record.may_sign_with(&blockhash)?;
        let each = self.0.iter();
        let instructions: Vec<_> = each
            .map(|(order, lamports)| marker::empty(&wallet, *order, *lamports))
            .collect();
        let message = Message::new(wallet, &instructions, blockhash.hash)?;
        let simulated = rpc.simulate(&message.unsigned(), &[]).await?;
        if let Some(error) = simulated.error {
            return Err(Unemptied::Refused(error));
        }
        let signed = message.sign(signer).await?;
        let orders = self.orders();
        let begin = Instant::now();
        while begin.elapsed() < LOOKING {
            if let Err(error) = rpc.send(&signed.bytes).await {
                tracing::debug!(%error, "sending failed, it is sent again");
            }
            sleep(PAUSE).await;
            let markers = Markers::of(rpc, &wallet, &orders).await;
            let is_gone = |markers: &Markers| orders.iter().all(|order| markers.is_gone(*order));
            if markers.is_ok_and(|markers| is_gone(&markers)) {
                return Ok(());
            }
        }
        Err(Unemptied::Unseen)
    }
}

#[cfg(test)]
mod tests {
    use solana_hash::Hash;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn as_many_markers_are_emptied_at_once_as_fit_in_a_packet() {
        let wallet = Pubkey::new_from_array([1; 32]);
        let message = |count: u128| {
            let instructions: Vec<_> = (0..count)
                .map(|order| marker::empty(&wallet, OrderId(Uuid::from_u128(order)), 890_880))
                .collect();
            Message::new(wallet, &instructions, Hash::default())
        };
        let most = u128::try_from(MOST).expect("a few");
        assert!(message(most).is_ok());
        let one_more = message(most + 1);
        assert!(
            matches!(one_more, Err(TransactionError::TooLong(_))),
            "{one_more:?}"
        );
    }
}
