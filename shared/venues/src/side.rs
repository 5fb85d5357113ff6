//! Which of a pool's two tokens goes in.

/// The direction of a swap, seen from the pool's first token.
///
/// The first token is token 0 of a CPMM pool, the coin of an AMM v4 pool and token X of a DLMM
/// pool; the second is token 1, the pc and token Y.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first token goes in, the second comes out.
    Sell,
    /// The second token goes in, the first comes out.
    Buy,
}

impl Side {
    /// Index (0 or 1) of the token that goes in.
    pub const fn token_in(self) -> usize {
        match self {
            Side::Sell => 0,
            Side::Buy => 1,
        }
    }

    /// Index (0 or 1) of the token that comes out.
    pub const fn token_out(self) -> usize {
        1 - self.token_in()
    }
}
