//! Waiting for conditions. A test never sleeps: it names what is to become true and how long that may take.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often a condition is checked; short, so that measured times are exact.
const INTERVAL: Duration = Duration::from_millis(50);

/// Asks until there is an answer. Errors are retried, too; the last one is reported when time is over.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        let answer = ask().await;
        if let Ok(Some(found)) = answer {
            return Ok(found);
        }
        if begun.elapsed() > limit {
            match answer {
                Err(error) => bail!("within {limit:?} it never came true that {what}; last error: {error:#}"),
                Ok(_) => bail!("within {limit:?} it never came true that {what}"),
            }
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Whether a URL is answered with success.
pub(crate) async fn answers(url: &str) -> bool {
    reqwest::get(url).await.is_ok_and(|response| response.status().is_success())
}

/// Whether something accepts connections at an address.
pub(crate) async fn listens(address: &str) -> bool {
    tokio::net::TcpStream::connect(address).await.is_ok()
}
