//! A chain that moves by itself, as an engine that trades sees it.

use std::{sync::Arc, time::Duration};

use engine::ports::ChainStatus;
use solana::{
    record::{Paid, Record},
    rpc::Rpc,
    testing::{Landing, ScriptedChain, ScriptedNode},
};

use crate::world::{MARKER, World, account};

#[tokio::test]
async fn what_is_sent_lands_by_itself_and_changes_accounts() {
    let still = World::of(1).await;
    let chain = ScriptedChain::moving_every(Duration::from_millis(100));
    let node = ScriptedNode::of(&chain).await.expect("a port");
    let rpc = Arc::new(Rpc::new(&[node.url()]).expect("a node"));
    let record = Record::new(Arc::clone(&rpc), Vec::new());
    let Paid { owner, mint } = still.paid();
    let post = still.balance(42);
    node.chain().lands(move |_| Landing::Lands {
        after_slots: 3,
        pre: Vec::new(),
        post: vec![post.clone()],
        accounts: vec![(MARKER, Some(account()))],
    });
    // Its blockhash is of the other chain, which is as high.
    let signed = still.signed().await;
    rpc.send(&signed.bytes).await.expect("it is taken");
    let amount_out = loop {
        let paid = Paid { owner, mint };
        let status = record.status(&signed.signature, &paid, Some(&MARKER)).await;
        if let Ok(ChainStatus::Landed { amount_out }) = status {
            break amount_out;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(amount_out.units(), 42);
    assert_eq!(node.chain().account(&MARKER), Some(account()));
    let height = record.finalized_height().await.expect("an answer");
    assert!(height <= node.chain().height());
}
