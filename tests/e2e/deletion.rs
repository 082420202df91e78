//! Nothing that is deleted gets stuck, whichever way and in whichever order (managed-runtime §21 item 7).

mod case;
mod scene;

use anyhow::{Result, bail, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::DeleteParams;
use serde_json::json;

use case::{Case, Door, First, Records, matrix};
use scene::Scene;

use crate::managed::{self, Kind};
use crate::request::{READY_LIMIT, SHORT_LIMIT};

/// How a managed resource can go, whether it or its configuration is asked first, for each kind: all at once.
pub(crate) async fn twenty_four_ways_and_none_gets_stuck(plane: &ControlPlane) -> Result<()> {
    let _composer = plane.composer().await?;
    all(plane, &matrix()).await
}

/// Usages as crossplane-runtime makes them block the garbage collector; a foreground deletion ends all the same (R187).
pub(crate) async fn two_that_wait_for_each_other_both_go(plane: &ControlPlane) -> Result<()> {
    let cases = Kind::ALL.map(|kind| {
        [First::Config, First::Managed].map(|first| Case {
            door: Door::Foreground,
            first,
            kind,
            records: Records::Blocking,
        })
    });
    all(plane, &cases.concat()).await
}

/// Without `Delete` among its policies a managed resource lets go at once, were its configuration unusable (R83); and
/// its usage goes, even where it is deleted as one that leaves behind what it owns (R189).
pub(crate) async fn what_is_to_stay_stays(plane: &ControlPlane) -> Result<()> {
    let client = plane.client();
    for kind in Kind::ALL {
        let name = plane.namespace("kept").await?;
        managed::credentials(plane, &name).await?;
        managed::apply(plane, &managed::config(plane), &name).await?;
        let mut object = kind.object(&name);
        object["spec"]["managementPolicies"] = json!(["Observe", "Create", "Update", "LateInitialize"]);
        managed::apply(plane, &object, &name).await?;
        plane.until_true(kind.resource(), &name, &name, "Ready", READY_LIMIT).await?;

        plane.delete(&kinds::secret(), &name, managed::CONFIG).await?;
        objects::delete_with(client, &kind.resource(), &name, &name, &DeleteParams::orphan()).await?;
        plane.until_gone(kind.resource(), &name, &name, SHORT_LIMIT).await?;
        wait::until("the usage is gone", SHORT_LIMIT, async || {
            let used = objects::list(client, &kinds::provider_config_usage(), &name).await?;
            ensure!(used.len() <= 1, "{used:?}");
            Ok(used.is_empty().then_some(()))
        })
        .await?;
        plane.delete(&kinds::provider_config(), &name, managed::CONFIG).await?;
        plane.until_gone(kinds::provider_config(), &name, managed::CONFIG, SHORT_LIMIT).await?;
        ensure!(kind.is_in_aws(plane, &name).await?, "AWS has lost {name}");
        kind.remove_from_aws(plane, &name).await?;
    }
    Ok(())
}

/// Tells every case that has failed, not only the first.
async fn all(plane: &ControlPlane, cases: &[Case]) -> Result<()> {
    let told = cases.iter().map(|case| async move {
        let told = Scene::tell(plane, *case).await;
        told.err().map(|error| format!("--- {case:?}\n{error:#}"))
    });
    let failed: Vec<String> = futures::future::join_all(told).await.into_iter().flatten().collect();
    if !failed.is_empty() {
        bail!("{} of {} cases failed\n{}", failed.len(), cases.len(), failed.join("\n"));
    }
    Ok(())
}
