//! The wallet: who signs.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use async_trait::async_trait;
use ed25519_dalek::{SecretKey, Signer as _, SigningKey};
pub use solana_pubkey::Pubkey;

/// Someone who signs for one address. What signs need not be in this process.
#[async_trait]
pub trait Signer: Send + Sync {
    /// The address that signatures are checked with.
    fn address(&self) -> Pubkey;
    /// The ed25519 signature of a message. Whoever uses it MUST check it with the address:
    /// [`Message::sign`](crate::transaction::Message::sign) does.
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError>;
}

/// No signature could be had. The words may be shown to clients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the wallet cannot sign: {0}")]
pub struct SignerError(pub String);

/// A key in a file, as `solana-keygen` writes it: a JSON array of 64 numbers, the secret half and
/// the public half. Its `Debug` shows the address alone.
pub struct KeyFile {
    key: SigningKey,
    address: Pubkey,
}

/// Why a key file is not used. No message has a byte of the key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("the key file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Others than its owner may read, write or run it.
    #[error("the key file {path} is open to others than its owner ({mode:03o}): chmod 600 {path}")]
    OpenToOthers {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not what `solana-keygen` writes.
    #[error("{place} is not a JSON array of 64 numbers from 0 to 255")]
    NotAKey {
        /// The file, or whatever else the text is from.
        place: String,
    },
    /// The two halves belong to different keys.
    #[error("the public half in {place} is not that of the secret half")]
    HalvesDiffer {
        /// The file, or whatever else the text is from.
        place: String,
    },
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyFileError`] when it cannot be read, is open to others, or holds no key.
    pub fn read(path: &Path) -> Result<KeyFile, KeyFileError> {
        let shown = || path.display().to_string();
        let unreadable = |source| KeyFileError::Unreadable {
            path: shown(),
            source,
        };
        let mut file = File::open(path).map_err(unreadable)?;
        // Of the file that is open: another one may lie at the path by now.
        let metadata = file.metadata().map_err(unreadable)?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::OpenToOthers {
                path: shown(),
                mode,
            });
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(unreadable)?;
        KeyFile::parse(&text, &format!("the key file {}", shown()))
    }

    /// Reads the text of a key file that is kept elsewhere: in `place`, as errors call it.
    ///
    /// # Errors
    /// [`KeyFileError`] when it holds no key.
    pub fn parse(text: &[u8], place: &str) -> Result<KeyFile, KeyFileError> {
        let not_a_key = || KeyFileError::NotAKey {
            place: place.to_owned(),
        };
        // The parser's own message would repeat a number of the key.
        let bytes: Vec<u8> = serde_json::from_slice(text).map_err(|_| not_a_key())?;
        let halves = bytes.split_first_chunk::<32>().ok_or_else(not_a_key)?;
        let (secret, public): (&SecretKey, &[u8]) = halves;
        let public: &[u8; 32] = public.try_into().map_err(|_| not_a_key())?;
        let key = SigningKey::from_bytes(secret);
        if key.verifying_key().as_bytes() != public {
            return Err(KeyFileError::HalvesDiffer {
                place: place.to_owned(),
            });
        }
        Ok(KeyFile {
            key,
            address: Pubkey::new_from_array(*public),
        })
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("KeyFile");
        shown
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Signer for KeyFile {
    fn address(&self) -> Pubkey {
        self.address
    }

    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        Ok(self.key.sign(message).to_bytes())
    }
}
