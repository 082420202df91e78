//! Writes that are tried again.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use goldenpath_provider_core::Fault;
use tokio::time::Instant;

/// The delays between two attempts of a write.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(10))
    .with_max_delay(Duration::from_secs(2))
    .without_max_times();

/// Tries a write again for so long, while its fault is one that passes. How long the attempts take counts too.
pub(crate) async fn retry_for<T, F: Future<Output = Result<T, Fault>>>(
    patience: Duration,
    passes: fn(&Fault) -> bool,
    attempt: impl FnMut() -> F,
) -> Result<T, Fault> {
    let give_up = Instant::now() + patience;
    let in_time = |delay: &Duration| Instant::now() + *delay <= give_up;
    attempt.retry(BACKOFF).when(passes).adjust(|_, delay| delay.filter(in_time)).await
}
