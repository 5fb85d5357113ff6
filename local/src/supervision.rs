//! Parts of the process that must not end while it lives.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use engine::{execute::Shutdown, observe};
use futures::FutureExt;
use tokio::time::sleep;

/// Between the end of a part and its next beginning: a part that ends at once again and again must
/// not take the processor from those that work.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs a part until the shutdown. One that panics, or ends before, begins anew.
pub(crate) async fn keep_alive<F>(part: &'static str, shutdown: Shutdown, begin: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    loop {
        let ended = AssertUnwindSafe(begin()).catch_unwind().await;
        if shutdown.clone().now_or_never().is_some() {
            return;
        }
        let cause = match &ended {
            Ok(()) => "it ended",
            Err(panic) => message(&**panic),
        };
        observe::part_ended(part, cause);
        tokio::select! { () = shutdown.clone() => return, () = sleep(PAUSE) => {} }
    }
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
