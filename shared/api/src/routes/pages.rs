//! All orders of a filter, a page in memory at a time.

use std::sync::Arc;

use engine::{
    account::AccountId,
    observe,
    order::Order,
    ports::{Corrupt, OrderFilter, OrderReader, PageQuery, StoreError, place},
};

/// How many orders a page has.
const PAGE: u16 = 200;

/// The history, page after page, newest first. An order that comes meanwhile is not in it.
pub(super) struct Pages {
    reader: Arc<dyn OrderReader>,
    account: AccountId,
    query: PageQuery,
    is_over: bool,
}

impl Pages {
    /// The account's orders of which this is true.
    pub(super) fn of(
        reader: &Arc<dyn OrderReader>,
        account: &AccountId,
        only: OrderFilter,
    ) -> Self {
        Self {
            reader: Arc::clone(reader),
            account: account.clone(),
            query: PageQuery {
                limit: PAGE,
                before: None,
                only,
            },
            is_over: false,
        }
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// [`StoreError`] when the order book does not answer.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Result<Order, Corrupt>>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let page = self.reader.page(&self.account, &self.query).await?;
        for corrupt in page.iter().filter_map(|row| row.as_ref().err()) {
            observe::corrupt(corrupt);
        }
        self.is_over = page.len() < usize::from(PAGE);
        self.query.before = page.last().map(place);
        Ok(Some(page))
    }
}
