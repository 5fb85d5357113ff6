//! What each kind of order has besides its swap, read from a body.

use std::time::Duration;

use engine::order::{
    InvalidLimitPrice, Limit, LimitPrice, Market, Needs, OrderKind, SlippageTolerance, Sniper,
    Swap, TimeInForce,
};
use engine::{catalogue::Catalogue, routing::VenueId};
use jiff::Timestamp;

use super::{
    amount, required, slippage,
    sniper::{self, SniperTerms},
};
use crate::http::{
    body::Object,
    code::Code,
    problem::{ApiError, shown},
};

/// What every kind has.
const COMMON: [&str; 6] = [
    "type",
    "tokenIn",
    "tokenOut",
    "amount",
    "slippageBps",
    "clientOrderId",
];
/// How long an order lives that waits and says nothing of it.
const USUAL_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The shortest and the longest life that it may ask for.
const SHORTEST_LIFE: Duration = Duration::from_secs(10);
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The kinds, as a body names them.
#[derive(Clone, Copy, Debug)]
pub(super) enum KindName {
    Market,
    Limit,
    Sniper,
}

impl KindName {
    /// What the body's `type` says, and that of a body without one, which is told later.
    pub(super) fn read(object: &Object<'_>) -> Result<Self, ApiError> {
        match object.text("type")?.as_deref() {
            Some(Market::NAME) | None => Ok(Self::Market),
            Some(Limit::NAME) => Ok(Self::Limit),
            Some(Sniper::NAME) => Ok(Self::Sniper),
            Some(other) => {
                let detail = format!(
                    "{} orders are not executed here; use {}",
                    shown(other),
                    OrderKind::NAMES
                        .map(|name| format!("\"{name}\""))
                        .join(", ")
                );
                Err(ApiError::new(Code::UnsupportedOrderType, detail).field("type"))
            }
        }
    }

    /// Its own fields.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Market => &["minAmountOut"],
            Self::Limit => &["limitPrice", "timeInForce", "expiresAt"],
            Self::Sniper => &sniper::FIELDS,
        }
    }

    /// What must be there for it.
    pub(super) const fn needs(self) -> Needs {
        match self {
            Self::Market | Self::Limit => Needs::ListedPair,
            Self::Sniper => Needs::Mint,
        }
    }

    /// # Errors
    /// `unsupported_order_type` where nobody would execute it.
    pub(super) fn check_market(self, catalogue: &Catalogue) -> Result<(), ApiError> {
        match self {
            Self::Market | Self::Limit => Ok(()),
            Self::Sniper if catalogue.tells_launches => Ok(()),
            Self::Sniper => {
                let detail = "sniper orders are not executed here: the chain's new pools are not \
                    read";
                Err(ApiError::new(Code::UnsupportedOrderType, detail).field("type"))
            }
        }
    }

    /// # Errors
    /// `unknown_field` for a field that this kind does not have.
    pub(super) fn check_fields(self, object: &Object<'_>) -> Result<(), ApiError> {
        let known = |name: &str| COMMON.contains(&name) || self.fields().contains(&name);
        match object.names().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => {
                let detail = format!("{} is not a field that a client can set", shown(name));
                Err(ApiError::new(Code::UnknownField, detail).field(name))
            }
        }
    }
}

/// The terms, as text.
#[derive(Debug)]
pub(super) struct Terms {
    name: KindName,
    slippage_bps: Option<String>,
    min_amount_out: Option<String>,
    limit_price: Option<String>,
    time_in_force: Option<String>,
    expires_at: Option<String>,
    sniper: SniperTerms,
}

impl Terms {
    /// # Errors
    /// A field that is missing or of a wrong type.
    pub(super) fn read(name: KindName, object: &Object<'_>) -> Result<Self, ApiError> {
        let limit_price = object.number_or_text("limitPrice")?;
        Ok(Self {
            name,
            limit_price: match name {
                KindName::Market => None,
                KindName::Limit => Some(required("limitPrice", limit_price)?),
                KindName::Sniper => limit_price,
            },
            slippage_bps: object.number("slippageBps")?,
            min_amount_out: object.number_or_text("minAmountOut")?,
            time_in_force: object.text("timeInForce")?,
            expires_at: object.text("expiresAt")?,
            sniper: match name {
                KindName::Market | KindName::Limit => SniperTerms::default(),
                KindName::Sniper => SniperTerms::read(object)?,
            },
        })
    }

