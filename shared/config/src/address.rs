//! Addresses of what the functions talk to.

use std::{fmt, str::FromStr};

use super::{NotAllowed, Setting};

/// An `http` or `https` URL, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);

impl HttpUrl {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for HttpUrl {
    const ALLOWED: &'static str = "a URL that begins with https:// or http://";
}

impl FromStr for HttpUrl {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        match rest {
            Some(rest)
                if !rest.is_empty()
                    && !rest.starts_with('/')
                    && text.bytes().all(|b| b.is_ascii_graphic()) =>
            {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

/// Where the WebSocket API's connections are managed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEndpoint {
    /// `https://{api}.execute-api.{region}.amazonaws.com/{stage}`, or an emulator's.
    Url(HttpUrl),
    /// The deployment has no WebSocket API. Said in so many words, so that forgetting the variable
    /// is an error.
    None,
}

impl SocketEndpoint {
    /// The address that clients open a socket at: the same API and stage by the socket's scheme.
    pub fn client_url(&self) -> Option<String> {
        match self {
            Self::Url(url) => url
                .as_str()
                .strip_prefix("http")
                .map(|rest| format!("ws{rest}")),
            Self::None => None,
        }
    }
}

impl Setting for SocketEndpoint {
    const ALLOWED: &'static str = "the management URL of the WebSocket API's stage, which begins \
         with https:// or http://, or `none` for a deployment without WebSockets";
}

impl FromStr for SocketEndpoint {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text {
            "none" => Ok(Self::None),
            url => url
                .parse()
                .map(Self::Url)
                .map_err(|NotAllowed(_)| NotAllowed(Self::ALLOWED)),
        }
    }
}

/// A path that stands before all paths of an API, such as the stage of a REST API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// Empty, or `/` and a name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for BasePath {
    const ALLOWED: &'static str = "a path such as `/v1`, without a slash at its end";
}

impl FromStr for BasePath {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
        let is_path = text.len() > 1
            && text.starts_with('/')
            && !text.ends_with('/')
            && !text.contains("//")
            && text.bytes().all(plain);
        is_path
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}
