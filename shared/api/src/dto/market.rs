//! What is traded, and where.

use engine::{
    catalogue::Catalogue,
    order::{OrderKind, Sniper},
    routing::VenueId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{AuthDto, MarketKindDto, OrderTypeDto};

/// What is traded here, and where.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Market)]
pub(crate) struct MarketDto {
    /// `simulated`: nothing is bought or sold. `local`: Solana on the engine's own machine, whose
    /// tokens are worth nothing. `devnet`: Solana's devnet, likewise. `mainnet`: every order spends
    /// real money.
    #[schema(value_type = MarketKindDto)]
    kind: &'static str,
    /// The kinds of orders that are taken: `market`, `limit`, and `sniper` where the pools that are
    /// created are read.
    #[schema(value_type = Vec<OrderTypeDto>)]
    order_types: Vec<&'static str>,
    /// The venues that orders are routed to; of two that pay the same the first one is taken.
    venues: Vec<VenueDto>,
    /// Pairs of symbols, each of which can be swapped for the other.
    #[schema(example = json!([["SOL", "USDC"]]))]
    pairs: Vec<[String; 2]>,
    /// Who may use the engine: `loopback`: programs on its own machine; `keys`: who shows a key;
    /// `open`: everybody who reaches it.
    #[schema(value_type = AuthDto)]
    auth: &'static str,
    /// Where a transaction can be looked at: an address with `{signature}` in the place of its
    /// signature. Not there on a simulated market, and where the markets file names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://explorer.solana.com/tx/{signature}")]
    explorer: Option<String>,
}

/// A venue.
#[derive(Serialize, ToSchema)]
#[schema(as = Venue)]
pub(crate) struct VenueDto {
    /// What orders and quotes call it: `dex`, `chosenDex`.
    #[schema(example = "Raydium")]
    id: String,
    /// Its name for people.
    #[schema(example = "Raydium")]
    name: String,
}

impl MarketDto {
    /// These venues, and what can be traded at some of them.
    pub(crate) fn new(
        catalogue: &Catalogue,
        venues: impl Iterator<Item = VenueId>,
        auth: &'static str,
    ) -> Self {
        let pairs = catalogue.pairs.iter();
        Self {
            kind: catalogue.kind.name(),
            order_types: OrderKind::NAMES
                .into_iter()
                .filter(|name| catalogue.tells_launches || *name != Sniper::NAME)
                .collect(),
            venues: venues.map(|venue| VenueDto::from(&venue)).collect(),
            pairs: pairs.map(|(a, b)| [a.clone(), b.clone()]).collect(),
            auth,
            explorer: catalogue.explorer.clone(),
        }
    }
}

impl From<&VenueId> for VenueDto {
    fn from(venue: &VenueId) -> Self {
        Self {
            id: venue.name().to_owned(),
            name: venue.name().to_owned(),
        }
    }
}
