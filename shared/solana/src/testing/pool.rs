//! A pool that swaps, for a wallet that trades.

use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;

use super::{
    accounts::{CpmmPool, SOL, USDC, account, token_account},
    chain::ScriptedChain,
    emptying::{Written, emptied, is_emptying},
    landing::{Landing, Simulated},
    wire,
};
use crate::{
    instructions::{SYSTEM_PROGRAM, associated_token},
    market::view,
    pools::{PoolAddress, PoolState, Program, Role, TOKEN_PROGRAM, TokenAccount},
    rpc::{Account, TokenBalance},
};

/// A pool of SOL and USDC on a scripted chain, and a wallet with tokens of both. It executes what
/// is sent and simulated as the program does. Swaps that are on their way at the same time do not
/// see each other.
#[derive(Clone, Debug)]
pub struct ScriptedPool {
    chain: ScriptedChain,
    pool: CpmmPool,
    key: [u8; 32],
}

/// What a swap does.
struct Swap {
    marker: Pubkey,
    /// The wallet's account and the pool's, of the token sold and then of the token bought.
    before: [TokenBalance; 4],
    amount_in: u64,
    amount_out: u64,
}

/// The number of the swap among a transaction's instructions.
const SWAP: usize = 4;

/// The program's code for a swap that would pay too little.
const TOO_LITTLE: u32 = 6005;

/// The token program's code for an account that holds too little.
const LACKS_TOKENS: u32 = 1;

/// The system program's code for an account that exists.
const IN_USE: u32 = 0;

impl ScriptedPool {
    /// Puts pool and wallet on the chain. What is sent lands two slots later and pays what the pool
    /// pays then.
    pub fn on(chain: &ScriptedChain) -> Self {
        let key = |number| Pubkey::new_from_array([number; 32]);
        let pool = CpmmPool {
            program_id: Program::Cpmm.mainnet_id(),
            address: key(110),
            config: key(113),
            observation: key(114),
            vaults: [key(111), key(112)],
            balances: [50_000_000_000_000, 4_000_000_000_000],
            rates: [2_500, 120_000, 40_000],
        };
        for (address, account) in pool.accounts() {
            chain.set_account(address, account);
        }
        let own = Self {
            chain: chain.clone(),
            pool,
            key: [9; 32],
        };
        let lamports = 10_000_000_000;
        let purse = Account {
            lamports,
            ..account(SYSTEM_PROGRAM, Vec::new())
        };
        chain.set_account(own.wallet(), purse);
        own.holds(&SOL, 1_000_000_000_000);
        own.holds(&USDC, 7_000_000);
        own.lands(2, |quoted| quoted);
        own.simulates(|quoted| quoted);
        own
    }

    /// The pool.
    pub fn address(&self) -> Pubkey {
        self.pool.address
    }

    /// The wallet.
    pub fn wallet(&self) -> Pubkey {
        let key = SigningKey::from_bytes(&self.key).verifying_key();
        Pubkey::new_from_array(key.to_bytes())
    }

    /// The text of the wallet's key file.
    pub fn key_file(&self) -> String {
        let key = SigningKey::from_bytes(&self.key).to_keypair_bytes();
        json!(key.to_vec()).to_string()
    }

    /// The text of the markets file, for the chain as it is called now.
    pub fn markets(&self, network: &str) -> String {
        let (genesis, pool) = (self.chain.state().genesis, self.pool.address);
        format!(
            "genesis = \"{genesis}\"\nnetwork = \"{network}\"\n\
             explorer = \"https://explorer.example/tx/{{signature}}\"\n\
             [[tokens]]\nsymbol = \"SOL\"\nmint = \"{SOL}\"\ndecimals = 9\n\
             [[tokens]]\nsymbol = \"USDC\"\nmint = \"{USDC}\"\ndecimals = 6\n\
             [[pools]]\nvenue = \"Raydium\"\nprogram = \"cpmm\"\naddress = \"{pool}\"\n"
        )
    }

    /// The wallet's token account of that mint holds so much from now on.
    pub fn holds(&self, mint: &Pubkey, amount: u64) {
        let address = associated_token::address(&self.wallet(), mint, &TOKEN_PROGRAM);
        let data = token_account(*mint, self.wallet(), amount);
        self.chain
            .set_account(address, account(TOKEN_PROGRAM, data));
    }

    /// What the wallet's token account of that mint holds.
    pub fn held(&self, mint: &Pubkey) -> u64 {
        let address = associated_token::address(&self.wallet(), mint, &TOKEN_PROGRAM);
        self.balance(address, *mint).amount
    }

    /// The lamports of the wallet's own account. Swaps cost it none; what empties markers is paid.
    pub fn lamports(&self) -> u64 {
        let own = self.chain.account(&self.wallet());
        own.map_or(0, |own| own.lamports)
    }

    /// What is sent from now on lands so many slots later. A swap pays what is made of what the
    /// pool pays when it is sent.
    pub fn lands(&self, after_slots: u64, pays: impl Fn(u64) -> u64 + Send + Sync + 'static) {
        let own = self.clone();
        self.chain.lands(move |bytes| {
            let landing = match own.emptying(bytes) {
                Some(emptied) => emptied.map(|accounts| Landing::Lands {
                    after_slots,
                    pre: Vec::new(),
                    post: Vec::new(),
                    accounts,
                }),
                None => own.swap(bytes, &pays).map(|swap| swap.landing(after_slots)),
            };
            landing.unwrap_or_else(|error| Landing::Fails {
                after_slots,
                error,
                logs: None,
            })
        });
    }

