//! `KongConsumer`: somebody whom the gateway knows by credentials.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::Serialize;

use super::{API_VERSION, GROUP, VERSION};

/// A consumer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KongConsumer {
    api_version: &'static str,
    kind: &'static str,
    /// Its metadata.
    pub metadata: ObjectMeta,
    /// Its name in the whole gateway. Of two of one name the gateway takes one, and says nothing.
    pub username: String,
    /// The Secrets of its credentials.
    pub credentials: Vec<String>,
}

// === impl KongConsumer ===

impl KongConsumer {
    /// A consumer.
    pub fn of(metadata: ObjectMeta, username: String, credentials: Vec<String>) -> Self {
        Self { api_version: API_VERSION, kind: "KongConsumer", metadata, username, credentials }
    }
}

impl Resource for KongConsumer {
    type DynamicType = ();
    type Scope = k8s_openapi::NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "KongConsumer".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "kongconsumers".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
