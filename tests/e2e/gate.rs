//! Safe start: a kind's controller is there while its CRD is, and no other kind notices (R239, R244, R245).

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, manifest, objects, repository, wait};
use serde_json::json;

use crate::managed::{self, Kind};
use crate::request::{READY_LIMIT, SHORT_LIMIT};

const CRD: &str = "secrets.secretsmanager.aws.m.goldenpath.io";

/// The CRD of one kind is deleted while an object of it exists, and put back: the object is finalized and the CRD goes,
/// the other kind is looked after all the while, and the one comes back.
pub(crate) async fn the_others_go_on_while_a_crd_is_away(plane: &ControlPlane) -> Result<()> {
    let name = plane.namespace("gate").await?;
    managed::credentials(plane, &name).await?;
    managed::apply(plane, &managed::config(plane), &name).await?;
    for kind in Kind::ALL {
        managed::apply(plane, &kind.object(&name), &name).await?;
        plane.until_true(kind.resource(), &name, &name, "Ready", READY_LIMIT).await?;
    }

    let process = plane.provider()?.pid();
    let crds = kinds::custom_resource_definition();
    plane.delete(&crds, "", CRD).await?;
    plane.until_gone(crds, "", CRD, SHORT_LIMIT).await?;
    ensure!(!Kind::Secret.is_in_aws(plane, &name).await?, "its object has gone without what it looked after");
    drift_is_put_back(plane, &name).await?;

    let again = format!("{name}-again");
    put_back(plane).await?;
    managed::apply(plane, &Kind::Secret.object(&again), &name).await?;
    plane.until_true(kinds::managed_secret(), &name, &again, "Ready", READY_LIMIT).await?;
    ensure!(plane.provider()?.pid() == process && plane.provider()?.is_running(), "it was another process");

    for (kind, object) in [(Kind::Instance, &name), (Kind::Secret, &again)] {
        plane.delete(&kind.resource(), &name, object).await?;
        plane.until_gone(kind.resource(), &name, object, READY_LIMIT).await?;
    }
    Ok(())
}

async fn put_back(plane: &ControlPlane) -> Result<()> {
    let crds = manifest::read_folder(&repository::path("package/provider/crds"))?;
    let crd =
        crds.into_iter().find(|crd| crd.metadata.name.as_deref() == Some(CRD)).context("no such CRD")?;
    objects::apply(plane.client(), &crd, None).await?;
    objects::established(plane.client(), &[crd]).await
}

async fn drift_is_put_back(plane: &ControlPlane, name: &str) -> Result<()> {
    plane.aws().drift(name, "BackupRetentionPeriod", json!(1)).await?;
    wait::until("the retention is put back", SHORT_LIMIT, async || {
        let instance = plane.aws().instance(name).await?.context("no such instance")?;
        Ok((instance.fields["BackupRetentionPeriod"] == 7).then_some(()))
    })
    .await
}
