//! How a managed resource names another one of its namespace.

use goldenpath_provider_core::{GroupKind, Reference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names another managed resource of the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LocalReference {
    /// Its name.
    pub name: String,
}

/// A kind that others refer to. By name and not as a type: an instance and the secret of its password refer to each
/// other, and their files do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub(crate) enum Referent {
    Instance,
    ParameterGroup,
    Secret,
    SubnetGroup,
}

// === impl LocalReference ===

impl LocalReference {
    /// The reference to an object of a kind.
    pub(crate) fn to(&self, referent: Referent) -> Reference {
        Reference { target: referent.kind(), name: self.name.clone() }
    }
}

// === impl Referent ===

impl Referent {
    fn kind(self) -> GroupKind {
        let (group, kind) = match self {
            Self::Instance => ("rds.aws.m.goldenpath.io", "Instance"),
            Self::ParameterGroup => ("rds.aws.m.goldenpath.io", "ParameterGroup"),
            Self::Secret => ("secretsmanager.aws.m.goldenpath.io", "Secret"),
            Self::SubnetGroup => ("rds.aws.m.goldenpath.io", "SubnetGroup"),
        };
        GroupKind { group: group.to_owned(), kind: kind.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::rds::{Instance, ParameterGroup, SubnetGroup};
    use crate::secretsmanager::Secret;

    #[test]
    fn what_is_referred_to_is_a_managed_resource() {
        for referent in Referent::iter() {
            let kind = match referent {
                Referent::Instance => GroupKind::of::<Instance>(),
                Referent::ParameterGroup => GroupKind::of::<ParameterGroup>(),
                Referent::Secret => GroupKind::of::<Secret>(),
                Referent::SubnetGroup => GroupKind::of::<SubnetGroup>(),
            };
            assert_eq!(referent.kind(), kind);
        }
    }
}
