//! What a client shows to an engine that asks for keys.

use std::{fmt, str::FromStr};

use super::{Configuration, NotAllowed, ORDER_ENGINE_KEY, Reading, Setting};

/// A key, secret and all. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientKey(String);

impl ClientKey {
    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientKey(not shown)")
    }
}

impl Setting for ClientKey {
    const ALLOWED: &'static str = "oek_…, the whole key as `order-engine keys create` prints it";
    const SECRET: bool = true;
}

impl FromStr for ClientKey {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_visible && text.starts_with("oek_"))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}

/// What the environment of a command holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// [`ORDER_ENGINE_KEY`].
    pub key: Option<ClientKey>,
}

impl Configuration for Client {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let key = env.optional(&ORDER_ENGINE_KEY);
        Some(Self { key: key? })
    }
}
