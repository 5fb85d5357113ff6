//! Messages, their signatures, and reading them back.

use async_trait::async_trait;
use proptest::prelude::*;
use solana::instructions::{associated_token, compute_budget, marker};
use solana::pools::TOKEN_PROGRAM;
use solana::transaction::{MAX_BYTES, Message, Parsed, TransactionError};
use solana::wallet::{KeyFile, Signer, SignerError};
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

use crate::instructions::order;
use crate::wallet::Written;
use crate::{WALLET, key_file};

const PROGRAM: Pubkey = Pubkey::new_from_array([9; 32]);
const BLOCKHASH: Hash = Hash::new_from_array([5; 32]);

fn wallet() -> KeyFile {
    let file = Written::new(&key_file(), 0o600);
    KeyFile::read(file.path()).unwrap()
}

fn other(number: u8) -> Pubkey {
    Pubkey::new_from_array([100 + number; 32])
}

/// An instruction of some program with so many bytes.
fn swap(data: Vec<u8>) -> Instruction {
    Instruction {
        program_id: PROGRAM,
        accounts: vec![
            AccountMeta::new(other(1), false),
            AccountMeta::new_readonly(other(2), false),
            AccountMeta::new_readonly(WALLET, true),
        ],
        data,
    }
}

fn instructions() -> Vec<Instruction> {
    vec![
        marker::create(&WALLET, order(), 890_880),
        compute_budget::limit(60_000),
        compute_budget::price(7),
        associated_token::create_if_absent(&WALLET, &other(3), &TOKEN_PROGRAM),
        swap(vec![1, 2, 3]),
    ]
}

fn message(instructions: &[Instruction]) -> Result<Message, TransactionError> {
    Message::new(WALLET, instructions, BLOCKHASH)
}

