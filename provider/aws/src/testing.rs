//! What tests share: a cluster of values, and objects as production makes them.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use goldenpath_provider_api::config::ClusterProviderConfig;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::objects::Readable;
use goldenpath_provider_core::{Fault, Objects};
use k8s_openapi::{ClusterResourceScope, NamespaceResourceScope};
use kube::Resource;
use serde::Serialize;
use serde_json::{Value, json};

use crate::client::{Clients, Service, Services};
use crate::connector::Session;
use crate::fault::Api;
use crate::lifecycles::Lifecycles;

/// A cluster that holds what it was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeObjects(HashMap<(String, String, String), Value>);

// === impl FakeObjects ===

impl FakeObjects {
    pub(crate) fn with<K: Resource<DynamicType = ()> + Serialize>(mut self, object: &K) -> Self {
        let meta = object.meta();
        let key = key::<K>(meta.namespace.as_deref().unwrap_or_default(), meta.name.as_deref().unwrap());
        self.0.insert(key, serde_json::to_value(object).unwrap());
        self
    }
}

impl Objects for FakeObjects {
    async fn get<K>(&self, namespace: &str, name: &str) -> Result<Option<K>, Fault>
    where
        K: Readable<Scope = NamespaceResourceScope>,
    {
        let found = self.0.get(&key::<K>(namespace, name));
        Ok(found.map(|v| serde_json::from_value(v.clone()).unwrap()))
    }

    async fn get_cluster<K>(&self, name: &str) -> Result<Option<K>, Fault>
    where
        K: Readable<Scope = ClusterResourceScope>,
    {
        let found = self.0.get(&key::<K>("", name));
        Ok(found.map(|v| serde_json::from_value(v.clone()).unwrap()))
    }
}

fn key<K: Resource<DynamicType = ()>>(namespace: &str, name: &str) -> (String, String, String) {
    let kind = format!("{}.{}", K::kind(&()), K::group(&()));
    (kind, namespace.to_owned(), name.to_owned())
}

/// The cluster that all objects are in.
pub(crate) const CLUSTER: &str = "blue";

/// What an object is reached with whose calls a script answers, in the account `1`.
pub(crate) fn session(
    objects: FakeObjects,
    rds: aws_sdk_rds::Client,
    secrets: aws_sdk_secretsmanager::Client,
) -> Session<FakeObjects> {
    session_in("1", objects, rds, secrets)
}

/// As [`session`], in another account.
pub(crate) fn session_in(
    account: &'static str,
    objects: FakeObjects,
    rds: aws_sdk_rds::Client,
    secrets: aws_sdk_secretsmanager::Client,
) -> Session<FakeObjects> {
    let caller = mock!(aws_sdk_sts::Client::get_caller_identity)
        .then_output(move || GetCallerIdentityOutput::builder().account(account).build());
    let sts = mock_client!(aws_sdk_sts, RuleMode::MatchAny, &[&caller]);
    let services = Arc::new(Services {
        rds: Service::new(rds, Api::Rds, "aws.test".into()),
        secrets: Service::new(secrets, Api::SecretsManager, "aws.test".into()),
        sts: Service::new(sts, Api::Sts, "aws.test".into()),
    });
    let clients = Arc::new(Clients::scripted(objects, Arc::clone(&services)));
    Session { clients, services, lifecycles: Arc::new(Lifecycles::silent()) }
}

/// `ClusterProviderConfig` default, which objects use unless they say otherwise.
pub(crate) fn cluster_config(spec: &Value) -> ClusterProviderConfig {
    serde_json::from_value(json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ClusterProviderConfig",
        "metadata": {"name": "default", "uid": "u1", "generation": 1}, "spec": spec,
    }))
    .unwrap()
}

/// The value that must appear nowhere.
pub(crate) const PASSWORD: &str = "Tr0ub4dor-and-3-more-words";

/// `Instance` payments/orders with external name `payments-orders-abc12`.
pub(crate) fn instance() -> Instance {
    serde_json::from_value(json!({
        "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1",
        "kind": "Instance",
        "metadata": {
            "name": "orders",
            "namespace": "payments",
            "uid": "11111111-2222-3333-4444-555555555555",
            "annotations": {"crossplane.io/external-name": "payments-orders-abc12"},
        },
        "spec": {"forProvider": {
            "region": "eu-central-1",
            "engine": "postgres",
            "engineVersion": "16",
            "instanceClass": "db.t4g.small",
            "allocatedStorage": 20,
            "maxAllocatedStorage": 100,
            "storageType": "gp3",
            "storageEncrypted": true,
            "dbName": "orders",
            "username": "app",
            "masterUserPasswordFrom": {"secretRef": {"name": "orders-db"}, "key": "password"},
            "backupRetentionPeriod": 7,
            "deletionProtection": true,
        }},
    }))
    .unwrap()
}

/// [`instance`], of another region.
pub(crate) fn instance_in(region: &str) -> Instance {
    let mut instance = instance();
    instance.spec.for_provider.region = region.to_owned();
    instance
}

/// `Secret` payments/orders-db, attached to [`instance`].
pub(crate) fn secret() -> Secret {
    serde_json::from_value(json!({
        "apiVersion": "secretsmanager.aws.m.goldenpath.io/v1alpha1",
        "kind": "Secret",
        "metadata": {
            "name": "orders-db",
            "namespace": "payments",
            "uid": "99999999-8888-7777-6666-555555555555",
            "annotations": {"crossplane.io/external-name": "goldenpath/prod/payments/orders"},
        },
        "spec": {"forProvider": {
            "region": "eu-central-1",
            "generateSecretString": {
                "secretStringTemplate": "{\"username\":\"app\",\"POSTGRES_USER\":\"app\"}",
                "generateStringKey": "password",
                "additionalGenerateStringKeys": ["POSTGRES_PASSWORD"],
            },
            "attachment": {"instanceRef": {"name": "orders"}, "keys": "Both"},
        }},
    }))
    .unwrap()
}
