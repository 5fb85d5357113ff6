//! Decimals as people write them, exact.

/// How many parts of a whole `text` is, where a whole has ten to the power of `decimals`; `None`
/// for what is no plain decimal, and for one with more decimals.
pub(crate) fn parts(text: &str, decimals: usize) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > decimals {
        return None;
    }
    // Zeros on the right make the fraction a count of parts: of millionths, "05" is 050000.
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}
