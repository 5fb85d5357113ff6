//! The default market: each venue of the registry, five pairs, no network.
//!
//! Pools are a pure function of seed and slot. All tokens follow a common mid price (`path.rs`);
//! each venue is a little off it, in its own way, as pools are between two arbitrage trades. So the
//! better venue changes from order to order, and what a swap executes at differs from its quote.
//! A swap changes nothing here: the next slot's pools are what they would have been without it.
//! Now and then a token is launched that no list has (`launches.rs`).

mod launches;
mod listings;
mod network_fee;
mod path;
mod tokens;

use std::{sync::Arc, time::Duration};

pub use self::{launches::Launch, tokens::Token};

use venues::{Pool, Refusal, Side, registry::VENUES};

use self::launches::Schedule;
use self::listings::{ListedPool, Listing};
use self::path::Paths;
use self::tokens::{TOKENS, TokenId};
use crate::time::SLOT_MS;

/// One swap as a venue would execute it. Amounts are base units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// What the user sends.
    pub amount_in: u64,
    /// What the user receives, pool fees already taken.
    pub amount_out: u64,
    /// The pool's fees, in the token that goes in.
    pub fee: u64,
    /// How much less comes out than at the pool's own price before the swap, fees left aside.
    /// Basis points, rounded up.
    pub price_impact_bps: u32,
    /// What the network takes for the transaction, in lamports: signature and priority.
    pub network_fee: u64,
    /// The same at the mid price in the token that comes out, rounded up.
    pub network_fee_out: u64,
    /// The pool: its address if it is real, a label that says so if it is synthetic.
    pub pool: String,
}

/// The default market. Cloning is cheap.
///
/// ```
/// use simulation::Market;
///
/// let market = Market::new(1);
/// let (ten_sol, slot) = (10_000_000_000, 400_000_000);
/// let swap = market.swap("Meteora", "SOL", "USDC", ten_sol, slot)?;
/// assert!(swap.amount_out > 700_000_000 && swap.fee < ten_sol / 100);
/// # Ok::<(), venues::Refusal>(())
/// ```
#[derive(Debug, Clone)]
pub struct Market {
    paths: Paths,
    listings: Arc<[Listing]>,
    launches: Schedule,
}

/// Unix seconds between a DLMM pool's last swap and the one asked for, at every slot: the
/// snapshot's own rest, so that its fee is the one it had on chain.
const REST: i64 = 46;

impl Market {
    /// The market of `seed`: the same seed has the same prices at every slot.
    pub fn new(seed: u64) -> Market {
        Market {
            paths: Paths {
                seed,
                volatility: 1_000,
            },
            listings: listings::all().into(),
            launches: Schedule {
                seed,
                every: slots(LAUNCH_EVERY),
            },
        }
    }

    /// With a token launched every so often on average, instead of every four minutes.
    pub fn launching_every(mut self, time: Duration) -> Market {
        self.launches.every = slots(time);
        self
    }

    /// With mid prices that move so many thousandths as far as usual: they stand still at 0, and
    /// stay in a range of some ten per cent at 4000, the most that a setting allows.
    pub fn moving(mut self, thousandths: u32) -> Market {
        self.paths.volatility = thousandths;
        self
    }

    /// The tokens launched in the slots after `after`, up to `through`, in their order.
    pub fn launched(&self, after: u64, through: u64) -> impl Iterator<Item = Launch> {
        self.launches.created(after, through)
    }

    /// The next tokens that are launched after a slot, without an end.
    pub fn announced(&self, after: u64) -> impl Iterator<Item = Launch> {
        self.launches.created(after, u64::MAX - self.launches.every)
    }

    /// The launch of the token with that mint, whether it has happened or not.
    pub fn launch_of(&self, mint: &str) -> Option<Launch> {
        self.launches.of_mint(mint)
    }

    /// Every token that can be traded.
    pub fn tokens(&self) -> &[Token] {
        &TOKENS
    }

    /// The token of that symbol.
    pub fn token(&self, symbol: &str) -> Option<Token> {
        tokens::find(symbol).map(|token| TOKENS[token])
    }

    /// Every pair that can be traded, in both directions.
    pub fn pairs(&self) -> impl Iterator<Item = (Token, Token)> {
        self.listings
            .iter()
            .map(|listing| (TOKENS[listing.base], TOKENS[listing.quote]))
    }

    /// What a swap of exactly `amount_in` gets at `venue` in the state of `slot`. This is both the
    /// quote and the fill: a swap that lands in another slot than it was quoted in gets that
    /// slot's.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::NoPool`] for an unknown token, for a pair that is not listed and for
    /// a venue that has no pool for it.
    pub fn swap(
        &self,
        venue: &str,
        token_in: &str,
        token_out: &str,
        amount_in: u64,
        slot: u64,
    ) -> Result<Swap, Refusal> {
        let place = self.place(venue, token_in, token_out, slot)?;
        let now = place.pool.last_swap() + REST;
        let fill = place.pool.fill(place.side, amount_in, now)?;
        let network_fee = network_fee::of(fill.compute_units);
        Ok(Swap {
            amount_in,
            amount_out: fill.amount_out,
            fee: fill.fee,
            price_impact_bps: fill.price_impact_bps(),
            network_fee,
            network_fee_out: place.lamports_out(network_fee),
            pool: place.label,
        })
    }

