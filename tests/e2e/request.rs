//! The XR of a story, and what is said about it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

/// How long a database may take to become Ready on a busy machine. AWS's own part is about a second.
pub(crate) const READY_LIMIT: Duration = Duration::from_mins(3);
/// How long anything may take that needs no AWS status to pass.
pub(crate) const SHORT_LIMIT: Duration = Duration::from_secs(90);

/// How long what Kubernetes' garbage collector deletes may take to go: where it is refused because of a Usage, it asks again after
/// twice as long each time, and nothing tells it that the Usage is gone.
pub(crate) const COLLECTED_LIMIT: Duration = Duration::from_mins(10);

/// One database of one story.
#[derive(Clone)]
pub(crate) struct Database<'a> {
    plane: &'a ControlPlane,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl<'a> Database<'a> {
    /// Applies an XR: version 16, unprotected (a story cleans up), and whatever else the spec says.
    pub(crate) async fn apply(
        plane: &'a ControlPlane,
        namespace: &str,
        name: &str,
        spec: Value,
    ) -> Result<Self> {
        let database = Self::existing(plane, namespace, name);
        let mut object = json!({
            "apiVersion": "goldenpath.io/v1alpha1",
            "kind": "GoldenPathDatabase",
            "metadata": {"name": name, "labels": {"goldenpath.io/team": "payments", "goldenpath.io/tier": "production"}},
            "spec": {"version": "16", "deletion": {"protection": false}},
        });
        for (key, value) in spec.as_object().into_iter().flatten() {
            object["spec"][key] = value.clone();
        }
        database.plane.apply(&object.to_string(), namespace).await?;
        Ok(database)
    }

    /// One that somebody else applies.
    pub(crate) fn existing(plane: &'a ControlPlane, namespace: &str, name: &str) -> Self {
        Self { plane, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// Changes the spec by a merge patch.
    pub(crate) async fn change(&self, spec: Value) -> Result<()> {
        let (client, patch) = (self.plane.client(), json!({ "spec": spec }));
        objects::merge(client, &kinds::database(), &self.namespace, &self.name, &patch).await?;
        Ok(())
    }

    /// The XR as it is now.
    pub(crate) async fn xr(&self) -> Result<DynamicObject> {
        let found =
            objects::get(self.plane.client(), &kinds::database(), &self.namespace, &self.name).await?;
        found.with_context(|| format!("there is no XR {}/{}", self.namespace, self.name))
    }

    /// Waits until the XR is Ready, and returns it.
    pub(crate) async fn ready(&self) -> Result<DynamicObject> {
        self.plane.until_true(kinds::database(), &self.namespace, &self.name, "Ready", READY_LIMIT).await
    }

    /// Waits until the XR is as it should be, and returns it.
    pub(crate) async fn until(
        &self,
        what: &str,
        limit: Duration,
        holds: impl Fn(&DynamicObject) -> bool,
    ) -> Result<DynamicObject> {
        self.plane.until(kinds::database(), &self.namespace, &self.name, what, limit, holds).await
    }

    /// Waits until the XR has a problem of a code, and returns the problem.
    pub(crate) async fn problem(&self, code: &str, limit: Duration) -> Result<Value> {
        let what = format!("has the problem {code}");
        let found = |xr: &DynamicObject| problem(xr, code).is_some();
        let xr = self.until(&what, limit, found).await?;
        problem(&xr, code).cloned().context("the problem was there a moment ago")
    }

    /// Waits until the XR has no problem.
    pub(crate) async fn without_problems(&self, limit: Duration) -> Result<()> {
        let none = |xr: &DynamicObject| xr.data["status"]["problems"].as_array().is_none_or(Vec::is_empty);
        self.until("has no problem", limit, none).await.map(|_| ())
    }

    /// The instance's identifier in AWS, once the function has chosen it.
    pub(crate) async fn identifier(&self) -> Result<String> {
        let instance = kinds::instance();
        let named = |i: &DynamicObject| external_name(i).is_some();
        let what = "has an external name";
        let found = self.plane.until(instance, &self.namespace, &self.name, what, SHORT_LIMIT, named).await?;
        external_name(&found).map(str::to_owned).context("the annotation was there a moment ago")
    }

    /// The secret's path in AWS.
    pub(crate) async fn secret_path(&self) -> Result<String> {
        let secret = kinds::managed_secret();
        let named = |s: &DynamicObject| external_name(s).is_some();
        let what = "has an external name";
        let found = self.plane.until(secret, &self.namespace, &self.name, what, SHORT_LIMIT, named).await?;
        external_name(&found).map(str::to_owned).context("the annotation was there a moment ago")
    }

    /// Writes another password to AWS, as a rotation there does.
    pub(crate) async fn rotate(&self, password: &str) -> Result<()> {
        let path = self.secret_path().await?;
        let stored = self.plane.aws().secret(&path).await?.context("no secret in AWS")?;
        let mut value = stored.json().context("its value is no JSON")?;
        for key in ["password", "POSTGRES_PASSWORD"] {
            value[key] = Value::from(password);
        }
        let version = json!({
            "SecretId": path, "ClientRequestToken": "r".repeat(32), "SecretString": value.to_string(),
        });
        self.plane.aws().call("secretsmanager", "PutSecretValue", &version).await?;
        Ok(())
    }

    /// Fails unless the password that was delivered is the one that AWS has set.
    pub(crate) async fn opens(&self) -> Result<()> {
        let delivered = self.plane.secret(&self.namespace, &self.name).await?.context("no Secret")?;
        let set =
            self.plane.aws().instance(&self.identifier().await?).await?.and_then(|found| found.password);
        ensure!(delivered.get("password") == set.map(|password| password.0).as_ref(), "it does not open it");
        Ok(())
    }

    /// Deletes the XR and waits until it and its managed resources are gone.
    pub(crate) async fn remove(&self) -> Result<()> {
        self.plane.delete(&kinds::database(), &self.namespace, &self.name).await?;
        for kind in [kinds::database(), kinds::instance(), kinds::managed_secret()] {
            self.plane.until_gone(kind, &self.namespace, &self.name, READY_LIMIT).await?;
        }
        Ok(())
    }
}

/// A composition as it can be applied, under another name too.
pub(crate) async fn composition(plane: &ControlPlane, name: &str) -> Result<Value> {
    let object = objects::get(plane.client(), &kinds::composition(), "", name).await?;
    let object = object.with_context(|| format!("there is no Composition {name}"))?;
    Ok(json!({
        "apiVersion": "apiextensions.crossplane.io/v1", "kind": "Composition",
        "metadata": {"name": name}, "spec": object.data["spec"],
    }))
}

/// A problem of an XR by its code.
pub(crate) fn problem<'a>(xr: &'a DynamicObject, code: &str) -> Option<&'a Value> {
    xr.data["status"]["problems"].as_array()?.iter().find(|p| p["code"] == code)
}

