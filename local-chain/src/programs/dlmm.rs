//! Meteora DLMM: `swap2`.

use solana_instruction::error::InstructionError;
use solana_program_runtime::invoke_context::InvokeContext;
use venues::Refusal;
use venues::meteora::bin::Bin;
use venues::meteora::{BinArray, Pool, layout::BINS_PER_ARRAY, swap2_data};

use super::call::{Call, put, write};
use super::dlmm_accounts::Accounts;
use super::token::Transfer;
use super::{anchor, custom, log, require};

/// The program's own error numbers.
const INVALID_INPUT: u32 = 6002;
const SLIPPAGE: u32 = 6003;
const INSUFFICIENT_LIQUIDITY: u32 = 6012;
const MATH_OVERFLOW: u32 = 6018;
const NOTHING_OUT: u32 = 6039;
const POOL_DISABLED: u32 = 6042;

/// The place of the pair in the list of accounts.
const PAIR: u16 = 0;
/// Compute units of each bin that gives something.
const UNITS_PER_BIN: u64 = 6_500;

/// Executes an instruction.
pub(super) fn process(context: &mut InvokeContext<'_, '_>) -> Result<(), InstructionError> {
    let call = Call::read(context)?;
    let known = call.data.starts_with(&swap2_data(0, 0)[..8]);
    require(known, anchor::UNKNOWN_INSTRUCTION)?;
    log(context, "Instruction: Swap2");
    let [amount_in, min_out] = call.amounts(8).ok_or(custom(anchor::DATA))?;
    // Extra accounts are for tokens with transfer hooks, which this chain has none of.
    let extra_accounts = call.data.get(24..28).ok_or(custom(anchor::DATA))?;
    require(extra_accounts == [0; 4], INVALID_INPUT)?;
    let accounts = Accounts::check(&call.accounts)?;
    let side = accounts.side;
    let mut pool = accounts.pool()?;
    let fill = match pool.swap(side, amount_in, call.now) {
        Ok(fill) => fill,
        Err(refusal) => {
            if refusal == Refusal::NoLiquidity {
                accounts.check_walk(accounts.farthest_bin())?;
            }
            return Err(refused(refusal));
        }
    };
    accounts.check_walk(fill.active_id)?;
    let units = context.consume_checked(UNITS_PER_BIN * u64::from(fill.bins));
    units.map_err(|_| InstructionError::ComputationalBudgetExceeded)?;
    if fill.amount_out < min_out {
        log(
            context,
            "Error Code: ExceededAmountSlippageTolerance. Error Number: 6003.",
        );
        return Err(custom(SLIPPAGE));
    }
    let input = Transfer {
        from: accounts.user_in,
        to: accounts.vaults[side.token_in()],
        authority: accounts.user,
        mint: Some(accounts.mints[side.token_in()]),
        amount: amount_in,
    };
    input.by_user(context)?;
    let output = Transfer {
        from: accounts.vaults[side.token_out()],
        to: accounts.user_out,
        authority: accounts.pair,
        mint: Some(accounts.mints[side.token_out()]),
        amount: fill.amount_out,
    };
    output.by_program(context)?;
    write(context, PAIR, &pair_after(&accounts.pair.data, &pool))?;
    for (index, number, data) in accounts.arrays() {
        let after = array_after(data, number, &pool, accounts.state.limit_orders);
        if after != data {
            write(context, index, &after)?;
        }
    }
    Ok(())
}

/// The pair's bytes after a swap.
fn pair_after(before: &[u8], pool: &Pool) -> Vec<u8> {
    let mut data = before.to_vec();
    let volatility = pool.volatility;
    put(&mut data, 40, &volatility.accumulator.to_le_bytes());
    put(&mut data, 44, &volatility.reference.to_le_bytes());
    put(&mut data, 48, &volatility.reference_bin.to_le_bytes());
    put(&mut data, 56, &volatility.last_update.to_le_bytes());
    put(&mut data, 76, &pool.active_id.to_le_bytes());
    put(&mut data, 216, &pool.protocol_fees[0].to_le_bytes());
    put(&mut data, 224, &pool.protocol_fees[1].to_le_bytes());
    data
}

/// The bytes of array `number` after a swap.
fn array_after(before: &[u8], number: i32, pool: &Pool, limit_orders: bool) -> Vec<u8> {
    let mut data = before.to_vec();
    let of_array = |bin: &Bin| BinArray::index_of(bin.id) == number;
    for bin in pool.bins().filter(of_array) {
        // Between 0 and 69, because the bin is one of the array's.
        let slot = bin.id.rem_euclid(BINS_PER_ARRAY).unsigned_abs() as usize;
        let offset = 56 + 144 * slot;
        put(&mut data, offset, &bin.reserves[0].to_le_bytes());
        put(&mut data, offset + 8, &bin.reserves[1].to_le_bytes());
        if limit_orders {
            put(&mut data, offset + 112, &bin.orders.open.to_le_bytes());
            put(&mut data, offset + 128, &bin.orders.processed.to_le_bytes());
        }
    }
    data
}

/// What the program answers where `venues` refuses.
fn refused(refusal: Refusal) -> InstructionError {
    custom(match refusal {
        Refusal::Disabled | Refusal::NotOpen => POOL_DISABLED,
        Refusal::Dust => NOTHING_OUT,
        Refusal::NoLiquidity | Refusal::NoPool => INSUFFICIENT_LIQUIDITY,
        Refusal::TooLarge => MATH_OVERFLOW,
        // The program walks on until its compute units are used up.
        Refusal::TooManyBins => return InstructionError::ComputationalBudgetExceeded,
    })
}
