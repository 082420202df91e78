//! A kind, as labels name it.

use goldenpath_provider_core::Managed;
use prometheus_client::encoding::EncodeLabelSet;

/// A kind, as the label `gvk` names it; computed from the kind itself (R177).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EncodeLabelSet)]
pub(crate) struct Kind {
    gvk: String,
}

/// A kind, as provider-upjet-aws names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Parts {
    group: String,
    version: String,
    kind: String,
}

// === impl Kind ===

impl Kind {
    pub(crate) fn of<M: Managed>() -> Self {
        Self { gvk: format!("{}, Kind={}", M::api_version(&()), M::kind(&())) }
    }

    pub(super) fn parts(&self) -> Parts {
        let (version, kind) = self.gvk.split_once(", Kind=").unwrap_or((&self.gvk, ""));
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        Parts { group: group.into(), version: version.into(), kind: kind.into() }
    }
}

#[cfg(test)]
mod tests {
    use goldenpath_provider_core::{ManagedSpec, ManagedStatus};
    use kube::CustomResource;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
    #[kube(group = "ec2.aws", version = "v1", kind = "PrefixList", namespaced, status = "ManagedStatus")]
    struct PrefixListSpec {
        #[serde(flatten)]
        managed: ManagedSpec,
    }

    impl Managed for PrefixList {
        fn managed_spec(&self) -> &ManagedSpec {
            &self.spec.managed
        }

        fn managed_status(&self) -> Option<&ManagedStatus> {
            self.status.as_ref()
        }

        fn managed_status_mut(&mut self) -> &mut ManagedStatus {
            self.status.get_or_insert_default()
        }
    }

    #[test]
    fn a_kind_whose_name_ends_as_lists_do_keeps_its_name() {
        let kind = Kind::of::<PrefixList>();
        assert_eq!(kind.gvk, "ec2.aws/v1, Kind=PrefixList");
        let parts = Parts { group: "ec2.aws".into(), version: "v1".into(), kind: "PrefixList".into() };
        assert_eq!(kind.parts(), parts);
    }
}
