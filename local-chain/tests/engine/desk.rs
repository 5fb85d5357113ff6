//! A chain, an engine that trades on it, and a client of both.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use local_chain::genesis::associated_token_address;
use serde_json::{Value, json};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use uuid::Uuid;

/// Its tokens, and their decimals.
const TOKENS: [(&str, &str, u32); 3] = [
    ("SOL", "So11111111111111111111111111111111111111112", 9),
    ("USDC", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", 6),
    ("JUP", "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN", 6),
];

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// Base units by symbol.
pub(crate) type Balances = BTreeMap<&'static str, i128>;

pub(crate) struct Desk {
    agent: ureq::Agent,
    folder: PathBuf,
    chain: Child,
    node: String,
    engine: Option<Child>,
    port: u16,
    environment: Vec<(String, String)>,
    wallet: Address,
}

impl Desk {
    /// A chain of its own, and an engine on it.
    pub(crate) fn open() -> Desk {
        let folder = std::env::temp_dir().join(format!("local-chain-{}", Uuid::new_v4()));
        let mut chain = Command::new(env!("CARGO_BIN_EXE_local-chain"))
            .args(["--port", "0", "--data"])
            .arg(folder.join("chain"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the chain starts");
        let mut said = BufReader::new(chain.stdout.take().unwrap()).lines();
        let listens = said.next().unwrap().unwrap();
        let node = listens.strip_prefix("listening on ").unwrap().to_owned();
        let environment = said.next().unwrap().unwrap();
        let pairs = environment
            .split(' ')
            .map(|pair| pair.split_once('=').unwrap());
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let key = std::fs::read(folder.join("chain/wallet.json")).unwrap();
        let numbers: Vec<u8> = serde_json::from_slice(&key).unwrap();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(15)))
            .build();
        let mut desk = Desk {
            agent: config.into(),
            chain,
            node,
            engine: None,
            port: free_port(),
            environment: pairs.collect(),
            wallet: Keypair::try_from(numbers.as_slice()).unwrap().pubkey(),
            folder,
        };
        desk.start();
        desk
    }

    /// Starts the engine, and waits until it answers.
    pub(crate) fn start(&mut self) {
        let log = std::fs::File::create(self.folder.join("engine.log")).unwrap();
        let engine = Command::new(engine())
            .args(["--port", &self.port.to_string(), "--data-dir"])
            .arg(self.folder.join("engine"))
            .envs(self.environment.iter().cloned())
            .env("LOG_LEVEL", "warn")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the engine starts");
        self.engine = Some(engine);
        self.until("the engine answers", || {
            let url = format!("http://127.0.0.1:{}/health/live", self.port);
            self.agent.get(&url).call().ok()
        });
    }

    /// Kills the engine.
    pub(crate) fn kill(&mut self) {
        if let Some(mut engine) = self.engine.take() {
            engine.kill().unwrap();
            engine.wait().unwrap();
        }
    }

    /// Places an order; asks again under the same key until the engine has it.
    pub(crate) fn place(&self, order: &Value) -> String {
        let key = Uuid::new_v4().to_string();
        let url = format!("http://127.0.0.1:{}/api/orders/execute", self.port);
        self.until("the order is taken", || {
            let post = self.agent.post(&url).header("idempotency-key", &key);
            let mut answer = post.send_json(order).ok()?;
            let status = answer.status().as_u16();
            let body: Value = answer.body_mut().read_json().ok()?;
            assert!(status < 400 || status == 429 || status >= 500, "{body:#}");
            Some(body["orderId"].as_str()?.to_owned())
        })
    }

    /// The order as it is now; `None` while the engine does not answer.
    pub(crate) fn order(&self, id: &str) -> Option<Value> {
        self.get(&format!("/api/orders/{id}"))
    }

    /// What the engine answers to that.
    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let mut answer = self.agent.get(&url).call().ok()?;
        answer.body_mut().read_json().ok()
    }

    /// Cancels an order, and answers it.
    pub(crate) fn cancel(&self, id: &str) -> Value {
        let url = format!("http://127.0.0.1:{}/api/orders/{id}", self.port);
        let mut answer = self.agent.delete(&url).call().unwrap();
        assert_eq!(answer.status(), 200);
        answer.body_mut().read_json().unwrap()
    }

    /// The order, once it is final.
    pub(crate) fn ended(&self, id: &str) -> Value {
        self.once("the order ends", id, |order| {
            let ends = ["confirmed", "failed", "cancelled", "expired"];
            ends.iter().any(|end| order["status"] == *end)
        })
    }

    /// The order, once that is true of it.
    pub(crate) fn once(&self, what: &str, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        self.until(what, || {
            let order = self.order(id)?;
            is_so(&order).then_some(order)
        })
    }

    /// What the wallet has, at the newest slot.
    pub(crate) fn balances(&self) -> Balances {
        let accounts = TOKENS.map(|(_, mint, _)| self.token_account(mint));
        let config = json!({"encoding": "base64", "commitment": "processed"});
        let found = self.call("getMultipleAccounts", &json!([accounts, config]));
        let amount = |index: usize| {
            let data = found["value"][index]["data"][0].as_str().unwrap();
            let data = BASE64_STANDARD.decode(data).unwrap();
            i128::from(u64::from_le_bytes(data[64..72].try_into().unwrap()))
        };
        let each = TOKENS.iter().enumerate();
        each.map(|(index, (symbol, ..))| (*symbol, amount(index)))
            .collect()
    }

    /// The next sends are accepted, and forgotten.
    pub(crate) fn drop_sends(&self, count: u32) {
        self.call("_dropSends", &json!([count]));
    }

    /// The wallet has so much of a token from now on.
    pub(crate) fn set_tokens(&self, symbol: &str, units: u64) {
        let (_, mint, _) = TOKENS.iter().find(|(name, ..)| *name == symbol).unwrap();
        self.call("_setTokens", &json!([self.token_account(mint), units]));
        self.call("_warp", &json!([3])); // the engine reads what is final
    }

    /// The address of the pool of a program.
    pub(crate) fn pool(&self, program: &str) -> String {
        let markets = std::fs::read_to_string(self.folder.join("chain/markets.toml")).unwrap();
        let mut pools = markets.split("[[pools]]").skip(1);
        let listed = pools.find(|pool| pool.contains(&format!("program = \"{program}\"")));
        let mut fields = listed.unwrap().lines();
        let address = fields.find_map(|line| line.strip_prefix("address = "));
        address.unwrap().trim_matches('"').to_owned()
    }

    /// An account's bytes at the newest slot.
    pub(crate) fn data(&self, account: &str) -> Vec<u8> {
        let config = json!({"encoding": "base64", "commitment": "processed"});
        let found = self.call("getMultipleAccounts", &json!([[account], config]));
        let data = found["value"][0]["data"][0].as_str().unwrap();
        BASE64_STANDARD.decode(data).unwrap()
    }

    /// A token account that is not the wallet's holds so much from now on.
    pub(crate) fn set_vault(&self, vault: &str, units: u64) {
        self.call("_setTokens", &json!([vault, units]));
        self.call("_warp", &json!([3]));
    }

    /// What the chain knows of a transaction: null if it has not landed.
    pub(crate) fn status(&self, signature: &str) -> Value {
        let config = json!({"searchTransactionHistory": true});
        let found = self.call("getSignatureStatuses", &json!([[signature], config]));
        found["value"][0].clone()
    }

    /// The accounts that a final transaction names.
    pub(crate) fn accounts_of(&self, signature: &str) -> Vec<String> {
        let config = json!({"encoding": "json", "maxSupportedTransactionVersion": 1});
        let record = self.call("getTransaction", &json!([signature, config]));
        let keys = record["transaction"]["message"]["accountKeys"].as_array();
        let keys = keys
            .unwrap()
            .iter()
            .map(|key| key.as_str().unwrap().to_owned());
        keys.collect()
    }

    /// The account that the one swap of an order makes.
    pub(crate) fn marker(&self, order: &str) -> String {
        let seed = order.replace('-', "");
        let system = Address::new_from_array([0; 32]);
        let marker = Address::create_with_seed(&self.wallet, &seed, &system);
        marker.unwrap().to_string()
    }

    /// The wallet has lost what the confirmed orders sold and gained what they were paid, to the
    /// unit.
    pub(crate) fn assert_moved(&self, before: &Balances, orders: &[Value]) {
        let mut expected = before.clone();
        for order in orders.iter().filter(|order| order["status"] == "confirmed") {
            let mut add = |token: &Value, amount: &Value, sign: i128| {
                let (symbol, _, decimals) =
                    TOKENS.iter().find(|(name, ..)| token == *name).unwrap();
                let amount = sign * units(amount.as_str().unwrap(), *decimals);
                *expected.get_mut(symbol).unwrap() += amount;
            };
            add(&order["tokenIn"], &order["amount"], -1);
            add(&order["tokenOut"], &order["amountOut"], 1);
        }
        assert_eq!(self.balances(), expected);
    }

    /// The lamports of the wallet's own account, at the newest slot.
    pub(crate) fn lamports(&self) -> u64 {
        self.lamports_of(&[self.wallet]).into_iter().sum()
    }

    /// What each marker holds of the orders that the engine has, at the newest slot.
    pub(crate) fn markers(&self) -> Vec<u64> {
        let ids = self.sql("SELECT replace(id::text, '-', '') FROM orders");
        let markers = ids.lines().map(|seed| {
            let owner = Address::default(); // the system program's
            Address::create_with_seed(&self.wallet, seed, &owner).unwrap()
        });
        let markers: Vec<Address> = markers.collect();
        self.lamports_of(&markers)
    }

    /// The balances of those of the accounts that there are.
    fn lamports_of(&self, accounts: &[Address]) -> Vec<u64> {
        let keys: Vec<String> = accounts.iter().map(Address::to_string).collect();
        let config = json!({"encoding": "base64", "commitment": "processed"});
        let found = self.call("getMultipleAccounts", &json!([keys, config]));
        let found = found["value"].as_array().unwrap().iter();
        found.filter_map(|one| one["lamports"].as_u64()).collect()
    }

    /// Makes so many blocks at once.
    pub(crate) fn advance(&self, blocks: u64) {
        self.call("_warp", &json!([blocks]));
    }

    /// To the engine, all that has closed did so an hour ago, and is to be looked at now.
    pub(crate) fn an_hour_passes(&self) {
        self.sql("UPDATE orders SET closed_at = closed_at - interval '1 hour'");
        self.sql("UPDATE wallet_orders SET due_at = now()");
    }

    /// A number that the engine's database answers.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.sql(sql).trim().parse().unwrap()
    }

    /// Asks the engine's own PostgreSQL.
    fn sql(&self, sql: &str) -> String {
        let file = |name: &str| {
            let path = self.folder.join("engine").join(name);
            std::fs::read_to_string(path).unwrap().trim().to_owned()
        };
        let asked = Command::new("psql")
            .args(["-X", "-q", "-t", "-A", "-h", "127.0.0.1", "-U", "engine"])
            .args(["-d", "engine", "-p", &file("port"), "-c", sql])
            .env("PGPASSWORD", file("password"))
            .output()
            .expect("psql is there");
        assert!(asked.status.success(), "{sql}: {asked:?}");
        String::from_utf8(asked.stdout).unwrap()
    }

    /// The address of the wallet's account of a token.
    pub(crate) fn token_account(&self, mint: &str) -> String {
        associated_token_address(&self.wallet, &mint.parse().unwrap()).to_string()
    }

    /// Calls a method of the chain.
    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut answer = self.agent.post(&self.node).send_json(request).unwrap();
        let mut answer: Value = answer.body_mut().read_json().unwrap();
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Looks until something is seen.
    pub(crate) fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            if begin.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.folder.join("engine.log"));
                let log = log.unwrap_or_default();
                let last = log.len().saturating_sub(3_000);
                panic!("never seen: {what}\n{}", log.get(last..).unwrap_or(&log));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // As a service manager would: it stops its own PostgreSQL, too.
        if let Some(engine) = &mut self.engine {
            let pid = engine.id().to_string();
            let _ = Command::new("kill").arg(pid).status();
            let _ = engine.wait();
        }
        let _ = self.chain.kill();
        let _ = self.chain.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn engine() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/order-engine");
    let engine = std::env::var_os("ORDER_ENGINE").map_or(built, PathBuf::from);
    assert!(
        engine.exists(),
        "there is no engine: `cargo build -p local` makes it"
    );
    engine
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has one").port()
}

/// A decimal as base units.
pub(crate) fn units(text: &str, decimals: u32) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let width = usize::try_from(decimals).unwrap();
    format!("{whole}{fraction:0<width$}").parse().unwrap()
}
