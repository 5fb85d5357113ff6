//! The place in the history where a page ended, as an opaque text: base64url of the time
//! (microseconds) and the id.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use uuid::Uuid;

use super::query::Query;

/// The text for the page that begins after the row of this moment and id.
fn write(at: Timestamp, id: Uuid) -> String {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&at.as_microsecond().to_be_bytes());
    bytes[8..].copy_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The header `Link` of a page: where the next one is, which begins after the row of this moment
/// and id. `address` is the route's, `query` what was asked for.
pub(crate) fn link(address: &str, query: &Query, (at, id): (Timestamp, Uuid)) -> String {
    let next = query.with("cursor", &write(at, id));
    format!("<{address}?{next}>; rel=\"next\"")
}

/// Reads what [`write`] wrote; `None` for anything else. A time before 1970, which some databases
/// cannot hold, is none.
pub(crate) fn read(text: &str) -> Option<(Timestamp, Uuid)> {
    let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (time, id) = bytes.split_first_chunk::<8>()?;
    let time = u64::from_be_bytes(*time).try_into().ok()?;
    let at = Timestamp::from_microsecond(time).ok()?;
    Some((at, Uuid::from_slice(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_what_it_wrote(micros in 0i64..=253_402_207_200_000_000, id: u128) {
            let place = (Timestamp::from_microsecond(micros)?, Uuid::from_u128(id));
            prop_assert_eq!(read(&write(place.0, place.1)), Some(place));
        }

        #[test]
        fn takes_no_other_text(text in ".*") {
            if let Some((time, id)) = read(&text) {
                prop_assert_eq!(write(time, id), text);
            }
        }
    }
}
