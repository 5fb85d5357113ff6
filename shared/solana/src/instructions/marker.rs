//! The order marker: an account whose address follows from the wallet and the order.
//!
//! A swap's transaction creates it. While it exists a second transaction of the order fails as a
//! whole, and one that failed leaves none: so at most one swap of an order lands.
//!
//! Layout: the system program's `CreateAccountWithSeed`, as bincode writes it: the number 3 in 32
//! bits; the base; the seed's length in 64 bits and its bytes; lamports and space in 64 bits; the
//! owner.

use engine::order::OrderId;
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use uuid::Uuid;

use super::SYSTEM_PROGRAM;

/// The number of `CreateAccountWithSeed` among the system program's instructions.
const CREATE_ACCOUNT_WITH_SEED: u32 = 3;

/// The order's id in 32 hexadecimal digits, the longest seed that an address can have.
fn seed(order: OrderId) -> String {
    order.0.simple().to_string()
}

/// Where the order's marker is, of the wallet that pays for the order. It is the hash of wallet,
/// seed and system program.
pub fn address(wallet: &Pubkey, order: OrderId) -> Pubkey {
    Pubkey::create_with_seed(wallet, &seed(order), &SYSTEM_PROGRAM)
        .expect("a seed of 32 bytes is not too long, and the owner is no derived address")
}

/// Creates the order's marker, with so many lamports that it lasts: ask the node what an account of
/// no bytes needs. They stay the wallet's, which alone can move them.
pub fn create(wallet: &Pubkey, order: OrderId, lamports: u64) -> Instruction {
    let seed = seed(order);
    let length = u64::try_from(seed.len()).unwrap_or(u64::MAX); // 32
    let space = 0u64;
    let data = [
        &CREATE_ACCOUNT_WITH_SEED.to_le_bytes(),
        wallet.as_ref(),
        &length.to_le_bytes(),
        seed.as_bytes(),
        &lamports.to_le_bytes(),
        &space.to_le_bytes(),
        SYSTEM_PROGRAM.as_ref(),
    ];
    Instruction {
        program_id: SYSTEM_PROGRAM,
        accounts: vec![
            AccountMeta::new(*wallet, true),
            AccountMeta::new(address(wallet, order), false),
        ],
        data: data.concat(),
    }
}

/// The order whose marker an instruction of the system program creates for the wallet; `None` for
/// anything that [`create`] would not have made.
pub fn order(wallet: &Pubkey, data: &[u8]) -> Option<OrderId> {
    let digits = data.get(44..76)?;
    let order = OrderId(Uuid::try_parse_ascii(digits).ok()?);
    let lamports = u64::from_le_bytes(data.get(76..84)?.try_into().ok()?);
    (create(wallet, order, lamports).data == data).then_some(order)
}
