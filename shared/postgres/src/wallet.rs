//! The orders that a wallet signs for.

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{EarlierSwap, OrderOver, Reserved, Spending, StoreError, WalletOrders},
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Database,
    error::StatementError,
    rows::{get, natural, signed_swap},
};

/// Keeps the orders of wallets in the database, together with what they reserve.
#[derive(Clone)]
pub struct PostgresWalletOrders {
    database: Database,
}

impl PostgresWalletOrders {
    /// In this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl WalletOrders for PostgresWalletOrders {
    async fn reserve(&self, spending: &Spending<'_>) -> Result<Option<Reserved>, StoreError> {
        const RESERVE: &str = "SELECT amount_before, costs_before FROM reserve($1, $2, $3, $4, $5)";
        let amount = spending.amount.to_decimal();
        let costs = i64::try_from(spending.costs).unwrap_or(i64::MAX);
        let before = self
            .database
            .run_repeatable(
                RESERVE,
                &[
                    &spending.order.0,
                    &spending.wallet,
                    &spending.mint,
                    &amount,
                    &costs,
                ],
            )
            .await?;
        Ok(before.first().map(reserved).transpose()?)
    }

    async fn over(&self, wallet: &str, limit: u32) -> Result<Vec<OrderOver>, StoreError> {
        let over = self
            .database
            .run(include_str!("sql/over.sql"), &[&wallet, &i64::from(limit)])
            .await?;
        Ok(over.iter().map(order_over).collect::<Result<_, _>>()?)
    }

    async fn signed(&self, order: OrderId) -> Result<Vec<EarlierSwap>, StoreError> {
        const SIGNED: &str = "SELECT t.signature, t.signed, t.last_valid_height, t.min_out, \
            t.quoted_out, t.venue, o.decimals_out \
            FROM transactions t JOIN orders o ON o.id = t.order_id \
            WHERE t.order_id = $1 ORDER BY t.n";
        let signed = self.database.run_repeatable(SIGNED, &[&order.0]).await?;
        let signed: Result<_, StatementError> = signed.iter().map(signed_swap).collect();
        Ok(signed?)
    }

    async fn forget(&self, orders: &[OrderId]) -> Result<(), StoreError> {
        const FORGET: &str = "DELETE FROM wallet_orders WHERE order_id = ANY ($1)";
        let ids: Vec<Uuid> = orders.iter().map(|order| order.0).collect();
        self.database.run_repeatable(FORGET, &[&ids]).await?;
        Ok(())
    }
}

fn reserved(row: &Row) -> Result<Reserved, StatementError> {
    let costs: i64 = get(row, "costs_before")?;
    Ok(Reserved {
        amount: get(row, "amount_before")?,
        costs: natural(costs, "costs_before")?,
    })
}

fn order_over(row: &Row) -> Result<OrderOver, StatementError> {
    let height: Option<i64> = get(row, "last_valid_height")?;
    let height = height.map(|height| natural(height, "last_valid_height"));
    Ok(OrderOver {
        id: OrderId(get(row, "order_id")?),
        landed: get(row, "landed")?,
        last_valid_height: height.transpose()?,
    })
}
