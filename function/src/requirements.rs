//! What a response asks Crossplane for: schemas of kinds, and objects that are not composed here.
//!
//! Crossplane aborts the whole reconcile for one object of a kind that does not exist. So before such an object is
//! rendered for the first time, the schema of its kind is asked for; Crossplane fetches it and calls again at once.
//! An object that is observed proves its kind, so a steady state asks for nothing and takes one call.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use function_sdk_rust::proto::v1::{Capability, RunFunctionRequest, RunFunctionResponse, Schema};
use function_sdk_rust::{request, response};
use k8s_openapi::api::core::v1::Namespace;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::kinds;
use crate::operators::Operator;
use crate::required_resources::RequiredResources;

/// How soon Crossplane is to call again while an operator is missing, and for answers that age.
///
/// Crossplane runs the pipeline when the XR or something composed changes. That an operator is installed changes
/// neither, and (before 2.4) an object that was looked up does not wake it, so these responses age.
pub(crate) const NEXT_LOOK: Duration = Duration::from_mins(1);
/// How soon Crossplane is to call again while an object is being deleted.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// Whether a cluster has a kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It has, or there is no way to ask.
    Available,
    /// It is asked for in this pass.
    Pending,
    /// It has not, for want of an operator.
    Missing(&'static Operator),
}

/// What a request says of the kinds of its cluster.
#[derive(Clone, Copy)]
pub(crate) struct RequiredSchemas<'a> {
    /// None where Crossplane (before 2.2) cannot be asked.
    answers: Option<&'a HashMap<String, Schema>>,
}

/// What a response asks Crossplane for. Complete in every pass: Crossplane calls until it stays the same.
#[derive(Debug, Default)]
pub(crate) struct Requirements {
    schemas: BTreeMap<String, TypeMeta>,
    lookups: Vec<RequiredResources>,
    next_look: Option<Duration>,
}

// === impl RequiredSchemas ===

impl<'a> RequiredSchemas<'a> {
    /// Of a request.
    pub(crate) fn of(request: &'a RunFunctionRequest) -> Self {
        let answers = request::has_capability(request, Capability::RequiredSchemas);
        Self { answers: answers.then_some(&request.required_schemas) }
    }
}

// === impl Requirements ===

