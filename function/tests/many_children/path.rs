//! A golden path of 20 children of 7 kinds, as one is written outside of this crate: lists that shrink, and a policy that
//! guards as a gateway does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use goldenpath_function::composition::{Composition, Gate};
use goldenpath_function::condition::{ACCEPTED, Condition, ConditionKind};
use goldenpath_function::error::Error;
use goldenpath_function::keys::{Family, Known};
use goldenpath_function::kinds::external_secret::{ExternalSecret, SecretStoreRef};
use goldenpath_function::kinds::security_group_policy::{
    PodSecurityGroups, SecurityGroupPolicy, SecurityGroupPolicySpec,
};
use goldenpath_function::kinds::usage::Usage;
use goldenpath_function::labels::labels;
use goldenpath_function::object_meta::object_meta;
use goldenpath_function::observed::Observed;
use goldenpath_function::path::GoldenPath;
use goldenpath_function::platform::{Part, Platform, Policy};
use goldenpath_function::problems::Problem;
use goldenpath_function::rendering::{Rendering, ResourceStatus};
use goldenpath_provider_api::ManagedSpec;
use goldenpath_provider_api::rds::{Instance, InstanceParameters, InstanceSpec};
use goldenpath_provider_api::secretsmanager::{Secret, SecretParameters, SecretSpec};
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use kube::core::TypeMeta;
use kube::{CustomResource, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) const SECRET: &str = "secret";
pub(crate) const INSTANCE: &str = "instance";
pub(crate) const POLICY: &str = "policy";
pub(crate) const USAGE: &str = "usage";
pub(crate) const BACKEND: &str = "backend";
pub(crate) const PLUGIN: Family = Family::new("plugin");
pub(crate) const COPY: Family = Family::new("copy");

/// How many composed resources the status has room for.
const MOST_RESOURCES: usize = 64;

/// What the platform says of stalls: nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StallPolicy {}

/// A stall of the market.
#[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "goldenpath.io",
    version = "v1alpha1",
    kind = "GoldenPathStall",
    namespaced,
    status = "StallStatus",
    scale(spec_replicas_path = ".spec.replicas", status_replicas_path = ".status.replicas")
)]
pub(crate) struct StallSpec {
    /// What guards it, in the order in which it guards.
    #[serde(default)]
    pub(crate) plugins: Vec<String>,
    /// What is copied for it.
    #[serde(default)]
    pub(crate) copies: Vec<String>,
    /// Whether it is open to anybody.
    #[serde(default)]
    pub(crate) open: bool,
}

/// What is said of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct StallStatus {
    pub(crate) resources: Vec<ResourceStatus>,
    pub(crate) problems: Vec<Problem>,
}

/// The golden path of stalls.
pub(crate) struct Stall;

fn metadata(xr: &GoldenPathStall, ending: &str) -> ObjectMeta {
    object_meta(format!("{}-{ending}", xr.name_any()), &labels(xr, "stall"))
}

fn managed() -> ManagedSpec {
    ManagedSpec { management_policies: None, provider_config_ref: None, write_connection_secret_to_ref: None }
}

fn secret(xr: &GoldenPathStall) -> Secret {
    let spec = SecretSpec { for_provider: SecretParameters::default(), managed: managed() };
    Secret { metadata: metadata(xr, "secret"), spec, status: None }
}

fn instance(xr: &GoldenPathStall) -> Instance {
    let spec = InstanceSpec { for_provider: InstanceParameters::default(), managed: managed() };
    Instance { metadata: metadata(xr, "db"), spec, status: None }
}

fn copy(xr: &GoldenPathStall, name: &str) -> ExternalSecret {
    let store = SecretStoreRef { kind: "ClusterSecretStore".into(), name: "store".into() };
    ExternalSecret::extracting(
        metadata(xr, name),
        store,
        "1h0m0s".into(),
        name.into(),
        format!("stalls/{name}"),
    )
}

fn plugin(xr: &GoldenPathStall, name: &str) -> SecurityGroupPolicy {
    let spec = SecurityGroupPolicySpec {
        pod_selector: LabelSelector::default(),
        security_groups: PodSecurityGroups { group_ids: vec![name.into()] },
    };
    SecurityGroupPolicy { metadata: metadata(xr, name), spec }
}

