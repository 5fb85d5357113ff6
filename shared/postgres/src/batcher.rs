//! Group commit: concurrent calls of one statement share a round trip, a commit and a flush to the
//! disk.
//!
//! Every statement that is batched takes its rows as a JSON array. What arrives while one call runs
//! goes into the next one together; with nothing running, a row goes at once and alone, so that
//! company is never waited for. A call that the server refuses is repeated row by row: one bad row
//! fails alone.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::FutureExt;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::oneshot;

use super::error::StatementError;

/// The input of one call: a JSON array's elements.
pub type Rows = [Box<RawValue>];

/// A statement for any number of rows, each about another key.
pub trait Statement: Send + Sync + 'static {
    /// What a row is about, for example an order.
    type Key: Clone + Eq + Hash + Ord + Send + Sync;
    /// What became of a row.
    type Answer: Send;

    /// Runs the statement in one transaction; `rows` has one row for each of `keys`. Answers what
    /// became of each; a key that is not in the answer was left out by the statement's own
    /// conditions.
    fn run(
        &self,
        keys: &[Self::Key],
        rows: &Rows,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Answer>, StatementError>> + Send;
}

/// Batches the calls of one statement. Cheap to clone.
pub struct StatementBatcher<S: Statement>(Arc<Shared<S>>);

struct Shared<S: Statement> {
    statement: S,
    queue: Mutex<Queue<S>>,
}

struct Queue<S: Statement> {
    waiting: Vec<Job<S>>,
    running: usize,
}

struct Job<S: Statement> {
    key: S::Key,
    row: Box<RawValue>,
    answer: oneshot::Sender<Result<Option<S::Answer>, StatementError>>,
}

/// At most this many rows a call: two or three milliseconds of work. A new order does not wait for
/// more than that.
const MAX_ROWS: usize = 32;
/// Calls of one statement at once: while one waits for the disk, the next one is worked on.
const MAX_CALLS: usize = 2;

impl<S: Statement> StatementBatcher<S> {
    /// An empty batcher.
    pub fn new(statement: S) -> Self {
        let queue = Queue {
            waiting: Vec::new(),
            running: 0,
        };
        Self(Arc::new(Shared {
            statement,
            queue: Mutex::new(queue),
        }))
    }

    /// Runs the statement for one row, together with those of others that wait. `None` when the
    /// statement's conditions left it out.
    ///
    /// # Errors
    /// The statement's error, as if the row had been alone.
    pub async fn run(
        &self,
        key: S::Key,
        row: &impl Serialize,
    ) -> Result<Option<S::Answer>, StatementError> {
        let row = to_raw_value(row)
            .map_err(|error| StatementError::Rejected(format!("a row is not JSON: {error}")))?;
        let (answer, answered) = oneshot::channel();
        if self.0.wait(Job { key, row, answer }) {
            tokio::spawn(Arc::clone(&self.0).drain());
        }
        answered.await.unwrap_or_else(|_| {
            Err(StatementError::Unknown(
                "the statement was interrupted".into(),
            ))
        })
    }
}

impl<S: Statement> Clone for StatementBatcher<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Statement> Shared<S> {
    /// Puts a job into the queue. Answers whether somebody has to begin to run it.
    fn wait(&self, job: Job<S>) -> bool {
        let mut queue = self.lock();
        queue.waiting.push(job);
        let begin = queue.running < MAX_CALLS;
        queue.running += usize::from(begin);
        begin
    }

    /// Runs until nothing waits. A task of its own: a caller that gives up must not stop the
    /// others.
    async fn drain(self: Arc<Self>) {
        loop {
            let next = self.lock().next_batch();
            let Some(batch) = next else { return };
            // A panic drops the answers of its own batch, which its callers are told; the batcher
            // goes on.
            let served = AssertUnwindSafe(self.serve(batch)).catch_unwind().await;
            if served.is_err() {
                tracing::error!("defect: a batch panicked");
            }
        }
    }

