//! Key files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signature, VerifyingKey};
use solana::wallet::{KeyFile, KeyFileError, Signer};

use crate::{WALLET, key_file};

/// A file that is gone when the test ends.
pub(crate) struct Written(PathBuf);

impl Written {
    pub(crate) fn new(text: &str, mode: u32) -> Written {
        let name = format!("wallet-{}.json", uuid::Uuid::now_v7());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        Written(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_key_file_signs_for_its_address() {
    for mode in [0o600, 0o400] {
        let file = Written::new(&key_file(), mode);
        let wallet = KeyFile::read(file.path()).unwrap();
        assert_eq!(wallet.address(), WALLET);
        let signature = Signature::from_bytes(&wallet.sign(b"a message").await.unwrap());
        let key = VerifyingKey::from_bytes(WALLET.as_array()).unwrap();
        assert!(key.verify_strict(b"a message", &signature).is_ok());
    }
}

#[test]
fn a_key_is_never_printed() {
    let file = Written::new(&key_file(), 0o600);
    let shown = format!("{:?}", KeyFile::read(file.path()).unwrap());
    assert_eq!(shown, format!("KeyFile {{ address: {WALLET}, .. }}"));
}

#[test]
fn a_key_file_that_others_can_open_is_refused() {
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o777] {
        let file = Written::new(&key_file(), mode);
        let path = file.path().display();
        let why = KeyFile::read(file.path()).unwrap_err().to_string();
        let expected = format!(
            "the key file {path} is open to others than its owner ({mode:o}): chmod 600 {path}"
        );
        assert_eq!(why, expected);
    }
}

#[test]
fn what_is_no_key_file_is_refused_without_a_byte_of_it() {
    let whole = key_file();
    let short = whole.replacen("7,", "", 1);
    let long = whole.replacen("7,", "7,7,", 1);
    let above = whole.replacen("7,", "731,", 1);
    let text = format!("{whole} 7");
    for wrong in [
        "",
        "{}",
        "\"secret\"",
        "[]",
        "[1]",
        &short,
        &long,
        &above,
        &text,
    ] {
        let file = Written::new(wrong, 0o600);
        let path = file.path().display();
        let why = KeyFile::read(file.path()).unwrap_err().to_string();
        let expected =
            format!("the key file {path} is not a JSON array of 64 numbers from 0 to 255");
        assert_eq!(why, expected, "{wrong}");
    }
}

#[test]
fn a_public_half_of_another_key_is_refused() {
    let wrong = key_file().replacen("[7,", "[8,", 1);
    let file = Written::new(&wrong, 0o600);
    let path = file.path().display();
    let why = KeyFile::read(file.path()).unwrap_err().to_string();
    let expected = format!("the public half in the key file {path} is not that of the secret half");
    assert_eq!(why, expected);
}

#[tokio::test]
async fn the_text_of_a_key_file_signs_wherever_it_is_kept() {
    let wallet = KeyFile::parse(key_file().as_bytes(), "the secret").unwrap();
    let signature = Signature::from_bytes(&wallet.sign(b"a message").await.unwrap());
    let key = VerifyingKey::from_bytes(WALLET.as_array()).unwrap();
    assert!(key.verify_strict(b"a message", &signature).is_ok());
    let refused = |text: &str| KeyFile::parse(text.as_bytes(), "the secret").unwrap_err();
    assert_eq!(
        refused("hunter2").to_string(),
        "the secret is not a JSON array of 64 numbers from 0 to 255"
    );
    assert_eq!(
        refused(&key_file().replacen("[7,", "[8,", 1)).to_string(),
        "the public half in the secret is not that of the secret half"
    );
}

#[test]
fn a_key_file_that_is_not_there_is_named() {
    let path = std::env::temp_dir().join("no-such-wallet.json");
    let why = KeyFile::read(&path).unwrap_err();
    assert!(matches!(why, KeyFileError::Unreadable { .. }));
    let begins = format!(
        "the key file {} cannot be read: No such file",
        path.display()
    );
    assert!(why.to_string().starts_with(&begins), "{why}");
}
