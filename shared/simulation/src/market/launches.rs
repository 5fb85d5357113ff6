//! Tokens that are launched: a pure function of seed and slot, so that any range of the chain's log
//! can be read again, by anybody, as often as needed.
//!
//! Time is cut into pieces of equal length, and in each of them one token gets its pool, at a slot
//! drawn from the seed. Some pools open later, some leave their creator a way to cheat, and of some
//! the liquidity leaves. The token's mint carries the number of its piece, so that whoever has the
//! mint finds the launch without a search.

use venues::{Pool, Refusal};

use super::{
    listings::{LAUNCHING, LaunchVenue},
    path::{self, Paths},
};
use crate::rng::mix;

/// A token and its pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Its number, which grows with time.
    pub number: u64,
    /// The slot in which the pool is created.
    pub slot: u64,
    /// The transaction that creates it, within the slot.
    pub transaction: u32,
    /// The instruction that creates it, within the transaction.
    pub instruction: u32,
    /// The token's mint, base58.
    pub mint: String,
    /// What its creator calls the token.
    pub symbol: String,
    /// A whole token has ten to this power base units.
    pub decimals: u8,
    /// The venue's name.
    pub venue: &'static str,
    /// The pool's address, base58.
    pub pool: String,
    /// From this slot on it can be swapped in.
    pub opens: u64,
    /// Lamports in the pool when it is created; as much of the token as that is worth lies there
    /// as well.
    pub liquidity: u64,
    /// Nobody can mint more.
    pub mint_authority_revoked: bool,
    /// Nobody can freeze accounts.
    pub freeze_authority_revoked: bool,
    /// Nobody can take the liquidity out.
    pub lp_burned: bool,
    /// From this slot on nearly all of the liquidity is gone.
    pub drained: Option<u64>,
}

/// When tokens are launched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) seed: u64,
    /// Slots of a piece.
    pub(super) every: u64,
}

/// Whole tokens in a pool that is new.
const SUPPLY: u64 = 800_000_000;
/// Slots until a pool opens.
const OPENING: [u64; 3] = [0, 25, 150];
/// SOL in a new pool: as many are between two neighbours as between two others.
const DEPTHS: [u64; 8] = [5, 10, 20, 40, 80, 150, 300, 500];
const LAMPORTS: u64 = 1_000_000_000;
/// What is left of the liquidity when it leaves: one part of so many.
const LEFT: u64 = 100;
/// How much more the price moves than a listed token's, in thousandths.
const ROUGHNESS: i64 = 2_500;
/// What symbols are made of.
const SYLLABLES: [&str; 16] = [
    "BO", "KA", "ZU", "MI", "PO", "RA", "TI", "NE", "GO", "LU", "FA", "WI", "SHI", "DO", "CHU",
    "PE",
];

/// Which draw of a launch.
#[derive(Clone, Copy)]
enum Draw {
    Slot,
    Place,
    Mint,
    Pool,
    Symbol,
    Venue,
    Decimals,
    Opening,
    Depth,
    DepthPart,
    MintAuthority,
    FreezeAuthority,
    Burned,
    Drained,
    DrainedAt,
}

impl Schedule {
    /// The launches of the slots after `after`, up to `through`, in their order.
    pub(super) fn created(self, after: u64, through: u64) -> impl Iterator<Item = Launch> {
        (after / self.every..=through / self.every)
            .map(move |number| self.launch(number))
            .filter(move |launch| after < launch.slot && launch.slot <= through)
    }

    /// The launch of that mint.
    pub(super) fn of_mint(self, mint: &str) -> Option<Launch> {
        let bytes = bs58::decode(mint).into_vec().ok()?;
        let (head, _) = bytes.split_first_chunk::<8>()?;
        let number = u64::from_le_bytes(*head) ^ self.mask();
        // So far in the future that no slot has its number.
        number.checked_mul(self.every)?.checked_add(self.every)?;
        Some(self.launch(number)).filter(|launch| launch.mint == mint)
    }

    /// That launch.
    fn launch(self, number: u64) -> Launch {
        let draw = |what| self.draw(number, what);
        let slot = number * self.every + draw(Draw::Slot) % self.every;
        let opens = slot + OPENING[index(draw(Draw::Opening), OPENING.len())];
        let depth = index(draw(Draw::Depth), DEPTHS.len() - 1);
        let hundredths = (DEPTHS[depth + 1] - DEPTHS[depth]) * 100;
        let part = draw(Draw::DepthPart) % hundredths;
        let lp_burned = is_among(70, draw(Draw::Burned));
        let leaves = !lp_burned && is_among(60, draw(Draw::Drained));
        let place = draw(Draw::Place);
        Launch {
            number,
            slot,
            transaction: (place % 1_200) as u32, // below 1,200
            instruction: (place >> 32) as u32 % 4,
            mint: self.address(number ^ self.mask(), draw(Draw::Mint)),
            symbol: symbol(draw(Draw::Symbol)),
            decimals: if is_among(75, draw(Draw::Decimals)) {
                6
            } else {
                9
            },
            venue: LAUNCHING[index(draw(Draw::Venue), LAUNCHING.len())].name,
            pool: self.address(draw(Draw::Pool), draw(Draw::Place)),
            opens,
            liquidity: DEPTHS[depth] * LAMPORTS + part * (LAMPORTS / 100),
            mint_authority_revoked: is_among(85, draw(Draw::MintAuthority)),
            freeze_authority_revoked: is_among(90, draw(Draw::FreezeAuthority)),
            lp_burned,
            drained: leaves.then(|| opens + 150 + draw(Draw::DrainedAt) % 3_000),
        }
    }

