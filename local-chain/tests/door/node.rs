//! A chain of a test's own, and a client of it.

use std::path::PathBuf;
use std::sync::mpsc;

use base64::{Engine, prelude::BASE64_STANDARD};
use local_chain::genesis::{ListedPool, Market, associated_token_address};
use local_chain::{LocalChain, Settings};
use serde_json::{Value, json};
use solana_address::Address;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{VersionedMessage, v0};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use venues::Side;

/// Unix time at which the DLMM snapshot's vectors were taken. The chains of these tests stand
/// there.
pub(crate) const NOW: i64 = 1_783_662_993;

/// Longer than any test: blocks are made by `_warp` alone.
const NEVER_MS: u64 = 3_600_000;

/// A running chain.
pub(crate) struct Node {
    agent: ureq::Agent,
    url: String,
    /// The wallet that has money.
    pub(crate) wallet: Keypair,
    pools: Vec<ListedPool>,
}

/// A folder that no other test has.
pub(crate) fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("local-chain-{}", uuid::Uuid::new_v4()))
}

impl Node {
    /// The default market, with blocks made by `_warp` alone.
    pub(crate) fn start() -> Node {
        Node::start_with(Market::default(), NEVER_MS)
    }

    pub(crate) fn start_market(market: Market) -> Node {
        Node::start_with(market, NEVER_MS)
    }

