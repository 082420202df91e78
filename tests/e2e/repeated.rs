//! What is played many times: how often, by which seed, and several side by side.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use futures::stream::{self, StreamExt};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The number that a variable of the environment asks for, or else this one.
///
/// # Errors
///
/// Fails if the variable is no such number.
pub(crate) fn number<T>(variable: &str, default: T) -> Result<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    match std::env::var(variable) {
        Ok(text) => text.parse().with_context(|| format!("{variable}={text}")),
        Err(_) => Ok(default),
    }
}

/// Orders of events: `ORDERS` says how many, `SEED` which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Orders {
    pub(crate) many: usize,
    seed: u64,
}

// === impl Orders ===

impl Orders {
    pub(crate) fn asked(many: usize, seed: u64) -> Result<Self> {
        Ok(Self { many: number("ORDERS", many)?, seed: number("SEED", seed)? })
    }

    /// Each has a chance of its own, the same in every run.
    pub(crate) async fn play<T>(
        self,
        at_once: usize,
        play: impl AsyncFn(usize, StdRng) -> Result<T>,
    ) -> Played<T> {
        side_by_side(self.many, at_once, async |order| {
            let chance = StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(order as u64));
            play(order, chance).await.with_context(|| format!("order {order} of the seed {}", self.seed))
        })
        .await
    }
}

impl fmt::Display for Orders {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} orders of the seed {}", self.many, self.seed)
    }
}

/// How many ended, and why others did not.
pub(crate) struct Played<T> {
    pub(crate) ended: Vec<T>,
    failed: Vec<String>,
}

// === impl Played ===

impl<T> Played<T> {
    /// # Errors
    ///
    /// Fails with the reasons if any did.
    pub(crate) fn all(self) -> Result<Vec<T>> {
        let Self { ended, failed } = self;
        ensure!(
            failed.is_empty(),
            "{} of {} failed:\n{}",
            failed.len(),
            failed.len() + ended.len(),
            failed.join("\n")
        );
        Ok(ended)
    }
}

/// Plays all of them, some at a time, whichever fails.
pub(crate) async fn side_by_side<T>(
    many: usize,
    at_once: usize,
    play: impl AsyncFn(usize) -> Result<T>,
) -> Played<T> {
    let play = &play;
    let played: Vec<_> =
        stream::iter(0..many).map(move |one| play(one)).buffer_unordered(at_once).collect().await;
    let (mut ended, mut failed) = (Vec::new(), Vec::new());
    for one in played {
        match one {
            Ok(one) => ended.push(one),
            Err(error) => failed.push(format!("{error:#}")),
        }
    }
    Played { ended, failed }
}
