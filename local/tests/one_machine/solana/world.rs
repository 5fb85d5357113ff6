//! A chain with a pool, its nodes, and the files that an engine needs to trade there.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use embedded_postgres::testing::TestDatabase;
use rust_decimal::Decimal;
use serde_json::Value;
use solana::testing::{ScriptedChain, ScriptedNode, ScriptedPool, Sent, accounts::USDC};
use testkit::migrated_database;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Engine, PATIENCE, assert_complete, eventually};

/// As fast as heights are believed.
const SLOT: Duration = Duration::from_millis(100);

/// Blocks that may be made between two looks: fewer than would look like a lie.
const FEW: u64 = 40;

pub(crate) struct World {
    pub(crate) chain: ScriptedChain,
    pub(crate) pool: ScriptedPool,
    pub(crate) nodes: Vec<ScriptedNode>,
    folder: PathBuf,
    usdc_before: u64,
}

impl World {
    /// A chain that moves, behind so many nodes.
    pub(crate) async fn moving(nodes: usize) -> Self {
        Self::of(ScriptedChain::moving_every(SLOT), nodes).await
    }

    /// A chain that moves when the test says so.
    pub(crate) async fn still(nodes: usize) -> Self {
        Self::of(ScriptedChain::still(), nodes).await
    }

    async fn of(chain: ScriptedChain, count: usize) -> Self {
        let pool = ScriptedPool::on(&chain);
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(ScriptedNode::of(&chain).await.expect("a port"));
        }
        let name = format!("order-engine-test-solana-{}", Uuid::new_v4());
        let world = Self {
            usdc_before: pool.held(&USDC),
            chain,
            pool,
            nodes,
            folder: Path::new("/var/tmp").join(name),
        };
        fs::create_dir(&world.folder).expect("a folder of ours");
        world.write_markets("local");
        fs::write(world.key_file(), world.pool.key_file()).expect("it can be written");
        world.key_file_has_mode(0o600);
        world
    }

    /// Which chain it is, as an engine calls it.
    pub(crate) fn genesis(&self) -> String {
        let markets = self.pool.markets("local");
        let genesis = markets.split('"').nth(1).expect("the file's");
        format!("the chain with the genesis hash {genesis}")
    }

    /// Writes the markets file, for the chain as it is called now.
    pub(crate) fn write_markets(&self, network: &str) {
        let text = self.pool.markets(network);
        fs::write(self.markets(), text).expect("it can be written");
    }

    pub(crate) fn key_file_has_mode(&self, mode: u32) {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.key_file(), mode).expect("it is ours");
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.join("wallet.json")
    }

    fn markets(&self) -> PathBuf {
        self.folder.join("markets.toml")
    }

    /// Where an engine may write its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    pub(crate) fn options(&self) -> Vec<String> {
        let urls: Vec<String> = self.nodes.iter().map(|node| node.url().into()).collect();
        let values = [
            ("--venues", "solana".to_owned()),
            ("--solana-rpc-urls", urls.join(",")),
            (
                "--solana-signer",
                format!("file:{}", self.key_file().display()),
            ),
            ("--solana-markets", self.markets().display().to_string()),
        ];
        let options = values.into_iter();
        options
            .flat_map(|(name, value)| [name.to_owned(), value])
            .collect()
    }

    pub(crate) async fn engine(&self) -> Engine {
        self.engine_on(migrated_database()).await
    }

    /// On a database that another engine has had before.
    pub(crate) async fn engine_on(&self, database: TestDatabase) -> Engine {
        let options = self.options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        Engine::start_on(database, &options, |trading| trading).await
    }

    /// How often the nodes were asked that, all together.
    pub(crate) fn asked(&self, method: &str) -> usize {
        let nodes = self.nodes.iter();
        nodes.map(|node| node.calls_of(method).len()).sum()
    }

    /// Waits until the nodes have been asked that, all together, so many times more for each.
    pub(crate) async fn asked_again(&self, method: &str, times: usize) {
        let enough = self.asked(method) + times * self.nodes.len();
        eventually("the nodes are asked again", async || {
            (self.asked(method) >= enough).then_some(())
        })
        .await;
    }

    /// The first transaction, once it has been sent.
    pub(crate) async fn first_sent(&self) -> Sent {
        eventually("a transaction", async || {
            self.chain.sent().into_iter().next()
        })
        .await
    }

    /// Makes blocks up to that height, a few after each look for the height.
    pub(crate) async fn moves_to(&self, height: u64) {
        while self.chain.height() < height {
            self.asked_again("getBlockHeight", 1).await;
            self.chain.advance(FEW.min(height - self.chain.height()));
        }
        self.asked_again("getBlockHeight", 2).await;
    }

    /// That the order and the chain tell the same: one transaction has landed, no two could have,
    /// and the order's amount is what the wallet has more.
    pub(crate) fn assert_confirmed_once(&self, order: &Value) {
        assert_eq!(order["status"], "confirmed", "{order:#}");
        assert_complete(order["events"].as_array().expect("events"));
        assert_eq!(
            self.chain.landed(),
            [order["txHash"].as_str().expect("one")]
        );
        assert_eq!(self.chain.overlapping(), Vec::<String>::new());
        let received = self.pool.held(&USDC) - self.usdc_before;
        let received = Decimal::from_i128_with_scale(received.into(), 6);
        let shown = order["amountOut"].as_str().expect("an amount");
        assert_eq!(shown.parse(), Ok(received), "{order:#}");
    }

    /// That nothing was signed for the order, or nothing but what had to.
    pub(crate) fn assert_failed(&self, order: &Value, code: &str, sent: usize) {
        assert_eq!(order["status"], "failed", "{order:#}");
        assert_eq!(order["failureCode"], code, "{order:#}");
        assert_complete(order["events"].as_array().expect("events"));
        assert_eq!(self.chain.sent().len(), sent);
        assert_eq!(self.chain.overlapping(), Vec::<String>::new());
        assert_eq!(self.chain.landed(), Vec::<String>::new());
        assert_eq!(self.pool.held(&USDC), self.usdc_before);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The order at its end, whichever that is.
pub(crate) async fn ended(engine: &Engine, id: &str) -> Value {
    // Pings would keep a socket's patience for ever.
    let story = timeout(PATIENCE, engine.story(id)).await;
    story.expect("the order ends");
    engine.json(&format!("/api/orders/{id}")).await
}