async fn signed() -> solana::transaction::Signed {
    message(&instructions())
        .unwrap()
        .sign(&wallet())
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_signed_is_read_back() {
    let signed = signed().await;
    let parsed = Parsed::read(&signed.bytes).unwrap();
    let expected = Parsed {
        signature: signed.signature.clone(),
        wallet: WALLET,
        blockhash: BLOCKHASH,
        order: Some(order()),
        marker: Some(marker::address(&WALLET, order())),
        bought: Some(other(3)),
    };
    assert_eq!(parsed, expected);
    assert_eq!(
        bs58::decode(&signed.signature).into_vec().unwrap(),
        signed.bytes[1..65]
    );
}

/// The wire format of a transaction of version 0, field by field.
#[tokio::test]
async fn the_bytes_are_those_of_version_0() {
    let message = message(&[swap(vec![1, 2, 3])]).unwrap();
    let signed = message.sign(&wallet()).await.unwrap();
    let (written, read) = (other(1), other(2));
    let expected = [
        &[0x80][..], // version 0
        &[1, 0, 2],  // signatures; signers and others that are only read
        &[4],        // accounts
        WALLET.as_ref(),
        written.as_ref(),
        PROGRAM.as_ref(),
        read.as_ref(),
        BLOCKHASH.as_ref(),
        &[1],                         // instructions
        &[2, 3, 1, 3, 0, 3, 1, 2, 3], // program, accounts, data
        &[0],                         // lookup tables
    ];
    assert_eq!(
        (signed.bytes[0], &signed.bytes[65..]),
        (1, &expected.concat()[..])
    );
    let zeros = [&[1][..], &[0; 64], &signed.bytes[65..]].concat();
    assert_eq!(message.unsigned(), zeros);
    assert_eq!(message.writable(), [WALLET, other(1)]);
}

#[tokio::test]
async fn a_changed_byte_makes_other_bytes_of_it() {
    let bytes = signed().await.bytes;
    for index in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[index] ^= bit;
            assert!(Parsed::read(&changed).is_err(), "byte {index}");
        }
    }
    for length in 0..bytes.len() {
        assert!(Parsed::read(&bytes[..length]).is_err(), "{length} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    let expected = TransactionError::NotOurs("no sound message");
    assert_eq!(Parsed::read(&longer), Err(expected));
    let unsigned = message(&instructions()).unwrap().unsigned();
    assert_eq!(
        Parsed::read(&unsigned),
        Err(TransactionError::WrongSignature(WALLET))
    );
}

#[tokio::test]
async fn an_order_is_read_from_the_marker_of_the_wallet_alone() {
    let read = async |instructions: &[Instruction]| {
        let signed = message(instructions)
            .unwrap()
            .sign(&wallet())
            .await
            .unwrap();
        let parsed = Parsed::read(&signed.bytes).unwrap();
        (parsed.order, parsed.marker)
    };
    assert_eq!(read(&[swap(vec![])]).await, (None, None));
    let mut of_another = marker::create(&other(7), order(), 1);
    of_another.accounts.clear();
    assert_eq!(read(&[of_another]).await, (None, None));
    let mut to_another = marker::create(&WALLET, order(), 1);
    to_another.program_id = PROGRAM;
    assert_eq!(read(&[to_another]).await, (None, None));
    let late = [swap(vec![]), marker::create(&WALLET, order(), 1)];
    assert_eq!(read(&late).await.0, Some(order()));
}

#[tokio::test]
async fn a_transaction_fits_in_a_packet_or_is_none() {
    let room = MAX_BYTES - message(&[swap(vec![0; 200])]).unwrap().unsigned().len();
    let largest = message(&[swap(vec![0; 200 + room])]).unwrap();
    assert_eq!(largest.unsigned().len(), 1_232);
    let signed = largest.sign(&wallet()).await.unwrap();
    assert!(Parsed::read(&signed.bytes).is_ok());
    let above = message(&[swap(vec![0; 201 + room])]).unwrap_err();
    let why = "the transaction has 1233 bytes; a node takes at most 1232";
    assert_eq!(above.to_string(), why);
}

#[test]
fn nobody_else_has_to_sign() {
    let mut instruction = swap(vec![]);
    instruction.accounts[0].is_signer = true;
    let why = message(&[instruction]).unwrap_err().to_string();
    assert_eq!(
        why,
        "the transaction needs 2 signatures, and the wallet gives one"
    );
    let many = |number: u16| {
        let [high, low] = number.to_be_bytes();
        let mut address = [1; 32];
        (address[0], address[1]) = (high, low);
        AccountMeta::new(Pubkey::new_from_array(address), false)
    };
    let mut instruction = swap(vec![]);
    instruction.accounts.extend((0..300).map(many));
    let why = message(&[instruction]);
    assert!(matches!(why, Err(TransactionError::Message(_))), "{why:?}");
}

/// A signer that answers as it is told.
struct Told(Pubkey, Result<[u8; 64], SignerError>);

#[async_trait]
impl Signer for Told {
    fn address(&self) -> Pubkey {
        self.0
    }

    async fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignerError> {
        self.1.clone()
    }
}

#[tokio::test]
async fn a_signature_that_does_not_fit_never_leaves() {
    let message = message(&instructions()).unwrap();
    let of_another = wallet().sign(b"another message").await.unwrap();
    for wrong in [[0; 64], of_another] {
        let answer = message.sign(&Told(WALLET, Ok(wrong))).await;
        let why = answer.unwrap_err().to_string();
        let expected =
            format!("the signature does not fit the transaction and the wallet {WALLET}");
        assert_eq!(why, expected);
    }
    let down = SignerError("no connection".into());
    let answer = message.sign(&Told(WALLET, Err(down))).await;
    let why = answer.unwrap_err().to_string();
    assert_eq!(why, "the wallet cannot sign: no connection");
    let answer = message.sign(&Told(other(9), Ok([0; 64]))).await;
    let why = answer.unwrap_err().to_string();
    let expected = format!(
        "the signer is {}, and the transaction is for {WALLET}",
        other(9)
    );
    assert_eq!(why, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

    #[test]
    fn no_bytes_break_the_reader(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Parsed::read(&bytes);
        if bytes.len() > 66 {
            (bytes[0], bytes[65], bytes[66]) = (1, 0x80, 1);
            let _ = Parsed::read(&bytes);
        }
    }
}