fn external_name(object: &DynamicObject) -> Option<&str> {
    object.metadata.annotations.as_ref()?.get("crossplane.io/external-name").map(String::as_str)
}

/// Asks for a deletion. Answers with what Crossplane says where the object is in use, and with none where it is deleted.
pub(crate) async fn refusal(
    plane: &ControlPlane,
    kind: &ApiResource,
    namespace: &str,
    name: &str,
) -> Result<Option<String>> {
    match plane.delete(kind, namespace, name).await {
        Err(refused) if format!("{refused:#}").contains("in-use") => Ok(Some(format!("{refused:#}"))),
        deleted => deleted.map(|()| None),
    }
}

/// Asks for a deletion and sees it refused with the words that a user reads. Crossplane's webhook reads the Usages that it
/// remembers, so the words of a moment ago may come first.
pub(crate) async fn deletion_is_refused(
    plane: &ControlPlane,
    kind: ApiResource,
    namespace: &str,
    name: &str,
    words: &str,
) -> Result<()> {
    let what = format!("the deletion is refused with: {words}");
    wait::until(&what, SHORT_LIMIT, async || {
        let asked = plane.delete(&kind, namespace, name).await;
        let refusal = format!("{:#}", asked.err().context("the deletion was accepted")?);
        ensure!(refusal.contains(words), "{refusal}");
        Ok(Some(()))
    })
    .await?;
    let found = objects::get(plane.client(), &kind, namespace, name).await?.context("it is gone")?;
    ensure!(found.metadata.deletion_timestamp.is_none(), "it is being deleted all the same");
    Ok(())
}
