//! The terms that only a sniper order has, read from a body.

use engine::{
    order::{LimitPrice, Requirements, SlippageTolerance, Sniper, Swap, TokenAmount},
    routing::VenueId,
};
use jiff::Timestamp;

use super::{amount, whole_number};
use crate::http::{
    body::Object,
    code::Code,
    problem::{ApiError, shown},
};

/// Its fields.
pub(super) const FIELDS: [&str; 7] = [
    "limitPrice",
    "venues",
    "minLiquidity",
    "maxLiquidity",
    "maxAgeSlots",
    "require",
    "expiresAt",
];

/// The terms, as text.
#[derive(Debug, Default)]
pub(super) struct SniperTerms {
    venues: Option<Vec<String>>,
    min_liquidity: Option<String>,
    max_liquidity: Option<String>,
    max_age_slots: Option<String>,
    require: Vec<String>,
}

impl SniperTerms {
    /// # Errors
    /// A field of a wrong type.
    pub(super) fn read(object: &Object<'_>) -> Result<Self, ApiError> {
        Ok(Self {
            venues: object.texts("venues")?,
            min_liquidity: object.number_or_text("minLiquidity")?,
            max_liquidity: object.number_or_text("maxLiquidity")?,
            max_age_slots: object.number("maxAgeSlots")?,
            require: object.texts("require")?.unwrap_or_default(),
        })
    }

    /// The kind, for this swap.
    ///
    /// # Errors
    /// `invalid_venue`, `invalid_liquidity`, `invalid_requirement`, in this order.
    pub(super) fn sniper(
        &self,
        swap: &Swap,
        slippage: SlippageTolerance,
        price: Option<LimitPrice>,
        expires_at: Timestamp,
        known: &[VenueId],
    ) -> Result<Sniper, ApiError> {
        let venues = self.venues(known)?;
        let (min_liquidity, max_liquidity) = self.liquidity(swap)?;
        Ok(Sniper {
            slippage,
            price,
            venues,
            min_liquidity,
            max_liquidity,
            max_age_slots: self.max_age_slots()?,
            require: self.requirements()?,
            expires_at,
        })
    }

    /// In the order of their names, each once: it does not matter in which they were written.
    fn venues(&self, known: &[VenueId]) -> Result<Vec<VenueId>, ApiError> {
        let Some(names) = &self.venues else {
            return Ok(Vec::new());
        };
        let invalid = |detail| ApiError::new(Code::InvalidVenue, detail).field("venues");
        if names.is_empty() {
            return Err(invalid("venues names none to buy at".to_owned()));
        }
        let find = |name: &String| {
            let venue = known.iter().find(|venue| venue.name() == name);
            venue.cloned().ok_or_else(|| {
                let known: Vec<&str> = known.iter().map(VenueId::name).collect();
                invalid(format!(
                    "{} is not one of {}",
                    shown(name),
                    known.join(", ")
                ))
            })
        };
        let mut venues: Vec<VenueId> = names.iter().map(find).collect::<Result<_, _>>()?;
        venues.sort();
        venues.dedup();
        Ok(venues)
    }

    fn liquidity(
        &self,
        swap: &Swap,
    ) -> Result<(Option<TokenAmount>, Option<TokenAmount>), ApiError> {
        let read = |text: &Option<String>, field| {
            let text = text.as_deref();
            text.map(|text| amount(text, &swap.token_in, Code::InvalidLiquidity, field))
                .transpose()
        };
        let least = read(&self.min_liquidity, "minLiquidity")?;
        let most = read(&self.max_liquidity, "maxLiquidity")?;
        match (least, most) {
            (Some(least), Some(most)) if least.units() > most.units() => {
                let detail = format!("maxLiquidity {most} is below minLiquidity {least}");
                Err(ApiError::new(Code::InvalidLiquidity, detail).field("maxLiquidity"))
            }
            bounds => Ok(bounds),
        }
    }

    fn max_age_slots(&self) -> Result<u64, ApiError> {
        self.max_age_slots
            .as_deref()
            .map_or(Ok(Sniper::USUAL_AGE_SLOTS), |text| {
                whole_number(text)
                    .filter(|slots| (1..=Sniper::MAX_AGE_SLOTS).contains(slots))
                    .ok_or_else(|| {
                        let most = Sniper::MAX_AGE_SLOTS;
                        let detail = format!("{} is not an integer from 1 to {most}", shown(text));
                        ApiError::new(Code::InvalidRequirement, detail).field("maxAgeSlots")
                    })
            })
    }

    fn requirements(&self) -> Result<Requirements, ApiError> {
        let mut names = self.require.iter();
        names.try_fold(Requirements::default(), |demanded, name| {
            demanded.with(name).ok_or_else(|| {
                let known = Requirements::NAMES.join(", ");
                let detail = format!("{} is not one of {known}", shown(name));
                ApiError::new(Code::InvalidRequirement, detail).field("require")
            })
        })
    }
}
