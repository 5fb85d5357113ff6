//! Reads a JSON object strictly: bounded, without duplicate keys, numbers kept as they were
//! written.

use std::{collections::HashSet, fmt, pin::pin, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use engine::ports::Clock;
use futures::{
    StreamExt,
    future::{Either, select},
};
use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    code::Code,
    problem::{ApiError, shown},
};

/// The largest body that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 16 * 1024;
/// For how long a client may take to send it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The deepest nesting that is read, the outer object being 1.
const MAX_DEPTH: usize = 8;

/// Waits for the whole body, whatever the client says of its length.
///
/// # Errors
/// `body_too_large` above [`MAX_BYTES`]; `malformed_body` when it breaks off or does not arrive
/// within [`PATIENCE`].
pub(super) async fn arrived(body: Body, clock: &dyn Clock) -> Result<Vec<u8>, ApiError> {
    match select(pin!(collect(body)), clock.sleep(PATIENCE)).await {
        Either::Left((bytes, _)) => bytes,
        Either::Right(_) => Err(malformed("the body does not arrive")),
    }
}

/// A body that has arrived, if it is one to be read as JSON.
///
/// # Errors
/// `malformed_body` when it is empty; `unsupported_media_type` when it does not call itself JSON.
pub(crate) fn json(headers: &HeaderMap, bytes: Bytes) -> Result<Bytes, ApiError> {
    if bytes.is_empty() {
        return Err(malformed("the body is empty; a JSON object is expected"));
    }
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .map(header::HeaderValue::to_str);
    if !matches!(media_type, Some(Ok(name)) if is_json(name)) {
        let detail = "the body must be sent as application/json";
        return Err(ApiError::new(Code::UnsupportedMediaType, detail).field("Content-Type"));
    }
    Ok(bytes)
}

async fn collect(body: Body) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| malformed("the body breaks off"))?;
        if bytes.len() + chunk.len() > MAX_BYTES {
            let detail = format!("the body is larger than {MAX_BYTES} bytes");
            return Err(ApiError::new(Code::BodyTooLarge, detail));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// `application/json` or `application/…+json`, in UTF-8 as JSON always is.
fn is_json(media_type: &str) -> bool {
    let mut parts = media_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    let json = name == "application/json"
        || name
            .strip_prefix("application/")
            .is_some_and(|subtype| subtype.ends_with("+json"));
    let charset = parts.find_map(|part| Some(part.strip_prefix("charset=")?.to_owned()));
    json && charset.is_none_or(|charset| charset.trim_matches('"') == "utf-8")
}

/// The fields of a JSON object, each with the text of its value exactly as it was sent.
pub(crate) struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads an object.
    ///
    /// # Errors
    /// `malformed_body` for anything that is not exactly one JSON object of sane depth without
    /// duplicate keys.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, ApiError> {
        let text = std::str::from_utf8(bytes).map_err(|_| malformed("the body is not UTF-8"))?;
        if depth(text) > MAX_DEPTH {
            return Err(malformed(format!(
                "the body is nested deeper than {MAX_DEPTH}"
            )));
        }
        let fields: Fields<'a> =
            serde_json::from_str(text).map_err(|error| match error.classify() {
                serde_json::error::Category::Data => malformed("the body must be a JSON object"),
                _ => malformed(format!("the body is not JSON: {error}")),
            })?;
        let mut seen = HashSet::new();
        if let Some((name, _)) = fields.0.iter().find(|(name, _)| !seen.insert(name)) {
            let detail = format!("the field {} is given twice", shown(name));
            return Err(malformed(detail).field(name));
        }
        Ok(Self(fields.0))
    }

    /// The names of the fields, in the order in which they were sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The string of a field; `None` when the field is not there.
    ///
    /// # Errors
    /// `malformed_body` when it is of another type.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.field(name, "a string", |raw| raw.starts_with('"'))
    }

    /// The digits of a number; `None` when the field is not there.
    ///
    /// # Errors
    /// `malformed_body` when it is of another type.
    pub(crate) fn number(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.field(name, "a number", is_number)
    }

    /// A number's digits, or a string; `None` when the field is not there.
    ///
    /// # Errors
    /// `malformed_body` when it is of another type.
    pub(crate) fn number_or_text(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.field(name, "a number or a string", |raw| {
            is_number(raw) || raw.starts_with('"')
        })
    }

    /// A boolean; `None` when the field is not there.
    ///
    /// # Errors
    /// `malformed_body` when it is of another type.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let text = self.field(name, "true or false", |raw| raw == "true" || raw == "false")?;
        Ok(text.map(|text| text == "true"))
    }

    /// The strings of an array; `None` when the field is not there.
    ///
    /// # Errors
    /// `malformed_body` when it is of another type.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some((_, raw)) = self.0.iter().find(|(given, _)| given == name) else {
            return Ok(None);
        };
        let texts = serde_json::from_str(raw.get());
        texts
            .map(Some)
            .map_err(|_| malformed(format!("{name} must be an array of strings")).field(name))
    }

    /// Any value; `None` when the field is not there.
    ///
    /// # Errors
    /// `malformed_body` when it cannot be read.
    pub(crate) fn value(&self, name: &str) -> Result<Option<serde_json::Value>, ApiError> {
        let field = self.0.iter().find(|(given, _)| given == name);
        let value = field
            .map(|(_, raw)| serde_json::from_str(raw.get()))
            .transpose();
        value.map_err(|_| malformed(format!("{name} cannot be read")).field(name))
    }

    /// A scalar's text, if `fits` says that its JSON is of the expected type.
    fn field(
        &self,
        name: &str,
        expected: &str,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, ApiError> {
        let Some((_, raw)) = self.0.iter().find(|(given, _)| given == name) else {
            return Ok(None);
        };
        let raw = raw.get();
        let text = if raw.starts_with('"') {
            serde_json::from_str(raw).ok() // not every escape names a character
        } else {
            Some(raw.to_owned())
        };
        text.filter(|_| fits(raw))
            .map(Some)
            .ok_or_else(|| malformed(format!("{name} must be {expected}")).field(name))
    }
}

