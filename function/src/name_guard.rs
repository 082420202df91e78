//! Whether a name is free: nothing that is not of the XR is ever written to.
//!
//! Crossplane applies what is composed on top of what is there, and an object without a controller would become the XR's:
//! changed by it, and deleted with it. External Secrets Operator does the same to the Secret that it writes. So before an
//! object is rendered for the first time, what has its name is looked up, and what has the name of the object that its
//! operator makes of it. An object that is observed is the XR's, so nothing is looked up in a steady state.

use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::composition::{ComposedResource, Guard};
use crate::keys::Key;
use crate::kinds;
use crate::observed::Observed;
use crate::owner::Owner;
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;
use crate::xr::{NAME, Xr};

/// Where Crossplane says of which XR an object is composed.
const COMPOSITE: &str = "crossplane.io/composite";
/// Where Crossplane says under which key an object is composed.
const KEY: &str = "crossplane.io/composition-resource-name";

/// What there is under a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// Nothing, or what is the XR's.
    Free,
    /// Crossplane has not said yet.
    Unknown,
    /// Something on its way out; the words say what.
    Leaving(String),
    /// It is another one's.
    Taken(Problem),
}

/// One name that a composed resource is about to have written to.
pub(crate) struct Wanted<'a> {
    r#type: TypeMeta,
    name: String,
    namespace: Option<String>,
    resource: &'a ComposedResource,
    owner: OwnedBy,
}

/// What proves that an object is the XR's.
enum OwnedBy {
    /// The XR controls it.
    Xr,
    /// The composed resource owns it, whose operator makes it; once that is there, it keeps its name.
    Resource {
        /// Its name.
        name: String,
    },
}

/// The names that are looked up before a resource is rendered, or rendered as it now is.
pub(crate) fn wanted<'a>(
    resource: &'a ComposedResource,
    xr: Xr<'_>,
    seen: Option<&Struct>,
) -> Vec<Wanted<'a>> {
    if resource.guard == Guard::OfItsPath {
        return Vec::new();
    }
    let namespace = wire::child(&resource.object, "metadata").and_then(|m| wire::text(m, "namespace"));
    let namespace = namespace.or(xr.namespace()).map(str::to_owned);
    let itself = seen.is_none().then(|| Wanted {
        r#type: resource.r#type.clone(),
        name: resource.name.clone(),
        namespace: namespace.clone(),
        resource,
        owner: OwnedBy::Xr,
    });
    let made = kinds::made_of(&resource.object);
    // What an operator has made under a name it makes no second time.
    let made = made.filter(|made| seen.and_then(kinds::made_of).as_ref() != Some(made));
    let there = seen.and_then(|seen| wire::text(wire::child(seen, "metadata")?, "name"));
    let maker = there.unwrap_or(&resource.name).to_owned();
    let made = made.map(|(r#type, name)| Wanted {
        r#type,
        name,
        namespace,
        resource,
        owner: OwnedBy::Resource { name: maker },
    });
    itself.into_iter().chain(made).collect()
}

// === impl Wanted ===

