//! A transaction's bytes: a signature, and the message that it signs. What the chain executes is
//! read from these bytes alone.

use ed25519_dalek::{Signer, SigningKey};
use engine::ports::Unavailable;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Message {
    /// The order's marker.
    pub(super) order: Uuid,
    /// Makes two transactions of one order differ.
    pub(super) nonce: Uuid,
    pub(super) venue: String,
    /// The pool; absent in what version 0.1 signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pool: Option<String>,
    pub(super) token_in: String,
    pub(super) token_out: String,
    /// Of the token bought; absent in what was signed before tokens were launched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) decimals_out: Option<u8>,
    pub(super) amount_in: u64,
    pub(super) min_out: u64,
    pub(super) last_valid_height: u64,
}

/// The wallet of the simulation. A development key: it holds nothing anywhere.
pub(super) struct Wallet(SigningKey);

const SIGNATURE_LENGTH: usize = 64;

impl Wallet {
    pub(super) fn development() -> Self {
        Self(SigningKey::from_bytes(b"order-engine development wallet!"))
    }

    /// The signature in base58, and signature and message in bytes.
    pub(super) fn sign(&self, message: &Message) -> (String, Vec<u8>) {
        let text = serde_json::to_vec(message).unwrap_or_default(); // plain data always serializes
        let signature = self.0.sign(&text);
        let mut bytes = signature.to_bytes().to_vec();
        bytes.extend_from_slice(&text);
        (bs58::encode(signature.to_bytes()).into_string(), bytes)
    }

    /// The signature and the message of signed bytes, if this wallet signed them. The same text has
    /// one ed25519 signature (RFC 8032, 5.1.6), so the owner of the key checks it by signing again,
    /// in half the time of a stranger.
    pub(super) fn open(&self, bytes: &[u8]) -> Result<(String, Message), Unavailable> {
        let (signature, text) = bytes
            .split_at_checked(SIGNATURE_LENGTH)
            .ok_or_else(|| refused("too short"))?;
        if self.0.sign(text).to_bytes() != signature {
            return Err(refused("the signature does not fit"));
        }
        let message = serde_json::from_slice(text).map_err(|_| refused("no message"))?;
        Ok((bs58::encode(signature).into_string(), message))
    }
}

fn refused(why: &str) -> Unavailable {
    Unavailable(format!("the chain does not take these bytes: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            order: Uuid::from_u128(1),
            nonce: Uuid::from_u128(2),
            venue: "Raydium".into(),
            pool: Some("synthetic-raydium-cpmm-SOL-USDC".into()),
            token_in: "SOL".into(),
            token_out: "USDC".into(),
            decimals_out: Some(6),
            amount_in: 1,
            min_out: 1,
            last_valid_height: 9,
        }
    }

    #[test]
    fn signed_bytes_open_and_changed_bytes_do_not() {
        let wallet = Wallet::development();
        let (signature, bytes) = wallet.sign(&message());
        assert_eq!(
            wallet.open(&bytes).expect("as signed"),
            (signature, message())
        );
        for i in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[i] ^= 1;
            assert!(wallet.open(&changed).is_err(), "byte {i}");
        }
        assert!(wallet.open(&bytes[..10]).is_err());
    }
}
