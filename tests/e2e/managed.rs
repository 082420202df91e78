//! A managed resource that a story makes by hand, with the configuration that it uses.

use anyhow::{Context, Result};
use goldenpath_tests::aws::REGION;
use goldenpath_tests::{ControlPlane, install, kinds, manifest};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

/// Name of the configuration and of its credentials, in the story's namespace.
pub(crate) const CONFIG: &str = "account";

/// The kinds of managed resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Instance,
    Secret,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Instance, Self::Secret];

    pub(crate) fn resource(self) -> ApiResource {
        match self {
            Self::Instance => kinds::instance(),
            Self::Secret => kinds::managed_secret(),
        }
    }

    /// One that uses [`CONFIG`]. Its name is also its name in AWS, so it must be unique.
    pub(crate) fn object(self, name: &str) -> Value {
        let (api_version, kind) = (self.resource().api_version, self.resource().kind);
        let parameters = match self {
            Self::Instance => json!({
                "region": REGION, "engine": "postgres", "engineVersion": "16", "instanceClass": "db.t4g.small",
                "allocatedStorage": 20, "username": "app", "manageMasterUserPassword": true,
                "backupRetentionPeriod": 7, "skipFinalSnapshot": true, "deletionProtection": false,
            }),
            Self::Secret => json!({
                "region": REGION,
                "generateSecretString": {"secretStringTemplate": r#"{"username":"app"}"#, "generateStringKey": "password"},
            }),
        };
        json!({
            "apiVersion": api_version, "kind": kind, "metadata": {"name": name},
            "spec": {
                "forProvider": parameters,
                "providerConfigRef": {"kind": "ProviderConfig", "name": CONFIG},
            },
        })
    }

    /// Whether AWS has it; a secret in its recovery window is gone.
    pub(crate) async fn is_in_aws(self, plane: &ControlPlane, name: &str) -> Result<bool> {
        Ok(match self {
            Self::Instance => plane.aws().instance(name).await?.is_some(),
            Self::Secret => plane.aws().secret(name).await?.is_some_and(|s| s.deleted_date.is_none()),
        })
    }

    /// Removes it from AWS.
    pub(crate) async fn remove_from_aws(self, plane: &ControlPlane, name: &str) -> Result<()> {
        let (service, action, parameters) = match self {
            Self::Instance => {
                let parameters = json!({"DBInstanceIdentifier": name, "SkipFinalSnapshot": "true"});
                ("rds", "DeleteDBInstance", parameters)
            }
            Self::Secret => {
                let parameters = json!({"SecretId": name, "ForceDeleteWithoutRecovery": true});
                ("secretsmanager", "DeleteSecret", parameters)
            }
        };
        plane.aws().call(service, action, &parameters).await.map(|_| ())
    }
}

/// The credentials of [`CONFIG`], in a namespace.
pub(crate) async fn credentials(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let file = install::credentials_file("AKIASTORY", "not-checked-by-the-endpoint");
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": CONFIG}, "stringData": {"credentials": file},
    });
    plane.apply(&secret.to_string(), namespace).await.map(|_| ())
}

/// The configuration of a namespace.
pub(crate) fn config(plane: &ControlPlane) -> Value {
    json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": CONFIG},
        "spec": {
            "credentials": {"source": "Secret", "secretRef": {"name": CONFIG, "key": "credentials"}},
            "endpoint": {"url": {"type": "Static", "static": plane.aws().url()}},
        },
    })
}

/// Applies one object.
pub(crate) async fn apply(plane: &ControlPlane, object: &Value, namespace: &str) -> Result<DynamicObject> {
    let applied = plane.apply(&object.to_string(), namespace).await?.pop();
    applied.with_context(|| format!("nothing was applied: {}", manifest::show(object)))
}
