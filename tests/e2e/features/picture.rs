//! Everything that belongs to a database at one moment, so that two moments can be compared as a whole.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use goldenpath_tests::aws::{Call, Instance, SecretRecord};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::Value;

use super::now;
use crate::request::{Database, SHORT_LIMIT};

/// What there is, by name: objects of the namespace with the generation of their spec, fields of the DB instance and of
/// the secret in AWS, keys of the delivered Secret, and what the XR tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture(BTreeMap<String, String>);

/// How two pictures differ: `+Usage/orders-db-protection`, `~Instance/orders-db`, `rds.MultiAZ: true`.
pub(crate) type Differences = BTreeSet<String>;

/// The kinds that a database is made of, and those it could leave behind.
fn kinds_of_a_database() -> [ApiResource; 9] {
    [
        kinds::instance(),
        kinds::parameter_group(),
        kinds::managed_secret(),
        kinds::external_secret(),
        kinds::secret(),
        kinds::usage(),
        kinds::network_policy(),
        kinds::security_group_policy(),
        kinds::provider_config_usage(),
    ]
}

// === impl Picture ===

impl Picture {
    /// Of a database, and of everything in its namespace.
    pub(crate) async fn take(plane: &ControlPlane, database: &Database<'_>) -> Result<Self> {
        let mut picture = Self(BTreeMap::new());
        for kind in kinds_of_a_database() {
            for object in listed(plane, &kind, &database.namespace).await? {
                picture.object(&kind, &object);
            }
        }
        let state = plane.aws().state().await?;
        let (identifier, path) = (database.identifier().await?, database.secret_path().await?);
        let instance = state.instances.iter().find(|i| i.identifier == identifier);
        picture.instance(instance.context("no such instance in AWS")?);
        let secret = state.secrets.iter().find(|s| s.name == path);
        picture.secret(secret.context("no such secret in AWS")?);
        let of_this = |snapshot: &&goldenpath_tests::aws::Snapshot| snapshot.instance == identifier;
        for snapshot in state.snapshots.iter().filter(of_this).filter(|s| s.kind == "manual") {
            picture.put(format!("snapshot {}", snapshot.identifier), "");
        }
        picture.told(&database.xr().await?);
        Ok(picture)
    }

    /// As [`take`](Self::take), once two looks at AWS have changed nothing: core may see what is composed as it was a
    /// moment ago, and what it says then passes.
    pub(crate) async fn at_rest(plane: &ControlPlane, database: &Database<'_>) -> Result<Self> {
        wait::until("two looks at AWS change nothing", SHORT_LIMIT, async || {
            let before = Self::take(plane, database).await?;
            looked(plane, database, now()?, 2).await?;
            let after = Self::take(plane, database).await?;
            Ok((after == before).then_some(after))
        })
        .await
    }

    /// How this differs from an earlier one.
    pub(crate) fn since(&self, earlier: &Self) -> Differences {
        let keys: BTreeSet<_> = self.0.keys().chain(earlier.0.keys()).collect();
        keys.into_iter().filter_map(|key| difference(key, earlier.0.get(key), self.0.get(key))).collect()
    }

