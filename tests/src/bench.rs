//! What `make bench` measures. It prints times, counts and ratios, and fails only when something is wrong: no machine
//! is too slow for it.

mod idle;
mod latency;
mod steady;

use anyhow::Result;
use clap::ValueEnum;
use goldenpath_tests::Tools;
use tokio::task::JoinSet;

use crate::or_interrupted;

/// One measurement, in a stack of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// How long our part of a new database takes.
    Latency,
    /// A thousand managed resources: how they come up, and a minute of their rest.
    Steady,
    /// The provider's memory in a cluster full of what it has nothing to do with.
    Idle,
}

/// Measures the given parts; all, when none is given.
pub(crate) async fn run(parts: &[Part]) -> Result<()> {
    let tools = Tools::prepare_control_plane()?;
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let measured = async {
        for part in parts {
            match part {
                Part::Latency => latency::run(&tools).await?,
                Part::Steady => steady::run(&tools).await?,
                Part::Idle => idle::run(&tools).await?,
            }
        }
        Ok(())
    };
    or_interrupted(Box::pin(measured)).await.unwrap_or(Ok(()))
}

/// Does something for each number below `count`, by so many at once as an API server likes.
async fn each<F: Future<Output = Result<()>> + Send + 'static>(
    count: usize,
    job: impl Fn(usize) -> F,
) -> Result<()> {
    const AT_ONCE: usize = 16;
    let mut jobs = JoinSet::new();
    for number in 0..count {
        if jobs.len() >= AT_ONCE
            && let Some(done) = jobs.join_next().await
        {
            done??;
        }
        jobs.spawn(job(number));
    }
    while let Some(done) = jobs.join_next().await {
        done??;
    }
    Ok(())
}

/// Bytes for people.
fn mib(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
    let mib = bytes as f64 / f64::from(1 << 20);
    format!("{mib:.1} MiB")
}
