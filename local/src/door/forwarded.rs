//! What proxies say of a request: in the header of RFC 7239, or in those that were before it.

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
    standard.or_else(|| last(own_header)).map(str::to_owned)
}

/// For whom each proxy spoke, the nearest one last; `None` where it does not say so with an
/// address.
pub(super) fn addresses(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let elements = |name| {
        let values = headers.get_all(name).iter();
        values
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .map(str::trim)
    };
    if headers.contains_key("forwarded") {
        let said = elements("forwarded");
        said.map(|element| pair(element, "for").and_then(address))
            .collect()
    } else {
        elements("x-forwarded-for").map(address).collect()
    }
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
