//! Two app teams, each with a database; one of them attacks.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, Tenant, kinds, objects, wait};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::managed::{self, Kind};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

/// Name of each team's database.
pub(crate) const DATABASE: &str = "orders-db";
/// Name of each team's claim.
pub(crate) const CLAIM: &str = "billing-db";

/// Name of each team's app.
pub(crate) const APP: &str = "shop";

/// Name of a Secret and of an Instance of the attacker's namespace that no database has made.
pub(crate) const FOREIGN: &str = "theirs";

/// One team, and what it has.
pub(crate) struct Team<'a> {
    pub(crate) tenant: Tenant,
    pub(crate) database: Database<'a>,
    /// Where its credentials are in AWS.
    pub(crate) path: String,
    /// Its database's name in AWS.
    pub(crate) identifier: String,
    /// The XR of its claim.
    pub(crate) composite: String,
}

// === impl Team ===

impl<'a> Team<'a> {
    /// A team whose database is there, protected, and whose claim is bound.
    pub(crate) async fn settle(plane: &'a ControlPlane, story: &str) -> Result<Self> {
        let tenant = plane.tenant(story).await?;
        for kind in ["GoldenPathDatabase", "DatabaseClaim"] {
            let name = if kind == "DatabaseClaim" { CLAIM } else { DATABASE };
            let object: DynamicObject = serde_json::from_value(made(kind, name))?;
            // With the team's own rights: what a team needs passes every policy.
            objects::apply(&tenant.client, &object, Some(&tenant.namespace)).await?;
        }
        let app: DynamicObject = serde_json::from_value(app(&tenant.namespace))?;
        objects::apply(&tenant.client, &app, Some(&tenant.namespace)).await?;
        let database = Database::existing(plane, &tenant.namespace, DATABASE);
        database.ready().await?;
        let usage = format!("{DATABASE}-protection");
        plane.until(kinds::usage(), &tenant.namespace, &usage, "is there", SHORT_LIMIT, |_| true).await?;
        let composite = wait::until("the claim is bound", SHORT_LIMIT, async || {
            let claim =
                objects::get(plane.client(), &kinds::database_claim(), &tenant.namespace, CLAIM).await?;
            let claim = claim.context("no claim")?;
            Ok(claim.data["spec"]["resourceRef"]["name"].as_str().map(str::to_owned))
        })
        .await?;
        plane.until_true(kinds::app(), &tenant.namespace, APP, "Ready", READY_LIMIT).await?;
        let (path, identifier) = (database.secret_path().await?, database.identifier().await?);
        Ok(Self { tenant, database, path, identifier, composite })
    }

    /// What the team wants of its database, and what became of it.
    pub(crate) async fn state(&self, plane: &ControlPlane) -> Result<Value> {
        let xr = self.database.xr().await?;
        let instance = plane.aws().instance(&self.identifier).await?.context("the database is gone")?;
        let password = instance.password.map(|password| password.0);
        Ok(
            json!({"spec": xr.data["spec"], "labels": xr.metadata.labels, "password": password, "tags": instance.tags}),
        )
    }

    /// Where its app is reached.
    pub(crate) fn host(&self) -> String {
        host(&self.tenant.namespace)
    }

    /// Takes everything away again.
    pub(crate) async fn leave(&self, plane: &ControlPlane) -> Result<()> {
        let lift = json!({"spec": {"deletion": {"protection": false}}});
        let namespace = &self.tenant.namespace;
        objects::merge(plane.client(), &kinds::database(), namespace, DATABASE, &lift).await?;
        plane.delete(&kinds::database_claim(), namespace, CLAIM).await?;
        plane.delete(&kinds::app(), namespace, APP).await?;
        plane.until_gone(kinds::app(), namespace, APP, READY_LIMIT).await?;
        let usage = format!("{DATABASE}-protection");
        plane.until_gone(kinds::usage(), namespace, &usage, READY_LIMIT).await?;
        self.database.remove().await
    }
}

/// Makes what is there by another hand: the Secret by the team's, the Instance by the platform's, which manages nothing yet.
pub(crate) async fn make_foreign(plane: &ControlPlane, team: &Tenant) -> Result<()> {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": FOREIGN}, "stringData": {"keep": "me"},
    });
    let secret: DynamicObject = serde_json::from_value(secret)?;
    objects::apply(&team.client, &secret, Some(&team.namespace)).await?;
    let mut instance = Kind::Instance.object(FOREIGN);
    instance["metadata"]["annotations"]["crossplane.io/paused"] = json!("true");
    managed::apply(plane, &instance, &team.namespace).await?;
    Ok(())
}

/// Checks that what is there by another hand is as it was, and takes it away with the databases that reached for it.
pub(crate) async fn take_foreign(plane: &ControlPlane, team: &Tenant) -> Result<()> {
    let Tenant { namespace, .. } = team;
    let kept = plane.secret(namespace, FOREIGN).await?.context("the foreign Secret is gone")?;
    ensure!(kept.len() == 1 && kept.contains_key("keep"), "the foreign Secret was changed");
    let instance = objects::get(plane.client(), &kinds::instance(), namespace, FOREIGN).await?;
    let owners = instance.context("the foreign Instance is gone")?.metadata.owner_references;
    ensure!(owners.is_none(), "the foreign Instance was taken over: {owners:?}");
    plane.delete(&kinds::instance(), namespace, FOREIGN).await?;
    for name in ["overwriting", "sharing", FOREIGN] {
        Database::existing(plane, namespace, name).remove().await?;
    }
    Ok(())
}

fn made(kind: &str, name: &str) -> Value {
    json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": kind,
        "metadata": {"name": name, "labels": {"goldenpath.io/team": "team", "goldenpath.io/tier": "production"}},
        // A claim's is not protected, so that a story ends clean without asking twice.
        "spec": {"version": "16", "deletion": {"protection": kind == "GoldenPathDatabase"}},
    })
}

fn app(namespace: &str) -> Value {
    json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp",
        "metadata": {"name": APP, "labels": {"goldenpath.io/team": "team", "goldenpath.io/tier": "production"}},
        "spec": {"image": "registry.example/shop:v1", "ingress": {
            "enabled": true, "host": host(namespace), "plugins": [{"type": "key-auth"}],
        }},
    })
}

fn host(namespace: &str) -> String {
    format!("{APP}.{namespace}.example.org")
}
