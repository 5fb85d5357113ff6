//! New pools: what is found in the chain's blocks, and that nothing is left out.

use std::sync::Arc;

use engine::{
    launch::{LaunchPlace, LaunchedPool, PoolAge, Safety},
    order::{Swap, Token},
    ports::{CreatedPools, Launches, LaunchesError, Venue},
    routing::{Quote, Rejection},
};
use serde_json::{Value, json};
use solana::{
    Settings,
    markets::Markets,
    pools::{Program, TOKEN_2022_PROGRAM, TOKEN_PROGRAM},
    rpc::Account,
    testing::{
        Fault, NoOtherOrders, ScriptedChain, ScriptedNode, ScriptedPool,
        accounts::{CpmmPool, SOL, USDC, mint},
    },
};
use solana_pubkey::Pubkey;

/// The last slot that was read.
const READ: u64 = 399_999_000;

/// CPMM's `initialize`.
const INITIALIZE: [u8; 8] = [175, 175, 109, 31, 13, 152, 155, 237];

const NEW_MINT: Pubkey = Pubkey::new_from_array([0x4e; 32]);
const LP_MINT: Pubkey = Pubkey::new_from_array([0x4c; 32]);
const POOL: Pubkey = Pubkey::new_from_array([0x4f; 32]);
const OTHER: Pubkey = Pubkey::new_from_array([0x51; 32]);

struct World {
    chain: ScriptedChain,
    nodes: Vec<ScriptedNode>,
    launches: Arc<dyn Launches>,
    raydium: Arc<dyn Venue>,
}

impl World {
    /// A chain on which nothing was created yet, behind so many nodes.
    async fn of(count: usize) -> Self {
        let chain = ScriptedChain::still();
        let pool = ScriptedPool::on(&chain);
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(ScriptedNode::of(&chain).await.expect("a port"));
        }
        let settings = Settings {
            nodes: nodes.iter().map(ScriptedNode::url).collect(),
            signer: None,
            markets: Markets::read(&pool.markets("local")).expect("markets"),
            max_fee: 100_000,
            live: false,
            launches: true,
        };
        let opened = solana::open(settings).await.expect("it opens");
        let (ports, _) = opened.of(Arc::new(NoOtherOrders));
        Self {
            chain,
            nodes,
            launches: ports.launches,
            raydium: Arc::clone(&ports.venues[0]),
        }
    }

    /// Puts a block on the chain that follows `parent`.
    fn block(&self, slot: u64, parent: u64, transactions: &[Value]) {
        self.chain.set_block(slot, block(parent, transactions));
    }

    /// Puts the new pool's accounts on the chain.
    fn pool_exists(&self) {
        let own = CpmmPool {
            program_id: Program::Cpmm.mainnet_id(),
            address: POOL,
            config: Pubkey::new_from_array([0x52; 32]),
            observation: Pubkey::new_from_array([0x53; 32]),
            vaults: [0x54, 0x55].map(|byte| Pubkey::new_from_array([byte; 32])),
            balances: [50_000_000_000, 1_000_000_000_000],
            rates: [2_500, 120_000, 40_000],
        };
        for (address, mut account) in own.accounts() {
            if address == POOL {
                account.data[200..232].copy_from_slice(NEW_MINT.as_ref());
                account.data[136..168].copy_from_slice(LP_MINT.as_ref());
                account.data[332] = 5;
                account.data[333..341].copy_from_slice(&1_000_000u64.to_le_bytes());
            } else if address == own.vaults[1] {
                account.data[..32].copy_from_slice(NEW_MINT.as_ref());
            }
            self.chain.set_account(address, account);
        }
        self.set_mint(NEW_MINT, mint(5));
        self.lp_supply(0);
    }

    fn set_mint(&self, address: Pubkey, data: Vec<u8>) {
        self.chain.set_account(address, owned(TOKEN_PROGRAM, data));
    }

    /// So many of the pool's shares are not burned.
    fn lp_supply(&self, supply: u64) {
        let mut data = mint(9);
        data[36..44].copy_from_slice(&supply.to_le_bytes());
        self.set_mint(LP_MINT, data);
    }

    /// What the pool pays for a SOL.
    async fn quote_at(&self, symbol: &str, decimals: u8) -> Result<Quote, Rejection> {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.to_owned(),
            decimals,
        };
        let sol = token("SOL", 9);
        let swap = Swap {
            amount_in: sol.units(1_000_000_000),
            token_in: sol,
            token_out: token(symbol, decimals),
        };
        self.raydium.quote_at(&POOL.to_string(), &swap).await
    }

    async fn created(&self) -> Result<CreatedPools, LaunchesError> {
        self.launches.created(Some(READ)).await
    }

    /// What was found, up to the slot that was read.
    async fn found(&self) -> (u64, Vec<LaunchedPool>) {
        let created = self.created().await.expect("it is read");
        (created.through, created.pools)
    }
}

