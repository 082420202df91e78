//! A controller that begins anew. What it gives Kong before it has heard of everything is nobody's to keep closed but its own, and
//! is counted apart: `docs/security.md` says so.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::kong::{Kong, Lapse};
use goldenpath_tests::{ControlPlane, wait};
use serde_json::json;

use super::shop::{Door, LIMIT, Shop, judged};
use super::{key_auth, limit};
use crate::repeated;

/// Guarded routes that are there when it begins anew.
const SHOPS: usize = 6;
/// How often it does, unless `RESTARTS` says otherwise.
const RESTARTS: usize = 3;
const NAMES: [&str; SHOPS] = ["shop0", "shop1", "shop2", "shop3", "shop4", "shop5"];

/// The controller is killed while guards come and go. Whatever route is open then is so in the first configuration of a controller
/// that has begun anew, and never afterwards.
pub(crate) async fn a_controller_that_begins_anew_is_counted_apart(plane: &ControlPlane) -> Result<()> {
    let (kong, since) = (plane.kong()?, plane.kong()?.posted().len());
    let namespace = plane.namespace("anew").await?;
    let mut shops = Vec::new();
    for (number, name) in NAMES.into_iter().enumerate() {
        let door = if number % 3 == 0 { Door::Request } else { Door::App };
        shops.push(Shop::open(plane, door, (&namespace, name), json!([key_auth()])).await?);
    }
    for shop in &mut shops {
        shop.settles().await?;
    }
    let restarts = repeated::number("RESTARTS", RESTARTS)?;
    for round in 0..restarts {
        // Half of them change while nobody listens.
        let plugins = if round % 2 == 0 { json!([key_auth(), limit()]) } else { json!([key_auth()]) };
        let mut changed: Vec<_> = shops.iter_mut().skip(round % 2).step_by(2).collect();
        kong.controller.kill();
        for shop in &mut changed {
            shop.asks_for(plugins.clone()).await?;
        }
        begins_anew(kong).await.with_context(|| format!("restart {round}"))?;
        for shop in &mut shops {
            shop.settles().await?;
        }
    }
    let subjects: Vec<_> = shops.iter().map(|shop| shop.subject.clone()).collect();
    let verdict = judged(kong, &format!("{restarts} restarts of the controller"), &subjects, since)?;
    for shop in &mut shops {
        shop.leaves().await?;
    }
    let lapses: Vec<_> = verdict.lapsed.keys().filter(|lapse| **lapse != Lapse::Restarted).collect();
    ensure!(lapses.is_empty(), "{:?}", verdict.lapsed);
    ensure!(verdict.routes > SHOPS * restarts, "only {} routes were judged", verdict.routes);
    Ok(())
}

/// Starts the controller, and waits until it has given Kong something.
async fn begins_anew(kong: &Kong) -> Result<()> {
    let starts = kong.posted().last().map_or(0, |posted| posted.start);
    kong.controller.start()?;
    wait::until("it gives Kong a configuration", LIMIT, async || {
        Ok(kong.posted().last().filter(|posted| posted.start > starts).map(drop))
    })
    .await
}
