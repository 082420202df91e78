//! The kinds of which golden paths are composed: one file a kind, with its type, its operator and its readiness, and with
//! what is built of it for several golden paths; and one line in the table.

pub mod composite;
pub mod credential;
pub mod deployment;
pub mod external_secret;
pub mod horizontal_pod_autoscaler;
pub mod ingress;
pub mod job;
pub mod kong;
pub mod managed;
pub mod monitoring;
pub mod network_policy;
pub mod pod_disruption_budget;
pub mod scaled_object;
pub mod security_group_policy;
pub mod service;
pub mod service_account;
pub mod usage;

use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::operators::Operator;
use crate::readiness::{self, Assessment, crossplane};
use crate::wire;

/// Every kind that has rules of its own.
static ALL: &[Kind] = &[
    composite::KIND,
    credential::KIND,
    deployment::KIND,
    external_secret::KIND,
    horizontal_pod_autoscaler::KIND,
    ingress::KIND,
    job::KIND,
    kong::OF_CONSUMERS,
    kong::OF_PLUGINS,
    managed::OF_RDS,
    managed::OF_SECRETS_MANAGER,
    monitoring::KIND,
    network_policy::KIND,
    pod_disruption_budget::KIND,
    scaled_object::KIND,
    security_group_policy::KIND,
    service::KIND,
    service_account::KIND,
    usage::KIND,
];

/// What is known of a kind.
#[derive(Debug)]
#[allow(clippy::struct_field_names, reason = "the field's name in every object")]
pub(crate) struct Kind {
    group: &'static str,
    /// None for every kind of the group.
    kind: Option<&'static str>,
    /// What brings it to a cluster; none where it is taken for granted.
    pub(crate) operator: Option<&'static Operator>,
    assess: fn(&Struct) -> Assessment,
    /// The object that its operator makes of one; none where it makes none, or under a name of its own.
    made: fn(&Struct) -> Option<Made>,
    /// Who writes such objects where no golden path does.
    written_by: Writer,
}

/// Type and name of an object that an operator makes, in the namespace of the one it makes it of.
pub(crate) type Made = (TypeMeta, String);

/// Who writes objects of a kind where no golden path does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    /// The team of the namespace: it may hand one over to its XR.
    Team,
    /// The platform alone: an XR that could take one over would be a way around that.
    Platform,
}

/// Judges an observed object by the rules of its kind; without such, by its own condition `Ready`.
pub(crate) fn assess(object: &Struct) -> Assessment {
    let assess = of(object).map_or(crossplane::assess as fn(&Struct) -> _, |kind| kind.assess);
    assess(object)
}

/// Type and name of the object that an operator makes of one.
pub(crate) fn made_of(object: &Struct) -> Option<Made> {
    (of(object)?.made)(object)
}

/// Whether an XR may take over an object of a kind, where its user asks for it.
pub(crate) fn is_adopted(r#type: &TypeMeta) -> bool {
    find(&r#type.api_version, &r#type.kind).is_none_or(|kind| kind.written_by == Writer::Team)
}

/// What brings a kind to a cluster.
pub(crate) fn operator(r#type: &TypeMeta) -> Option<&'static Operator> {
    find(&r#type.api_version, &r#type.kind)?.operator
}

/// Whether an operator has to bring a kind to a cluster.
pub fn needs_operator(r#type: &TypeMeta) -> bool {
    operator(r#type).is_some()
}

// === impl Kind ===

impl Kind {
    /// What is true of a kind unless it says otherwise.
    const PLAIN: Self = Self {
        group: "",
        kind: None,
        operator: None,
        assess: readiness::there,
        made: |_| None,
        written_by: Writer::Team,
    };
}

fn of(object: &Struct) -> Option<&'static Kind> {
    let text = |key: &str| wire::text(object, key).unwrap_or_default();
    find(text("apiVersion"), text("kind"))
}

fn find(api_version: &str, kind: &str) -> Option<&'static Kind> {
    // Kubernetes' own first group has no name.
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    ALL.iter().find(|known| known.group == group && known.kind.is_none_or(|named| named == kind))
}
