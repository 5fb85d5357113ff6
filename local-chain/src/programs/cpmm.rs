//! Raydium CPMM: `swap_base_input`. `initialize` is [`cpmm_initialize`].

use solana_instruction::error::InstructionError;
use solana_program_runtime::invoke_context::InvokeContext;
use venues::raydium::cpmm::{AmmConfig, Pool, PoolState, swap_base_input_data};
use venues::{Refusal, Side};

use super::call::{Call, Given, put, write};
use super::token::Transfer;
use super::{CPMM, TOKEN, anchor, cpmm_authority, cpmm_initialize, custom, log, require};

/// The program's own error numbers.
const NOT_APPROVED: u32 = 6000;
const EMPTY_SUPPLY: u32 = 6002;
const INVALID_INPUT: u32 = 6003;
const SLIPPAGE: u32 = 6005;
const ZERO_TRADING_TOKENS: u32 = 6006;

/// The place of the pool in the list of accounts.
const POOL: u16 = 3;
/// Where a pool keeps the accrued fees of token 0 and token 1: protocol, fund, creator.
const ACCRUED: [[usize; 3]; 2] = [[341, 357, 397], [349, 365, 405]];

/// Executes an instruction.
pub(super) fn process(context: &mut InvokeContext<'_, '_>) -> Result<(), InstructionError> {
    let call = Call::read(context)?;
    if call.data.starts_with(&cpmm_initialize::DISCRIMINATOR) {
        return cpmm_initialize::process(context, &call);
    }
    let known = call.data.starts_with(&swap_base_input_data(0, 0)[..8]);
    require(known, anchor::UNKNOWN_INSTRUCTION)?;
    log(context, "Instruction: SwapBaseInput");
    let [amount_in, min_out] = call.amounts(8).ok_or(custom(anchor::DATA))?;
    let accounts = Accounts::check(&call.accounts)?;
    let mut pool = accounts.pool()?;
    let now = call.now.unsigned_abs();
    let fill = pool.swap(accounts.side, amount_in, now).map_err(refused)?;
    if fill.amount_out < min_out {
        log(context, "Error Code: ExceededSlippage. Error Number: 6005.");
        return Err(custom(SLIPPAGE));
    }
    let input = Transfer {
        from: accounts.user_in,
        to: accounts.vault_in,
        authority: accounts.payer,
        mint: Some(accounts.mint_in),
        amount: amount_in,
    };
    input.by_user(context)?;
    let output = Transfer {
        from: accounts.vault_out,
        to: accounts.user_out,
        authority: accounts.authority,
        mint: Some(accounts.mint_out),
        amount: fill.amount_out,
    };
    output.by_program(context)?;
    let mut state = accounts.state_bytes.to_vec();
    for (offsets, fees) in ACCRUED.iter().zip(pool.accrued) {
        for (offset, fee) in offsets.iter().zip([fees.protocol, fees.fund, fees.creator]) {
            put(&mut state, *offset, &fee.to_le_bytes());
        }
    }
    write(context, POOL, &state)
}

/// What the program answers where `venues` refuses.
fn refused(refusal: Refusal) -> InstructionError {
    custom(match refusal {
        Refusal::Disabled | Refusal::NotOpen => NOT_APPROVED,
        Refusal::Dust => ZERO_TRADING_TOKENS,
        Refusal::NoLiquidity | Refusal::NoPool | Refusal::TooManyBins => EMPTY_SUPPLY,
        Refusal::TooLarge => INVALID_INPUT,
    })
}

/// The accounts of a swap, each what the pool says it is.
struct Accounts<'a> {
    payer: &'a Given,
    authority: &'a Given,
    config: AmmConfig,
    state: PoolState,
    state_bytes: &'a [u8],
    user_in: &'a Given,
    user_out: &'a Given,
    vault_in: &'a Given,
    vault_out: &'a Given,
    mint_in: &'a Given,
    mint_out: &'a Given,
    side: Side,
}

impl<'a> Accounts<'a> {
    fn check(accounts: &'a [Given]) -> Result<Accounts<'a>, InstructionError> {
        let [
            payer,
            authority,
            config,
            pool,
            user_in,
            user_out,
            vault_in,
            vault_out,
            program_in,
            program_out,
            mint_in,
            mint_out,
            observation,
            ..,
        ] = accounts
        else {
            return Err(custom(anchor::TOO_FEW_ACCOUNTS));
        };
        require(payer.signer, anchor::NOT_SIGNER)?;
        require(authority.key == cpmm_authority(), anchor::SEEDS)?;
        require(
            pool.owner == CPMM && config.owner == CPMM,
            anchor::WRONG_OWNER,
        )?;
        let bad = |_| custom(anchor::NOT_DESERIALIZED);
        let state = PoolState::decode(&pool.data).map_err(bad)?;
        require(config.key.to_bytes() == state.amm_config, anchor::ADDRESS)?;
        require(
            observation.key.to_bytes() == state.observation,
            anchor::ADDRESS,
        )?;
        let changed = [pool, user_in, user_out, vault_in, vault_out, observation];
        require(changed.iter().all(|account| account.writable), anchor::MUT)?;
        let side = match [vault_in, vault_out].map(|vault| vault.key.to_bytes()) {
            vaults if vaults == state.vaults => Side::Sell,
            [first, second] if [second, first] == state.vaults => Side::Buy,
            _ => return Err(custom(anchor::RAW)),
        };
        for (mint, token) in [(mint_in, side.token_in()), (mint_out, side.token_out())] {
            require(mint.key.to_bytes() == state.mints[token], anchor::ADDRESS)?;
        }
        for program in [program_in, program_out] {
            require(program.key == TOKEN, anchor::WRONG_PROGRAM)?;
        }
        Ok(Accounts {
            payer,
            authority,
            config: AmmConfig::decode(&config.data).map_err(bad)?,
            state_bytes: &pool.data,
            state,
            user_in,
            user_out,
            vault_in,
            vault_out,
            mint_in,
            mint_out,
            side,
        })
    }

    /// The pool as the accounts describe it.
    fn pool(&self) -> Result<Pool, InstructionError> {
        let mut vaults = [0; 2];
        for (vault, token) in [
            (self.vault_in, self.side.token_in()),
            (self.vault_out, self.side.token_out()),
        ] {
            let account = vault.token().ok_or(custom(anchor::NOT_DESERIALIZED))?;
            vaults[token] = account.amount;
        }
        Ok(Pool::from_accounts(&self.state, &self.config, vaults))
    }
}
