//! A transaction's bytes: the wallet's signature, and the message that it signs.
//!
//! Version 0 without lookup tables. On the wire: the number of signatures (one), the signature of
//! 64 bytes, the message.

use ed25519_dalek::{Signature, VerifyingKey};
use engine::order::OrderId;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{VersionedMessage, compiled_instruction::CompiledInstruction, v0};
use solana_pubkey::Pubkey;

use crate::instructions::{
    SYSTEM_PROGRAM,
    associated_token::{self, ASSOCIATED_TOKEN_PROGRAM},
    marker,
};
use crate::wallet::{Signer, SignerError};

/// The most bytes that a node takes: what fits in one packet.
pub const MAX_BYTES: usize = 1_232;

/// Bytes before the message: how many signatures there are, and the one.
const BEFORE_MESSAGE: usize = 1 + SIGNATURE;
const SIGNATURE: usize = 64;

/// Why there is no transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// The instructions name more accounts than a message can number.
    #[error("the instructions make no message: {0}")]
    Message(String),
    /// Somebody besides the wallet would have to sign.
    #[error("the transaction needs {0} signatures, and the wallet gives one")]
    Signatures(u8),
    /// It does not fit in a packet.
    #[error("the transaction has {0} bytes; a node takes at most {MAX_BYTES}")]
    TooLong(usize),
    /// The signer gave none.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The signer signs for another address than the message's wallet.
    #[error("the signer is {signer}, and the transaction is for {wallet}")]
    OtherWallet {
        /// Who would sign.
        signer: Pubkey,
        /// Who has to.
        wallet: Pubkey,
    },
    /// The signature is not one of the wallet's for this message.
    #[error("the signature does not fit the transaction and the wallet {0}")]
    WrongSignature(Pubkey),
    /// Bytes that [`Message::sign`] does not make.
    #[error("these bytes are no transaction of ours: {0}")]
    NotOurs(&'static str),
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    wallet: Pubkey,
    bytes: Vec<u8>,
    writable: Vec<Pubkey>,
}

/// A signed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its signature in base58: by this the chain knows it.
    pub signature: String,
    /// Its bytes as they are sent.
    pub bytes: Vec<u8>,
}

impl Message {
    /// The message of these instructions, which the wallet pays for and signs. It is valid as long
    /// as the chain remembers the block hash.
    ///
    /// # Errors
    /// [`TransactionError::Message`], [`TransactionError::Signatures`] when an instruction wants
    /// another signer, [`TransactionError::TooLong`].
    pub fn new(
        wallet: Pubkey,
        instructions: &[Instruction],
        blockhash: Hash,
    ) -> Result<Message, TransactionError> {
        let message = v0::Message::try_compile(&wallet, instructions, &[], blockhash)
            .map_err(|error| TransactionError::Message(error.to_string()))?;
        let signatures = message.header.num_required_signatures;
        if signatures != 1 {
            return Err(TransactionError::Signatures(signatures));
        }
        let writable = (0..message.account_keys.len())
            .filter(|index| message.is_maybe_writable(*index, None))
            .map(|index| message.account_keys[index])
            .collect();
        let bytes = VersionedMessage::V0(message).serialize();
        let length = BEFORE_MESSAGE + bytes.len();
        if length > MAX_BYTES {
            return Err(TransactionError::TooLong(length));
        }
        Ok(Message {
            wallet,
            bytes,
            writable,
        })
    }

    /// The accounts that it may change, the wallet first. Who else changes them competes with it.
    pub fn writable(&self) -> &[Pubkey] {
        &self.writable
    }

    /// The transaction with a signature of zeros, for a simulation that checks none.
    pub fn unsigned(&self) -> Vec<u8> {
        self.with(&[0; SIGNATURE])
    }

    /// Signs, and checks the signature: some signers answer with one that no node would take.
    ///
    /// # Errors
    /// [`TransactionError::OtherWallet`], [`TransactionError::Signer`] and
    /// [`TransactionError::WrongSignature`].
    pub async fn sign(&self, signer: &dyn Signer) -> Result<Signed, TransactionError> {
        if signer.address() != self.wallet {
            return Err(TransactionError::OtherWallet {
                signer: signer.address(),
                wallet: self.wallet,
            });
        }
        let signature = signer.sign(&self.bytes).await?;
        check(&self.wallet, &self.bytes, &signature)?;
        Ok(Signed {
            signature: bs58::encode(signature).into_string(),
            bytes: self.with(&signature),
        })
    }

