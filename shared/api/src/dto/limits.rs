//! Limits, as they are told and given.

use std::collections::BTreeMap;

use engine::account::{InvalidLimits, Limits, Pair};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How much an account, or a key, may do. What is null, or not named, is not limited.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = Limits)]
pub(crate) struct LimitsDto {
    /// Orders that may be open at once.
    #[schema(maximum = 10_000, example = 100)]
    max_open_orders: Option<u32>,
    /// Orders that may be placed in a minute, which begins with the first of them.
    #[schema(maximum = 1_000_000, example = 600)]
    max_orders_per_minute: Option<u32>,
    /// The only pairs that may be traded, in either direction.
    #[schema(max_items = 100, example = json!(["SOL/USDC"]))]
    pairs: Option<Vec<String>>,
    /// The most that one order may sell, by the token's symbol, in whole tokens.
    #[schema(example = json!({"SOL": "100"}))]
    max_amount_per_order: BTreeMap<String, String>,
    /// The most that all orders of a day (UTC) may sell, by the token's symbol, in whole tokens.
    #[schema(example = json!({"SOL": "2500"}))]
    max_amount_per_day: BTreeMap<String, String>,
}

/// The limits that bind whoever asks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnLimits)]
pub(crate) struct OwnLimitsDto {
    /// Those of the account as a whole.
    pub(crate) account: LimitsDto,
    /// Those of the key with which it is asked, besides; null where none is asked for.
    pub(crate) key: Option<LimitsDto>,
}

/// Limits as JSON: how every program shows them.
pub fn limits_json(limits: &Limits) -> Value {
    serde_json::to_value(LimitsDto::from(limits)).unwrap_or_default() // texts and numbers in a map
}

/// Reads what [`limits_json`] shows; what is left out is not limited.
///
/// # Errors
/// In words, what is wrong with it.
pub fn read_limits(value: Value) -> Result<Limits, String> {
    if !value.is_object() {
        return Err("limits are an object".into()); // else a list would be taken for its fields
    }
    let dto: LimitsDto = serde_json::from_value(value).map_err(|error| error.to_string())?;
    dto.try_into()
        .map_err(|error: InvalidLimits| error.to_string())
}

impl From<&Limits> for LimitsDto {
    fn from(limits: &Limits) -> Self {
        let texts = |amounts: &BTreeMap<String, Decimal>| {
            let amounts = amounts.iter();
            let texts =
                amounts.map(|(token, amount)| (token.clone(), amount.normalize().to_string()));
            texts.collect()
        };
        let pairs = limits.pairs.as_ref();
        Self {
            max_open_orders: limits.max_open_orders,
            max_orders_per_minute: limits.max_orders_per_minute,
            pairs: pairs.map(|pairs| pairs.iter().map(Pair::to_string).collect()),
            max_amount_per_order: texts(&limits.max_amount_per_order),
            max_amount_per_day: texts(&limits.max_amount_per_day),
        }
    }
}

impl TryFrom<LimitsDto> for Limits {
    type Error = InvalidLimits;

    fn try_from(dto: LimitsDto) -> Result<Self, InvalidLimits> {
        let amounts = |texts: BTreeMap<String, String>| {
            let read = texts.into_iter().map(|(token, text)| {
                let amount = Decimal::from_str_exact(&text).map_err(|_| InvalidLimits::Amount);
                Ok((token, amount?))
            });
            read.collect::<Result<_, _>>()
        };
        let pairs = dto
            .pairs
            .map(|texts| texts.iter().map(|text| text.parse()).collect());
        let limits = Self {
            max_open_orders: dto.max_open_orders,
            max_orders_per_minute: dto.max_orders_per_minute,
            pairs: pairs.transpose()?,
            max_amount_per_order: amounts(dto.max_amount_per_order)?,
            max_amount_per_day: amounts(dto.max_amount_per_day)?,
        };
        limits.check()?;
        Ok(limits)
    }
}
