//! The provider has the rights that Crossplane gives it, no more, and they are enough.
//!
//! Every story's provider runs with them: `identity` has the RBAC manager make the role, and nothing else is bound.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, identity, kinds, objects, wait};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding};
use kube::api::{ListParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

use crate::managed::{self, Kind};
use crate::request::{READY_LIMIT, SHORT_LIMIT};

const SYSTEM: &str = "crossplane-system";

/// The role's rules as the RBAC manager makes them from the CRDs and the safe-start capability: groups, resources, verbs.
const RULES: &[[&str; 3]] = &[
    [
        "aws.m.goldenpath.io",
        "clusterproviderconfigs clusterproviderconfigs/status providerconfigs providerconfigs/status \
         providerconfigusages providerconfigusages/status",
        "get list watch update patch create",
    ],
    [
        "rds.aws.m.goldenpath.io",
        "instances instances/status parametergroups parametergroups/status subnetgroups subnetgroups/status",
        "get list watch update patch create",
    ],
    ["secretsmanager.aws.m.goldenpath.io", "secrets secrets/status", "get list watch update patch create"],
    [
        "aws.m.goldenpath.io rds.aws.m.goldenpath.io secretsmanager.aws.m.goldenpath.io",
        "*/finalizers",
        "update",
    ],
    ["core coordination.k8s.io", "secrets configmaps events leases", "*"],
    ["apiextensions.k8s.io", "customresourcedefinitions", "get list watch"],
];

/// Group, resource, verb, and whether the provider may.
const ASKED: &[(&str, &str, &str, bool)] = &[
    ("*", "*", "*", false),
    ("rds.aws.m.goldenpath.io", "instances", "patch", true),
    ("rds.aws.m.goldenpath.io", "instances", "delete", false),
    ("aws.m.goldenpath.io", "providerconfigusages", "delete", false),
    ("apiextensions.k8s.io", "customresourcedefinitions", "watch", true),
    ("apiextensions.k8s.io", "customresourcedefinitions", "patch", false),
    ("", "events", "create", true),
    ("events.k8s.io", "events", "create", false),
    ("", "namespaces", "get", false),
    ("", "pods", "list", false),
    ("goldenpath.io", "goldenpathdatabases", "get", false),
    ("rbac.authorization.k8s.io", "clusterroles", "get", false),
];

/// The role is the generated one, it is all that the service account has, and nobody else's name is used.
pub(crate) async fn the_provider_has_its_generated_role_only(plane: &ControlPlane) -> Result<()> {
    let (admin, provider) = (plane.client().clone(), plane.provider_client().await?);
    let reviews: Api<SelfSubjectReview> = Api::all(provider.clone());
    let review = reviews.create(&PostParams::default(), &SelfSubjectReview::default()).await?;
    let user = review.status.and_then(|status| status.user_info).context("no user")?.username;
    let account = format!("system:serviceaccount:{SYSTEM}:{}", identity::REVISION);
    ensure!(user.as_ref() == Some(&account), "the provider is {user:?}");

    let role = Api::<ClusterRole>::all(admin.clone()).get(&identity::role()).await?;
    let made_by = role.metadata.owner_references.iter().flatten().map(|owner| owner.kind.as_str());
    ensure!(made_by.eq(["ProviderRevision"]), "{:?}", role.metadata);
    let rules: Vec<_> = role.rules.unwrap_or_default().iter().map(written).collect();
    let expected: Vec<_> = RULES.iter().map(|rule| rule.map(str::to_owned)).collect();
    ensure!(rules == expected, "the generated rules are {rules:#?}");
    ensure!(bound(&admin).await? == [identity::role()], "{:?}", bound(&admin).await?);

    for (group, resource, verb, expected) in ASKED {
        let allowed = may(&provider, group, resource, verb).await?;
        ensure!(allowed == *expected, "{verb} {resource}.{group}: allowed is {allowed}");
    }
    Ok(())
}

/// Create, connection Secret, usage, lease, drift, events, deletion: everything that a managed resource's life needs.
pub(crate) async fn the_generated_role_is_enough(plane: &ControlPlane) -> Result<()> {
    let name = plane.namespace("rights").await?;
    let (kind, client) = (Kind::Instance, plane.client());
    managed::credentials(plane, &name).await?;
    managed::apply(plane, &managed::config(plane), &name).await?;
    let mut instance = kind.object(&name);
    instance["spec"]["writeConnectionSecretToRef"] = json!({"name": "connection"});
    managed::apply(plane, &instance, &name).await?;
    plane.until_true(kind.resource(), &name, &name, "Ready", READY_LIMIT).await?;

    let connection = plane.secret(&name, "connection").await?.context("no connection Secret")?;
    ensure!(connection.contains_key("host"), "it has {:?}", connection.keys());
    let used = objects::list(client, &kinds::provider_config_usage(), &name).await?;
    ensure!(used.len() == 1, "{used:?}");
    let leases: Api<Lease> = Api::namespaced(client.clone(), SYSTEM);
    let lease = leases.get("crossplane-leader-election-provider-goldenpath-aws").await?;
    ensure!(lease.spec.and_then(|spec| spec.holder_identity).is_some_and(|holder| !holder.is_empty()));

    plane.aws().drift(&name, "BackupRetentionPeriod", json!(1)).await?;
    plane.delete(&kinds::provider_config(), &name, managed::CONFIG).await?;
    wait::until("events tell of it all", SHORT_LIMIT, async || {
        let mut events = objects::events(client, &name, "Instance", &name).await?;
        events.extend(objects::events(client, &name, "ProviderConfig", managed::CONFIG).await?);
        let told = |reason: &str| events.iter().any(|event| event.contains(reason));
        let reasons = ["CreatedExternalResource", "UpdatedExternalResource", "UsageAccounting"];
        Ok(reasons.into_iter().all(told).then_some(()))
    })
    .await?;
    plane.delete(&kind.resource(), &name, &name).await?;
    plane.until_gone(kind.resource(), &name, &name, READY_LIMIT).await?;
    plane.until_gone(kinds::provider_config(), &name, managed::CONFIG, READY_LIMIT).await?;
    ensure!(!kind.is_in_aws(plane, &name).await?, "AWS still has it");
    nothing_was_forbidden(plane)
}

/// The provider's log has no refusal for lack of a right; a namespace that ends refuses for another reason.
pub(crate) fn nothing_was_forbidden(plane: &ControlPlane) -> Result<()> {
    let log = std::fs::read_to_string(plane.provider()?.log())?;
    let refused: Vec<_> =
        log.lines().filter(|line| line.contains("cannot") && line.contains("forbidden: User")).collect();
    ensure!(refused.is_empty(), "refused:\n{}", refused.join("\n"));
    Ok(())
}

/// A rule as `RULES` writes it.
fn written(rule: &PolicyRule) -> [String; 3] {
    let groups = rule.api_groups.iter().flatten();
    let groups: Vec<_> = groups.map(|group| if group.is_empty() { "core" } else { group.as_str() }).collect();
    [groups.join(" "), rule.resources.clone().unwrap_or_default().join(" "), rule.verbs.join(" ")]
}

/// The roles that are bound to the provider's service account.
async fn bound(client: &Client) -> Result<Vec<String>> {
    let all = ListParams::default();
    let cluster = Api::<ClusterRoleBinding>::all(client.clone()).list(&all).await?.items;
    let namespaced = Api::<RoleBinding>::all(client.clone()).list(&all).await?.items;
    let cluster = cluster.into_iter().map(|binding| (binding.role_ref.name, binding.subjects));
    let namespaced = namespaced.into_iter().map(|binding| (binding.role_ref.name, binding.subjects));
    let is_ours = |(role, subjects): (String, Option<Vec<_>>)| {
        let mut subjects = subjects.into_iter().flatten();
        let ours = |s: k8s_openapi::api::rbac::v1::Subject| s.name == identity::REVISION;
        subjects.any(ours).then_some(role)
    };
    Ok(cluster.chain(namespaced).filter_map(is_ours).collect())
}

async fn may(client: &Client, group: &str, resource: &str, verb: &str) -> Result<bool> {
    let attributes = ResourceAttributes {
        group: Some(group.into()),
        resource: Some(resource.into()),
        verb: Some(verb.into()),
        ..ResourceAttributes::default()
    };
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(attributes),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    };
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let answer = reviews.create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
