//! Tags: whose an external resource is, and what its user wants it to be called.

use std::collections::BTreeMap;

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::{Change, Managed};
use kube::ResourceExt;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

const KIND: &str = "crossplane-kind";
const NAME: &str = "crossplane-name";
const CONFIG: &str = "crossplane-providerconfig";
const NAMESPACE: &str = "goldenpath.io/namespace";

/// The field of the tags, which have calls of their own.
pub(crate) const FIELD: &str = "tags";

/// How observed tags differ from those that the object and its user want.
pub(crate) fn change<M: AwsManaged>(managed: &M, observed: &Tags) -> Option<Change> {
    let delta = drift(managed, observed);
    let (from, to) = delta.printed(observed);
    (!delta.is_empty()).then(|| Change::immediate(FIELD, from, to))
}

/// What has to be called to make observed tags the desired ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) set: Tags,
    pub(crate) unset: Vec<String>,
}

/// The tags that an object's external resource gets: its own, over those that its user wants.
pub(crate) fn desired<M: AwsManaged>(managed: &M) -> Tags {
    let mut tags = managed.tags().cloned().unwrap_or_default();
    tags.extend(identity(managed));
    tags.insert(CONFIG.into(), managed.provider_config_ref().name);
    tags
}

/// Whether tags name this object as the owner. The configuration's name may change and does not count.
pub(crate) fn are_of<M: Managed>(managed: &M, tags: &Tags) -> bool {
    identity(managed).iter().all(|(key, value)| tags.get(key) == Some(value))
}

/// What has to be called to make observed tags those that the object and its user want.
pub(crate) fn drift<M: AwsManaged>(managed: &M, observed: &Tags) -> Delta {
    delta(&desired(managed), observed, managed.tags().is_some())
}

/// Compares tags. AWS's own stay. Tags that nobody asked for stay too, unless the spec has a list (`exact`).
fn delta(desired: &Tags, observed: &Tags, exact: bool) -> Delta {
    let differs = |(key, value): &(&String, &String)| observed.get(*key) != Some(*value);
    let surplus = |key: &&String| exact && !key.starts_with("aws:") && !desired.contains_key(*key);
    Delta {
        set: desired.iter().filter(differs).map(|(k, v)| (k.clone(), v.clone())).collect(),
        unset: observed.keys().filter(surplus).cloned().collect(),
    }
}

fn identity<M: Managed>(managed: &M) -> [(String, String); 3] {
    let kind = format!("{}.{}", M::kind(&()), M::group(&())).to_lowercase();
    [
        (KIND.into(), kind),
        (NAME.into(), managed.name_any()),
        (NAMESPACE.into(), managed.namespace().unwrap_or_default()),
    ]
}

// === impl Delta ===

impl Delta {
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }

    /// The keys that differ, as `from` and `to` of a change.
    pub(crate) fn printed(&self, observed: &Tags) -> (String, String) {
        let keys = || self.set.keys().chain(&self.unset);
        let print = |tags: &Tags| {
            let one = |key| format!("{key}={}", tags.get(key).map_or("", String::as_str));
            keys().map(one).collect::<Vec<_>>().join(" ")
        };
        (print(observed), print(&self.set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn an_object_tags_what_is_its_own() {
        let wanted = tags(&[("team", "payments"), ("crossplane-name", "forged")]);
        let expected = tags(&[
            ("crossplane-kind", "instance.rds.aws.m.goldenpath.io"),
            ("crossplane-name", "orders"),
            ("crossplane-providerconfig", "default"),
            ("goldenpath.io/namespace", "payments"),
            ("team", "payments"),
        ]);
        let mut instance = testing::instance();
        instance.spec.for_provider.tags = Some(wanted);
        assert_eq!(desired(&instance), expected, "an owner cannot be forged");
    }

    #[test]
    fn kind_name_and_namespace_make_an_owner() {
        let instance = testing::instance();
        let mut tags = desired(&instance);
        assert!(are_of(&instance, &tags));
        tags.remove(CONFIG);
        assert!(are_of(&instance, &tags), "another configuration is the same owner");
        for key in [KIND, NAME, NAMESPACE] {
            let mut other = tags.clone();
            other.insert(key.into(), "other".into());
            assert!(!are_of(&instance, &other), "{key} makes another owner");
        }
        assert!(!are_of(&instance, &Tags::new()));
    }

    #[test]
    fn only_what_differs_is_set_and_only_a_list_removes() {
        let desired = tags(&[("a", "1"), ("b", "2")]);
        let observed = tags(&[("a", "1"), ("b", "x"), ("aws:stack", "s"), ("cost", "c")]);
        let set = tags(&[("b", "2")]);
        let unset = vec!["cost".to_owned()];
        assert_eq!(delta(&desired, &observed, true), Delta { set: set.clone(), unset });
        assert_eq!(delta(&desired, &observed, false), Delta { set, unset: vec![] });
        assert!(delta(&desired, &desired, true).is_empty());
    }
}
