//! Change logs: what a provider changed outside the cluster, told to a sidecar (managed-runtime R165).

/// Version `v1alpha1`, the only one.
pub mod v1alpha1 {
    #![allow(
        missing_docs,
        clippy::pedantic,
        reason = "generated from proto/changelogs/v1alpha1/changelog.proto"
    )]
    include!("generated/changelogs.proto.v1alpha1.rs");
}