/// Names its plugins, as an Ingress does.
fn policy(xr: &GoldenPathStall) -> Option<NetworkPolicy> {
    let names = BTreeMap::from([("plugins".to_owned(), xr.spec.plugins.join("."))]);
    (!xr.spec.open).then(|| NetworkPolicy {
        metadata: ObjectMeta { annotations: Some(names), ..metadata(xr, "policy") },
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector::default()),
            ..NetworkPolicySpec::default()
        }),
    })
}

/// A policy never names what is not there.
fn guarded(xr: &GoldenPathStall, observed: Observed<'_>) -> Gate {
    match xr.spec.plugins.iter().find(|name| !observed.contains(&PLUGIN.key(name))) {
        Some(missing) => Gate::HoldsChange(format!("waiting for the plugin {missing}")),
        None => Gate::Open,
    }
}

/// The plugins that the policy still names and that nobody asks for any more.
fn still_named(xr: &GoldenPathStall, observed: Observed<'_>) -> Vec<String> {
    let names = observed.text(POLICY, &["metadata", "annotations"], "plugins").unwrap_or_default();
    let retired =
        names.split('.').filter(|name| !name.is_empty() && !xr.spec.plugins.iter().any(|p| p == name));
    retired.map(str::to_owned).collect()
}

fn usage(xr: &GoldenPathStall) -> Usage {
    let used = TypeMeta::resource::<GoldenPathStall>();
    Usage::of(metadata(xr, "usage"), used, xr.name_any(), "it is a test".into())
}

/// Another golden path's XR, as a child.
fn backend(xr: &GoldenPathStall) -> GoldenPathStall {
    let spec = StallSpec { plugins: Vec::new(), copies: Vec::new(), open: true };
    GoldenPathStall { metadata: metadata(xr, "backend"), spec, status: None }
}

// === impl StallPolicy ===

impl Policy for StallPolicy {
    const PART: Option<Part> = Some(Part { key: "stall", former: &[] });
}

// === impl Stall ===

impl GoldenPath for Stall {
    type Composite = GoldenPathStall;
    type Status = StallStatus;
    type Policy = StallPolicy;
    const KEYS: &'static [Known] = &[
        Known::Always(SECRET),
        Known::Always(INSTANCE),
        Known::Always(BACKEND),
        Known::Optional(POLICY),
        Known::Optional(USAGE),
        Known::Each(PLUGIN),
        Known::Each(COPY),
    ];
    const CONDITIONS: &'static [ConditionKind] = &[ACCEPTED];
    const MAX_NAME_LENGTH: u32 = 40;

    fn compose(
        xr: &GoldenPathStall,
        _: &Platform<StallPolicy>,
        observed: Observed<'_>,
    ) -> Result<Composition, Error> {
        let composition = Composition::new()
            .with(SECRET, &secret(xr))
            .with(INSTANCE, &instance(xr))
            .with(BACKEND, &backend(xr))
            .with_each(PLUGIN, xr.spec.plugins.iter().map(|name| (name, plugin(xr, name))))
            .with_each(COPY, xr.spec.copies.iter().map(|name| (name, copy(xr, name))));
        let composition = still_named(xr, observed).into_iter().fold(composition, |composition, name| {
            composition.holding(PLUGIN.key(&name), "waiting for the policy to stop naming it")
        });
        Ok(match policy(xr) {
            Some(policy) => {
                composition.with_gated(POLICY, guarded(xr, observed), &policy).with(USAGE, &usage(xr))
            }
            None => composition.removing(USAGE).removing_after(POLICY, USAGE),
        })
    }

    fn report(_: &GoldenPathStall, _: Observed<'_>, rendering: &Rendering) -> (StallStatus, Vec<Condition>) {
        let resources = rendering.listed_resources(MOST_RESOURCES);
        (StallStatus { resources, problems: rendering.problems.clone() }, vec![rendering.accepted()])
    }

    fn field(xr: &GoldenPathStall, key: &str, _: &str) -> Option<Cow<'static, str>> {
        let at = xr.spec.plugins.iter().position(|name| PLUGIN.key(name) == key)?;
        Some(Cow::Owned(format!(".spec.plugins[{at}]")))
    }
}
