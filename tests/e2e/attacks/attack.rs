//! One thing that a team tries, and what stops it.

use std::fmt;

use anyhow::{Context, Result, bail};
use goldenpath_tests::{ControlPlane, Tenant, kinds, objects};
use kube::api::{Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject};
use serde_json::Value;

use crate::request::SHORT_LIMIT;

/// What is tried.
pub(crate) struct Attack {
    /// As a sentence about the attacker.
    pub(crate) what: &'static str,
    pub(crate) act: Act,
    pub(crate) stopped_by: Stop,
}

/// One request, in the attacker's namespace unless it names another.
pub(crate) enum Act {
    /// Makes an object.
    Make(Value),
    /// Merges a patch into an object.
    Change(ApiResource, String, Value),
    /// Merges a patch into the status of an object.
    Say(ApiResource, String, Value),
    /// Deletes an object.
    Delete(ApiResource, String),
    /// Reads an object of a namespace.
    Read(ApiResource, String, String),
}

/// What stops an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A policy of `package/policies`, by its name.
    Policy(&'static str),
    /// The attacker has no right to it.
    Rights,
    /// The XR's schema has no words for it.
    Schema,
    /// The object is accepted and refused by the golden path, with a problem.
    Problem(&'static str),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(name) => write!(f, "policy {name}"),
            Self::Rights => write!(f, "RBAC"),
            Self::Schema => write!(f, "schema"),
            Self::Problem(code) => write!(f, "problem {code}"),
        }
    }
}

// === impl Attack ===

impl Attack {
    /// By a policy.
    pub(crate) fn policy(policy: &'static str, what: &'static str, act: Act) -> Self {
        Self { what, act, stopped_by: Stop::Policy(policy) }
    }

    /// By RBAC.
    pub(crate) fn rights(what: &'static str, act: Act) -> Self {
        Self { what, act, stopped_by: Stop::Rights }
    }

    /// Tries it, and says what was wrong about the answer; none if it was stopped as it should.
    pub(crate) async fn fails(&self, plane: &ControlPlane, attacker: &Tenant) -> Option<String> {
        let Self { what, act, stopped_by } = self;
        let answer = act.perform(attacker).await;
        let is_stopped = match (&answer, stopped_by) {
            (Ok(()), Stop::Problem(code)) => act.is_reported(plane, attacker, code).await,
            (Ok(()), _) => Err(anyhow::anyhow!("it was let pass")),
            (Err(error), stop) => stop.is_of(&format!("{error:#}")),
        };
        is_stopped.err().map(|error| format!("{what}: {error:#}"))
    }
}

// === impl Act ===

impl Act {
    async fn perform(&self, attacker: &Tenant) -> Result<()> {
        let Tenant { client, namespace } = attacker;
        match self {
            Self::Make(object) => {
                let object: DynamicObject = serde_json::from_value(object.clone())?;
                objects::apply(client, &object, Some(namespace)).await?;
            }
            Self::Change(kind, name, patch) => {
                objects::merge(client, kind, home(kind, namespace), name, patch).await?;
            }
            Self::Say(kind, name, patch) => {
                let api = objects::scoped(client, kind, namespace);
                api.patch_status(name, &PatchParams::default(), &Patch::Merge(patch)).await?;
            }
            Self::Delete(kind, name) => objects::delete(client, kind, home(kind, namespace), name).await?,
            Self::Read(kind, namespace, name) => {
                objects::get(client, kind, namespace, name).await?.context("there is nothing to read")?;
            }
        }
        Ok(())
    }

    /// Waits until what was made tells of a problem.
    async fn is_reported(&self, plane: &ControlPlane, attacker: &Tenant, code: &str) -> Result<()> {
        let Self::Make(object) = self else { bail!("only what was made tells of problems") };
        let name = object["metadata"]["name"].as_str().context("no name")?;
        let told = |xr: &DynamicObject| {
            let problems = xr.data["status"]["problems"].as_array();
            problems.is_some_and(|problems| problems.iter().any(|problem| problem["code"] == code))
        };
        let kind = match object["kind"].as_str() {
            Some("GoldenPathApp") => kinds::app(),
            Some("IngressRequest") => kinds::ingress_request(),
            Some("SecretSync") => kinds::secret_sync(),
            _ => kinds::database(),
        };
        let what = format!("has the problem {code}");
        plane.until(kind, &attacker.namespace, name, &what, SHORT_LIMIT, told).await?;
        Ok(())
    }
}

/// Where an object of a kind is, as the API sees it: none of the cluster's has a namespace.
fn home<'a>(kind: &ApiResource, namespace: &'a str) -> &'a str {
    match kind.kind.as_str() {
        "Namespace" | "ValidatingAdmissionPolicyBinding" => "",
        _ => namespace,
    }
}

// === impl Stop ===

impl Stop {
    /// Whether a refusal is this one's: not any other, which would hide that this one is missing.
    fn is_of(self, refusal: &str) -> Result<()> {
        let is_so = match self {
            Self::Policy(name) => refusal.contains(&format!("ValidatingAdmissionPolicy '{name}'")),
            Self::Rights => {
                refusal.contains("forbidden: User") || refusal.contains("is attempting to grant RBAC")
            }
            Self::Schema => refusal.contains("in body should match"),
            Self::Problem(_) => false,
        };
        if is_so {
            return Ok(());
        }
        bail!("expected {self}, got: {refusal}")
    }
}
