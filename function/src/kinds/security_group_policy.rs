//! `SecurityGroupPolicy` of Amazon EKS (`vpcresources.k8s.aws/v1beta1`), as far as golden paths speak it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

use crate::kinds::Kind;
use crate::operators::Operator;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind {
    group: "vpcresources.k8s.aws",
    kind: Some("SecurityGroupPolicy"),
    operator: Some(&Operator {
        name: "the VPC resource controller of Amazon EKS",
        wanted_by: Some("Platform.network.clientSecurityGroupIds"),
        install: "use a cluster of Amazon EKS with security groups for pods, or leave Platform.network.clientSecurityGroupIds empty",
    }),
    ..Kind::PLAIN
};

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
