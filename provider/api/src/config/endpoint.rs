//! Where AWS is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where AWS is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.url.type != 'Auto' || has(self.partitionId)", "message": "url type Auto needs partitionId"},
]))]
pub struct Endpoint {
    /// The address.
    pub url: EndpointUrl,
    /// Services that it serves, e.g. `rds`, `secretsmanager`, `sts`; all of them unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub services: Option<Vec<String>>,
    /// The partition that it belongs to, e.g. `aws-cn`; that of the region unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_id: Option<String>,
    /// The service name that requests are signed for; that of the service unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_name: Option<String>,
    /// The region that requests are signed for; that of the managed resource unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_region: Option<String>,
}

/// An address of AWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.type != 'Static' || has(self.static)", "message": "type Static needs static"},
    {"rule": "self.type != 'Dynamic' || has(self.dynamic)", "message": "type Dynamic needs dynamic"},
]))]
pub struct EndpointUrl {
    /// How the address is found.
    pub r#type: EndpointUrlType,
    /// For `Static`: the address, e.g. `https://rds.internal.example.org`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#static: Option<String>,
    /// For `Dynamic`: what the address is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<DynamicUrl>,
}

/// How an address of AWS is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EndpointUrlType {
    /// It is given.
    Static,
    /// It is made of protocol, service, region and host.
    Dynamic,
    /// It is AWS's own, in the partition that `partitionId` names.
    Auto,
}

/// What an address is made of: `<protocol>://<service>.<region>.<host>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DynamicUrl {
    /// `https` unless set.
    #[serde(default)]
    pub protocol: Protocol,
    /// The last part of the address, e.g. `amazonaws.com`.
    pub host: String,
}

/// How requests travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// In clear text.
    Http,
    /// Encrypted.
    #[default]
    Https,
}