    /// The most that a unit of `token_in` is paid at `venue` in the state of `slot`: units of
    /// `token_out`, Q64.64, a bound of every swap there.
    ///
    /// # Errors
    /// As [`Market::swap`].
    pub fn marginal_price(
        &self,
        venue: &str,
        token_in: &str,
        token_out: &str,
        slot: u64,
    ) -> Result<u128, Refusal> {
        let place = self.place(venue, token_in, token_out, slot)?;
        place.pool.marginal_price(place.side)
    }

    /// What `amount_in` is worth at the common mid price of `slot`, without fee and impact: the
    /// yardstick against which a quote that is far off is recognised. `None` for an unknown token
    /// and for a pair that is not listed.
    pub fn reference_out(
        &self,
        token_in: &str,
        token_out: &str,
        amount_in: u64,
        slot: u64,
    ) -> Option<u64> {
        let (listing, side) = self.find(token_in, token_out)?;
        let token_in = listing.tokens()[side.token_in()];
        let token_out = listing.tokens()[side.token_out()];
        let worth = u128::from(amount_in) * u128::from(self.value(token_in, slot));
        Some(saturated(worth / u128::from(self.value(token_out, slot))))
    }

    /// Where the venue would execute a swap, in the state of `slot`.
    fn place(
        &self,
        venue: &str,
        token_in: &str,
        token_out: &str,
        slot: u64,
    ) -> Result<Place, Refusal> {
        let Some((listing, side)) = self.find(token_in, token_out) else {
            return self.launch_place(venue, token_in, token_out, slot);
        };
        let listed = listing.pool_at(venue).ok_or(Refusal::NoPool)?;
        let out = listing.tokens()[side.token_out()];
        Ok(Place {
            pool: listed.pool.at_price(self.price_at(listed, listing, slot)),
            label: listed.label.to_owned(),
            side,
            lamports_worth: (
                u128::from(self.value(tokens::SOL, slot)),
                u128::from(self.value(out, slot)),
            ),
        })
    }

    /// The pool of a launched token, which stands against SOL.
    fn launch_place(
        &self,
        venue: &str,
        token_in: &str,
        token_out: &str,
        slot: u64,
    ) -> Result<Place, Refusal> {
        let sol = TOKENS[tokens::SOL].symbol;
        let (mint, side) = match (token_in, token_out) {
            (sold, mint) if sold == sol => (mint, Side::Buy),
            (mint, bought) if bought == sol => (mint, Side::Sell),
            _ => return Err(Refusal::NoPool),
        };
        let launch = self.launch_of(mint).filter(|launch| launch.venue == venue);
        let launch = launch.ok_or(Refusal::NoPool)?;
        let (pool, price) = launch.pool_at(self.paths, slot)?;
        Ok(Place {
            pool,
            label: launch.pool,
            side,
            lamports_worth: match side {
                Side::Buy => (1 << 64, price),
                Side::Sell => (1, 1),
            },
        })
    }

    fn find(&self, token_in: &str, token_out: &str) -> Option<(&Listing, Side)> {
        let (token_in, token_out) = (tokens::find(token_in)?, tokens::find(token_out)?);
        self.listings
            .iter()
            .find_map(|listing| match listing.tokens() {
                pair if pair == [token_in, token_out] => Some((listing, Side::Sell)),
                pair if pair == [token_out, token_in] => Some((listing, Side::Buy)),
                _ => None,
            })
    }

    /// The venue's price of the pair, quote units for a base unit, Q64.64.
    fn price_at(&self, listed: &ListedPool, listing: &Listing, slot: u64) -> u128 {
        let error = self
            .paths
            .error(stream(listed, listing), slot, listing.error);
        let base = u128::from(self.value(listing.base, slot));
        let mid = (base << 64) / u128::from(self.value(listing.quote, slot));
        mid * u128::from((path::WHOLE + error).unsigned_abs()) / 1_000_000
    }

    fn value(&self, token: TokenId, slot: u64) -> u64 {
        tokens::value(self.paths, token, slot)
    }
}

/// A pool in the state of a slot, and how it is used.
struct Place {
    pool: Box<dyn Pool>,
    label: String,
    side: Side,
    /// So many base units of the token that comes out are worth so many lamports: the second for
    /// the first.
    lamports_worth: (u128, u128),
}

impl Place {
    /// What `lamports` are worth in the token that comes out, rounded up.
    fn lamports_out(&self, lamports: u64) -> u64 {
        let (units, worth) = self.lamports_worth;
        saturated((u128::from(lamports) * units).div_ceil(worth.max(1)))
    }
}

/// How often a token is launched on average.
const LAUNCH_EVERY: Duration = Duration::from_secs(240);

fn slots(time: Duration) -> u64 {
    let slots = time.as_millis() / u128::from(SLOT_MS.unsigned_abs());
    u64::try_from(slots).unwrap_or(u64::MAX).max(1)
}

/// The path of a pool's error. Streams 0 to 3 are the tokens'; each pair at each venue has one of
/// its own, which stays what it is when venues are added.
fn stream(listed: &ListedPool, listing: &Listing) -> u64 {
    let named = |venue: &venues::Venue| venue.name == listed.venue;
    let venue = VENUES.iter().position(named).unwrap_or(VENUES.len()) as u64;
    let pair = (listing.base as u64 + 1) << 8 | (listing.quote as u64) << 1;
    pair | venue & 1 | (venue >> 1) << 16
}

/// `amount`, or the largest that fits. The market's pools refuse such amounts long before.
fn saturated(amount: u128) -> u64 {
    u64::try_from(amount).unwrap_or(u64::MAX)
}
