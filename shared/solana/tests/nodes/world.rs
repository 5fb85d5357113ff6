//! A chain, its nodes, and a wallet that signs.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use engine::ports::{ChainStatus, Unavailable};
use solana::{
    record::{Paid, ProgramCodes, Record},
    rpc::{Account, Rpc, TokenBalance},
    testing::{Fault, Landing, ScriptedChain, ScriptedNode},
};
use solana_instruction::Instruction;
use solana_message::{VersionedMessage, v0};
use solana_pubkey::Pubkey;

/// The program that the transactions call, and what it fails with when it would pay too little.
pub(crate) const PROGRAM: Pubkey = Pubkey::new_from_array([0x50; 32]);
pub(crate) const TOO_LITTLE: u32 = 6_005;
const CODES: ProgramCodes = ProgramCodes {
    program: PROGRAM,
    slippage: TOO_LITTLE,
    shortage: 1,
};
/// A program that means something else by the same number.
pub(crate) const OTHER_PROGRAM: Pubkey = Pubkey::new_from_array([0x51; 32]);

const MINT: Pubkey = Pubkey::new_from_array([0x3a; 32]);
const TOKEN_ACCOUNT: Pubkey = Pubkey::new_from_array([0x7a; 32]);
pub(crate) const MARKER: Pubkey = Pubkey::new_from_array([0x6d; 32]);

/// A chain that stands still, so many nodes, and what is made of them.
pub(crate) struct World {
    pub(crate) chain: ScriptedChain,
    pub(crate) nodes: Vec<ScriptedNode>,
    pub(crate) rpc: Arc<Rpc>,
    pub(crate) record: Record,
    wallet: SigningKey,
}

/// Signed bytes, and their name.
pub(crate) struct Signed {
    pub(crate) signature: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) last_valid_height: u64,
}

impl World {
    pub(crate) async fn of(nodes: usize) -> Self {
        Self::with(nodes, |rpc| rpc).await
    }

    pub(crate) async fn with(count: usize, settings: impl Fn(Rpc) -> Rpc) -> Self {
        let chain = ScriptedChain::still();
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(ScriptedNode::of(&chain).await.expect("a port"));
        }
        let urls: Vec<_> = nodes.iter().map(ScriptedNode::url).collect();
        let rpc = Arc::new(settings(Rpc::new(&urls).expect("nodes")));
        Self {
            chain,
            nodes,
            record: Record::new(Arc::clone(&rpc), vec![CODES]),
            rpc,
            wallet: SigningKey::from_bytes(&[9; 32]),
        }
    }

    pub(crate) fn owner(&self) -> Pubkey {
        Pubkey::new_from_array(self.wallet.verifying_key().to_bytes())
    }

    pub(crate) fn paid(&self) -> Paid {
        Paid {
            owner: self.owner(),
            mint: MINT,
        }
    }

    /// The wallet's balance of what is paid.
    pub(crate) fn balance(&self, amount: u64) -> TokenBalance {
        TokenBalance {
            account: TOKEN_ACCOUNT,
            owner: self.owner(),
            mint: MINT,
            amount,
            decimals: 6,
        }
    }

    /// A transaction that calls both programs; the newest blockhash is in it.
    pub(crate) async fn signed(&self) -> Signed {
        let blockhash = self.rpc.latest_blockhash().await.expect("a blockhash");
        let call = |program| Instruction::new_with_bytes(program, &[1], Vec::new());
        let calls = [call(OTHER_PROGRAM), call(PROGRAM)];
        let message = v0::Message::try_compile(&self.owner(), &calls, &[], blockhash.hash);
        let message = VersionedMessage::V0(message.expect("a message"));
        let message = message.serialize();
        let signature = self.wallet.sign(&message).to_bytes();
        let bytes = [&[1], &signature[..], &message].concat();
        Signed {
            signature: bs58::encode(signature).into_string(),
            bytes,
            last_valid_height: blockhash.last_valid_height,
        }
    }

    /// A transaction that was sent, and of which that becomes.
    pub(crate) async fn sent(&self, landing: Landing) -> Signed {
        let signed = self.signed().await;
        self.chain.lands(move |_| landing.clone());
        self.rpc.send(&signed.bytes).await.expect("it is taken");
        signed
    }

    /// A transaction that is final and has paid 250 units.
    pub(crate) async fn landed(&self) -> Signed {
        let landing = self.pays(&[self.balance(1_000)], &[self.balance(1_250)]);
        self.sent(landing).await
    }

    /// It lands at once, with these balances.
    pub(crate) fn pays(&self, pre: &[TokenBalance], post: &[TokenBalance]) -> Landing {
        Landing::Lands {
            after_slots: 0,
            pre: pre.to_vec(),
            post: post.to_vec(),
            accounts: Vec::new(),
        }
    }

    pub(crate) async fn status(&self, signed: &Signed) -> Result<ChainStatus, Unavailable> {
        let paid = self.paid();
        self.record
            .status(&signed.signature, &paid, Some(&MARKER))
            .await
    }

    pub(crate) fn make_marker(&self) {
        self.chain.set_account(MARKER, account());
    }

    /// The node misbehaves in that way whatever is asked about a transaction.
    pub(crate) fn knows_no_transaction(&self, node: usize, fault: &Fault) {
        self.nodes[node].always("getSignatureStatuses", fault.clone());
        self.nodes[node].always("getTransaction", fault.clone());
    }
}

pub(crate) fn account() -> Account {
    Account {
        owner: OTHER_PROGRAM,
        lamports: 890_880,
        data: vec![1, 2, 3],
    }
}

pub(crate) fn is_in_flight(status: &Result<ChainStatus, Unavailable>) -> bool {
    matches!(status, Ok(ChainStatus::InFlight { poll_after }) if poll_after.as_millis() == 400)
}

pub(crate) fn is_landed(status: &Result<ChainStatus, Unavailable>, units: u64) -> bool {
    let Ok(ChainStatus::Landed { amount_out }) = status else {
        return false;
    };
    amount_out.units() == units && amount_out.decimals() == 6
}
