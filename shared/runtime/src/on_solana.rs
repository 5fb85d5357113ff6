//! Trading on Solana: what the settings name is fetched, from files or from AWS, and then held
//! against the chain.

use std::{fs, path::Path, sync::Arc};

use async_trait::async_trait;
use aws::{
    SdkConfig,
    kms::{Ed25519Key, NoKey},
    secrets::{self, SecretError},
};
use config::{
    KmsKeyId, MarketsFile, NodeUrls, Nodes, NotAllowed, SOLANA_RPC_URLS, SecretArn, Solana,
    WalletKey,
};
use postgres::Database;
use solana::{
    NotOpened, Reclaim, Settings,
    markets::{Markets, MarketsError},
    wallet::{KeyFile, KeyFileError, Pubkey, Signer, SignerError},
};

use crate::{Trading, wallet_orders};

/// Why there is nowhere to trade. No message has a key, or the address of a node, which may hold
/// one.
#[derive(Debug, thiserror::Error)]
pub enum NoTrading {
    /// The markets file cannot be read.
    #[error("VENUES=solana: the markets file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It says what cannot be.
    #[error("VENUES=solana: {place}: {source}")]
    Markets {
        /// The file, or the secret.
        place: String,
        /// What is wrong with it.
        source: MarketsError,
    },
    /// A secret cannot be read.
    #[error("VENUES=solana: {0}")]
    Secret(#[from] SecretError),
    /// There is no key.
    #[error("VENUES=solana: {0}")]
    KeyFile(#[from] KeyFileError),
    /// There is no key in AWS KMS.
    #[error("VENUES=solana: {0}")]
    KmsKey(#[from] NoKey),
    /// The nodes' URLs are none. They are not repeated.
    #[error("VENUES=solana: {place}: allowed is {}", NodeUrls::ALLOWED)]
    Nodes {
        /// The variable, or the secret.
        place: String,
    },
    /// Something on the chain is not as it has to be.
    #[error("VENUES=solana: {0}")]
    Chain(#[from] NotOpened),
}

/// Opens the trade on Solana. Whoever signs says with which key. AWS is asked for what is there, by
/// `sdk` or else by the one that the environment describes.
///
/// # Errors
/// [`NoTrading`] for the first thing that is wrong.
pub async fn open_solana(
    settings: &Solana,
    wallet: Option<&WalletKey>,
    sdk: Option<&SdkConfig>,
) -> Result<solana::Trading, NoTrading> {
    let aws = Aws(sdk);
    let markets = markets(&settings.markets, &aws).await?;
    let signer = match wallet {
        Some(key) => Some(signer(key, &aws).await?),
        None => None,
    };
    let (place, urls) = nodes(&settings.nodes, &aws).await?;
    let each = urls.all().iter();
    let nodes: Result<_, _> = each.map(|url| url.as_str().parse()).collect();
    let opened = solana::open(Settings {
        nodes: nodes.map_err(|_| NoTrading::Nodes { place })?,
        signer,
        markets,
        max_fee: settings.max_fee,
        live: settings.live.0,
        launches: settings.launches.0,
    })
    .await?;
    let chain = opened.catalogue.kind.name();
    let wallet = opened.wallet.map(tracing::field::display);
    tracing::info!(wallet, chain, "orders are executed on Solana");
    Ok(opened)
}

impl Trading {
    /// Solana, for the orders of that database; and where something is signed, what gives the
    /// wallet back what they leave behind.
    pub fn on_solana(opened: solana::Trading, database: &Database) -> (Self, Option<Reclaim>) {
        let chain = opened.genesis.to_string();
        let catalogue = Arc::new(opened.catalogue.clone());
        let (ports, reclaim) = opened.of(wallet_orders(database));
        let trading = Self {
            ports,
            catalogue,
            chain,
        };
        (trading, reclaim)
    }
}

/// AWS, which is not looked for unless something is there.
struct Aws<'a>(Option<&'a SdkConfig>);

impl Aws<'_> {
    async fn sdk(&self) -> SdkConfig {
        match self.0 {
            Some(sdk) => sdk.clone(),
            None => aws::sdk().await,
        }
    }

    async fn text(&self, arn: &SecretArn) -> Result<String, SecretError> {
        secrets::text(&self.sdk().await, arn).await
    }
}

fn called(arn: &SecretArn) -> String {
    format!("the secret {}", arn.as_str())
}

async fn markets(file: &MarketsFile, aws: &Aws<'_>) -> Result<Markets, NoTrading> {
    let (place, text) = match file {
        MarketsFile::Path(path) => (format!("the markets file {}", path.display()), read(path)?),
        MarketsFile::Secret(arn) => (called(arn), aws.text(arn).await?),
    };
    Markets::read(&text).map_err(|source| NoTrading::Markets { place, source })
}

fn read(path: &Path) -> Result<String, NoTrading> {
    fs::read_to_string(path).map_err(|source| NoTrading::Unreadable {
        path: path.display().to_string(),
        source,
    })
}

/// Where they are named, and the nodes.
async fn nodes(nodes: &Nodes, aws: &Aws<'_>) -> Result<(String, NodeUrls), NoTrading> {
    let (place, text) = match nodes {
        Nodes::Urls(urls) => return Ok((SOLANA_RPC_URLS.name.to_owned(), urls.clone())),
        Nodes::Secret(arn) => (called(arn), aws.text(arn).await?),
    };
    match text.parse() {
        Ok(urls) => Ok((place, urls)),
        Err(NotAllowed(_)) => Err(NoTrading::Nodes { place }),
    }
}

async fn signer(key: &WalletKey, aws: &Aws<'_>) -> Result<Arc<dyn Signer>, NoTrading> {
    Ok(match key {
        WalletKey::File(path) => Arc::new(KeyFile::read(path)?),
        WalletKey::Secret(arn) => {
            let text = aws.text(arn).await?;
            Arc::new(KeyFile::parse(text.as_bytes(), &called(arn))?)
        }
        WalletKey::Kms(id) => Arc::new(KmsWallet::open(id, aws).await?),
    })
}

/// A wallet whose key is in AWS KMS.
struct KmsWallet(Ed25519Key);

impl KmsWallet {
    async fn open(id: &KmsKeyId, aws: &Aws<'_>) -> Result<Self, NoKey> {
        Ed25519Key::open(&aws.sdk().await, id).await.map(Self)
    }
}

#[async_trait]
impl Signer for KmsWallet {
    fn address(&self) -> Pubkey {
        Pubkey::new_from_array(*self.0.public())
    }

    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        let signature = self.0.sign(message).await;
        signature.map_err(|error| SignerError(error.to_string()))
    }
}