    fn put(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), value.into());
    }

    fn object(&mut self, kind: &ApiResource, object: &DynamicObject) {
        let name = object.metadata.name.clone().unwrap_or_default();
        let group = if kind.group.contains("secretsmanager") { "managed " } else { "" };
        let generation = object.metadata.generation.unwrap_or_default().to_string();
        // A Kubernetes Secret has no generation, but keys.
        self.put(format!("{group}{}/{name}", kind.kind), generation + &keys(&object.data["data"]));
    }

    fn instance(&mut self, instance: &Instance) {
        for (field, value) in &instance.fields {
            self.field("rds", field, value);
        }
        self.put("rds.DBInstanceStatus", instance.status.clone());
        for (field, value) in &instance.pending {
            self.field("rds.pending", field, value);
        }
        for (tag, value) in &instance.tags {
            self.put(format!("rds.tags.{tag}"), value.clone());
        }
    }

    /// The names of what the value has, and never the value.
    fn secret(&mut self, secret: &SecretRecord) {
        for (tag, value) in &secret.tags {
            self.put(format!("secret.tags.{tag}"), value.clone());
        }
        self.put("secret.keys", keys(&secret.json().unwrap_or_default()));
    }

    /// AWS leaves out what is empty, or says so in one of several ways.
    fn field(&mut self, of: &str, field: &str, value: &Value) {
        let empty = value.is_null() || *value == Value::from(Vec::<Value>::new());
        if !empty {
            self.put(format!("{of}.{field}"), value.to_string());
        }
    }

    fn told(&mut self, xr: &DynamicObject) {
        for condition in ["Ready", "Synced", "Accepted", "Available", "SecretSynced"] {
            self.put(condition, objects::condition(xr, condition).unwrap_or("-"));
        }
        let status = &xr.data["status"];
        for problem in status["problems"].as_array().into_iter().flatten() {
            let text = |key: &str| problem[key].as_str().unwrap_or("-").to_owned();
            self.put(format!("problem {} {}", text("code"), text("field")), "");
        }
        for pending in status["pendingChanges"].as_array().into_iter().flatten() {
            self.put(format!("pending {}", pending["field"].as_str().unwrap_or_default()), "");
        }
    }
}

fn difference(key: &str, before: Option<&String>, after: Option<&String>) -> Option<String> {
    let of_aws = key.starts_with("rds.") || key.starts_with("secret.");
    match (before, after) {
        (before, after) if before == after => None,
        (_, after) if of_aws => Some(format!("{key}: {}", after.map_or("-", String::as_str))),
        (None, _) => Some(format!("+{key}")),
        (_, None) => Some(format!("-{key}")),
        (Some(_), Some(after)) if key.chars().all(char::is_alphabetic) => Some(format!("{key}: {after}")),
        (Some(_), Some(_)) => Some(format!("~{key}")),
    }
}

/// The names of what is in an object, and never the values.
fn keys(of: &Value) -> String {
    let mut keys: Vec<_> = of.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect();
    keys.sort();
    keys.join(" ")
}

/// The objects of a kind; none where the cluster lacks the kind.
async fn listed(plane: &ControlPlane, kind: &ApiResource, namespace: &str) -> Result<Vec<DynamicObject>> {
    match objects::list(plane.client(), kind, namespace).await {
        Err(error) if is_not_found(&error) => Ok(Vec::new()),
        answer => answer,
    }
}

fn is_not_found(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(kube::Error::Api(status)) if status.code == 404)
}

/// Waits until AWS was looked at so often since a moment.
pub(crate) async fn looked(
    plane: &ControlPlane,
    database: &Database<'_>,
    since: f64,
    times: usize,
) -> Result<()> {
    let identifier = database.identifier().await?;
    wait::until("AWS is looked at", SHORT_LIMIT, async || {
        let looks = plane.aws().calls("DescribeDBInstances", &identifier).await?;
        Ok((looks.iter().filter(|call| call.time >= since).count() >= times).then_some(()))
    })
    .await
}

/// What was asked of AWS about a database since a moment and changes something: `ModifyDBInstance(MultiAZ)`.
pub(crate) async fn changes_asked_for(
    plane: &ControlPlane,
    database: &Database<'_>,
    since: f64,
) -> Result<Vec<String>> {
    let (identifier, path) = (database.identifier().await?, database.secret_path().await?);
    let mut calls = plane.aws().calls_since(since).await?;
    calls.retain(|call| call.resource.contains(&identifier) || call.resource.contains(&path));
    calls.retain(|call| !["Describe", "Get", "List"].iter().any(|read| call.action.starts_with(read)));
    Ok(calls.iter().map(printed).collect())
}

/// The call with what it says about its object. Which object, and that it is to be done at once, goes without saying.
fn printed(call: &Call) -> String {
    let names = call.parameters.iter().filter_map(|name| name.split('.').next());
    let names: BTreeSet<_> = names
        .filter(|name| !["ApplyImmediately", "DBInstanceIdentifier", "SecretId"].contains(name))
        .collect();
    format!("{}({})", call.action, names.into_iter().collect::<Vec<_>>().join(", "))
}