    /// The kind, for this swap.
    ///
    /// # Errors
    /// `invalid_slippage`, `invalid_min_amount_out`, `invalid_limit_price`,
    /// `invalid_time_in_force`, `invalid_expiry`, in this order; then what
    /// [`SniperTerms::sniper`] finds. Whether an expiry is too soon is [`in_time`]'s.
    pub(super) fn kind(
        &self,
        swap: &Swap,
        venues: &[VenueId],
        now: Timestamp,
    ) -> Result<OrderKind, ApiError> {
        let (usual, max) = match self.name {
            KindName::Market | KindName::Limit => {
                (SlippageTolerance::DEFAULT, SlippageTolerance::MAX_BPS)
            }
            KindName::Sniper => (
                SlippageTolerance::SNIPER_DEFAULT,
                SlippageTolerance::WIDEST_BPS,
            ),
        };
        let slippage = slippage(self.slippage_bps.as_deref(), usual, max)?;
        match self.name {
            KindName::Market => self.market(swap, slippage),
            KindName::Limit => self.limit(swap, slippage, now),
            KindName::Sniper => self.sniper(swap, slippage, venues, now),
        }
    }

    fn market(&self, swap: &Swap, slippage: SlippageTolerance) -> Result<OrderKind, ApiError> {
        let code = Code::InvalidMinAmountOut;
        let minimum = self.min_amount_out.as_deref();
        let minimum = minimum.map(|text| amount(text, &swap.token_out, code, "minAmountOut"));
        Ok(OrderKind::Market(Market {
            slippage,
            min_amount_out: minimum.transpose()?,
        }))
    }

    fn limit(
        &self,
        swap: &Swap,
        slippage: SlippageTolerance,
        now: Timestamp,
    ) -> Result<OrderKind, ApiError> {
        let price = self.limit_price.as_deref().unwrap_or_default(); // it is there
        let price = LimitPrice::parse(price, swap).map_err(|invalid| invalid_price(&invalid))?;
        let time_in_force = self
            .time_in_force
            .as_deref()
            .map_or(Ok(TimeInForce::Gtd), |text| {
                text.parse().map_err(|_| {
                    let detail = format!("{} is not GTD or IOC", shown(text));
                    ApiError::new(Code::InvalidTimeInForce, detail).field("timeInForce")
                })
            })?;
        Ok(OrderKind::Limit(Limit {
            slippage,
            price,
            time_in_force,
            expires_at: expiry(self.expires_at.as_deref(), now)?,
        }))
    }

    fn sniper(
        &self,
        swap: &Swap,
        slippage: SlippageTolerance,
        venues: &[VenueId],
        now: Timestamp,
    ) -> Result<OrderKind, ApiError> {
        let price = self.limit_price.as_deref().map(LimitPrice::read);
        let price = price
            .transpose()
            .map_err(|invalid| invalid_price(&invalid))?;
        let expires_at = expiry(self.expires_at.as_deref(), now)?;
        let sniper = &self.sniper;
        let terms = sniper.sniper(swap, slippage, price, expires_at, venues)?;
        Ok(OrderKind::Sniper(terms))
    }
}

fn invalid_price(invalid: &InvalidLimitPrice) -> ApiError {
    let detail = invalid.to_string().escape_debug().to_string();
    ApiError::new(Code::InvalidLimitPrice, detail).field("limitPrice")
}

/// Whether there is time left to begin an order in. Asked last, and by itself: what is a repeat
/// was asked for in time.
///
/// # Errors
/// `invalid_expiry` when there is not.
pub(super) fn in_time(kind: &OrderKind, now: Timestamp) -> Result<(), ApiError> {
    let expires_at = match kind {
        OrderKind::Market(_) => return Ok(()),
        OrderKind::Limit(limit) => limit.expires_at,
        OrderKind::Sniper(sniper) => sniper.expires_at,
    };
    if expires_at < now + SHORTEST_LIFE {
        return Err(not_between(expires_at, now));
    }
    Ok(())
}

fn not_between(at: Timestamp, now: Timestamp) -> ApiError {
    let (earliest, latest) = (now + SHORTEST_LIFE, now + LONGEST_LIFE);
    invalid_expiry(format!(
        "{at:.3} is not between {earliest:.3} and {latest:.3}: 10 s to 30 days from now"
    ))
}

fn invalid_expiry(detail: String) -> ApiError {
    ApiError::new(Code::InvalidExpiry, detail).field("expiresAt")
}

fn expiry(text: Option<&str>, now: Timestamp) -> Result<Timestamp, ApiError> {
    let at = match text {
        None => now + USUAL_LIFE,
        Some(text) => text.parse::<Timestamp>().map_err(|_| {
            invalid_expiry(format!("{} is not a time like RFC 3339 has", shown(text)))
        })?,
    };
    if at > now + LONGEST_LIFE {
        return Err(not_between(at, now));
    }
    // Kept in milliseconds.
    Timestamp::from_millisecond(at.as_millisecond()).map_err(|_| invalid_expiry(format!("{at}")))
}
