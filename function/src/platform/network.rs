//! The network between pods and databases.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::NamespaceName;

/// What the platform says of the network that pods are in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Network {
    /// Whether pods reach nothing unless a `NetworkPolicy` lets them. Where they reach everything, the first policy that
    /// selects a pod would cut it off from all that the policy does not name.
    pub default_deny: bool,
    /// The namespace of the gateway's pods, which reach apps of which the network is managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_namespace: Option<NamespaceName>,
    /// The namespace of the monitoring's pods, which read the metrics of such apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring_namespace: Option<NamespaceName>,
    /// Where databases are: where pods reach nothing by themselves, those that use a database get a `NetworkPolicy` that
    /// lets them out to its port there, and to DNS.
    pub database_cidrs: Vec<Cidr>,
    /// The security groups that databases let in: pods that use one are put into them, on Amazon EKS.
    pub client_security_group_ids: Vec<SecurityGroupId>,
    /// The security group of the cluster. A pod that is put into groups leaves the one of its node, and with it DNS and
    /// the kubelet's probes, so it is put into this one as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_security_group_id: Option<SecurityGroupId>,
}

/// A range of addresses, e.g. `10.0.128.0/17`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr(String);

/// The id of a VPC security group, e.g. `sg-0123456789abcdef0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecurityGroupId(String);

// === impl Cidr ===

impl TryFrom<String> for Cidr {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let is_range = given.split_once('/').is_some_and(|(address, prefix)| {
            let longest = address.parse().map(|address: IpAddr| if address.is_ipv4() { 32 } else { 128 });
            let is_number = prefix.chars().all(|c| c.is_ascii_digit()) && !prefix.starts_with("00");
            is_number && prefix.parse().is_ok_and(|prefix: u8| longest.is_ok_and(|most| prefix <= most))
        });
        if is_range { Ok(Self(given)) } else { Err("a range of addresses such as 10.0.128.0/17 is expected") }
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.0
    }
}

// === impl SecurityGroupId ===

impl TryFrom<String> for SecurityGroupId {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let is_hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        let id = given.strip_prefix("sg-").filter(|id| !id.is_empty() && id.chars().all(is_hexadecimal));
        if id.is_some() {
            Ok(Self(given))
        } else {
            Err("the id of a security group such as sg-0123456789abcdef0 is expected")
        }
    }
}

impl From<SecurityGroupId> for String {
    fn from(id: SecurityGroupId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("10.0.0.0/8", true)]
    #[case("0.0.0.0/0", true)]
    #[case("2001:db8::/32", true)]
    #[case("10.0.0.0/33", false)]
    #[case("10.0.0.0", false)]
    #[case("10.0.0/8", false)]
    #[case("10.0.0.0/+8", false)]
    #[case("10.0.0.0/008", false)]
    #[case("", false)]
    fn ranges_of_addresses_are_read_as_the_api_server_reads_them(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(Cidr::try_from(given.to_owned()).is_ok(), valid);
    }

    #[rstest]
    #[case("sg-0123456789abcdef0", true)]
    #[case("sg-", false)]
    #[case("sg-db-clients", false)]
    #[case("default", false)]
    fn security_groups_have_ids(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(SecurityGroupId::try_from(given.to_owned()).is_ok(), valid);
    }
}
