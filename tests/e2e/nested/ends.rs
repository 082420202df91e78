//! Every order in which an app, its database and their namespace are deleted.

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::DeleteParams;
use serde_json::json;

use super::{DATABASE, NAME, apply, change};
use crate::request::{COLLECTED_LIMIT, READY_LIMIT, SHORT_LIMIT, deletion_is_refused};

/// Who is asked to go.
#[derive(Clone, Copy, Debug)]
enum Door {
    /// The app.
    App,
    /// The app, once what it owns is gone.
    AppInForeground,
    /// The database, which is refused; then the app.
    DatabaseFirst,
    /// The namespace with everything.
    Namespace,
    /// The app, while its database is being made.
    Young,
}

/// Whoever is asked first, the route goes before the pods, and the pods before the database; and nothing is left, in AWS neither.
pub(crate) async fn every_way_to_end_an_app_with_a_database_ends_clean(plane: &ControlPlane) -> Result<()> {
    let doors = [Door::App, Door::AppInForeground, Door::DatabaseFirst, Door::Namespace, Door::Young];
    let walks = doors.map(|door| async move {
        let namespace = plane.namespace("ends").await?;
        walk(plane, &namespace, door).await.with_context(|| format!("{door:?}"))
    });
    let told = join_all(walks).await.into_iter().filter_map(Result::err);
    let told: Vec<_> = told.map(|error| format!("{error:#}")).collect();
    ensure!(told.is_empty(), "{}", told.join("\n"));
    Ok(())
}

async fn walk(plane: &ControlPlane, namespace: &str, door: Door) -> Result<()> {
    apply(plane, namespace, json!({"enabled": true, "deletion": {"protection": false, "policy": "Delete"}}))
        .await?;
    let host = format!("shop.{namespace}.example.org");
    change(plane, namespace, json!({"ingress": {"enabled": true, "host": host}})).await?;
    if matches!(door, Door::Young) {
        let instance = plane.until(kinds::instance(), namespace, DATABASE, "is there", READY_LIMIT, |_| true);
        instance.await?;
    } else {
        plane.until_true(kinds::app(), namespace, NAME, "Ready", READY_LIMIT).await?;
        plane.until_true(kinds::usage(), namespace, "shop.database", "Ready", SHORT_LIMIT).await?;
    }
    match door {
        Door::App | Door::Young => plane.delete(&kinds::app(), namespace, NAME).await?,
        Door::AppInForeground => {
            let params = DeleteParams::foreground();
            objects::delete_with(plane.client(), &kinds::app(), namespace, NAME, &params).await?;
        }
        Door::DatabaseFirst => {
            deletion_is_refused(plane, kinds::database(), namespace, DATABASE, "in-use").await?;
            plane.delete(&kinds::app(), namespace, NAME).await?;
        }
        Door::Namespace => plane.delete(&kinds::namespace(), "", namespace).await?,
    }
    in_order(plane, namespace).await?;
    let gone = [kinds::app(), kinds::deployment(), kinds::database(), kinds::instance(), kinds::usage()];
    wait::until("nothing is left", COLLECTED_LIMIT, async || {
        let mut left = 0;
        for kind in &gone {
            left += objects::list(plane.client(), kind, namespace).await?.len();
        }
        Ok((left == 0).then_some(()))
    })
    .await
}

/// Watches until the database is gone: it is not on its way out while the pods are there, nor are they gone while the route is
/// there.
async fn in_order(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let mut has_had_pods = false;
    wait::until("the database is gone", COLLECTED_LIMIT, async || {
        // What is to go first is read last.
        let database = objects::get(plane.client(), &kinds::database(), namespace, DATABASE).await?;
        let pods = objects::get(plane.client(), &kinds::deployment(), namespace, NAME).await?;
        let route = objects::get(plane.client(), &kinds::ingress(), namespace, NAME).await?;
        has_had_pods |= pods.is_some();
        ensure!(pods.is_some() || route.is_none() || !has_had_pods, "the pods are gone before the route");
        let Some(database) = database else { return Ok(Some(())) };
        let leaves = database.metadata.deletion_timestamp.is_some();
        ensure!(!leaves || pods.is_none(), "the database leaves before the pods");
        Ok(None)
    })
    .await
}
