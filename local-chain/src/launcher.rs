//! Who creates tokens and pools while the chain runs: with transactions as anybody sends them.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::{VersionedMessage, v0};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::chain::{Chain, Commitment};
use crate::genesis::{SOL, associated_token_address};
use crate::programs::cpmm_initialize::{DISCRIMINATOR, LOCKED_SHARES};
use crate::programs::cpmm_pool::{Addresses, shares_of};
use crate::programs::instructions::{
    ASSOCIATED_TOKEN, MINT_LENGTH, SYSTEM, burn, create_account, create_associated,
    initialize_mint, mint_to, revoke_minting,
};
use crate::programs::{CPMM, TOKEN, cpmm_authority};

/// Decimals of the tokens, and how much there is of each, base units: a thousand million.
const DECIMALS: u8 = 6;
const SUPPLY: u64 = 1_000_000_000_000_000;

const RENT: Address = Address::from_str_const("SysvarRent111111111111111111111111111111111");

/// What the creator of a token keeps in hand.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kept {
    /// He can make more of it.
    pub(crate) mint_authority: bool,
    /// He can freeze accounts of it.
    pub(crate) freeze_authority: bool,
}

/// How a pool begins.
#[derive(Clone, Copy)]
pub(crate) struct Begin {
    /// Lamports in it, beside all there is of the token.
    pub(crate) lamports: u64,
    /// Unix seconds from which it can be swapped in; 0 is at once.
    pub(crate) open_time: u64,
    /// Whether the creator's shares in it are burned.
    pub(crate) burns_shares: bool,
}

/// The creator, who has all the SOL that pools begin with.
pub(crate) struct Launcher {
    key: Keypair,
}

impl Launcher {
    /// One with that key.
    pub(crate) fn new(key: Keypair) -> Launcher {
        Launcher { key }
    }

    /// Whose tokens and pools they are.
    pub(crate) fn address(&self) -> Address {
        self.key.pubkey()
    }

    /// Sends what makes a token of which the creator has all. Answers its mint, which is there in
    /// the next slot.
    pub(crate) fn create_token(&self, chain: &mut Chain, mint: &Keypair, kept: Kept) -> Address {
        let (creator, address) = (self.address(), mint.pubkey());
        let own = associated_token_address(&creator, &address);
        let lamports = chain.least_balance(MINT_LENGTH);
        let mut instructions = vec![
            create_account(creator, address, lamports, MINT_LENGTH, TOKEN),
            initialize_mint(address, DECIMALS, creator, kept.freeze_authority),
            create_associated(creator, own, creator, address),
            mint_to(address, own, creator, SUPPLY),
        ];
        if !kept.mint_authority {
            instructions.push(revoke_minting(address, creator));
        }
        self.send(chain, &instructions, &[mint]);
        address
    }

    /// Sends what makes a CPMM pool of a token and SOL. Answers its address.
    pub(crate) fn create_pool(&self, chain: &mut Chain, token: Address, begin: &Begin) -> Address {
        let creator = self.address();
        let (mints, amounts) = if token < SOL.mint {
            ([token, SOL.mint], [SUPPLY, begin.lamports])
        } else {
            ([SOL.mint, token], [begin.lamports, SUPPLY])
        };
        let own = Addresses::of(mints);
        let mut instructions = vec![initialize(creator, &own, amounts, begin.open_time)];
        if begin.burns_shares {
            let shares = shares_of(amounts).saturating_sub(LOCKED_SHARES);
            let held = associated_token_address(&creator, &own.lp_mint);
            instructions.push(burn(held, own.lp_mint, creator, shares));
        }
        self.send(chain, &instructions, &[]);
        own.pool
    }

    fn send(&self, chain: &mut Chain, instructions: &[Instruction], others: &[&Keypair]) {
        let blockhash = chain.newest(Commitment::Processed).hash;
        let message = v0::Message::try_compile(&self.address(), instructions, &[], blockhash);
        let signers: Vec<&Keypair> = std::iter::once(&self.key)
            .chain(others.iter().copied())
            .collect();
        let signed = message
            .map(|message| VersionedTransaction::try_new(VersionedMessage::V0(message), &signers));
        match signed {
            Ok(Ok(transaction)) => chain.submit(transaction),
            // Few accounts, and each signer is there.
            wrong => panic!("a transaction of the creator's own: {wrong:?}"),
        }
    }
}

/// CPMM's `initialize`.
fn initialize(creator: Address, own: &Addresses, amounts: [u64; 2], open_time: u64) -> Instruction {
    let writable = |address| AccountMeta::new(address, false);
    let readonly = |address| AccountMeta::new_readonly(address, false);
    let held = |mint: &Address| writable(associated_token_address(&creator, mint));
    let numbers = [amounts[0], amounts[1], open_time];
    let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
    Instruction {
        program_id: CPMM,
        accounts: vec![
            AccountMeta::new(creator, true),
            readonly(own.config),
            readonly(cpmm_authority()),
            writable(own.pool),
            readonly(own.mints[0]),
            readonly(own.mints[1]),
            writable(own.lp_mint),
            held(&own.mints[0]),
            held(&own.mints[1]),
            held(&own.lp_mint),
            writable(own.vaults[0]),
            writable(own.vaults[1]),
            // Where the fee for a pool goes: it is none here.
            held(&SOL.mint),
            writable(own.observation),
            readonly(TOKEN),
            readonly(TOKEN),
            readonly(TOKEN),
            readonly(ASSOCIATED_TOKEN),
            readonly(SYSTEM),
            readonly(RENT),
        ],
        data: DISCRIMINATOR.into_iter().chain(numbers).collect(),
    }
}
