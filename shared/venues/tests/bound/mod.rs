//! A price as a bound of what a swap is paid.

/// Whether `amount_out` for `amount_in` is at most `price`, Q64.64.
pub(crate) fn holds(price: u128, amount_in: u64, amount_out: u64) -> bool {
    // out / in <= price / 2^64, without leaving 128 bits: out × 2^64 <= price × in.
    let paid = u128::from(amount_out) << 64;
    price
        .checked_mul(u128::from(amount_in))
        .is_none_or(|most| paid <= most)
}
