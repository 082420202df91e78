//! Tags: the owner of an external resource, and the tags that its user asks for.

use std::collections::{BTreeMap, BTreeSet};

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::{Change, Managed};
use kube::ResourceExt;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

const KIND: &str = "crossplane-kind";
const NAME: &str = "crossplane-name";
const CONFIG: &str = "crossplane-providerconfig";
const NAMESPACE: &str = "goldenpath.io/namespace";
const CLUSTER: &str = "goldenpath.io/cluster";

/// The annotation with the keys of the tags that the object's user has asked for, so that one that is not asked for any
/// more goes, and those that others have set stay.
const KEYS: &str = "goldenpath.io/tag-keys";

/// The field of the tags, which have calls of their own.
pub(crate) const FIELD: &str = "tags";

/// The owner that tags name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    This,
    /// In words.
    Another(String),
    /// No owner, or an incomplete one.
    Nobody,
}

/// How observed tags differ from those that the object and its user want.
pub(crate) fn change<M: AwsManaged>(managed: &M, cluster: &str, observed: &Tags) -> Option<Change> {
    let delta = drift(managed, cluster, observed);
    let (from, to) = delta.printed(observed);
    (!delta.is_empty()).then(|| Change::immediate(FIELD, from, to))
}

/// The calls that make observed tags the desired ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub(crate) set: Tags,
    pub(crate) unset: Vec<String>,
}

/// The tags that an object's external resource gets: its own, over those that its user wants.
pub(crate) fn desired<M: AwsManaged>(managed: &M, cluster: &str) -> Tags {
    let mut tags = managed.tags().cloned().unwrap_or_default();
    tags.extend(identity(managed, cluster));
    tags.insert(CONFIG.into(), managed.provider_config_ref().name);
    tags
}

/// The owner that tags name. The configuration's name may change and does not count. Every part that is there has to be
/// this object's; the cluster may be missing, as older releases did not write it.
pub(crate) fn owner<M: Managed>(managed: &M, cluster: &str, tags: &Tags) -> Owner {
    let identity = identity(managed, cluster);
    if identity.iter().any(|(key, value)| tags.get(key).is_some_and(|named| named != value)) {
        let of = |key: &str| tags.get(key).map_or("?", String::as_str);
        let object = format!("{} {}/{}", of(KIND), of(NAMESPACE), of(NAME));
        return Owner::Another(match tags.get(CLUSTER).filter(|named| *named != cluster) {
            Some(other) => format!("{object} of cluster {other}"),
            None => object,
        });
    }
    let is_named = |(key, _): &(String, String)| key == CLUSTER || tags.contains_key(key);
    if identity.iter().all(is_named) { Owner::This } else { Owner::Nobody }
}

/// Records the keys of the tags that the object's user asks for. A key that is not asked for any more stays recorded while
/// the tag is there.
pub(crate) fn remember<M: AwsManaged>(managed: &mut M, observed: &Tags) {
    let recorded = recorded(managed).into_iter().filter(|key| observed.contains_key(key));
    let keys: BTreeSet<_> =
        managed.tags().into_iter().flat_map(BTreeMap::keys).cloned().chain(recorded).collect();
    if keys.is_empty() {
        managed.annotations_mut().remove(KEYS);
    } else {
        let keys = keys.into_iter().collect::<Vec<_>>().join(",");
        managed.annotations_mut().insert(KEYS.to_owned(), keys);
    }
}

