//! A venue's quotes, from its pools' accounts.

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    order::{Swap, Token, TokenAmount, price_of_units},
    ports::Venue,
    routing::{PoolRef, Quote, QuoteTerms, Rejection, VenueId},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use solana_pubkey::Pubkey;
use venues::Refusal;

use crate::{
    fees::{Fees, LAMPORT_DECIMALS, WRAPPED_SOL},
    market::{Look, Market, NoPool},
    pools::PoolError,
    rpc::RpcError,
};

/// One venue.
pub(crate) struct SolanaVenue {
    pub(crate) venue: VenueId,
    pub(crate) market: Arc<Market>,
    pub(crate) fees: Arc<Fees>,
}

impl SolanaVenue {
    /// The venue's pools for the pair, read now, and the mints.
    async fn look(&self, sold: &Token, bought: &Token) -> Result<(Look, [Pubkey; 2]), Rejection> {
        let unlisted = |token: &Token| {
            let unlisted = Rejection::NoLiquidity(format!("{} is not listed", token.symbol));
            self.market.mint(token).ok_or(unlisted)
        };
        let mints = [unlisted(sold)?, unlisted(bought)?];
        let pools = self.market.between(&self.venue, &mints);
        if pools.is_empty() {
            return Err(rejection(Refusal::NoPool));
        }
        let look = self.market.look(&pools, &[], None).await.map_err(unread)?;
        Ok((look, mints))
    }

    /// What the pool pays that pays the most. Its market state is as old as a block takes to be
    /// final; the node does not tell when that was, so the moment is that of the answer.
    fn best(
        &self,
        swap: &Swap,
        look: Look,
        [mint_in, mint_out]: [Pubkey; 2],
    ) -> Result<Quote, Rejection> {
        let as_of = Timestamp::now();
        let amount_in = swap.amount_in.units();
        let offers = look.pools.into_iter().map(|state| {
            let state = state.map_err(unfit)?;
            let side = state.side(&mint_in).ok_or(rejection(Refusal::NoPool))?;
            let fill = state.pool.fill(side, amount_in, as_of.as_second());
            Ok((state.keys.pool.address, fill.map_err(rejection)?))
        });
        // Of two that pay the same the first of the file.
        let offers: Vec<Result<_, Rejection>> = offers.rev().collect();
        let most = offers
            .iter()
            .flatten()
            .max_by_key(|(_, fill)| fill.amount_out);
        let Some((pool, fill)) = most else {
            let refusals = offers.into_iter().filter_map(Result::err);
            return Err(mildest(refusals));
        };
        let network_fee = self.fees.expected(fill.compute_units);
        let network_fee_out = match WRAPPED_SOL {
            sol if sol == mint_out => network_fee,
            sol if sol == mint_in => {
                let out = u128::from(network_fee) * u128::from(fill.amount_out);
                let out = out.div_ceil(u128::from(amount_in.max(1)));
                u64::try_from(out).unwrap_or(u64::MAX)
            }
            // The same for every venue, so that it decides nothing.
            _ => 0,
        };
        Ok(Quote {
            venue: self.venue.clone(),
            pool: PoolRef {
                address: pool.to_string(),
                mint_in: mint_in.to_string(),
                mint_out: mint_out.to_string(),
                slot: look.slot,
            },
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            terms: QuoteTerms {
                amount_in: swap.amount_in,
                amount_out: swap.token_out.units(fill.amount_out),
                fee: swap.token_in.units(fill.fee),
                price_impact_bps: fill.price_impact_bps(),
                network_fee: TokenAmount::from_units(network_fee, LAMPORT_DECIMALS),
                network_fee_out: swap.token_out.units(network_fee_out),
            },
            as_of,
        })
    }
}

#[async_trait]
impl Venue for SolanaVenue {
    fn id(&self) -> VenueId {
        self.venue.clone()
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let (look, mints) = self.look(&swap.token_in, &swap.token_out).await?;
        self.best(swap, look, mints)
    }

    async fn quote_at(&self, pool: &str, swap: &Swap) -> Result<Quote, Rejection> {
        let address = pool.parse().map_err(|_| rejection(Refusal::NoPool))?;
        let pool = match self.market.find(&address, None).await {
            Ok(pool) if pool.venue == self.venue => pool,
            Ok(_) => return Err(rejection(Refusal::NoPool)),
            Err(NoPool::Rpc(error)) => return Err(unread(error)),
            Err(NoPool::Pool(error)) => return Err(unfit(error)),
        };
        let mint = |token| {
            let mint = self.market.mint_in(&pool, token);
            mint.ok_or(rejection(Refusal::NoPool))
        };
        let mints = [mint(&swap.token_in)?, mint(&swap.token_out)?];
        let look = self.market.look(&[pool], &[], None).await.map_err(unread)?;
        self.best(swap, look, mints)
    }

    /// The highest of the pools': a bound of each of them.
    async fn marginal_price(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Decimal, Rejection> {
        let (look, [mint_in, _]) = self.look(token_in, token_out).await?;
        let prices = look.pools.into_iter().map(|state| {
            let state = state.map_err(unfit)?;
            let side = state.side(&mint_in).ok_or(rejection(Refusal::NoPool))?;
            state.pool.marginal_price(side).map_err(rejection)
        });
        let prices: Vec<Result<u128, Rejection>> = prices.collect();
        let Some(highest) = prices.iter().flatten().max() else {
            return Err(mildest(prices.into_iter().filter_map(Result::err)));
        };
        price_of_units(*highest, token_in.decimals, token_out.decimals)
            .ok_or_else(|| Rejection::Implausible("no number can hold its price".into()))
    }
}

/// Of several pools' refusals one that another attempt may heal, if there is one.
fn mildest(refusals: impl Iterator<Item = Rejection>) -> Rejection {
    let is_final = |refusal: &Rejection| matches!(refusal, Rejection::NoLiquidity(_));
    refusals
        .min_by_key(is_final)
        .unwrap_or(rejection(Refusal::NoPool))
}

fn rejection(refusal: Refusal) -> Rejection {
    match refusal.is_final() {
        true => Rejection::NoLiquidity(refusal.to_string()),
        false => Rejection::Unavailable(refusal.to_string()),
    }
}

fn unfit(error: PoolError) -> Rejection {
    Rejection::Unavailable(error.to_string())
}

/// What a node says is for the log: clients get no word of it.
fn unread(error: RpcError) -> Rejection {
    tracing::debug!(%error, "no node tells a venue's pools");
    Rejection::Unavailable("its pools cannot be read now".to_owned())
}