    fn with(&self, signature: &[u8; SIGNATURE]) -> Vec<u8> {
        [&[1], signature.as_slice(), &self.bytes].concat()
    }
}

/// What a transaction's own bytes say about it. What was received is found by wallet and mint among
/// the chain's token balances before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Its signature in base58.
    pub signature: String,
    /// Who pays and signs.
    pub wallet: Pubkey,
    /// The block hash that it is valid with.
    pub blockhash: Hash,
    /// The order whose marker it creates, if it creates one.
    pub order: Option<OrderId>,
    /// Where that marker is.
    pub marker: Option<Pubkey>,
    /// The mint of the token account that it creates if there is none: the token bought.
    pub bought: Option<Pubkey>,
}

impl Parsed {
    /// Reads a signed transaction back, and checks its signature.
    ///
    /// # Errors
    /// [`TransactionError::NotOurs`] and [`TransactionError::WrongSignature`].
    pub fn read(bytes: &[u8]) -> Result<Parsed, TransactionError> {
        use TransactionError::NotOurs;

        let (count, rest) = bytes.split_first().ok_or(NotOurs("there are none"))?;
        if *count != 1 {
            return Err(NotOurs("not one signature"));
        }
        let split = rest.split_first_chunk::<SIGNATURE>();
        let (signature, text) = split.ok_or(NotOurs("no whole signature"))?;
        let message: VersionedMessage =
            bincode::deserialize(text).map_err(|_| NotOurs("no message"))?;
        if message.serialize() != text || message.sanitize().is_err() {
            return Err(NotOurs("no sound message"));
        }
        let VersionedMessage::V0(message) = message else {
            return Err(NotOurs("not of version 0"));
        };
        let wallet = *message.account_keys.first().ok_or(NotOurs("no wallet"))?;
        check(&wallet, text, signature)?;
        let order = order(&wallet, &message);
        Ok(Parsed {
            signature: bs58::encode(signature).into_string(),
            wallet,
            blockhash: message.recent_blockhash,
            order,
            marker: order.map(|order| marker::address(&wallet, order)),
            bought: bought(&message),
        })
    }
}

/// How the chain calls a signed transaction, whoever signed it, and the accounts that its message
/// names itself; `None` for bytes that are none.
pub(crate) fn named(bytes: &[u8]) -> Option<(String, Vec<Pubkey>)> {
    // One byte counts up to 127 signatures, and fewer fit.
    let (count, rest) = bytes.split_first()?;
    let (signatures, message) = rest.split_at_checked(usize::from(*count) * SIGNATURE)?;
    let message: VersionedMessage = bincode::deserialize(message).ok()?;
    let name = bs58::encode(signatures.get(..SIGNATURE)?).into_string();
    Some((name, message.static_account_keys().to_vec()))
}

/// The order whose marker the message creates. The address follows from wallet and order, so it is
/// not taken from the instruction's accounts.
fn order(wallet: &Pubkey, message: &v0::Message) -> Option<OrderId> {
    of_program(message, &SYSTEM_PROGRAM)
        .find_map(|instruction| marker::order(wallet, &instruction.data))
}

/// The mint of the token account that the message creates if there is none.
fn bought(message: &v0::Message) -> Option<Pubkey> {
    let create = of_program(message, &ASSOCIATED_TOKEN_PROGRAM).next()?;
    let mint = *create.accounts.get(associated_token::MINT)?;
    message.account_keys.get(usize::from(mint)).copied()
}

fn of_program<'m>(
    message: &'m v0::Message,
    program: &Pubkey,
) -> impl Iterator<Item = &'m CompiledInstruction> {
    message.instructions.iter().filter(move |instruction| {
        message
            .account_keys
            .get(usize::from(instruction.program_id_index))
            == Some(program)
    })
}

fn check(
    wallet: &Pubkey,
    message: &[u8],
    signature: &[u8; SIGNATURE],
) -> Result<(), TransactionError> {
    VerifyingKey::from_bytes(wallet.as_array())
        .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)))
        .map_err(|_| TransactionError::WrongSignature(*wallet))
}