    /// What is simulated from now on pays what is made of what the pool pays then.
    pub fn simulates(&self, pays: impl Fn(u64) -> u64 + Send + Sync + 'static) {
        let own = self.clone();
        self.chain.simulates(move |bytes| {
            let simulated = match own.emptying(bytes) {
                Some(emptied) => emptied.map(|_| Simulated::default()),
                None => own.swap(bytes, &pays).map(|swap| Simulated {
                    accounts: swap.accounts(),
                    ..Simulated::default()
                }),
            };
            simulated.unwrap_or_else(|error| Simulated {
                error: Some(error),
                ..Simulated::default()
            })
        });
    }

    /// The error of a swap that would pay too little, as the chain writes it.
    pub fn too_little() -> Value {
        custom(SWAP, TOO_LITTLE)
    }

    /// What a transaction does that empties markers; `None` when it is another one.
    fn emptying(&self, bytes: &[u8]) -> Option<Result<Written, Value>> {
        let message = wire::open(bytes)?.message;
        is_emptying(&message).then(|| emptied(&self.chain, &message))
    }

    fn swap(&self, bytes: &[u8], pays: &dyn Fn(u64) -> u64) -> Result<Swap, Value> {
        let named = |index: usize, error: &str| json!({ "InstructionError": [index, error] });
        let message = wire::open(bytes).ok_or(json!("SanitizeFailure"))?.message;
        let keys = message.static_account_keys();
        let mut marker = None;
        let mut swap = None;
        for (index, instruction) in message.instructions().iter().enumerate() {
            let accounts = instruction.accounts.iter();
            let accounts: Vec<Pubkey> = accounts.map(|&at| keys[usize::from(at)]).collect();
            let program = keys[usize::from(instruction.program_id_index)];
            if program == SYSTEM_PROGRAM {
                marker = Some((index, accounts[1]));
            } else if program == self.pool.program_id {
                swap = Some((index, accounts, &instruction.data));
            }
        }
        let (created, marker) = marker.ok_or(named(0, "MissingAccount"))?;
        if self.chain.account(&marker).is_some() {
            return Err(custom(created, IN_USE));
        }
        let (index, accounts, data) = swap.ok_or(named(0, "MissingAccount"))?;
        let number = |at: usize| {
            let bytes = data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
            bytes
                .map(u64::from_le_bytes)
                .ok_or(named(index, "InvalidInstructionData"))
        };
        let (amount_in, min_out) = (number(8)?, number(16)?);
        let (mint_in, mint_out) = (accounts[10], accounts[11]);
        let before = [
            self.balance(accounts[4], mint_in),
            self.balance(accounts[6], mint_in),
            self.balance(accounts[5], mint_out),
            self.balance(accounts[7], mint_out),
        ];
        if before[0].amount < amount_in {
            return Err(custom(index, LACKS_TOKENS));
        }
        let state = self.state().ok_or(named(index, "InvalidAccountData"))?;
        let side = state
            .side(&mint_in)
            .ok_or(named(index, "InvalidArgument"))?;
        let now = Timestamp::now().as_second();
        let fill = state.pool.fill(side, amount_in, now);
        let fill = fill.map_err(|_| named(index, "InvalidArgument"))?;
        let amount_out = pays(fill.amount_out);
        if amount_out < min_out {
            return Err(custom(index, TOO_LITTLE));
        }
        Ok(Swap {
            marker,
            before,
            amount_in,
            amount_out,
        })
    }

    fn state(&self) -> Option<PoolState> {
        let pool = PoolAddress {
            program: Program::Cpmm,
            program_id: self.pool.program_id,
            address: self.pool.address,
            venue: engine::routing::VenueId::new(Program::Cpmm.venue()),
        };
        let own = self.chain.account(&self.pool.address);
        let keys = pool.describe(own.as_ref().map(view)).ok()?;
        let accounts = keys.accounts();
        let accounts: Vec<Option<Account>> =
            accounts.iter().map(|key| self.chain.account(key)).collect();
        let accounts: Vec<_> = accounts.iter().map(|one| one.as_ref().map(view)).collect();
        keys.state(&accounts).ok()
    }

    /// A token account's balance; one that does not exist yet is the wallet's and empty.
    fn balance(&self, address: Pubkey, mint: Pubkey) -> TokenBalance {
        let known = self.chain.account(&address);
        let read = TokenAccount::read(Role::Wallet, address, known.as_ref().map(view));
        TokenBalance {
            account: address,
            owner: read.as_ref().map_or(self.wallet(), |read| read.owner),
            mint,
            amount: read.map_or(0, |read| read.amount),
            decimals: if mint == SOL { 9 } else { 6 },
        }
    }
}

impl Swap {
    fn after(&self) -> [TokenBalance; 4] {
        let mut after = self.before.clone();
        after[0].amount -= self.amount_in;
        after[1].amount += self.amount_in;
        after[2].amount += self.amount_out;
        after[3].amount -= self.amount_out;
        after
    }

    fn accounts(&self) -> Vec<(Pubkey, Account)> {
        let written = self.after().into_iter().map(|balance| {
            let data = token_account(balance.mint, balance.owner, balance.amount);
            (balance.account, account(TOKEN_PROGRAM, data))
        });
        let marker = (self.marker, account(SYSTEM_PROGRAM, Vec::new()));
        written.chain([marker]).collect()
    }

    fn landing(&self, after_slots: u64) -> Landing {
        let accounts = self.accounts().into_iter();
        Landing::Lands {
            after_slots,
            pre: self.before.to_vec(),
            post: self.after().to_vec(),
            accounts: accounts.map(|(key, one)| (key, Some(one))).collect(),
        }
    }
}

fn custom(index: usize, code: u32) -> Value {
    json!({ "InstructionError": [index, { "Custom": code }] })
}
