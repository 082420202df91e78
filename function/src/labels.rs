//! The labels of what is composed, and the tags of what that becomes in AWS.

use std::collections::BTreeMap;

use kube::ResourceExt;

/// Carried from the XR to everything that is composed for it.
const CARRIED: [&str; 2] = ["goldenpath.io/team", "goldenpath.io/tier"];
/// Marks what this function has composed.
pub const MANAGED: &str = "goldenpath.io/managed";

/// Labels of everything that is composed for an XR.
///
/// The XR's own `app.kubernetes.io/*` labels are carried; those that say whose the object is are always ours.
pub fn labels(composite: &impl ResourceExt, component: &str) -> BTreeMap<String, String> {
    let name = composite.name_any();
    let given = composite.labels();
    let team = given.get("goldenpath.io/team").unwrap_or(&name);
    let mut labels = BTreeMap::from([
        ("app.kubernetes.io/name".to_owned(), name.clone()),
        ("app.kubernetes.io/part-of".to_owned(), team.clone()),
    ]);
    let carried = |key: &&String| key.starts_with("app.kubernetes.io/") || CARRIED.contains(&key.as_str());
    labels.extend(given.iter().filter(|(k, _)| carried(k)).map(|(k, v)| (k.clone(), v.clone())));
    let ours = [
        ("app.kubernetes.io/component", component),
        ("app.kubernetes.io/instance", &name),
        ("app.kubernetes.io/managed-by", "crossplane"),
        (MANAGED, "true"),
    ];
    labels.extend(ours.map(|(k, v)| (k.to_owned(), v.to_owned())));
    labels
}

/// The label of what is composed and carries no other.
pub fn managed() -> BTreeMap<String, String> {
    BTreeMap::from([(MANAGED.to_owned(), "true".to_owned())])
}

/// Tags of an AWS resource, from the labels of the object that stands for it.
pub fn tags(labels: &BTreeMap<String, String>, environment: &str) -> BTreeMap<String, String> {
    let mut tags = labels.clone();
    tags.insert("goldenpath.io/environment".into(), environment.into());
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::ConfigMap;

    fn composite(labels: &[(&str, &str)]) -> ConfigMap {
        let mut object = ConfigMap::default();
        object.metadata.name = Some("orders-db".into());
        object.metadata.labels = Some(labels.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect());
        object
    }

    #[test]
    fn team_and_tier_are_carried_and_other_labels_are_not() {
        let labels = labels(
            &composite(&[("goldenpath.io/team", "pay"), ("goldenpath.io/tier", "production"), ("x", "y")]),
            "database",
        );
        let expected = [
            ("app.kubernetes.io/component", "database"),
            ("app.kubernetes.io/instance", "orders-db"),
            ("app.kubernetes.io/managed-by", "crossplane"),
            ("app.kubernetes.io/name", "orders-db"),
            ("app.kubernetes.io/part-of", "pay"),
            ("goldenpath.io/managed", "true"),
            ("goldenpath.io/team", "pay"),
            ("goldenpath.io/tier", "production"),
        ];
        assert_eq!(labels, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    }

    #[test]
    fn a_user_may_add_but_not_override() {
        let labels = labels(
            &composite(&[
                ("app.kubernetes.io/part-of", "shop"),
                ("app.kubernetes.io/managed-by", "Helm"),
                ("app.kubernetes.io/instance", "argocd-app"),
            ]),
            "database",
        );
        assert_eq!(labels["app.kubernetes.io/part-of"], "shop");
        assert_eq!(labels["app.kubernetes.io/managed-by"], "crossplane");
        assert_eq!(labels["app.kubernetes.io/instance"], "orders-db");
    }
}
