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
