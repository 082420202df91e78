//! Which claim an XR of the cluster is of, and what it becomes in the claim's namespace.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::object::HasStatus;
use kube::{Resource, ResourceExt};
use pbjson_types::Struct;

use crate::claims::{Claim, XrOf, kind};
use crate::error::Error;
use crate::labels;
use crate::object_meta::object_meta;
use crate::path::GoldenPath;
use crate::problems::Problem;
use crate::wire;

/// What begins the labels and annotations that the golden path's XR has from the claim.
const CARRIED: &str = "goldenpath.io/";

/// A claim and its XR of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    /// Name of the claim, and of the golden path's XR.
    pub(super) name: String,
    /// Where both are.
    pub(super) namespace: String,
    /// Name of the XR of the cluster, which Crossplane makes up.
    pub(super) owner: String,
}

// === impl Binding ===

impl Binding {
    /// Of an XR of the cluster. One without a claim has no namespace to compose anything in.
    pub(super) fn of<C: Claim>(composite: &XrOf<C>, object: &Struct) -> Result<Self, Error> {
        let reference = wire::child(object, "spec").and_then(|spec| wire::child(spec, "claimRef"));
        let text = |key: &str| reference.and_then(|r| wire::text(r, key)).filter(|text| !text.is_empty());
        let (Some(name), Some(namespace)) = (text("name"), text("namespace")) else {
            let message = format!("an {} is made for a claim, and this one has none", kind::<C>());
            let remedy = format!("delete it, and create a {} in the namespace of the app", C::KIND);
            return Err(Error::refused(
                Problem::error("ClaimMissing", message).at(".spec.claimRef").remedy(remedy),
            ));
        };
        let longest = C::Of::MAX_NAME_LENGTH;
        if name.len() > longest as usize {
            let message =
                format!("the name has {} characters; at most {longest} make legal names", name.len());
            let remedy = "create the claim with a shorter name";
            return Err(Error::refused(
                Problem::error("InvalidName", message).at(".metadata.name").remedy(remedy),
            ));
        }
        Ok(Self { name: name.to_owned(), namespace: namespace.to_owned(), owner: composite.name_any() })
    }

    /// The golden path's XR: the claim's name, spec, and what of its labels and annotations is about golden paths.
    pub(super) fn xr<C: Claim>(&self, composite: &XrOf<C>) -> XrOf<C> {
        let carried =
            |(key, value): (&String, &String)| key.starts_with(CARRIED).then(|| (key.clone(), value.clone()));
        let mut labels = labels::managed();
        labels
            .extend(composite.labels().iter().filter_map(carried).filter(|(key, _)| key != labels::MANAGED));
        let annotations: BTreeMap<_, _> = composite.annotations().iter().filter_map(carried).collect();
        let mut xr = composite.clone();
        *xr.status_mut() = None;
        *xr.meta_mut() = ObjectMeta {
            namespace: Some(self.namespace.clone()),
            annotations: (!annotations.is_empty()).then_some(annotations),
            ..object_meta(&self.name, &labels)
        };
        xr
    }
}
