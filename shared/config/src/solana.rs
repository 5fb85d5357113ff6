//! Variables of trading on Solana.

use std::{fmt, path::PathBuf, str::FromStr};

use super::{
    Configuration, HttpUrl, LIVE_TRADING, NotAllowed, Reading, SOLANA_LAUNCHES, SOLANA_MARKETS,
    SOLANA_MAX_FEE_LAMPORTS, SOLANA_RPC_URLS, SecretArn, Setting,
};

/// How to trade on Solana, but for the wallet: who only quotes, watches or settles needs none.
#[derive(Clone, PartialEq, Eq)]
pub struct Solana {
    /// [`SOLANA_RPC_URLS`]. Required.
    pub nodes: Nodes,
    /// [`SOLANA_MARKETS`]. Required.
    pub markets: MarketsFile,
    /// [`SOLANA_MAX_FEE_LAMPORTS`].
    pub max_fee: u64,
    /// [`LIVE_TRADING`].
    pub live: YesNo,
    /// [`SOLANA_LAUNCHES`].
    pub launches: YesNo,
}

impl fmt::Debug for Solana {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Solana");
        shown.field("markets", &self.markets);
        shown.field("max_fee", &self.max_fee);
        shown.field("launches", &self.launches);
        shown.field("live", &self.live).finish_non_exhaustive()
    }
}

impl Configuration for Solana {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let nodes = env.get(&SOLANA_RPC_URLS);
        let markets = env.get(&SOLANA_MARKETS);
        let max_fee = env.get(&SOLANA_MAX_FEE_LAMPORTS);
        let live = env.get(&LIVE_TRADING);
        let launches = env.get(&SOLANA_LAUNCHES);
        Some(Self {
            nodes: nodes?,
            markets: markets?,
            max_fee: max_fee?,
            live: live?,
            launches: launches?,
        })
    }
}

/// Nodes that tell of the chain. Their URLs often hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeUrls(Vec<HttpUrl>);

impl NodeUrls {
    /// Each, the preferred one first; at least one.
    pub fn all(&self) -> &[HttpUrl] {
        &self.0
    }
}

impl NodeUrls {
    /// What they are allowed to be.
    pub const ALLOWED: &'static str = "URLs of JSON-RPC nodes that begin with https:// or http://, separated by commas, each once";
}

impl FromStr for NodeUrls {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let each = text.split(',').map(str::trim).filter(|url| !url.is_empty());
        let urls: Result<Vec<HttpUrl>, NotAllowed> = each.map(str::parse).collect();
        match urls {
            // One node that is named twice would agree with itself.
            Ok(urls) if !urls.is_empty() && !is_any_twice(&urls) => Ok(Self(urls)),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

fn is_any_twice(urls: &[HttpUrl]) -> bool {
    let mut each = urls.iter().enumerate();
    each.any(|(index, url)| urls[..index].contains(url))
}

/// Where the nodes' URLs are.
#[derive(Clone, PartialEq, Eq)]
pub enum Nodes {
    /// Right here.
    Urls(NodeUrls),
    /// In a secret, as they would stand here.
    Secret(SecretArn),
}

impl Setting for Nodes {
    const ALLOWED: &'static str = "URLs of JSON-RPC nodes that begin with https:// or http://, separated by commas, each once; \
         or `secret:ARN` of a Secrets Manager secret that holds them";
    const SECRET: bool = true;
}

impl FromStr for Nodes {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let read = match text.strip_prefix(SECRET) {
            Some(arn) => arn.parse().map(Self::Secret),
            None => text.parse().map(Self::Urls),
        };
        read.map_err(|_| NotAllowed(Self::ALLOWED))
    }
}

/// What stands before the name of a secret.
const SECRET: &str = "secret:";

/// Where the tokens and pools are listed that are traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketsFile {
    /// In this file.
    Path(PathBuf),
    /// In a secret, as they would stand in a file: a function has no files but those of its
    /// package.
    Secret(SecretArn),
}

impl Setting for MarketsFile {
    const ALLOWED: &'static str =
        "the path of a file, or `secret:ARN` of a Secrets Manager secret that holds its text";
}

impl FromStr for MarketsFile {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text.strip_prefix(SECRET) {
            Some(arn) => arn.parse().map(Self::Secret),
            None => Ok(Self::Path(text.into())),
        }
        .map_err(|_: NotAllowed| NotAllowed(Self::ALLOWED))
    }
}

/// Where the wallet's key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalletKey {
    /// In a file, as `solana-keygen` writes it.
    File(PathBuf),
    /// In a secret, as it would stand in a file.
    Secret(SecretArn),
    /// In AWS KMS, which signs and never gives it away.
    Kms(KmsKeyId),
}

impl Setting for WalletKey {
    const ALLOWED: &'static str = "`file:PATH` of a key file as solana-keygen writes it, which nobody but its owner may read; \
         `secret:ARN` of a Secrets Manager secret that holds its text; or `kms:KEY` with the id, \
         the ARN or the alias (alias/NAME) of a key in AWS KMS";
}

impl FromStr for WalletKey {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let read = match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("secret", arn)) => arn.parse().map(Self::Secret),
            Some(("kms", key)) => key.parse().map(Self::Kms),
            _ => Err(NotAllowed(Self::ALLOWED)),
        };
        read.map_err(|_| NotAllowed(Self::ALLOWED))
    }
}

/// The name of a key in AWS KMS: its id, its ARN, or an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsKeyId(String);

impl KmsKeyId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KmsKeyId {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b":/_-".contains(&b);
        (!text.is_empty() && text.bytes().all(is_plain))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(WalletKey::ALLOWED))
    }
}

/// Whether something is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YesNo(pub bool);

impl Setting for YesNo {
    const ALLOWED: &'static str = "`yes` or `no`";
}

impl FromStr for YesNo {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text {
            "yes" => Ok(Self(true)),
            "no" => Ok(Self(false)),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:nodes-AbCdEf";

    #[test]
    fn a_node_is_named_once() {
        let count = |text: &str| Some(text.parse::<NodeUrls>().ok()?.all().len());
        assert_eq!(
            count("https://a.example/key, http://127.0.0.1:8899,"),
            Some(2)
        );
        for wrong in ["", ",", "a.example", "http://a.example,http://a.example/"] {
            assert_eq!(count(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_secret_may_be_in_secrets_manager() {
        let secret = || ARN.parse::<SecretArn>().expect("an ARN");
        let text = format!("secret:{ARN}");
        assert!(text.parse() == Ok(Nodes::Secret(secret())));
        assert_eq!(text.parse(), Ok(MarketsFile::Secret(secret())));
        assert_eq!(text.parse(), Ok(WalletKey::Secret(secret())));
        let other = "secret:orders";
        assert!(other.parse::<Nodes>().is_err());
        assert!(other.parse::<MarketsFile>().is_err());
        assert!(other.parse::<WalletKey>().is_err());
    }

    #[test]
    fn a_key_of_kms_has_an_id_an_arn_or_an_alias() {
        for key in [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "alias/wallet",
        ] {
            let read = format!("kms:{key}").parse();
            assert_eq!(read, Ok(WalletKey::Kms(KmsKeyId(key.into()))));
        }
        for wrong in ["kms:", "kms:a b", "kms:{}", "KMS:alias/wallet", "wallet"] {
            assert!(wrong.parse::<WalletKey>().is_err(), "{wrong}");
        }
    }
}
