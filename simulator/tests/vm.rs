//! The contract of every chain port, kept by Solana's adapter on a VM behind JSON-RPC.
//! `local-chain/check.sh` starts one, and hands over the environment that it prints.

use std::{env, fs, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::{
    order::{OrderId, SignedTransaction, Swap, Token, TokenAmount},
    ports::{Chain, Clock, Prepare},
    routing::Route,
    use_cases::TradingPorts,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::contract::{ChainUnderTest, SecondSwap, check_chain};
use solana::{
    instructions::associated_token, markets::Markets, testing::NoOtherOrders, wallet::KeyFile,
};
use solana_pubkey::{Pubkey, pubkey};
use uuid::Uuid;

const USDC: Pubkey = pubkey!("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
const TOKEN_PROGRAM: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");

/// Where a CPMM pool names its vault of the second token, USDC.
const USDC_VAULT: std::ops::Range<usize> = 104..136;

/// A swap of ten SOL.
const LAMPORTS: u64 = 10_000_000_000;

struct Machine;

#[async_trait]
impl Clock for Machine {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// A chain that nobody else uses, and the engine's ports on it.
struct Vm {
    client: reqwest::Client,
    node: String,
    ports: TradingPorts,
    /// The wallet's account of the token bought.
    account: String,
    /// The vault that pays it.
    vault: String,
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: local-chain/check.sh sets it"))
}

impl Vm {
    async fn open() -> Self {
        let node = variable("SOLANA_RPC_URLS");
        let (signer, markets) = (variable("SOLANA_SIGNER"), variable("SOLANA_MARKETS"));
        let key_file = signer.strip_prefix("file:").expect("a key file");
        let signer = KeyFile::read(Path::new(key_file)).expect("a key");
        let markets = fs::read_to_string(markets).expect("a markets file");
        let settings = solana::Settings {
            nodes: vec![node.parse().expect("a URL")],
            signer: Some(Arc::new(signer)),
            markets: Markets::read(&markets).expect("markets"),
            max_fee: 100_000,
            live: false,
            launches: false,
        };
        let trading = solana::open(settings).await.expect("the chain is there");
        let wallet = trading.wallet.expect("a wallet");
        let account = associated_token::address(&wallet, &USDC, &TOKEN_PROGRAM);
        let mut vm = Self {
            client: reqwest::Client::new(),
            node,
            ports: trading.of(Arc::new(NoOtherOrders)).0,
            account: account.to_string(),
            vault: String::new(),
        };
        let pool = vm.data(&cpmm_pool(&markets)).await;
        vm.vault = bs58::encode(&pool[USDC_VAULT]).into_string();
        vm
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let answer = self.client.post(&self.node).json(&request).send().await;
        let answer = answer.expect("the chain answers").json::<Value>().await;
        let mut answer = answer.expect("JSON");
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// An account's bytes at the newest slot.
    async fn data(&self, account: &str) -> Vec<u8> {
        let config = json!({"encoding": "base64", "commitment": "processed"});
        let found = self
            .call("getMultipleAccounts", json!([[account], config]))
            .await;
        let data = found["value"][0]["data"][0].as_str().expect("an account");
        BASE64_STANDARD.decode(data).expect("base64")
    }

    /// What a token account holds.
    async fn held(&self, account: &str) -> u64 {
        let data = self.data(account).await;
        u64::from_le_bytes(data[64..72].try_into().expect("eight bytes"))
    }
}

/// The address of the CPMM pool in the text of a markets file.
fn cpmm_pool(markets: &str) -> String {
    let mut pools = markets.split("[[pools]]").skip(1);
    let pool = pools.find(|pool| pool.contains("program = \"cpmm\""));
    let mut fields = pool.expect("a CPMM pool").lines();
    let address = fields.find_map(|line| line.strip_prefix("address = "));
    address.expect("its address").trim_matches('"').to_owned()
}

#[async_trait]
impl ChainUnderTest for Vm {
    fn chain(&self) -> Arc<dyn Chain> {
        Arc::clone(&self.ports.chain)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(Machine)
    }

    /// Its marker exists.
    fn second_swap(&self) -> SecondSwap {
        SecondSwap::Refused
    }

    async fn quoted(&self) -> (Swap, Route, TokenAmount) {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        let token_in = token("SOL", 9);
        let swap = Swap {
            amount_in: token_in.units(LAMPORTS),
            token_in,
            token_out: token("USDC", 6),
        };
        let mut venues = self.ports.venues.iter();
        let raydium = venues.find(|venue| venue.id().name() == "Raydium");
        let quote = raydium.expect("a venue").quote(&swap).await;
        let quote = quote.expect("a quote");
        let due = quote.terms.amount_out;
        (swap, quote.route(), due.with_units(due.units() / 100 * 99))
    }

    async fn paid_out(&self) -> u64 {
        self.held(&self.account).await
    }

    /// The pool has a tenth less to pay with, once it is signed.
    async fn signed_for_too_much(&self) -> SignedTransaction {
        let (swap, route, min_out) = self.quoted().await;
        let request = Prepare {
            id: OrderId(Uuid::now_v7()),
            swap: &swap,
            route: &route,
            min_out,
        };
        let signed = self.chain().prepare(&request).await;
        let signed = signed.expect("it is signed");
        let less = self.held(&self.vault).await / 10 * 9;
        self.call("_setTokens", json!([self.vault, less])).await;
        signed
    }

    /// Blocks come by themselves.
    async fn outlive(&self) {}
}

#[tokio::test]
#[ignore = "needs a chain: local-chain/check.sh has one"]
async fn solana_keeps_the_contract() {
    check_chain(&Vm::open().await).await;
}