fn owned(owner: Pubkey, data: Vec<u8>) -> Account {
    Account {
        owner,
        lamports: 10_000_000,
        data,
    }
}

fn block(parent: u64, transactions: &[Value]) -> Value {
    json!({
        "blockHeight": 1,
        "blockTime": 1_790_000_000,
        "blockhash": Pubkey::default().to_string(),
        "parentSlot": parent,
        "previousBlockhash": Pubkey::default().to_string(),
        "transactions": transactions,
    })
}

/// An instruction that creates the pool, as `program` would.
fn create(program: Pubkey) -> (Pubkey, Vec<Pubkey>, Vec<u8>) {
    let mut accounts = vec![OTHER; 20];
    accounts[3] = POOL;
    accounts[4] = SOL;
    accounts[5] = NEW_MINT;
    (program, accounts, [&INITIALIZE[..], &[0; 24]].concat())
}

fn cpmm() -> (Pubkey, Vec<Pubkey>, Vec<u8>) {
    create(Program::Cpmm.mainnet_id())
}

/// An instruction that creates nothing.
fn idle() -> (Pubkey, Vec<Pubkey>, Vec<u8>) {
    (OTHER, vec![SOL], vec![7])
}

/// A transaction: what it asks, and what its first instruction asks inside.
fn transaction(
    outer: &[(Pubkey, Vec<Pubkey>, Vec<u8>)],
    inner: &[(Pubkey, Vec<Pubkey>, Vec<u8>)],
    error: &Value,
) -> Value {
    // The first two stand in the message, the others come from a lookup table.
    let mut keys: Vec<Pubkey> = vec![OTHER];
    for (program, accounts, _) in outer.iter().chain(inner) {
        for key in accounts.iter().chain([program]) {
            if !keys.contains(key) {
                keys.push(*key);
            }
        }
    }
    let index = |key: &Pubkey| keys.iter().position(|known| known == key).expect("a key");
    let calls = |calls: &[(Pubkey, Vec<Pubkey>, Vec<u8>)]| -> Value {
        let call = calls.iter().map(|(program, accounts, data)| {
            json!({
                "programIdIndex": index(program),
                "accounts": accounts.iter().map(index).collect::<Vec<_>>(),
                "data": bs58::encode(data).into_string(),
                "stackHeight": null,
            })
        });
        call.collect()
    };
    let texts = |keys: &[Pubkey]| keys.iter().map(Pubkey::to_string).collect::<Vec<_>>();
    let (own, loaded) = keys.split_at(2.min(keys.len()));
    json!({
        "transaction": {
            "signatures": ["1"],
            "message": { "accountKeys": texts(own), "instructions": calls(outer) },
        },
        "meta": {
            "err": error,
            "fee": 5_000,
            "innerInstructions": [{ "index": 0, "instructions": calls(inner) }],
            "loadedAddresses": { "writable": texts(loaded), "readonly": [] },
        },
        "version": 0,
    })
}

