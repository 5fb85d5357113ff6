//! What proxies say of a request: in the header of RFC 7239, or in those that were before it. A
//! proxy writes one of them and may pass on what a client wrote into the other: where both are
//! there and do not say the same, nothing is said.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};

/// What is said of how the client called.
#[derive(Clone, Copy)]
pub(super) enum Said {
    Host,
    Proto,
}

/// What the nearest proxy says: the last word, for every proxy adds its own at the end.
pub(super) fn nearest(headers: &HeaderMap, said: Said) -> Option<String> {
    let (parameter, own_header) = match said {
        Said::Host => ("host", "x-forwarded-host"),
        Said::Proto => ("proto", "x-forwarded-proto"),
    };
    let last = |name| {
        let value: Option<&HeaderValue> = headers.get_all(name).iter().next_back();
        value?.to_str().ok()?.rsplit(',').next().map(str::trim)
    };
    let standard = last("forwarded").and_then(|element| pair(element, parameter));
    let said = match (standard, last(own_header)) {
        (Some(standard), Some(own)) => (standard == own).then_some(own),
        (one, other) => one.or(other),
    };
    said.map(str::to_owned)
}

/// For whom each proxy spoke, the nearest one last; `None` where it does not say so with an
/// address, or not clearly.
pub(super) fn addresses(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let elements = |name| {
        let values = headers.get_all(name).iter();
        values
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .map(str::trim)
    };
    let own: Vec<_> = elements("x-forwarded-for").map(address).collect();
    let standard = elements("forwarded").map(|element| pair(element, "for").and_then(address));
    let standard: Vec<_> = standard.collect();
    match (own.is_empty(), standard.is_empty()) {
        (true, true) if speaks(headers) => vec![None],
        (true, _) => standard,
        (false, true) => own,
        (false, false) if own == standard => own,
        (false, false) => vec![None],
    }
}

/// Whether a proxy says anything else of a client.
fn speaks(headers: &HeaderMap) -> bool {
    ["x-forwarded-host", "x-forwarded-proto"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// A parameter of an element of `Forwarded`.
fn pair<'a>(element: &'a str, parameter: &str) -> Option<&'a str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(parameter))?;
    Some(value.trim().trim_matches('"'))
}

/// An address with or without a port, an IPv6 one with or without its brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let bare = bare.unwrap_or(text).parse().ok();
    bare.or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}
