//! `vpcresources.k8s.aws/v1beta1` of Amazon EKS, as far as golden paths speak it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// Puts pods of the namespace into security groups.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "vpcresources.k8s.aws",
    version = "v1beta1",
    kind = "SecurityGroupPolicy",
    plural = "securitygrouppolicies",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupPolicySpec {
    /// Which pods.
    pub pod_selector: LabelSelector,
    /// Into which groups.
    pub security_groups: PodSecurityGroups,
}

/// Names security groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSecurityGroups {
    /// By id.
    pub group_ids: Vec<String>,
}
