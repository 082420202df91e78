//! Management policies: which actions a managed resource allows.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One action that `spec.managementPolicies` may allow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, strum::Display,
)]
pub enum ManagementAction {
    /// Every action.
    #[serde(rename = "*")]
    #[strum(to_string = "*")]
    All,
    /// Create the external resource when it is absent.
    Create,
    /// Delete the external resource with the managed one.
    Delete,
    /// Fill unset fields of the spec from the external resource.
    LateInitialize,
    /// Read the external resource.
    Observe,
    /// Change the external resource when it differs.
    Update,
}

/// The parsed set of allowed actions: one of the supported combinations, never an unsupported one (R17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four independent permissions, not states of one machine")]
pub struct Policies {
    create: bool,
    update: bool,
    late_initialize: bool,
    delete: bool,
}

/// What `spec.managementPolicies` amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// An empty set: nothing is done at all (R5, R15).
    Paused,
    /// A supported set.
    Supported(Policies),
    /// A set that Crossplane does not support, printed sorted (R12).
    Unsupported(String),
}

// === impl Policies ===

impl Policies {
    /// Every action, the default.
    pub const ALL: Self = Self { create: true, update: true, late_initialize: true, delete: true };
    /// Look, and change nothing.
    pub const OBSERVE: Self = Self { create: false, update: false, late_initialize: false, delete: false };

    /// Whether an absent external resource may be created.
    pub fn may_create(self) -> bool {
        self.create
    }

    /// Whether a differing external resource may be changed.
    pub fn may_update(self) -> bool {
        self.update
    }

    /// Whether unset fields may be filled from outside.
    pub fn may_late_initialize(self) -> bool {
        self.late_initialize
    }

    /// Whether the external resource goes with the managed one.
    pub fn may_delete(self) -> bool {
        self.delete
    }

    /// Whether observing is all that is allowed.
    pub fn only_observe(self) -> bool {
        self == Self::OBSERVE
    }

    /// Every supported set that does not pause, once each; `{*}` and all actions by name allow the same.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        let actions = [
            ManagementAction::Create,
            ManagementAction::Update,
            ManagementAction::LateInitialize,
            ManagementAction::Delete,
        ];
        let sets = (0..16).map(|bits| {
            let allowed = (0..4).filter(|i| bits & (1 << i) != 0).map(|i| actions[i]);
            Self::parse(&allowed.chain([ManagementAction::Observe]).collect::<Vec<_>>())
        });
        sets.filter_map(|parsed| match parsed {
            Parsed::Supported(policies) => Some(policies),
            Parsed::Paused | Parsed::Unsupported(_) => None,
        })
        .collect()
    }

    /// Parses a list of actions as a set: order and repetition do not matter (R13).
    ///
    /// Of the sets with `Observe`, Crossplane supports all but `{Observe, LateInitialize, Delete}`,
    /// `{Observe, Update, Delete}` and `{Observe, Update, LateInitialize, Delete}`; without it, only `{}` and `{*}`.
    pub fn parse(actions: &[ManagementAction]) -> Parsed {
        use ManagementAction::{All, Create, Delete, LateInitialize, Observe, Update};
        let set: BTreeSet<_> = actions.iter().copied().collect();
        if set.is_empty() {
            return Parsed::Paused;
        }
        if set.len() == 1 && set.contains(&All) {
            return Parsed::Supported(Self::ALL);
        }
        let policies = Self {
            create: set.contains(&Create),
            update: set.contains(&Update),
            late_initialize: set.contains(&LateInitialize),
            delete: set.contains(&Delete),
        };
        let deletes_what_it_cannot_create =
            policies.delete && !policies.create && (policies.update || policies.late_initialize);
        if set.contains(&All) || !set.contains(&Observe) || deletes_what_it_cannot_create {
            let names: Vec<String> = set.iter().map(ToString::to_string).collect();
            return Parsed::Unsupported(format!("[{}]", names.join(" ")));
        }
        Parsed::Supported(policies)
    }
}

#[cfg(test)]
mod tests {
    use super::ManagementAction::{All, Create, Delete, LateInitialize, Observe, Update};
    use super::*;

    #[test]
    fn of_all_64_sets_exactly_the_15_of_crossplane_are_accepted() {
        let actions = [All, Create, Delete, LateInitialize, Observe, Update];
        let accepted = (0_u32..64)
            .filter(|bits| {
                let set: Vec<_> = (0..6).filter(|i| bits & (1 << i) != 0).map(|i| actions[i]).collect();
                !matches!(Policies::parse(&set), Parsed::Unsupported(_))
            })
            .count();
        assert_eq!(accepted, 15);
    }

    #[test]
    fn a_list_is_read_as_a_set() {
        assert_eq!(Policies::parse(&[Update, Observe, Observe]), Policies::parse(&[Observe, Update]));
        assert_eq!(Policies::parse(&[]), Parsed::Paused);
    }

    #[test]
    fn an_unsupported_set_is_named_in_a_stable_order() {
        assert_eq!(Policies::parse(&[Update, Create]), Parsed::Unsupported("[Create Update]".into()));
        assert_eq!(Policies::parse(&[Observe, All]), Parsed::Unsupported("[* Observe]".into()));
    }
}
