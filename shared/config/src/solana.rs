//! Variables of trading on Solana.

use std::{path::PathBuf, str::FromStr};

use super::{HttpUrl, NotAllowed, Setting};

/// Nodes that tell of the chain. Their URLs often hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeUrls(Vec<HttpUrl>);

impl NodeUrls {
    /// Each, the preferred one first; at least one.
    pub fn all(&self) -> &[HttpUrl] {
        &self.0
    }
}

impl Setting for NodeUrls {
    const ALLOWED: &'static str = "URLs of JSON-RPC nodes that begin with https:// or http://, separated by commas, each once";
    const SECRET: bool = true;
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

/// Where the wallet's key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalletKey {
    /// In a file, as `solana-keygen` writes it.
    File(PathBuf),
}

impl Setting for WalletKey {
    const ALLOWED: &'static str =
        "`file:PATH` of a key file as solana-keygen writes it, which nobody but its owner may read";
}

impl FromStr for WalletKey {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text.strip_prefix("file:") {
            Some(path) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
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
}
