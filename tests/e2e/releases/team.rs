//! A team that works while the platform is upgraded: it changes a database, makes one, and takes one away.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, objects, wait};
use kube::core::DynamicObject;
use serde_json::json;

use crate::request::{Database, READY_LIMIT};

/// What changes what a database is, and what nobody touches is not changed by.
const MUTATING: [&str; 3] = ["Create", "Modify", "Delete"];

/// Its namespace, and what it has there.
pub(super) struct Team<'a> {
    plane: &'a ControlPlane,
    namespace: String,
    changing: Database<'a>,
    newest: Database<'a>,
    round: u32,
}

// === impl Team ===

impl<'a> Team<'a> {
    pub(super) async fn settle(plane: &'a ControlPlane) -> Result<Self> {
        let namespace = plane.namespace("working").await?;
        let changing = Database::apply(plane, &namespace, "changing", json!({})).await?;
        let newest = Database::apply(plane, &namespace, "round-0", json!({})).await?;
        for database in [&changing, &newest] {
            database.ready().await?;
        }
        Ok(Self { plane, namespace, changing, newest, round: 0 })
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Everything it asks for is done.
    pub(super) async fn works(&mut self) -> Result<()> {
        self.round += 1;
        let days = 8 + self.round % 2;
        self.changing.change(json!({"backup": {"retentionDays": days}})).await?;
        let newer =
            Database::apply(self.plane, &self.namespace, &format!("round-{}", self.round), json!({})).await?;
        let is_done = |xr: &DynamicObject| {
            objects::condition(xr, "Synced") == Some("True")
                && objects::condition(xr, "Ready") == Some("True")
                && xr.data["status"]["observedGeneration"].as_i64() == xr.metadata.generation
        };
        self.changing.until("is as it was changed", READY_LIMIT, is_done).await?;
        let identifier = self.changing.identifier().await?;
        wait::until("AWS has the change", READY_LIMIT, async || {
            let found = self.plane.aws().instance(&identifier).await?;
            Ok(found.filter(|found| found.fields["BackupRetentionPeriod"] == days).map(drop))
        })
        .await?;
        newer.ready().await?;
        std::mem::replace(&mut self.newest, newer).remove().await
    }

    /// Fails where AWS was told twice to make something, or was told anything of what rests after it was made.
    pub(super) async fn made_each_once(&self, resting: &str) -> Result<()> {
        let mut told = BTreeMap::<_, usize>::new();
        for call in self.plane.aws().calls_since(0.0).await? {
            let is_mutating = MUTATING.iter().any(|verb| call.action.starts_with(verb));
            let is_ours = call.resource.contains(&self.namespace) || call.resource.contains(resting);
            if is_mutating && is_ours && call.error.is_none() {
                *told.entry((call.action, call.resource)).or_default() += 1;
            }
        }
        let twice = told.iter().filter(|((action, _), times)| action.starts_with("Create") && **times > 1);
        let touched = told
            .keys()
            .filter(|(action, resource)| !action.starts_with("Create") && resource.contains(resting));
        let (twice, touched): (Vec<_>, Vec<_>) = (twice.collect(), touched.collect());
        ensure!(twice.is_empty() && touched.is_empty(), "made twice: {twice:?}; changed: {touched:?}");
        Ok(())
    }

    pub(super) async fn leaves(&self) -> Result<()> {
        for database in [&self.changing, &self.newest] {
            database.remove().await?;
        }
        Ok(())
    }
}