/// The recorded keys. No key has a comma in it.
fn recorded<M: Managed>(managed: &M) -> BTreeSet<String> {
    let recorded = managed.annotations().get(KEYS).map_or("", String::as_str);
    recorded.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

/// The calls that make observed tags those that the object and its user want.
pub(crate) fn drift<M: AwsManaged>(managed: &M, cluster: &str, observed: &Tags) -> Delta {
    delta(&desired(managed, cluster), observed, &recorded(managed))
}

/// Compares tags. Those that others have set stay.
fn delta(desired: &Tags, observed: &Tags, recorded: &BTreeSet<String>) -> Delta {
    let differs = |(key, value): &(&String, &String)| observed.get(*key) != Some(*value);
    let surplus = |key: &&String| recorded.contains(*key) && !desired.contains_key(*key);
    Delta {
        set: desired.iter().filter(differs).map(|(k, v)| (k.clone(), v.clone())).collect(),
        unset: observed.keys().filter(surplus).cloned().collect(),
    }
}

fn identity<M: Managed>(managed: &M, cluster: &str) -> [(String, String); 4] {
    let kind = format!("{}.{}", M::kind(&()), M::group(&())).to_lowercase();
    [
        (KIND.into(), kind),
        (NAME.into(), managed.name_any()),
        (NAMESPACE.into(), managed.namespace().unwrap_or_default()),
        (CLUSTER.into(), cluster.to_owned()),
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
            ("goldenpath.io/cluster", "blue"),
            ("goldenpath.io/namespace", "payments"),
            ("team", "payments"),
        ]);
        let mut instance = testing::instance();
        instance.spec.for_provider.tags = Some(wanted);
        assert_eq!(desired(&instance, "blue"), expected, "an owner cannot be forged");
    }

    #[test]
    fn kind_name_namespace_and_cluster_make_an_owner() {
        let instance = testing::instance();
        let owner = |tags: &Tags| owner(&instance, "blue", tags);
        let mut tags = desired(&instance, "blue");
        assert_eq!(owner(&tags), Owner::This);
        tags.remove(CONFIG);
        assert_eq!(owner(&tags), Owner::This, "another configuration is the same owner");
        for key in [KIND, NAME, NAMESPACE, CLUSTER] {
            let mut other = tags.clone();
            other.insert(key.into(), "other".into());
            assert!(matches!(owner(&other), Owner::Another(_)), "{key} makes another owner");
            other.remove(key);
            let expected = if key == CLUSTER { Owner::This } else { Owner::Nobody };
            assert_eq!(owner(&other), expected, "without {key}");
        }
        assert_eq!(owner(&Tags::new()), Owner::Nobody);
        tags.insert(CLUSTER.into(), "green".into());
        let told = "instance.rds.aws.m.goldenpath.io payments/orders of cluster green";
        assert_eq!(owner(&tags), Owner::Another(told.into()));
    }

    #[test]
    fn only_what_differs_is_set_and_only_what_was_asked_for_goes() {
        let desired = tags(&[("a", "1"), ("b", "2")]);
        let observed = tags(&[("a", "1"), ("b", "x"), ("aws:stack", "s"), ("cost", "c"), ("c7n:stop", "1")]);
        let recorded = BTreeSet::from(["b".to_owned(), "cost".to_owned(), "gone".to_owned()]);
        let expected = Delta { set: tags(&[("b", "2")]), unset: vec!["cost".to_owned()] };
        assert_eq!(delta(&desired, &observed, &recorded), expected);
        assert!(delta(&desired, &desired, &recorded).is_empty());
    }

    #[test]
    fn a_key_is_recorded_until_its_tag_is_gone() {
        let mut instance = testing::instance();
        let recorded =
            |instance: &goldenpath_provider_api::rds::Instance| instance.annotations().get(KEYS).cloned();
        instance.spec.for_provider.tags = Some(tags(&[("team", "a"), ("cost", "1")]));
        remember(&mut instance, &Tags::new());
        assert_eq!(recorded(&instance).as_deref(), Some("cost,team"));
        instance.spec.for_provider.tags = Some(tags(&[("team", "a")]));
        remember(&mut instance, &tags(&[("team", "a"), ("cost", "1"), ("c7n:stop", "1")]));
        assert_eq!(recorded(&instance).as_deref(), Some("cost,team"), "it is still there");
        remember(&mut instance, &tags(&[("team", "a"), ("c7n:stop", "1")]));
        assert_eq!(recorded(&instance).as_deref(), Some("team"));
        instance.spec.for_provider.tags = None;
        remember(&mut instance, &Tags::new());
        assert_eq!(recorded(&instance), None);
    }
}
