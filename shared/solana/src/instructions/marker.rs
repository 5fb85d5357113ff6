//! The order marker: an account whose address follows from the wallet and the order.
//!
//! A swap's transaction creates it. While it exists a second transaction of the order fails as a
//! whole, and one that failed leaves none: so at most one swap of an order lands. When no
//! transaction of the order can land any more, it is emptied, and is gone.

use engine::order::OrderId;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use uuid::Uuid;

use super::{SYSTEM_PROGRAM, system::Seeded};

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
    seeded(wallet, &seed(order), order).create(lamports)
}

/// Moves so many of the marker's lamports back to the wallet. With all of them the marker is gone,
/// and nothing keeps a second swap of the order from landing any more.
pub fn empty(wallet: &Pubkey, order: OrderId, lamports: u64) -> Instruction {
    seeded(wallet, &seed(order), order).give_back(lamports)
}

fn seeded<'a>(wallet: &'a Pubkey, seed: &'a str, order: OrderId) -> Seeded<'a> {
    Seeded {
        base: wallet,
        seed,
        address: address(wallet, order),
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
