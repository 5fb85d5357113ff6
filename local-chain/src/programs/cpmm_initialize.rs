//! Raydium CPMM: `initialize`, which creates a pool.

use solana_instruction::error::InstructionError;
use solana_program_runtime::invoke_context::InvokeContext;
use venues::raydium::cpmm::PoolState;

use super::call::{Call, Given, write};
use super::cpmm_pool::{Addresses, LP_DECIMALS, OBSERVATION_LENGTH, Terms, shares_of};
use super::instructions::{
    ACCOUNT_LENGTH, ASSOCIATED_TOKEN, MINT_LENGTH, SYSTEM, create_account, create_associated,
    initialize_account, initialize_mint, mint_to,
};
use super::token::Transfer;
use super::{CPMM, TOKEN, anchor, cpmm_authority, custom, log, require};

/// What the instruction's data begins with.
pub(crate) const DISCRIMINATOR: [u8; 8] = [175, 175, 109, 31, 13, 152, 155, 237];

/// Shares that nobody gets, so that no pool is ever emptied.
pub(crate) const LOCKED_SHARES: u64 = 100;

/// The program's own error number for a pool that is too small.
const INITIAL_LIQUIDITY: u32 = 6011;

/// The places of pool and observations in the list of accounts.
const POOL: u16 = 3;
const OBSERVATION: u16 = 13;

/// Executes the instruction. The fee for creating a pool is none here.
pub(super) fn process(
    context: &mut InvokeContext<'_, '_>,
    call: &Call,
) -> Result<(), InstructionError> {
    log(context, "Instruction: Initialize");
    let amounts = call.amounts(8).ok_or(custom(anchor::DATA))?;
    let open_time = call.number(24).ok_or(custom(anchor::DATA))?;
    let accounts = Accounts::check(&call.accounts)?;
    let own = &accounts.own;
    let shares = shares_of(amounts);
    require(shares > LOCKED_SHARES, INITIAL_LIQUIDITY)?;
    let rent = context.get_sysvar_cache().get_rent()?;
    for (address, length, owner) in [
        (own.pool, PoolState::LENGTH, CPMM),
        (own.observation, OBSERVATION_LENGTH, CPMM),
        (own.lp_mint, MINT_LENGTH, TOKEN),
        (own.vaults[0], ACCOUNT_LENGTH, TOKEN),
        (own.vaults[1], ACCOUNT_LENGTH, TOKEN),
    ] {
        let lamports = rent.minimum_balance(length);
        let create = create_account(accounts.creator.key, address, lamports, length, owner);
        context.native_invoke(create, &[address])?;
    }
    let authority = cpmm_authority();
    let mint = initialize_mint(own.lp_mint, LP_DECIMALS, authority, false);
    context.native_invoke(mint, &[])?;
    for side in [0, 1] {
        let vault = initialize_account(own.vaults[side], own.mints[side], authority);
        context.native_invoke(vault, &[])?;
        let payment = Transfer {
            from: accounts.tokens[side],
            to: accounts.vaults[side],
            authority: accounts.creator,
            mint: Some(accounts.mints[side]),
            amount: amounts[side],
        };
        payment.by_user(context)?;
    }
    let (creator, lp_tokens) = (accounts.creator.key, accounts.lp_tokens.key);
    let associated = create_associated(creator, lp_tokens, creator, own.lp_mint);
    context.native_invoke(associated, &[])?;
    let given = shares - LOCKED_SHARES;
    let minted = mint_to(own.lp_mint, lp_tokens, authority, given);
    context.native_invoke(minted, &[authority])?;
    write(context, OBSERVATION, &own.observations())?;
    let terms = Terms {
        shares: given,
        open_time: open_time.max(call.now.unsigned_abs() + 1),
        creator_fee_on: 0,
        creator_fee: false,
    };
    write(
        context,
        POOL,
        &own.state(creator, accounts.decimals, &terms),
    )
}

/// The accounts of a creation. Those of the pool are what the program derives, and do not exist.
struct Accounts<'a> {
    creator: &'a Given,
    own: Addresses,
    mints: [&'a Given; 2],
    decimals: [u8; 2],
    tokens: [&'a Given; 2],
    vaults: [&'a Given; 2],
    lp_tokens: &'a Given,
}

impl<'a> Accounts<'a> {
    fn check(accounts: &'a [Given]) -> Result<Accounts<'a>, InstructionError> {
        let [
            creator,
            config,
            authority,
            pool,
            mint_0,
            mint_1,
            lp_mint,
            token_0,
            token_1,
            lp_tokens,
            vault_0,
            vault_1,
            _pool_fee,
            observation,
            token_program,
            program_0,
            program_1,
            associated_token_program,
            system_program,
            _rent,
            ..,
        ] = accounts
        else {
            return Err(custom(anchor::TOO_FEW_ACCOUNTS));
        };
        require(creator.signer, anchor::NOT_SIGNER)?;
        require(mint_0.key < mint_1.key, anchor::RAW)?;
        require(config.owner == CPMM, anchor::WRONG_OWNER)?;
        let own = Addresses::of([mint_0.key, mint_1.key]);
        let derived = [
            (authority, cpmm_authority()),
            (config, own.config),
            (pool, own.pool),
            (lp_mint, own.lp_mint),
            (vault_0, own.vaults[0]),
            (vault_1, own.vaults[1]),
            (observation, own.observation),
        ];
        for (account, address) in derived {
            require(account.key == address, anchor::SEEDS)?;
        }
        for (account, program) in [
            (token_program, TOKEN),
            (program_0, TOKEN),
            (program_1, TOKEN),
            (associated_token_program, ASSOCIATED_TOKEN),
            (system_program, SYSTEM),
        ] {
            require(account.key == program, anchor::WRONG_PROGRAM)?;
        }
        let changed = [creator, pool, lp_mint, token_0, token_1, lp_tokens];
        let changed = changed.into_iter().chain([vault_0, vault_1, observation]);
        for account in changed {
            require(account.writable, anchor::MUT)?;
        }
        let decimals = |mint: &Given| mint.decimals().ok_or(custom(anchor::NOT_DESERIALIZED));
        Ok(Accounts {
            creator,
            own,
            decimals: [decimals(mint_0)?, decimals(mint_1)?],
            mints: [mint_0, mint_1],
            tokens: [token_0, token_1],
            vaults: [vault_0, vault_1],
            lp_tokens,
        })
    }
}
