//! Who reaches the pods, and whom they reach.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::platform::Cidr;

/// Who reaches the pods, and whom they reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.mode) || self.mode != 'Open' || !(has(self.inbound) || has(self.outbound) || has(self.outboundCIDRs))",
     "message": "inbound, outbound and outboundCIDRs are rules of the mode Managed"},
]))]
pub struct Network {
    /// Managed: only the gateway, the monitoring and who is listed reach the pods. As the platform says unless set.
    pub mode: Option<NetworkMode>,
    /// Applications that reach the pods.
    #[schemars(length(max = 64))]
    pub inbound: Option<Vec<Application>>,
    /// Applications that the pods reach. Once anything outbound is listed they reach nothing else but DNS and what the
    /// platform lets everybody reach.
    #[schemars(length(max = 64))]
    pub outbound: Option<Vec<Application>>,
    /// Addresses that the pods reach.
    #[serde(rename = "outboundCIDRs")]
    #[schemars(length(max = 64))]
    pub outbound_cidrs: Option<Vec<Destination>>,
}

/// Whether the pods are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum NetworkMode {
    Managed,
    Open,
}

/// The pods of an application: those with the label `app` of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Application {
    /// Its name.
    #[schemars(length(max = 63), regex(pattern = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"))]
    pub application: String,
    /// Its namespace; this one unless set.
    #[schemars(length(max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub namespace: Option<String>,
}

/// Addresses outside of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "isCIDR(self.cidr)", "message": "cidr is a range of addresses such as 10.0.0.0/16"},
]))]
pub struct Destination {
    /// The range of addresses.
    #[schemars(with = "String", length(max = 64))]
    pub cidr: Cidr,
    /// TCP ports; every port unless set.
    #[schemars(length(min = 1, max = 16), inner(range(min = 1, max = 65535)))]
    pub ports: Option<Vec<i32>>,
}
