//! What the wallet has for an order: what it holds, less what orders before it may still spend.
//!
//! No two orders spend the same, because of the order of three steps: what an order may spend is
//! reserved first, under a lock, where it learns what those before it have reserved; then what the
//! wallet holds is read from the chain; and it goes on only if that is enough for both. Whatever
//! had ended when it reserved is in what it reads, and whatever reserves later counts it. An order
//! that has landed and is not settled yet counts twice, which errs to the safe side.

use std::{sync::Arc, time::Duration};

use engine::{
    order::{Failure, FailureCode, Swap},
    ports::{Prepare, Reserved, Spending, WalletOrders},
};
use solana_pubkey::Pubkey;
use tokio::time::{Instant, sleep};

/// What orders of the wallet reserve.
pub(crate) struct Funds {
    orders: Arc<dyn WalletOrders>,
    wallet: String,
    /// Lamports that the network may take for a transaction.
    most_fee: u64,
}

/// What is left to an order by those before it.
pub(crate) struct Turn<'a> {
    swap: &'a Swap,
    before: Reserved,
    /// Lamports that it may cost itself.
    costs: u64,
    /// Lamports without which the wallet's own account would not last.
    rent: u64,
}

/// How long an order waits for those before it within its attempt: most swaps are final by then,
/// and its worker's lease stands. And the pause between two looks.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(400);

impl Funds {
    /// What orders of that wallet reserve, of which each transaction costs so many lamports at the
    /// most.
    pub(crate) fn new(orders: Arc<dyn WalletOrders>, wallet: &Pubkey, most_fee: u64) -> Self {
        Self {
            orders,
            wallet: wallet.to_string(),
            most_fee,
        }
    }

    /// Reserves what the swap sells, and the lamports that it may cost: the fee, and the rent of
    /// the order's marker. What the wallet holds is to be read after this.
    ///
    /// # Errors
    /// A [`Failure`] that another attempt may mend: the reservation is not stored.
    pub(crate) async fn reserve<'a>(
        &self,
        request: &Prepare<'a>,
        mint: &Pubkey,
        rent: u64,
    ) -> Result<Turn<'a>, Failure> {
        let costs = self.most_fee.saturating_add(rent);
        let spending = Spending {
            order: request.id,
            wallet: &self.wallet,
            mint: &mint.to_string(),
            amount: request.swap.amount_in,
            costs,
        };
        let unreserved = |reason| Failure::new(FailureCode::VenuesUnavailable, reason);
        match self.orders.reserve(&spending).await {
            Ok(Some(before)) => Ok(Turn {
                swap: request.swap,
                before,
                costs,
                rent,
            }),
            Ok(None) => Err(unreserved("the order has ended")),
            Err(error) => {
                tracing::warn!(order = %request.id, %error, "nothing could be reserved");
                Err(unreserved("what the order sells could not be reserved"))
            }
        }
    }

    /// Waits for the orders before one that has begun to wait then. Answers whether it is worth
    /// another look in this attempt.
    pub(crate) async fn wait(&self, since: Instant) -> bool {
        let worthwhile = since.elapsed() < PATIENCE;
        if worthwhile {
            sleep(PAUSE).await;
        }
        worthwhile
    }
}

impl Turn<'_> {
    /// Whether what the wallet holds of the token sold, in base units, and its lamports are enough
    /// for the order and those before it. That the lamports are too few for the order alone is for
    /// the simulation to find: it knows what it really costs.
    ///
    /// # Errors
    /// [`FailureCode::InsufficientFunds`] with what is missing, whoever reserved anything; else
    /// [`FailureCode::FundsReserved`], which time mends.
    pub(crate) fn suffices(&self, held: u64, lamports: u64) -> Result<(), Failure> {
        let (sold, symbol) = (self.swap.amount_in, &self.swap.token_in.symbol);
        let held = sold.with_units(held);
        if held.units() < sold.units() {
            let missing = sold.less(held);
            let reason = format!("the wallet lacks {missing} {symbol}");
            return Err(Failure::new(FailureCode::InsufficientFunds, reason));
        }
        let reserved = |reason| Err(Failure::new(FailureCode::FundsReserved, reason));
        let before = self.before.amount;
        if held.to_decimal() < before + sold.to_decimal() {
            let before = before.min(held.to_decimal()).normalize();
            return reserved(format!(
                "{before} {symbol} of the wallet's {held} {symbol} are reserved by orders in execution"
            ));
        }
        let needed = [self.rent, self.before.costs, self.costs];
        let needed = needed.into_iter().fold(0, u64::saturating_add);
        if self.before.costs > 0 && lamports < needed {
            return reserved(
                "the wallet's SOL for fees and rent is reserved by orders in execution".to_owned(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use engine::order::{Token, TokenAmount};
    use rust_decimal::Decimal;

    use super::*;

    const SOL: u64 = 1_000_000_000;
    const COSTS: u64 = 1_000_000;
    const RENT: u64 = 900_000;

    /// What an order of 10 SOL is told, after so much was reserved before it.
    fn told(before: u64, costs: u64, held: u64, lamports: u64) -> Result<(), String> {
        let token = |symbol: &str| Token {
            symbol: symbol.to_owned(),
            decimals: 9,
        };
        let turn = Turn {
            swap: &Swap {
                token_in: token("SOL"),
                token_out: token("USDC"),
                amount_in: TokenAmount::from_units(10 * SOL, 9),
            },
            before: Reserved {
                amount: Decimal::from_i128_with_scale(before.into(), 9),
                costs,
            },
            costs: COSTS,
            rent: RENT,
        };
        let sufficed = turn.suffices(held, lamports);
        sufficed.map_err(|failure| failure.to_string())
    }

    #[test]
    fn an_order_needs_what_it_sells_beside_what_others_have_reserved() {
        assert_eq!(told(0, 0, 10 * SOL, 0), Ok(()));
        assert_eq!(told(12 * SOL, 0, 22 * SOL, 0), Ok(()));
        let lacks = "insufficient_funds: the wallet lacks 3.2 SOL";
        let held = 6_800_000_000;
        assert_eq!(told(0, 0, held, 0), Err(lacks.to_owned()));
        assert_eq!(told(12 * SOL, COSTS, held, 0), Err(lacks.to_owned()));
        let reserved = "funds_reserved: 12 SOL of the wallet's 15 SOL are reserved by orders in \
            execution";
        assert_eq!(told(12 * SOL, 0, 15 * SOL, 0), Err(reserved.to_owned()));
        let one_less = told(12 * SOL, 0, 22 * SOL - 1, 0).expect_err("too little");
        assert!(
            one_less.starts_with("funds_reserved: 12 SOL of"),
            "{one_less}"
        );
        let all = told(40 * SOL, 0, 15 * SOL, 0).expect_err("too little");
        assert!(all.contains("15 SOL of the wallet's 15 SOL"), "{all}");
    }

    #[test]
    fn an_order_leaves_the_lamports_to_those_before_it() {
        let enough = RENT + 3 * COSTS;
        assert_eq!(told(0, 2 * COSTS, 10 * SOL, enough), Ok(()));
        let reserved = "funds_reserved: the wallet's SOL for fees and rent is reserved by orders \
            in execution";
        let told_less = told(0, 2 * COSTS, 10 * SOL, enough - 1);
        assert_eq!(told_less, Err(reserved.to_owned()));
    }
}
