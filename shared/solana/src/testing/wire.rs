//! Transactions and accounts as they are on the wire.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;

use super::landing::Landing;
use crate::rpc::{Account, TokenBalance};

/// A transaction that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its first signature, in base58: its name on the chain.
    pub signature: String,
    /// What was signed.
    pub message: VersionedMessage,
    /// Whether each signature is right.
    pub is_signed: bool,
}

/// How long a signature is.
const SIGNATURE: usize = 64;

/// Reads signed bytes; `None` when they are no transaction.
pub fn open(bytes: &[u8]) -> Option<Opened> {
    // One byte counts up to 127 signatures.
    let (count, rest) = bytes.split_first()?;
    let length = usize::from(*count) * SIGNATURE;
    let (signatures, signed) = rest.split_at_checked(length)?;
    let message: VersionedMessage = bincode::deserialize(signed).ok()?;
    let signers = message.static_account_keys().iter();
    let mut each = signatures.chunks(SIGNATURE).zip(signers);
    Some(Opened {
        signature: bs58::encode(signatures.get(..SIGNATURE)?).into_string(),
        is_signed: each.all(|(signature, signer)| verified(signature, signer, signed).is_some()),
        message,
    })
}

fn verified(signature: &[u8], signer: &Pubkey, signed: &[u8]) -> Option<()> {
    let signature = Signature::from_slice(signature).ok()?;
    let signer = VerifyingKey::from_bytes(&signer.to_bytes()).ok()?;
    signer.verify_strict(signed, &signature).ok()
}

pub(super) fn account(account: &Account) -> Value {
    json!({
        "data": [STANDARD.encode(&account.data), "base64"],
        "executable": false,
        "lamports": account.lamports,
        "owner": account.owner.to_string(),
        "rentEpoch": u64::MAX,
        "space": account.data.len(),
    })
}

/// What `getTransaction` answers.
pub(super) fn executed(opened: &Opened, landing: &Landing, slot: u64) -> Value {
    let (pre, post, error, logs) = match landing {
        Landing::Lands { pre, post, .. } => (&pre[..], &post[..], Value::Null, Some(Vec::new())),
        Landing::Fails { error, logs, .. } => (&[][..], &[][..], error.clone(), logs.clone()),
        Landing::Dropped => return Value::Null,
    };
    let own: Vec<Pubkey> = opened.message.static_account_keys().to_vec();
    // What the message does not name itself, a lookup table has added.
    let mut keys = own.clone();
    for balance in pre.iter().chain(post) {
        if !keys.contains(&balance.account) {
            keys.push(balance.account);
        }
    }
    let index = |key: &Pubkey| keys.iter().position(|known| known == key);
    let balances = |balances: &[TokenBalance]| -> Vec<Value> {
        let balance = |balance: &TokenBalance| {
            json!({
                "accountIndex": index(&balance.account),
                "mint": balance.mint.to_string(),
                "owner": balance.owner.to_string(),
                "uiTokenAmount": {
                    "amount": balance.amount.to_string(),
                    "decimals": balance.decimals,
                    "uiAmount": null,
                    "uiAmountString": balance.amount.to_string(),
                },
            })
        };
        balances.iter().map(balance).collect()
    };
    let instructions = opened.message.instructions().iter().map(|instruction| {
        json!({
            "programIdIndex": instruction.program_id_index,
            "accounts": instruction.accounts,
            "data": bs58::encode(&instruction.data).into_string(),
            "stackHeight": 1,
        })
    });
    let texts = |keys: &[Pubkey]| keys.iter().map(Pubkey::to_string).collect::<Vec<_>>();
    json!({
        "slot": slot,
        "blockTime": null,
        "version": 0,
        "transaction": {
            "signatures": [opened.signature],
            "message": {
                "accountKeys": texts(&own),
                "recentBlockhash": opened.message.recent_blockhash().to_string(),
                "instructions": instructions.collect::<Vec<_>>(),
            },
        },
        "meta": {
            "err": error,
            "fee": 5_000,
            "preTokenBalances": balances(pre),
            "postTokenBalances": balances(post),
            "logMessages": logs,
            "loadedAddresses": { "writable": texts(&keys[own.len()..]), "readonly": [] },
        },
    })
}