impl Wanted<'_> {
    /// What is asked of Crossplane. What acts on the answer says when to ask again.
    pub(crate) fn lookup(&self) -> RequiredResources {
        RequiredResources {
            name: self.key(),
            r#type: self.r#type.clone(),
            selector: Selector::Name { namespace: self.namespace.clone(), name: self.name.clone() },
            ages: false,
        }
    }

    /// What there is under the name that comes from a field of the XR, as far as Crossplane has answered. Before 2.2 it
    /// answers nothing, and the name counts as free.
    pub(crate) fn whose(&self, xr: Xr<'_>, observed: Observed<'_>, field: &str) -> Name {
        if !observed.can_look_up() {
            return Name::Free;
        }
        let Some(found) = observed.found(&self.key()) else { return Name::Unknown };
        let Some(object) = found.first() else { return Name::Free };
        let called = format!("{}/{}", self.r#type.kind, self.name);
        let controller = Owner::controller(object);
        if self.is_own(object, controller.as_ref(), xr) {
            return Name::Free;
        }
        if is_leaving(object) {
            return Name::Leaving(format!("waiting for another {called} to be gone"));
        }
        if is_left(object, controller.as_ref(), xr) {
            return Name::Leaving(format!("waiting for the {called} of an earlier {} to be gone", xr.kind()));
        }
        if xr.adopts(&self.resource.key) && kinds::is_adopted(&self.r#type) && controller.is_none() {
            return Name::Free;
        }
        Name::Taken(self.taken(controller.as_ref(), xr, field))
    }

    fn key(&self) -> Key {
        let key = &self.resource.key;
        match self.owner {
            OwnedBy::Xr => format!("same-name/{key}"),
            OwnedBy::Resource { .. } => format!("same-name/{key}/{}", self.r#type.kind),
        }
        .into()
    }

    fn is_own(&self, object: &Struct, controller: Option<&Owner>, xr: Xr<'_>) -> bool {
        match (&self.owner, controller) {
            (OwnedBy::Xr, Some(controller)) => xr.uid().is_some_and(|uid| uid == controller.uid),
            // As after a restore.
            (OwnedBy::Xr, None) => self.is_marked(object, xr),
            (OwnedBy::Resource { name }, _) => {
                let kind = &self.resource.r#type.kind;
                Owner::all(object).iter().any(|owner| owner.kind == *kind && owner.name == *name)
            }
        }
    }

    /// Whether Crossplane has composed it under this key, for this XR or for an earlier one of the same claim, which was
    /// deleted without what it controlled.
    fn is_marked(&self, object: &Struct, xr: Xr<'_>) -> bool {
        let mark = |at, key| wire::at(object, &["metadata", at]).and_then(|all| wire::text(all, key));
        let is_of_xr = mark("labels", COMPOSITE) == Some(xr.name()) || xr.shares_claim(object);
        is_of_xr && mark("annotations", KEY) == Some(&self.resource.key)
    }

    fn taken(&self, controller: Option<&Owner>, xr: Xr<'_>, field: &str) -> Problem {
        let Self { r#type: TypeMeta { kind, .. }, name, resource, .. } = self;
        let whose = match controller {
            Some(Owner { kind, name, .. }) => format!("{kind}/{name} controls it"),
            None => format!("this {} has not made it", xr.kind()),
        };
        let message =
            format!("{kind}/{name} is in the namespace already, and {whose}, so it is left as it is");
        let rename = match field {
            NAME => "make this object under another name".to_owned(),
            field => format!("set {field} to another name"),
        };
        let remedy = if controller.is_none() && kinds::is_adopted(&self.r#type) {
            format!(
                "{rename}, or remove {kind}/{name}; or have it taken over, changed and one day deleted with this object: \
                 annotate this object goldenpath.io/adopt: {}",
                resource.key
            )
        } else {
            format!("{rename}, or have its owner remove {kind}/{name}")
        };
        Problem::error("NameTaken", message).on(kind, name).at(field).remedy(remedy)
    }
}

fn is_leaving(object: &Struct) -> bool {
    wire::child(object, "metadata").is_some_and(|m| wire::text(m, "deletionTimestamp").is_some())
}

/// Whether an object was composed for an XR that this one has come in place of. Kubernetes deletes it, soon or already.
fn is_left(object: &Struct, controller: Option<&Owner>, xr: Xr<'_>) -> bool {
    let is_of_kind = controller.filter(|controller| controller.is_of(xr.kind()));
    is_of_kind.is_some_and(|controller| controller.name == xr.name() || xr.shares_claim(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::composition::Gate;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn object(value: &Value) -> Struct {
        serde_json::from_value(value.clone()).unwrap()
    }

    #[rstest]
    #[case::of_the_same_xr(json!({"kind": "Stall", "name": "db"}), json!({}), true)]
    #[case::of_another_one(json!({"kind": "Stall", "name": "other"}), json!({}), false)]
    #[case::of_another_kind(json!({"kind": "Market", "name": "db"}), json!({}), false)]
    #[case::of_an_earlier_xr_of_the_same_claim(json!({"kind": "Stall", "name": "db-x7k2p"}),
        json!({"crossplane.io/claim-name": "db", "crossplane.io/claim-namespace": "team"}), true)]
    #[case::of_another_claim(json!({"kind": "Stall", "name": "db-x7k2p"}),
        json!({"crossplane.io/claim-name": "other", "crossplane.io/claim-namespace": "team"}), false)]
    fn what_an_earlier_xr_has_left_is_known_by_its_controller(
        #[case] mut controller: Value,
        #[case] labels: Value,
        #[case] left: bool,
    ) {
        controller["apiVersion"] = json!("goldenpath.io/v1alpha1");
        controller["controller"] = json!(true);
        let found = object(&json!({"metadata": {"labels": labels, "ownerReferences": [controller]}}));
        let claimed = json!({"crossplane.io/claim-name": "db", "crossplane.io/claim-namespace": "team"});
        let xr = object(&json!({"kind": "Stall", "metadata": {"name": "db", "labels": claimed}}));
        assert_eq!(is_left(&found, Owner::controller(&found).as_ref(), Xr::new(&xr)), left);
    }

    #[rstest]
    #[case::of_the_same_xr(json!({"crossplane.io/composite": "db"}), "usage", true)]
    #[case::of_an_earlier_xr_of_the_same_claim(json!({"crossplane.io/composite": "db-x7k2p",
        "crossplane.io/claim-name": "db", "crossplane.io/claim-namespace": "team"}), "usage", true)]
    #[case::of_another_claim(json!({"crossplane.io/composite": "db-x7k2p",
        "crossplane.io/claim-name": "other", "crossplane.io/claim-namespace": "team"}), "usage", false)]
    #[case::of_another_xr(json!({"crossplane.io/composite": "other"}), "usage", false)]
    #[case::of_another_key(json!({"crossplane.io/composite": "db"}), "secret", false)]
    #[case::not_composed(json!({}), "usage", false)]
    fn what_nobody_controls_is_known_by_its_marks(
        #[case] labels: Value,
        #[case] key: &str,
        #[case] own: bool,
    ) {
        let annotations = json!({"crossplane.io/composition-resource-name": key});
        let found = object(&json!({"metadata": {"labels": labels, "annotations": annotations}}));
        let claimed = json!({"crossplane.io/claim-name": "db", "crossplane.io/claim-namespace": "team"});
        let xr = object(&json!({"kind": "Stall", "metadata": {"name": "db", "labels": claimed}}));
        let resource = ComposedResource {
            key: "usage".into(),
            r#type: TypeMeta { api_version: "v1".into(), kind: "Usage".into() },
            name: "db".into(),
            object: Struct::default(),
            gate: Gate::Open,
            guard: Guard::OfAll,
        };
        let [wanted] = &wanted(&resource, Xr::new(&xr), None)[..] else { panic!("one name") };
        assert_eq!(wanted.is_own(&found, None, Xr::new(&xr)), own);
    }

    #[rstest]
    #[case("external-secret", true)]
    #[case("usage, external-secret", true)]
    #[case("true", false)]
    #[case("external-secrets", false)]
    #[case("", false)]
    fn what_is_taken_over_is_named_by_its_key(#[case] annotation: &str, #[case] adopts: bool) {
        let xr = object(&json!({"metadata": {"annotations": {"goldenpath.io/adopt": annotation}}}));
        assert_eq!(Xr::new(&xr).adopts("external-secret"), adopts);
    }
}
