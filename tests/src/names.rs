//! Names that several parts of the harness agree on.

/// The namespace of Crossplane's own objects.
pub(crate) const CROSSPLANE: &str = "crossplane-system";
/// The provider's revision, and its service account.
pub(crate) const REVISION: &str = "provider-goldenpath-aws-local";
