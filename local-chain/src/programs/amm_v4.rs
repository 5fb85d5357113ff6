//! Raydium AMM v4: the swap of an exact input, tag 9.

use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_program_runtime::invoke_context::InvokeContext;
use venues::raydium::amm_v4::{AmmInfo, Fill, Pool};
use venues::{Refusal, Side};

use super::call::{Call, Given, put, write};
use super::token::Transfer;
use super::{AMM_V4, TOKEN, custom, log, require};

/// The program's own error numbers.
const INVALID_PROGRAM_ADDRESS: u32 = 1;
const INVALID_COIN_VAULT: u32 = 4;
const INVALID_PC_VAULT: u32 = 5;
const INVALID_OPEN_ORDERS: u32 = 10;
const INVALID_SIGNER: u32 = 21;
const INVALID_STATUS: u32 = 22;
const WRONG_ACCOUNTS_NUMBER: u32 = 24;
const WRONG_POOL_OWNER: u32 = 27;
const INVALID_INPUT: u32 = 29;
const SLIPPAGE: u32 = 30;
const EMPTY_FUNDS: u32 = 36;
const WRONG_TOKEN_PROGRAM: u32 = 38;
const INSUFFICIENT_FUNDS: u32 = 40;
const INVALID_USER_TOKEN: u32 = 42;

/// The tag of the instruction.
const SWAP_BASE_IN: u8 = 9;

/// The place of the pool in the list of accounts.
const POOL: u16 = 1;
/// Where a pool sums up, of each token that goes in: what went in, what came out for it (128 bits
/// each), and the fees (64 bits).
const TOTALS: [[usize; 3]; 2] = [[256, 272, 328], [296, 312, 288]];

/// Executes an instruction.
pub(super) fn process(context: &mut InvokeContext<'_, '_>) -> Result<(), InstructionError> {
    let call = Call::read(context)?;
    if call.data.first() != Some(&SWAP_BASE_IN) {
        return Err(InstructionError::InvalidInstructionData);
    }
    let [amount_in, min_out] = call
        .amounts(1)
        .ok_or(InstructionError::InvalidInstructionData)?;
    log(context, "Instruction: SwapBaseIn");
    let accounts = Accounts::check(&call.accounts)?;
    let owned = accounts.user_in.token().map_or(0, |token| token.amount);
    require(owned >= amount_in, INSUFFICIENT_FUNDS)?;
    let fill = accounts
        .pool
        .quote(accounts.side, amount_in, call.now.unsigned_abs())
        .map_err(refused)?;
    if fill.amount_out < min_out {
        log(context, "Error: exceeds desired slippage limit");
        return Err(custom(SLIPPAGE));
    }
    let input = Transfer {
        from: accounts.user_in,
        to: accounts.vaults[accounts.side.token_in()],
        authority: accounts.owner,
        mint: None,
        amount: amount_in,
    };
    input.by_user(context)?;
    let output = Transfer {
        from: accounts.vaults[accounts.side.token_out()],
        to: accounts.user_out,
        authority: accounts.authority,
        mint: None,
        amount: fill.amount_out,
    };
    output.by_program(context)?;
    let mut state = call.accounts[usize::from(POOL)].data.clone();
    add_totals(&mut state, accounts.side, &fill);
    write(context, POOL, &state)
}

/// Adds a swap to the pool's sums. The program lets them wrap as well.
fn add_totals(state: &mut [u8], side: Side, fill: &Fill) {
    let [sent, received, fees] = TOTALS[side.token_in()];
    for (offset, amount) in [(sent, fill.amount_in), (received, fill.amount_out)] {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&state[offset..offset + 16]);
        let sum = u128::from_le_bytes(bytes).wrapping_add(amount.into());
        put(state, offset, &sum.to_le_bytes());
    }
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&state[fees..fees + 8]);
    let sum = u64::from_le_bytes(bytes).wrapping_add(fill.fee);
    put(state, fees, &sum.to_le_bytes());
}

/// What the program answers where `venues` refuses.
fn refused(refusal: Refusal) -> InstructionError {
    custom(match refusal {
        Refusal::Disabled | Refusal::NotOpen => INVALID_STATUS,
        Refusal::Dust | Refusal::TooLarge => INVALID_INPUT,
        Refusal::NoLiquidity | Refusal::NoPool | Refusal::TooManyBins => EMPTY_FUNDS,
    })
}

/// The accounts of a swap, each what the pool says it is.
struct Accounts<'a> {
    authority: &'a Given,
    vaults: [&'a Given; 2],
    user_in: &'a Given,
    user_out: &'a Given,
    owner: &'a Given,
    pool: Pool,
    side: Side,
}

impl<'a> Accounts<'a> {
    /// The list has 17 accounts, or 18 with the target orders behind the open orders. Those of
    /// the order book's market are not looked at.
    fn check(accounts: &'a [Given]) -> Result<Accounts<'a>, InstructionError> {
        let targets = match accounts.len() {
            17 => 0,
            18 => 1,
            _ => return Err(custom(WRONG_ACCOUNTS_NUMBER)),
        };
        let [token_program, pool, authority, open_orders] = [0, 1, 2, 3].map(|at| &accounts[at]);
        let vaults = [4, 5].map(|at| &accounts[at + targets]);
        let [user_in, user_out, owner] = [14, 15, 16].map(|at| &accounts[at + targets]);
        require(token_program.key == TOKEN, WRONG_TOKEN_PROGRAM)?;
        require(pool.owner == AMM_V4, WRONG_POOL_OWNER)?;
        let info = AmmInfo::decode(&pool.data).map_err(|_| InstructionError::InvalidAccountData)?;
        let seeds: [&[u8]; 2] = [b"amm authority", &[info.nonce.to_le_bytes()[0]]];
        let expected = Address::create_program_address(&seeds, &AMM_V4);
        require(expected == Ok(authority.key), INVALID_PROGRAM_ADDRESS)?;
        let [orders, ..] = info.order_book;
        require(open_orders.key.to_bytes() == orders, INVALID_OPEN_ORDERS)?;
        require(owner.signer, INVALID_SIGNER)?;
        let numbers = [INVALID_COIN_VAULT, INVALID_PC_VAULT];
        let mut amounts = [0; 2];
        for token in [0, 1] {
            let wrong = numbers[token];
            require(vaults[token].key.to_bytes() == info.vaults[token], wrong)?;
            amounts[token] = vaults[token].token().ok_or(custom(wrong))?.amount;
        }
        let mints = [user_in, user_out].map(|user| user.token().map(|token| token.mint.to_bytes()));
        let [coin, pc] = info.mints.map(Some);
        let side = match mints {
            [sent, received] if [sent, received] == [coin, pc] => Side::Sell,
            [sent, received] if [sent, received] == [pc, coin] => Side::Buy,
            _ => return Err(custom(INVALID_USER_TOKEN)),
        };
        Ok(Accounts {
            authority,
            vaults,
            user_in,
            user_out,
            owner,
            pool: Pool::from_accounts(&info, amounts),
            side,
        })
    }
}
