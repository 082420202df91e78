//! Who plays AWS: our own, whose rules cite AWS's pages, or moto behind its wrapper, for a second opinion.

use anyhow::{Result, bail};
use serde_json::json;

use super::Timing;
use crate::process::Launch;
use crate::repository;
use crate::tools::Python;

/// Chooses the player: `sim`, which is also what nothing means, or `moto`.
const VARIABLE: &str = "AWS_ENDPOINT";
/// The program of this repository that plays AWS.
const SIM: &str = "aws-sim";

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Player {
    Sim,
    Moto,
}

// === impl Player ===

impl Player {
    /// The one that the environment asks for.
    pub(super) fn chosen() -> Result<Self> {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "sim") => Ok(Self::Sim),
            Ok("moto") => Ok(Self::Moto),
            Ok(other) => bail!("{VARIABLE} is sim or moto, not {other}"),
        }
    }

    /// How to start it on a port.
    pub(super) fn launch(self, port: &str, timing: Timing) -> Result<Launch> {
        match self {
            Self::Sim => sim(port, timing),
            Self::Moto => moto(port, timing),
        }
    }
}

/// Windows open when a story says so, and storage has no rest unless one asks for it: no story has six hours.
fn sim(port: &str, timing: Timing) -> Result<Launch> {
    let binary = repository::product(SIM)?;
    let mut knobs = serde_json::to_value(timing)?;
    knobs["windows"] = json!(false);
    knobs["storage_cooldown"] = json!(0.0);
    Ok(Launch::new(binary).args(["--port", port, "--calls", "--knobs"]).arg(knobs.to_string()))
}

fn moto(port: &str, timing: Timing) -> Result<Launch> {
    let launch = Launch::new(Python::prepare()?.path())
        .args(["-B", "-m", "awstruth", "--port", port])
        .args(["--creating-seconds".into(), timing.creating.to_string()])
        .args(["--backing-up-seconds".into(), timing.backing_up.to_string()])
        .args(["--modifying-seconds".into(), timing.modifying.to_string()])
        .args(["--deleting-seconds".into(), timing.deleting.to_string()])
        .folder(repository::path("tests/aws"));
    Ok(launch)
}