    fn draw(self, number: u64, what: Draw) -> u64 {
        mix(mix(mix(self.seed) ^ number) ^ what as u64)
    }

    /// Hides the number in a mint's first bytes.
    fn mask(self) -> u64 {
        mix(!self.seed)
    }

    /// 32 bytes that begin with `head`, base58.
    fn address(self, head: u64, rest: u64) -> String {
        let words = [head, mix(rest), mix(rest ^ 1), mix(rest ^ 2)];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bs58::encode(bytes).into_string()
    }
}

impl Launch {
    /// Lamports in the pool at a slot.
    pub fn liquidity_at(&self, slot: u64) -> u64 {
        match self.drained {
            Some(drained) if slot >= drained => self.liquidity / LEFT,
            Some(_) | None => self.liquidity,
        }
    }

    /// The pool at a slot, and its price: lamports for a base unit of the token, Q64.64.
    ///
    /// # Errors
    /// [`Refusal::NoPool`] before it is created, [`Refusal::NotOpen`] before it opens.
    pub(super) fn pool_at(
        &self,
        paths: Paths,
        slot: u64,
    ) -> Result<(Box<dyn Pool>, u128), Refusal> {
        if slot < self.slot {
            return Err(Refusal::NoPool);
        }
        if slot < self.opens {
            return Err(Refusal::NotOpen);
        }
        let supply = SUPPLY * 10u64.pow(u32::from(self.decimals));
        let first_price = (u128::from(self.liquidity) << 64) / u128::from(supply);
        let moved = path::WHOLE + paths.mid(1 << 40 | self.number, slot, ROUGHNESS);
        let price = first_price * u128::from(moved.unsigned_abs()) / 1_000_000;
        let lamports = self.liquidity_at(slot);
        let tokens = match lamports == self.liquidity {
            true => supply,
            false => supply / LEFT,
        };
        let mut launching = LAUNCHING.iter();
        let venue = launching.find(|venue| venue.name == self.venue);
        let LaunchVenue { pool, .. } = venue.ok_or(Refusal::NoPool)?;
        let resting = pool([tokens, lamports], first_price);
        Ok((resting.at_price(price), price))
    }
}

/// One of so many.
fn index(drawn: u64, count: usize) -> usize {
    usize::try_from(drawn % count as u64).unwrap_or(0) // below the count
}

fn is_among(percent: u64, drawn: u64) -> bool {
    drawn % 100 < percent
}

fn symbol(drawn: u64) -> String {
    let length = 2 + drawn % 2;
    (1..=length)
        .map(|place| SYLLABLES[index(drawn >> (place * 8), SYLLABLES.len())])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule {
        seed: 7,
        every: 600,
    };

    #[test]
    fn every_piece_of_the_log_tells_the_same_launches() {
        let whole: Vec<Launch> = SCHEDULE.created(1_000_000, 1_200_000).collect();
        assert_eq!(whole.len(), 333);
        assert!(whole.is_sorted_by_key(|launch| launch.slot));
        for step in [1_u64, 7, 599, 600, 601, 50_000] {
            let end = |from: u64| (from + step).min(1_200_000);
            let mut from = 1_000_000;
            let mut pieces = Vec::new();
            while from < 1_200_000 {
                pieces.extend(SCHEDULE.created(from, end(from)));
                from = end(from);
            }
            assert_eq!(pieces, whole, "in steps of {step}");
        }
    }

    #[test]
    fn a_mint_leads_to_its_launch_and_another_text_to_none() {
        for launch in SCHEDULE.created(0, 100_000) {
            assert_eq!(SCHEDULE.of_mint(&launch.mint), Some(launch.clone()));
            let other = Schedule {
                seed: 8,
                ..SCHEDULE
            };
            assert_eq!(other.of_mint(&launch.mint), None);
        }
        for text in [
            "",
            "SOL",
            "So11111111111111111111111111111111111111112",
            "11111111111111111111111111111111",
            "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG",
        ] {
            assert_eq!(SCHEDULE.of_mint(text), None, "{text}");
        }
    }

    #[test]
    fn some_of_every_sort_are_launched_and_a_burned_pool_is_never_drained() {
        let launches: Vec<Launch> = SCHEDULE.created(0, 600 * 1_000).collect();
        let share = |is: &dyn Fn(&Launch) -> bool| {
            launches.iter().filter(|launch| is(launch)).count() * 100 / launches.len()
        };
        assert!((45..=55).contains(&share(&|launch| launch.venue == "Raydium")));
        assert!((65..=75).contains(&share(&|launch| launch.lp_burned)));
        assert!((12..=24).contains(&share(&|launch| launch.drained.is_some())));
        assert!((25..=42).contains(&share(&|launch| launch.opens > launch.slot + 100)));
        for launch in &launches {
            assert!((5 * LAMPORTS..=500 * LAMPORTS).contains(&launch.liquidity));
            assert!(launch.drained.is_none() || !launch.lp_burned);
        }
    }
}
