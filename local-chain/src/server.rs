//! A running chain.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use litesvm::LiteSVM;
use solana_address::Address;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_signer::Signer;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::chain::Chain;
use crate::genesis::{self, ListedPool, Market, WalletError};
use crate::launcher::Launcher;
use crate::rpc;

/// How a chain is to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the wallet's key and of the file that lists tokens and pools.
    pub data: PathBuf,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Milliseconds from one block to the next.
    pub slot_ms: u64,
    /// The pools at the start.
    pub market: Market,
    /// What the chain's time is, unix seconds, instead of the machine's. It then stands still.
    pub frozen_time: Option<i64>,
}

/// Why a chain does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made or written.
    #[error("the data folder {}: {error}", path.display())]
    Data {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        error: std::io::Error,
    },
    /// The wallet's key cannot be used.
    #[error("the wallet's key {}: {error}", path.display())]
    Wallet {
        /// The key file.
        path: PathBuf,
        /// What is wrong.
        error: WalletError,
    },
    /// The port cannot be listened on.
    #[error("127.0.0.1:{port}: {error}")]
    Port {
        /// The port.
        port: u16,
        /// What is wrong.
        error: std::io::Error,
    },
    /// The operating system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
}

/// What requests share.
struct Shared {
    chain: Mutex<Chain>,
    launcher: Launcher,
    slot_ms: watch::Sender<u64>,
}

impl Shared {
    /// The chain. A request that panicked has changed nothing that another could not go on with.
    fn chain(&self) -> MutexGuard<'_, Chain> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A chain that listens.
pub struct LocalChain {
    listener: TcpListener,
    address: SocketAddr,
    wallet: Address,
    pools: Vec<ListedPool>,
    shared: Arc<Shared>,
}

impl LocalChain {
    /// Creates a chain, writes the files of its data folder and listens. It is another chain each
    /// time, with another genesis hash; only the wallet's key is kept.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(settings: Settings) -> Result<LocalChain, StartError> {
        let Settings { data, port, .. } = settings;
        // First, so that a port in use leaves the files of who uses it alone.
        let in_port = |error| StartError::Port { port, error };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(in_port)?;
        let address = listener.local_addr().map_err(in_port)?;
        let in_data = |error| StartError::Data {
            path: data.clone(),
            error,
        };
        std::fs::create_dir_all(&data).map_err(in_data)?;
        let path = data.join(genesis::KEY_FILE);
        let keypair =
            genesis::read_or_create(&path).map_err(|error| StartError::Wallet { path, error })?;
        let wallet = keypair.pubkey();
        let genesis_hash = Hash::new_from_array(random()?);
        let launcher = Launcher::new(Keypair::new_from_array(random()?));
        let mut svm = LiteSVM::new();
        let pools = genesis::create(&mut svm, &settings.market, wallet, launcher.address());
        genesis::write_markets(&data.join("markets.toml"), genesis_hash, &pools)
            .map_err(in_data)?;
        let chain = Chain::new(svm, genesis_hash, settings.frozen_time);
        let shared = Shared {
            chain: Mutex::new(chain),
            launcher,
            slot_ms: watch::Sender::new(settings.slot_ms.max(1)),
        };
        Ok(LocalChain {
            listener,
            address,
            wallet,
            pools,
            shared: Arc::new(shared),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The wallet that has money.
    pub fn wallet(&self) -> Address {
        self.wallet
    }

    /// The pools.
    pub fn pools(&self) -> &[ListedPool] {
        &self.pools
    }

    /// Makes blocks and answers requests until it is dropped.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self) -> std::io::Result<()> {
        let door = Router::new()
            .route("/", post(answer))
            .with_state(Arc::clone(&self.shared));
        tokio::select! {
            served = async { axum::serve(self.listener, door).await } => served,
            () = make_blocks(&self.shared) => Ok(()),
        }
    }
}

fn random() -> Result<[u8; 32], StartError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(StartError::Random)?;
    Ok(seed)
}

async fn answer(State(shared): State<Arc<Shared>>, body: Bytes) -> impl IntoResponse {
    let answer = rpc::answer(
        &mut shared.chain(),
        &shared.launcher,
        &shared.slot_ms,
        &body,
    );
    ([(CONTENT_TYPE, "application/json")], answer.to_string())
}

/// Makes a block each slot, for ever.
async fn make_blocks(shared: &Shared) {
    let mut slot_ms = shared.slot_ms.subscribe();
    loop {
        let pause = Duration::from_millis(*slot_ms.borrow_and_update());
        tokio::select! {
            () = tokio::time::sleep(pause) => shared.chain().advance(),
            // Another pace begins at once. The sender lives as long as `shared`.
            _ = slot_ms.changed() => {}
        }
    }
}