impl Requirements {
    /// Whether the cluster has a kind that is about to be rendered. Where an operator has to bring it, asks for its schema,
    /// and for that of a kind that every cluster has.
    pub(crate) fn look_up(&mut self, r#type: &TypeMeta, schemas: RequiredSchemas<'_>) -> Presence {
        let (Some(operator), Some(answers)) = (kinds::operator(r#type), schemas.answers) else {
            return Presence::Available;
        };
        let everywhere = answers.get(&self.ask(&TypeMeta::resource::<Namespace>()));
        match (everywhere, answers.get(&self.ask(r#type))) {
            (None, _) | (_, None) => Presence::Pending,
            (Some(Schema { openapi_v3: Some(_) }), Some(Schema { openapi_v3: None })) => {
                self.look_again(NEXT_LOOK);
                Presence::Missing(operator)
            }
            // Without a schema for Namespace there are schemas for nothing: `crossplane render`, unless it is given some.
            (Some(_), Some(_)) => Presence::Available,
        }
    }

    /// The schema of a kind; none where it is asked for in this pass, where there is none, or no way to ask.
    pub(crate) fn schema<'a>(
        &mut self,
        r#type: &TypeMeta,
        schemas: RequiredSchemas<'a>,
    ) -> Option<&'a Struct> {
        schemas.answers?.get(&self.ask(r#type))?.openapi_v3.as_ref()
    }

    /// Asks for a schema, and returns the name of the answer.
    fn ask(&mut self, r#type: &TypeMeta) -> String {
        let name = format!("{}/{}", r#type.api_version, r#type.kind);
        self.schemas.insert(name.clone(), r#type.clone());
        name
    }

    /// Asks for objects.
    pub(crate) fn look_for(&mut self, lookups: impl IntoIterator<Item = RequiredResources>) {
        for lookup in lookups {
            if lookup.ages {
                self.look_again(NEXT_LOOK);
            }
            self.lookups.push(lookup);
        }
    }

    /// Has Crossplane call again after a while, or sooner.
    pub(crate) fn look_again(&mut self, after: Duration) {
        self.next_look = Some(self.next_look.map_or(after, |next| next.min(after)));
    }

    /// Puts it into a response. Where nothing is needed nothing is put: even empty requirements cost a second call.
    pub(crate) fn put_into(self, response: &mut RunFunctionResponse) {
        for (name, TypeMeta { api_version, kind }) in self.schemas {
            response::require_schema(response, name, api_version, kind);
        }
        if let Some((meta, next)) = response.meta.as_mut().zip(self.next_look) {
            meta.ttl = Some(next.into());
        }
        for lookup in self.lookups {
            lookup.put_into(response);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use function_sdk_rust::proto::v1::ResponseMeta;
    use k8s_openapi::api::core::v1::{Pod, Service};
    use rstest::rstest;

    use crate::composition::Composition;
    use crate::keys::Known;
    use crate::kinds::external_secret::{ExternalSecret, SecretStoreRef};
    use crate::labels;
    use crate::object_meta::object_meta;
    use crate::observed::Observed;
    use crate::rendering::{Pass, Ready, Rendering};
    use crate::required_resources::Selector;
    use crate::xr::Xr;

    fn external_secret(name: &str) -> ExternalSecret {
        let store = SecretStoreRef { kind: "SecretStore".into(), name: "store".into() };
        let metadata = object_meta(name, &labels::managed());
        ExternalSecret::extracting(
            metadata,
            store,
            "1h0m0s".into(),
            name.into(),
            format!("goldenpath/{name}"),
        )
    }

    #[rstest]
    #[case::of_an_operator(&TypeMeta::resource::<ExternalSecret>(), true)]
    #[case::of_kubernetes(&TypeMeta::resource::<Service>(), false)]
    #[case::of_the_provider(&TypeMeta::resource::<goldenpath_provider_api::rds::Instance>(), true)]
    fn only_kinds_of_operators_are_asked_for(#[case] r#type: &TypeMeta, #[case] asked: bool) {
        let mut needs = Requirements::default();
        let presence = needs.look_up(r#type, RequiredSchemas { answers: Some(&HashMap::new()) });
        assert_eq!(presence, if asked { Presence::Pending } else { Presence::Available });
        assert_eq!(needs.schemas.len(), if asked { 2 } else { 0 });
    }

    #[rstest]
    #[case::that_nothing_wakes_for(true, Some(60))]
    #[case::that_follows_a_composed_object(false, None)]
    fn an_answer_ages_where_it_has_to_be_asked_for_again(#[case] ages: bool, #[case] seconds: Option<i64>) {
        let labels = BTreeMap::from([("app".to_owned(), "shop".to_owned())]);
        let selector = Selector::Labels { namespace: Some("payments".into()), labels };
        let pods =
            RequiredResources { name: "pods".into(), r#type: TypeMeta::resource::<Pod>(), selector, ages };
        let mut requirements = Requirements::default();
        requirements.look_for(vec![pods]);
        let mut response = RunFunctionResponse { meta: Some(ResponseMeta::default()), ..Default::default() };
        requirements.put_into(&mut response);
        assert_eq!(response.meta.unwrap().ttl.map(|ttl| ttl.seconds), seconds);
        let asked = &response.requirements.unwrap().resources["pods"];
        assert_eq!((asked.kind.as_str(), asked.namespace.as_deref()), ("Pod", Some("payments")));
    }

    #[test]
    fn a_missing_operator_is_reported_once_and_every_resource_says_so() {
        let composition =
            Composition::new().with("first", &external_secret("a")).with("second", &external_secret("b"));
        let name = "external-secrets.io/v1/ExternalSecret".to_owned();
        let known = Schema { openapi_v3: Some(Struct::default()) };
        let answers =
            HashMap::from([(name, Schema { openapi_v3: None }), ("v1/Namespace".to_owned(), known)]);
        let request = RunFunctionRequest::default();
        let schemas = RequiredSchemas { answers: Some(&answers) };
        let known = [Known::Always("first"), Known::Always("second")];
        let xr = Struct::default();
        let pass = Pass {
            known: &known,
            xr: Xr::new(&xr),
            observed: Observed::of(&request),
            schemas,
            field: &|_, _| None,
        };
        let rendering = Rendering::of(composition, pass).unwrap();
        let reported: Vec<_> =
            rendering.problems.iter().map(|p| (p.code.as_str(), p.resource.as_deref())).collect();
        assert_eq!(reported, [("OperatorMissing", Some("ExternalSecret/a"))]);
        assert!(rendering.desired.is_empty());
        let blocked = |r: &crate::rendering::ResourceStatus| {
            r.ready == Ready::Blocked && r.reason.as_deref() == Some("OperatorMissing")
        };
        assert!(rendering.resources.iter().all(blocked), "{:?}", rendering.resources);
    }
}
