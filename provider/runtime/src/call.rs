//! How calls to the outside are made.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use goldenpath_provider_core::Fault;

use crate::lease::Leadership;

/// The reason of a fault that is a panic.
pub(crate) const PANIC: &str = "Panic";
/// The reason of a fault that is a call that has taken too long.
pub(crate) const TIMEOUT: &str = "Timeout";

/// Bounds a call that may be given up, and turns its panic into a fault (R3, R82).
pub(crate) async fn bounded<T>(
    timeout: Duration,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(timeout, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(panicked()),
        Err(_) => Err(Fault::transient(TIMEOUT, format!("no answer within {timeout:?}"))),
    }
}

/// Runs a call that must not be given up in a task of its own, and turns its panic into a fault.
pub(crate) async fn uninterrupted<T: Send + 'static>(
    call: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    tokio::spawn(call).await.map_err(|_| panicked())
}

/// Makes a call that changes something outside, unless another process may lead by now: asked at the last moment,
/// because a process may be stopped anywhere (R237).
pub(crate) async fn as_leader<T>(
    leadership: &Leadership,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    if leadership.holds() { call.await } else { Err(not_leading()) }
}

/// Never reported: the process that leads now reports on the object.
pub(crate) fn not_leading() -> Fault {
    Fault::transient("NotLeading", "this process does not hold the lease any more")
}

/// The panic's own words went to the log; they may hold anything, so they go nowhere else.
fn panicked() -> Fault {
    Fault::transient(PANIC, "the provider has a bug: a handler panicked")
        .remedy("see the provider's log and report it")
}