    async fn serve(&self, batch: Vec<Job<S>>) {
        let (mut keys, mut rows, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for job in batch {
            keys.push(job.key);
            rows.push(job.row);
            answers.push(job.answer);
        }
        let mut done = self.statement.run(&keys, &rows).await;
        let one_by_one = rows.len() > 1 && matches!(&done, Err(error) if error.is_refusal());
        for (i, answer) in answers.into_iter().enumerate() {
            if one_by_one {
                done = self.statement.run(&keys[i..=i], &rows[i..=i]).await;
            }
            let own = match &mut done {
                Ok(done) => Ok(done.remove(&keys[i])),
                Err(error) => Err(error.clone()),
            };
            // A caller that gave up reads the order book when it comes again.
            let _ = answer.send(own);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<S>> {
        // No code panics while it holds the lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Statement> Queue<S> {
    /// What waits, oldest first and each key once: a statement has one answer for a key. When
    /// nothing waits the run is over, and is counted so before anything can come.
    fn next_batch(&mut self) -> Option<Vec<Job<S>>> {
        let mut keys = HashSet::new();
        let mut batch = Vec::new();
        for job in std::mem::take(&mut self.waiting) {
            if job.answer.is_closed() {
                continue; // nothing was begun for it, and nobody is left to be told
            }
            if batch.len() < MAX_ROWS && keys.insert(job.key.clone()) {
                batch.push(job);
            } else {
                self.waiting.push(job);
            }
        }
        if batch.is_empty() {
            self.running -= 1;
            return None;
        }
        // Two statements that meet the same rows lock them in the same order.
        batch.sort_by(|a, b| a.key.cmp(&b.key));
        Some(batch)
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use tokio::sync::Semaphore;
    use uuid::Uuid;

    use super::*;

    /// Notes the rows of each statement. Each statement waits for a permit; a row `"bad"` is
    /// refused and a row `"ill"` panics.
    #[derive(Clone)]
    struct Noting {
        statements: Arc<Mutex<Vec<Vec<String>>>>,
        permits: Arc<Semaphore>,
    }

    impl Statement for Noting {
        type Key = Uuid;
        type Answer = String;

        async fn run(
            &self,
            orders: &[Uuid],
            rows: &Rows,
        ) -> Result<HashMap<Uuid, String>, StatementError> {
            let texts: Vec<String> = rows.iter().map(|row| row.get().to_owned()).collect();
            self.statements.lock().unwrap().push(texts.clone());
            self.permits.acquire().await.expect("open").forget();
            assert!(!texts.contains(&"\"ill\"".to_owned()));
            if texts.contains(&"\"bad\"".to_owned()) {
                return Err(StatementError::Unique);
            }
            Ok(orders.iter().copied().zip(texts).collect())
        }
    }

    fn noting(permits: usize) -> (Noting, StatementBatcher<Noting>) {
        let noting = Noting {
            statements: Arc::default(),
            permits: Arc::new(Semaphore::new(permits)),
        };
        (noting.clone(), StatementBatcher::new(noting))
    }

    fn order(n: usize) -> Uuid {
        Uuid::from_u128(n as u128)
    }

    /// Writes rows about orders 1, 2, 3 … all at once, and gives `permits` once they wait.
    async fn write_all(
        rows: &[&str],
        permits: usize,
    ) -> (Noting, Vec<Result<Option<String>, StatementError>>) {
        let (noting, batcher) = noting(0);
        let writes = join_all((1..).zip(rows).map(|(n, row)| batcher.run(order(n), row)));
        let permit = async {
            tokio::task::yield_now().await;
            noting.permits.add_permits(permits);
        };
        let (answers, ()) = tokio::join!(writes, permit);
        (noting, answers)
    }

    #[tokio::test]
    async fn what_waits_is_written_together_and_everyone_gets_the_own_answer() {
        let (noting, answers) = write_all(&["a", "b", "c", "d", "e"], 10).await;
        for (answer, text) in answers.into_iter().zip(["a", "b", "c", "d", "e"]) {
            assert_eq!(answer.expect("written"), Some(format!("\"{text}\"")));
        }
        let statements = noting.statements.lock().unwrap();
        assert!(statements.len() < 5, "{statements:?}");
        assert_eq!(statements.concat().len(), 5);
    }

    #[tokio::test]
    async fn a_refused_row_fails_alone() {
        let (_, answers) = write_all(&["a", "b", "bad", "c"], 20).await;
        let refused: Vec<bool> = answers.iter().map(Result::is_err).collect();
        assert_eq!(refused, [false, false, true, false]);
    }

    #[tokio::test]
    async fn two_rows_about_one_order_never_share_a_statement() {
        let (noting, batcher) = noting(20);
        let numbers = [0, 1, 2, 3, 4, 5];
        let answers = join_all(numbers.iter().map(|n| batcher.run(order(1), n))).await;
        for (n, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.expect("written"), Some(n.to_string()));
        }
        assert!(
            noting
                .statements
                .lock()
                .unwrap()
                .iter()
                .all(|rows| rows.len() == 1)
        );
    }

    #[tokio::test]
    async fn a_panic_is_told_and_the_batcher_goes_on() {
        let (_, batcher) = noting(20);
        for _ in 0..MAX_CALLS + 1 {
            assert!(batcher.run(order(1), &"ill").await.is_err());
        }
        assert_eq!(
            batcher.run(order(2), &"a").await.expect("written"),
            Some("\"a\"".to_owned())
        );
    }

    #[tokio::test]
    async fn a_caller_that_gave_up_before_its_turn_writes_nothing() {
        let (noting, batcher) = noting(0);
        let write = |n, row: &'static str| {
            let batcher = batcher.clone();
            tokio::spawn(async move { batcher.run(order(n), &row).await })
        };
        let mut held = Vec::new();
        for n in 0..MAX_CALLS {
            held.push(write(n, "held"));
            while noting.statements.lock().unwrap().len() <= n {
                tokio::task::yield_now().await;
            }
        }
        let given_up = write(9, "late");
        while batcher.0.lock().waiting.is_empty() {
            tokio::task::yield_now().await;
        }
        given_up.abort();
        assert!(given_up.await.is_err());
        noting.permits.add_permits(20);
        for held in held {
            assert!(held.await.expect("no panic").is_ok());
        }
        assert!(
            !noting
                .statements
                .lock()
                .unwrap()
                .concat()
                .contains(&"\"late\"".to_owned())
        );
    }
}
