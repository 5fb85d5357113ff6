//! The key that is shown to an engine, and from where it is.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
    sync::OnceLock,
};

use auth::ApiKey;
use config::{Client, InvalidEnvironment, ORDER_ENGINE_KEY, ORDER_ENGINE_KEY_FILE, SettingError};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
};

use crate::options::At;

/// More than any key has: what is longer is another file.
const MOST: u64 = 1_024;

/// Permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// A command has one key, and looks for it once: what has it may be a pipe, or replaced meanwhile.
static KEY: OnceLock<Option<ApiKey>> = OnceLock::new();

/// There is a key to show, and it cannot be had. Tells nothing of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoKey {
    /// The environment is wrong.
    #[error("{}", .0.0.first().map(ToString::to_string).unwrap_or_default())]
    Environment(#[from] InvalidEnvironment),
    /// Two are named.
    #[error(transparent)]
    Both(#[from] SettingError),
    /// The file cannot be read.
    #[error("the key in {file} cannot be read: {error}")]
    File {
        /// Its path.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// The file is not the owner's alone.
    #[error("others than its owner may read or write {file}: chmod 600 {file}")]
    Open {
        /// Its path.
        file: String,
    },
    /// What is there is no key.
    #[error("{place} has no key, or one that was mistyped or cut short")]
    Mistyped {
        /// The variable, or the file.
        place: String,
    },
}

/// The headers that show the key; none where there is none.
///
/// # Errors
/// [`NoKey`].
pub(super) fn headers(at: &At) -> Result<HeaderMap, NoKey> {
    let mut headers = HeaderMap::new();
    if let Some(key) = shown(at)? {
        let value = HeaderValue::try_from(format!("Bearer {}", key.expose()));
        let mut value = value.expect("a key has visible characters alone");
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

fn shown(at: &At) -> Result<Option<ApiKey>, NoKey> {
    if let Some(key) = KEY.get() {
        return Ok(key.clone());
    }
    let key = found(at)?;
    Ok(KEY.get_or_init(|| key).clone())
}

fn found(at: &At) -> Result<Option<ApiKey>, NoKey> {
    let Client { key } = config::read()?;
    match (key, &at.key_file) {
        (None, None) => Ok(None),
        (Some(key), None) => read(key.as_str(), ORDER_ENGINE_KEY.name).map(Some),
        (None, Some(file)) => of_file(file).map(Some),
        (Some(_), Some(_)) => Err(NoKey::Both(SettingError::Both {
            one: ORDER_ENGINE_KEY.name,
            other: ORDER_ENGINE_KEY_FILE.name,
        })),
    }
}

/// Whether there is one.
pub(super) fn is_shown(at: &At) -> bool {
    shown(at).is_ok_and(|key| key.is_some())
}

fn of_file(path: &Path) -> Result<ApiKey, NoKey> {
    let file = path.display().to_string();
    let text = owners_text(path).map_err(|error| NoKey::File {
        file: file.clone(),
        error,
    })?;
    match text {
        Some(text) => read(text.trim(), &file),
        None => Err(NoKey::Open { file }),
    }
}

/// What the file holds, if it is its owner's alone. What was opened is judged, so that no other
/// file can take its place in between.
fn owners_text(path: &Path) -> io::Result<Option<String>> {
    let file = File::open(path)?;
    if file.metadata()?.mode() & OTHERS != 0 {
        return Ok(None);
    }
    let mut text = String::new();
    file.take(MOST).read_to_string(&mut text)?;
    Ok(Some(text))
}

fn read(text: &str, place: &str) -> Result<ApiKey, NoKey> {
    text.parse().map_err(|_| NoKey::Mistyped {
        place: place.to_owned(),
    })
}

/// What to do about an answer that is about who asks.
pub(super) fn advice(status: StatusCode) -> String {
    match status {
        StatusCode::UNAUTHORIZED => format!(
            "; a key is looked for in {} and in the file that {} names",
            ORDER_ENGINE_KEY.name, ORDER_ENGINE_KEY_FILE.name
        ),
        _ => String::new(),
    }
}
