//! What an app is called, and the labels that select its pods.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement, ObjectMeta};
use kube::ResourceExt;

use crate::labels;
use crate::object_meta::object_meta;
use crate::paths::app::api::GoldenPathApp;

const APP: &str = "app";
const COMPONENT: &str = "app.kubernetes.io/component";
const INSTANCE: &str = "app.kubernetes.io/instance";
const PART_OF: &str = "app.kubernetes.io/part-of";
const VERSION: &str = "app.kubernetes.io/version";

/// The identity of an app.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) namespace: String,
    /// Of its pods; of every other object with the version besides.
    pub(super) labels: BTreeMap<String, String>,
    version: Option<String>,
}

// === impl Identity ===

impl Identity {
    pub(super) fn of(xr: &GoldenPathApp) -> Self {
        let (name, namespace) = (xr.name_any(), xr.namespace().unwrap_or_default());
        let mut labels = labels::labels(xr, "app");
        labels.insert(APP.into(), name.clone());
        let version = version(&xr.spec.image).map(str::to_owned);
        Self { name, namespace, labels, version }
    }

    /// The metadata of an object of the app's own name.
    pub(super) fn object_meta(&self) -> ObjectMeta {
        self.object_meta_of(self.name.clone())
    }

    /// The metadata of an object of another name.
    pub(super) fn object_meta_of(&self, name: String) -> ObjectMeta {
        let mut labels = self.labels.clone();
        if let Some(version) = &self.version {
            labels.entry(VERSION.into()).or_insert_with(|| version.clone());
        }
        object_meta(name, &labels)
    }

    /// The tag of its image, where it may be a label.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Whose it is.
    pub(super) fn team(&self) -> Option<&str> {
        self.labels.get(PART_OF).map(String::as_str)
    }

    /// The labels of its pods and of nothing else; they never change, since a Deployment's selector cannot.
    pub(super) fn selector(&self) -> BTreeMap<String, String> {
        [APP, INSTANCE].map(|label| (label.to_owned(), self.name.clone())).into()
    }

    /// The same, for what selects by labels.
    pub(super) fn label_selector(&self) -> LabelSelector {
        LabelSelector { match_labels: Some(self.selector()), match_expressions: None }
    }

    /// The labels of the pod of a release, over those of its other pods: it is of the same app to who lets the app in, and
    /// nothing is routed to it.
    pub(super) fn labels_of_release(&self) -> BTreeMap<String, String> {
        [(COMPONENT, "release".to_owned()), (INSTANCE, self.instance_of_release())]
            .map(|(label, value)| (label.to_owned(), value))
            .into()
    }

    fn instance_of_release(&self) -> String {
        format!("{}-release", self.name)
    }

    /// Its pods and those of its releases.
    pub(super) fn label_selector_with_releases(&self) -> LabelSelector {
        let instances = LabelSelectorRequirement {
            key: INSTANCE.into(),
            operator: "In".into(),
            values: Some(vec![self.name.clone(), self.instance_of_release()]),
        };
        LabelSelector {
            match_labels: Some([(APP.to_owned(), self.name.clone())].into()),
            match_expressions: Some(vec![instances]),
        }
    }
}

/// The tag of an image, where it may be a label.
fn version(image: &str) -> Option<&str> {
    let name = image.split('@').next()?;
    let (_, tag) = name.rsplit('/').next()?.split_once(':')?;
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = tag.len() <= 63 && is_end(tag.chars().next()) && is_end(tag.chars().next_back());
    let is_of_a_label = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    (fits && tag.chars().all(is_of_a_label)).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("registry.example/shop:v1.2.3", Some("v1.2.3"))]
    #[case("registry.example:5000/shop", None)]
    #[case("registry.example:5000/shop:2026-01-01_a", Some("2026-01-01_a"))]
    #[case("shop:1@sha256:0123", Some("1"))]
    #[case("shop@sha256:0123", None)]
    #[case("shop:_odd", None)]
    #[case("shop:", None)]
    #[case("", None)]
    fn the_version_is_a_tag_that_may_be_a_label(#[case] image: &str, #[case] tag: Option<&str>) {
        assert_eq!(version(image), tag);
    }
}
