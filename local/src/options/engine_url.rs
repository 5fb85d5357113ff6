//! The engine's address, however somebody writes it.

use std::net::IpAddr;

use config::{ENGINE_URL, HttpUrl, NotAllowed, Setting};
use reqwest::Url;

/// Reads an address without a scheme as well, with a slash or `/api` at its end, or as it stands in
/// a browser's address bar. Without a scheme it is this machine's by `http`, and anybody else's by
/// `https`: a key may travel with it.
pub(super) fn engine_url(text: &str) -> Result<String, NotAllowed> {
    let text = text.trim();
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = match text.split_once("://") {
        Some((scheme, rest)) => format!("{}://{rest}", of_http(scheme)),
        None => with_scheme(text),
    };
    let url = ENGINE_URL.parse(&text)?.to_string();
    if Url::parse(&url).is_err() {
        return Err(NotAllowed(HttpUrl::ALLOWED));
    }
    let base = url.strip_suffix("/api").unwrap_or(&url);
    Ok(base.trim_end_matches('/').to_owned())
}

/// A socket's address is the same engine's.
fn of_http(scheme: &str) -> String {
    match scheme.to_ascii_lowercase().as_str() {
        "ws" => "http".into(),
        "wss" => "https".into(),
        other => other.to_owned(),
    }
}

fn with_scheme(text: &str) -> String {
    let text = match text.strip_prefix(':') {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let http = format!("http://{text}");
    if is_loopback(&http) {
        http
    } else {
        format!("https://{text}")
    }
}

/// Whether a URL is of this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_others() {
        for own in [
            "http://localhost:3000",
            "http://127.0.0.2",
            "http://[::1]:80",
        ] {
            assert!(is_loopback(own), "{own}");
        }
        for other in [
            "http://10.0.0.1",
            "https://localhost.example",
            "http://[::2]",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn an_address_may_be_written_in_any_way() {
        for (written, meant) in [
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("http://127.0.0.1:3000/api", "http://127.0.0.1:3000"),
            ("http://127.0.0.1:3000/api/", "http://127.0.0.1:3000"),
            ("http://127.0.0.1:3000/#/orders", "http://127.0.0.1:3000"),
            (" localhost:3000 ", "http://localhost:3000"),
            ("localhost", "http://localhost"),
            (":3000", "http://127.0.0.1:3000"),
            ("[::1]:3000/api", "http://[::1]:3000"),
            ("HTTP://localhost:3000", "http://localhost:3000"),
            ("ws://localhost:3000", "http://localhost:3000"),
            ("desk.example", "https://desk.example"),
            ("desk.example:8443/v1/api/", "https://desk.example:8443/v1"),
            ("http://desk.example/v1", "http://desk.example/v1"),
        ] {
            assert_eq!(engine_url(written).as_deref(), Ok(meant), "{written}");
        }
        for wrong in [
            "",
            "ftp://127.0.0.1",
            "http://",
            "http:///api",
            "a b",
            "localhost:port",
        ] {
            assert!(engine_url(wrong).is_err(), "{wrong:?}");
        }
    }
}