    pub(crate) fn start_with(market: Market, slot_ms: u64) -> Node {
        let data = folder();
        let settings = Settings {
            data: data.clone(),
            port: 0,
            slot_ms,
            market,
            frozen_time: Some(NOW),
        };
        let (started, wait) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let chain = LocalChain::start(settings).await.unwrap();
                started
                    .send((chain.address(), chain.pools().to_vec()))
                    .unwrap();
                chain.run().await.unwrap();
            });
        });
        let (address, pools) = wait.recv().expect("the chain starts");
        let key = std::fs::read(data.join("wallet.json")).unwrap();
        std::fs::remove_dir_all(data).unwrap();
        let numbers: Vec<u8> = serde_json::from_slice(&key).unwrap();
        Node {
            agent: ureq::Agent::new_with_defaults(),
            url: format!("http://{address}"),
            wallet: Keypair::try_from(numbers.as_slice()).unwrap(),
            pools,
        }
    }

    /// The pool of a program.
    pub(crate) fn pool(&self, program: &str) -> Address {
        let pool = self.pools.iter().find(|pool| pool.program == program);
        pool.expect("each program has a pool").address
    }

    /// Calls a method: the result, or the error object.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "a call then reads as it is on the wire"
    )]
    pub(crate) fn try_call(&self, method: &str, params: Value) -> Result<Value, Value> {
        let request = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let mut answer: Value = self.post(&request.to_string());
        assert_eq!(answer["jsonrpc"], "2.0");
        assert_eq!(answer["id"], 7);
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Posts a body and reads JSON.
    pub(crate) fn post(&self, body: &str) -> Value {
        let mut answer = self.agent.post(&self.url).send(body).unwrap();
        answer.body_mut().read_json().unwrap()
    }

    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.try_call(method, params);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Makes blocks.
    pub(crate) fn warp(&self, slots: u64) {
        self.call("_warp", json!([slots]));
    }

    /// Accounts after the newest block: owner and bytes of each that exists.
    pub(crate) fn accounts(&self, addresses: &[Address]) -> Vec<Option<(Address, Vec<u8>)>> {
        self.accounts_at(addresses, "processed")
    }

    pub(crate) fn accounts_at(
        &self,
        addresses: &[Address],
        commitment: &str,
    ) -> Vec<Option<(Address, Vec<u8>)>> {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let config = json!({"encoding": "base64", "commitment": commitment});
        let answer = self.call("getMultipleAccounts", json!([texts, config]));
        let accounts = answer["value"].as_array().unwrap().iter().map(|account| {
            let bytes = BASE64_STANDARD
                .decode(account["data"][0].as_str()?)
                .unwrap();
            let owner = account["owner"].as_str()?.parse().unwrap();
            Some((owner, bytes))
        });
        accounts.collect()
    }

    /// The bytes of an account that exists.
    pub(crate) fn data(&self, address: Address) -> Vec<u8> {
        let account = self.accounts(&[address]).pop().flatten();
        account.unwrap_or_else(|| panic!("no account {address}")).1
    }

    /// What a token account holds.
    pub(crate) fn tokens(&self, address: Address) -> u64 {
        u64::from_le_bytes(self.data(address)[64..72].try_into().unwrap())
    }

    /// The wallet's account of a token.
    pub(crate) fn own(&self, mint: [u8; 32]) -> Address {
        associated_token_address(&self.wallet.pubkey(), &Address::new_from_array(mint))
    }

    /// The wallet's accounts of the tokens that a swap spends and buys.
    pub(crate) fn own_pair(&self, mints: [[u8; 32]; 2], side: Side) -> [Address; 2] {
        [side.token_in(), side.token_out()].map(|token| self.own(mints[token]))
    }

    /// The newest blockhash.
    pub(crate) fn blockhash(&self) -> Hash {
        let config = json!([{"commitment": "processed"}]);
        let answer = self.call("getLatestBlockhash", config);
        answer["value"]["blockhash"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// A transaction of version 0, signed by the wallet, with the newest blockhash.
    pub(crate) fn sign(&self, instructions: &[Instruction]) -> VersionedTransaction {
        self.sign_with(instructions, self.blockhash())
    }

    pub(crate) fn sign_with(
        &self,
        instructions: &[Instruction],
        blockhash: Hash,
    ) -> VersionedTransaction {
        let payer = self.wallet.pubkey();
        let message = v0::Message::try_compile(&payer, instructions, &[], blockhash).unwrap();
        VersionedTransaction::try_new(VersionedMessage::V0(message), &[&self.wallet]).unwrap()
    }

    /// Sends without a trial, and answers the signature.
    pub(crate) fn send(&self, transaction: &VersionedTransaction) -> String {
        let config = json!({"encoding": "base64", "skipPreflight": true, "maxRetries": 0});
        let answer = self.call("sendTransaction", json!([encode(transaction), config]));
        answer.as_str().unwrap().to_owned()
    }

    /// Sends, waits until it is final, and answers its record: null if it did not land.
    pub(crate) fn land(&self, transaction: &VersionedTransaction) -> Value {
        let signature = self.send(transaction);
        self.warp(3);
        self.record(&signature)
    }

    pub(crate) fn record(&self, signature: &str) -> Value {
        let config = json!({"encoding": "json", "maxSupportedTransactionVersion": 1});
        self.call("getTransaction", json!([signature, config]))
    }

    /// Signs and lands, with all the compute units that a transaction can have; answers the record.
    pub(crate) fn execute(&self, instructions: &[Instruction]) -> Value {
        let mut all = instructions.to_vec();
        all.push(compute_limit(1_400_000)); // last, so that errors name the given ones' places
        let record = self.land(&self.sign(&all));
        assert!(!record.is_null(), "the transaction lands");
        record
    }

    /// How many lamports an account has.
    pub(crate) fn lamports(&self, address: Address) -> u64 {
        let config = json!({"encoding": "base64", "commitment": "processed"});
        let answer = self.call(
            "getMultipleAccounts",
            json!([[address.to_string()], config]),
        );
        answer["value"][0]["lamports"].as_u64().unwrap_or(0)
    }

    /// What the wallet's holding of `mint` changed by, as the record tells it.
    pub(crate) fn change(&self, record: &Value, mint: [u8; 32]) -> i128 {
        let (mint, owner) = (Address::new_from_array(mint), self.wallet.pubkey());
        let held = |list: &str| {
            let balances = record["meta"][list].as_array().unwrap();
            let of_wallet = balances.iter().filter(|balance| {
                balance["owner"] == owner.to_string() && balance["mint"] == mint.to_string()
            });
            let amounts = of_wallet.map(|balance| {
                let amount = &balance["uiTokenAmount"]["amount"];
                amount.as_str().unwrap().parse::<i128>().unwrap()
            });
            amounts.sum::<i128>()
        };
        held("postTokenBalances") - held("preTokenBalances")
    }
}

const COMPUTE_BUDGET: Address =
    Address::from_str_const("ComputeBudget111111111111111111111111111111");

/// An instruction that limits a transaction's compute units.
fn compute_limit(units: u32) -> Instruction {
    let mut data = vec![2];
    data.extend(units.to_le_bytes());
    Instruction::new_with_bytes(COMPUTE_BUDGET, &data, Vec::new())
}

/// An instruction that sets the price of a compute unit, micro-lamports.
pub(crate) fn compute_price(micro_lamports: u64) -> Instruction {
    let mut data = vec![3];
    data.extend(micro_lamports.to_le_bytes());
    Instruction::new_with_bytes(COMPUTE_BUDGET, &data, Vec::new())
}

/// A transaction as it is sent.
pub(crate) fn encode(transaction: &VersionedTransaction) -> String {
    BASE64_STANDARD.encode(bincode::serialize(transaction).unwrap())
}

/// The failure of instruction `index` with the program's error `number`.
pub(crate) fn custom(index: u8, number: u32) -> Value {
    json!({"InstructionError": [index, {"Custom": number}]})
}