#[tokio::test]
async fn a_pool_is_found_with_all_that_is_known_of_it() {
    let world = World::of(1).await;
    world.pool_exists();
    let quiet = transaction(&[idle()], &[], &Value::Null);
    let creates = transaction(&[idle(), cpmm()], &[idle()], &Value::Null);
    world.block(READ + 1, READ, &[quiet, creates]);
    let (through, pools) = world.found().await;
    assert_eq!(through, READ + 1);
    let [pool] = pools.as_slice() else {
        panic!("one pool: {pools:?}");
    };
    let place = LaunchPlace {
        slot: READ + 1,
        transaction: 1,
        // Behind the first one and what that asked inside.
        instruction: 2,
    };
    assert_eq!(pool.place, place);
    assert_eq!(pool.mint, NEW_MINT.to_string());
    assert_eq!((pool.against.as_str(), pool.decimals), ("SOL", 5));
    assert_eq!(
        (pool.venue.name(), &pool.pool),
        ("Raydium", &POOL.to_string())
    );
    assert_eq!(pool.liquidity.to_string(), "50");
    assert_eq!(pool.opens_at.as_second(), 1_790_000_000);
    let safety = Safety {
        mint_authority_revoked: true,
        freeze_authority_revoked: true,
        lp_burned: true,
    };
    assert_eq!(pool.safety, safety);
    // Blocks are asked for as docs/solana.md says.
    assert_eq!(
        world.nodes[0].calls_of("getBlock"),
        [json!([READ + 1, {
            "encoding": "json", "transactionDetails": "full", "rewards": false,
            "commitment": "finalized", "maxSupportedTransactionVersion": 1,
        }])]
    );
    assert_eq!(
        world.nodes[0].calls_of("getBlocksWithLimit"),
        [json!([READ + 1, 64, { "commitment": "finalized" }])]
    );
}

#[tokio::test]
async fn what_another_program_asks_creates_a_pool_and_what_failed_or_is_no_venues_does_not() {
    let world = World::of(1).await;
    world.pool_exists();
    let failed = json!({ "InstructionError": [0, { "Custom": 1 }] });
    world.block(
        READ + 1,
        READ,
        &[
            transaction(&[cpmm()], &[], &failed),
            transaction(&[create(OTHER)], &[], &Value::Null),
            transaction(&[idle()], &[idle(), cpmm()], &Value::Null),
        ],
    );
    let (_, pools) = world.found().await;
    let places: Vec<_> = pools.iter().map(|pool| pool.place).collect();
    let place = LaunchPlace {
        slot: READ + 1,
        transaction: 2,
        instruction: 2,
    };
    assert_eq!(places, [place]);
}

#[tokio::test]
async fn a_slot_that_the_chain_skipped_is_no_gap_and_a_block_that_is_missing_is_one() {
    let world = World::of(1).await;
    world.block(READ + 1, READ, &[]);
    world.block(READ + 4, READ + 1, &[]);
    assert_eq!(world.found().await.0, READ + 4);
    // The one before it is missing: it is not gone past, and what was read is told.
    world.block(READ + 7, READ + 6, &[]);
    assert_eq!(world.found().await.0, READ + 4);
    let gap = world.launches.created(Some(READ + 4)).await;
    assert!(
        matches!(gap, Err(LaunchesError::Gap { after, oldest })
            if after == READ + 4 && oldest == READ + 7),
        "{gap:?}"
    );
    // Found after all, it is none.
    world.block(READ + 6, READ + 4, &[]);
    assert_eq!(world.found().await.0, READ + 7);
}