fn is_number(raw: &str) -> bool {
    raw.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn malformed(detail: impl Into<String>) -> ApiError {
    ApiError::new(Code::MalformedBody, detail)
}

/// How deep brackets nest outside of strings. Right for every valid JSON text; of an invalid one
/// nothing is asked, as it is refused anyway.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Every field, duplicates included: a map would keep one of them silently.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EveryField)
    }
}

struct EveryField;

impl<'de> Visitor<'de> for EveryField {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, prelude::*};
    use serde_json::Value;

    use super::*;

    fn depth_of(value: &Value) -> usize {
        match value {
            Value::Array(inner) => 1 + inner.iter().map(depth_of).max().unwrap_or(0),
            Value::Object(inner) => 1 + inner.values().map(depth_of).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(12, 40, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                btree_map(".{0,3}", inner, 0..3).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    #[test]
    fn a_name_is_the_same_however_it_is_escaped() {
        let twice = Object::parse(br#"{"amount":1,"\u0061mount":2}"#);
        assert!(twice.is_err_and(|error| error.to_string().contains("given twice")));
        let once = Object::parse(br#"{"\u0061mount":1}"#).expect("an object");
        assert_eq!(
            once.number("amount").expect("a number"),
            Some("1".to_owned())
        );
    }

    #[test]
    fn eight_levels_are_read_and_nine_are_not() {
        let nested = |depth: usize| {
            format!(
                "{{\"a\":{}{}}}",
                "[".repeat(depth - 1),
                "]".repeat(depth - 1)
            )
        };
        assert!(Object::parse(nested(8).as_bytes()).is_ok());
        assert!(Object::parse(nested(9).as_bytes()).is_err());
        assert!(Object::parse(br#"{"a":"[[[[[[[[[[\"[[[["}"#).is_ok());
    }

    proptest! {
        #[test]
        fn a_numbers_digits_are_kept(
            digits in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,9})?",
        ) {
            let body = format!("{{ \"n\" : {digits} }}");
            let object = Object::parse(body.as_bytes()).expect("an object");
            prop_assert_eq!(object.number("n").expect("a number"), Some(digits));
        }

        #[test]
        fn depth_is_counted_as_a_reader_of_the_whole_text_counts_it(value in any_json()) {
            prop_assert_eq!(depth(&value.to_string()), depth_of(&value));
        }

        /// The strict reader takes nothing that the usual one refuses, and loses no field.
        #[test]
        fn what_is_read_is_json(bytes in prop_oneof![
            any::<Vec<u8>>(),
            any_json().prop_map(|value| value.to_string().into_bytes()),
            "[{}\\[\\]\",:0-9a\\\\ ]{0,30}".prop_map(String::into_bytes),
        ]) {
            if let Ok(object) = Object::parse(&bytes) {
                let usual: Value = serde_json::from_slice(&bytes).expect("JSON");
                let fields = usual.as_object().map_or(0, |map| map.len());
                prop_assert_eq!(object.names().count(), fields);
            }
        }
    }
}