#[tokio::test]
async fn what_one_node_has_lost_another_one_tells() {
    let world = World::of(2).await;
    world.block(READ + 1, READ, &[]);
    world.block(READ + 2, READ + 1, &[]);
    // It has forgotten the first, and lists the rest as if nothing were before it.
    world.nodes[0].always("getBlocksWithLimit", Fault::Result(json!([READ + 2])));
    assert_eq!(world.found().await.0, READ + 2);
    // Nor does one that is behind keep the others from telling.
    world.nodes[0].always("getBlocksWithLimit", Fault::Result(json!([])));
    assert_eq!(world.found().await.0, READ + 2);
    world.nodes[1].always("getBlocksWithLimit", Fault::refuse(-32_005));
    let unknown = world.created().await;
    assert!(
        matches!(unknown, Err(LaunchesError::Unavailable(_))),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_block_that_is_not_told_is_not_gone_past() {
    let without = |path: &str| {
        let mut transaction = transaction(&[cpmm()], &[], &Value::Null);
        *transaction.pointer_mut(path).expect("it is there") = Value::Null;
        Fault::Result(block(READ, &[transaction]))
    };
    for fault in [
        // A version that is not known, a block that is not there yet, cleaned up, or lost.
        Fault::refuse(-32_015),
        Fault::refuse(-32_004),
        Fault::refuse(-32_001),
        Fault::refuse(-32_007),
        Fault::refuse(-32_009),
        Fault::Status(503),
        Fault::Result(Value::Null),
        Fault::Result(json!({ "parentSlot": READ })),
        // A child of the future.
        Fault::Result(block(READ + 9, &[])),
        // Without them nobody knows what a transaction did.
        without("/meta"),
        without("/meta/innerInstructions"),
        without("/transaction/message/accountKeys"),
    ] {
        let world = World::of(1).await;
        world.pool_exists();
        world.block(READ + 1, READ, &[]);
        world.nodes[0].always("getBlock", fault.clone());
        let created = world.created().await;
        assert!(created.is_err(), "{fault:?}: {created:?}");
    }
}

#[tokio::test]
async fn a_pool_whose_accounts_are_not_told_is_not_gone_past_and_one_that_cannot_be_traded_is() {
    let world = World::of(1).await;
    world.pool_exists();
    let creates = transaction(&[cpmm()], &[], &Value::Null);
    world.block(READ + 1, READ, &[creates]);
    world.nodes[0].once("getMultipleAccounts", Fault::Status(503));
    let created = world.created().await;
    assert!(
        matches!(created, Err(LaunchesError::Unavailable(_))),
        "{created:?}"
    );
    // A mint with extensions of Token-2022.
    let mut extended = mint(5);
    extended.resize(200, 0);
    world
        .chain
        .set_account(NEW_MINT, owned(TOKEN_2022_PROGRAM, extended));
    assert_eq!(world.found().await, (READ + 1, vec![]));
}

#[tokio::test]
async fn a_pool_is_told_as_it_is_now() {
    let world = World::of(1).await;
    world.pool_exists();
    let creates = transaction(&[cpmm()], &[], &Value::Null);
    world.block(READ + 1, READ, &[creates]);
    let pool = world.found().await.1.remove(0);
    let inspect = async || world.launches.inspect(&pool).await.expect("it is told");
    let condition = inspect().await.expect("there is one");
    assert_eq!(condition.age, PoolAge::Open(world.chain.slot() - READ - 1));
    assert_eq!(condition.liquidity.to_string(), "50");
    // A hundredth of the shares may be left, and no more.
    world.lp_supply(10_000);
    assert!(inspect().await.expect("there is one").safety.lp_burned);
    world.lp_supply(10_001);
    let mut kept = mint(5);
    kept[0] = 1;
    kept[46] = 1;
    world.set_mint(NEW_MINT, kept);
    let none = Safety {
        mint_authority_revoked: false,
        freeze_authority_revoked: false,
        lp_burned: false,
    };
    assert_eq!(inspect().await.expect("there is one").safety, none);
    world.chain.remove_account(&POOL);
    assert!(inspect().await.is_none());
    world.nodes[0].always("getMultipleAccounts", Fault::Status(503));
    assert!(world.launches.inspect(&pool).await.is_err());
}

#[tokio::test]
async fn a_new_pool_is_quoted_by_its_address_and_one_of_two_listed_tokens_is_not() {
    let world = World::of(1).await;
    world.pool_exists();
    let mint = NEW_MINT.to_string();
    let quote = world.quote_at(&mint, 5).await.expect("it quotes");
    assert_eq!(quote.pool.address, POOL.to_string());
    assert_eq!(quote.pool.mint_out, mint);
    // A fiftieth of the SOL, less the fee, against ten million tokens.
    assert_eq!(quote.terms.amount_out.to_string(), "195597.82342");
    // Other decimals are another token's.
    assert!(world.quote_at(&mint, 6).await.is_err());
    assert!(world.quote_at("USDC", 6).await.is_err());

    // A pool of SOL and USDC that is in no file, or not any more.
    let world = World::of(1).await;
    world.pool_exists();
    let account = world.chain.account(&POOL);
    let mut account = account.expect("the pool");
    account.data[200..232].copy_from_slice(USDC.as_ref());
    world.chain.set_account(POOL, account);
    let refused = world.quote_at("USDC", 6).await.expect_err("it is refused");
    assert!(
        refused.to_string().contains("not in the markets file"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_reader_that_has_read_nothing_begins_at_the_oldest_of_the_latest_blocks() {
    let world = World::of(1).await;
    let newest = world.chain.slot();
    let begin = async || {
        let created = world.launches.created(None).await.expect("a place");
        assert!(created.pools.is_empty());
        created.through
    };
    assert_eq!(begin().await, newest);
    for slot in [newest - 151, newest - 140, newest - 1] {
        world.block(slot, slot - 1, &[]);
    }
    assert_eq!(begin().await, newest - 140);
}
