//! What a team tries with its XRs, with managed resources and with its rights, to reach what is not its own.

use goldenpath_tests::{identity, install, kinds};
use kube::core::ApiResource;
use serde_json::{Value, json};

use crate::attacks::attack::{Act, Attack, Stop};
use crate::attacks::scene::{CLAIM, DATABASE, FOREIGN, Team};
use crate::managed::Kind;

const COMPOSITES: &str = "goldenpath-composites";
const STATUS: &str = "goldenpath-status";
const MANAGED: &str = "goldenpath-managed";
const USAGES: &str = "goldenpath-usages";
const NAMESPACES: &str = "goldenpath-namespaces";

/// Of one team on another, on the platform, and on what keeps its own database in bounds.
pub(crate) fn attacks(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    [
        machinery(victim),
        labels(attacker, victim),
        status(victim),
        managed(victim),
        names(),
        protection(),
        rights(attacker, victim),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What Crossplane keeps in an XR or a claim.
fn machinery(victim: &Team<'_>) -> Vec<Attack> {
    let xr = |what, crossplane: Value| {
        let spec = json!({"version": "16", "crossplane": crossplane});
        Attack::policy(COMPOSITES, what, Act::Make(database("attack", &spec)))
    };
    let change = |what, kind, name: &str, patch| {
        Attack::policy(COMPOSITES, what, Act::Change(kind, name.into(), patch))
    };
    let theirs = json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "goldenpath-tenancy"}]);
    let composite = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "XDatabaseClaim", "name": victim.composite,
    });
    let claim = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "DatabaseClaim",
        "metadata": {"name": "attack", "labels": {"goldenpath.io/tier": "production"}},
        "spec": {"version": "16", "resourceRef": composite},
    });
    let pinned = json!({"compositionUpdatePolicy": "Manual", "compositionRevisionRef": {"name": "old"}});
    let canary = json!({"compositionSelector": {"matchLabels": {"goldenpath.io/channel": "canary"}}});
    vec![
        xr("pins an old revision of the platform's choices", pinned.clone()),
        xr("chooses another composition", json!({"compositionRef": {"name": "xdatabaseclaim"}})),
        xr("chooses the canary's, where it has none", canary),
        xr("has objects that are not composed swept away", json!({"resourceRefs": theirs})),
        change(
            "does so with an XR that is there",
            kinds::database(),
            DATABASE,
            json!({"spec": {"crossplane": {"resourceRefs": theirs}}}),
        ),
        change(
            "pins an XR that is there",
            kinds::database(),
            DATABASE,
            json!({"spec": {"crossplane": pinned}}),
        ),
        Attack::policy(COMPOSITES, "binds a claim to what another team's claim became", Act::Make(claim)),
        change(
            "binds a claim that is there to it",
            kinds::database_claim(),
            CLAIM,
            json!({"spec": {"resourceRef": composite}}),
        ),
        change(
            "chooses another composition for a claim",
            kinds::database_claim(),
            CLAIM,
            json!({"spec": {"compositionRef": {"name": "goldenpathdatabase"}}}),
        ),
    ]
}

/// Labels that decide something.
fn labels(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    let labelled = |what, labels: Value| {
        let mut object = database("attack", &json!({"version": "16"}));
        for (key, value) in labels.as_object().into_iter().flatten() {
            object["metadata"]["labels"][key] = value.clone();
        }
        Attack::policy(COMPOSITES, what, Act::Make(object))
    };
    let mut without = database("attack", &json!({"version": "16"}));
    without["metadata"]["labels"] = json!({});
    let lax = json!({"metadata": {"labels": {"goldenpath.io/tier": "development"}}});
    let claimed = json!({
        "crossplane.io/claim-name": CLAIM, "crossplane.io/claim-namespace": victim.tenant.namespace,
    });
    vec![
        labelled("labels its database with a tier of laxer limits", lax["metadata"]["labels"].clone()),
        Attack::policy(COMPOSITES, "leaves the tier out", Act::Make(without)),
        Attack::policy(
            COMPOSITES,
            "relabels a database that is there",
            Act::Change(kinds::database(), DATABASE.into(), lax.clone()),
        ),
        Attack::policy(
            NAMESPACES,
            "gives its namespace another tier",
            Act::Change(kinds::namespace(), attacker.tenant.namespace.clone(), lax),
        ),
        labelled("labels its database as what another team's claim became", claimed),
        labelled("labels it as composed by golden paths", json!({"goldenpath.io/managed": "true"})),
    ]
}

fn status(victim: &Team<'_>) -> Vec<Attack> {
    let consumers = json!([{"namespace": victim.tenant.namespace, "app": "forged"}]);
    vec![
        Attack::policy(
            STATUS,
            "writes another team into the status of its database",
            Act::Say(kinds::database(), DATABASE.into(), json!({"status": {"consumers": consumers}})),
        ),
        Attack::policy(
            STATUS,
            "writes another database's identity into the status of its Instance",
            Act::Say(
                kinds::instance(),
                DATABASE.into(),
                json!({"status": {"atProvider": {"identifier": victim.identifier}}}),
            ),
        ),
    ]
}

/// Managed resources and provider configurations.
fn managed(victim: &Team<'_>) -> Vec<Attack> {
    let own = |kind: Kind, external_name: &str| {
        let mut object = kind.object("attack");
        object["metadata"]["annotations"]["crossplane.io/external-name"] = json!(external_name);
        Act::Make(object)
    };
    let annotate =
        |key: &str, value: &str| json!({"metadata": {"annotations": {key.to_owned(): value.to_owned()}}});
    let change =
        |what, patch| Attack::policy(MANAGED, what, Act::Change(kinds::instance(), DATABASE.into(), patch));
    let config = json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": "attack"},
        "spec": {
            "credentials": {"source": "IRSA"},
            "assumeRoleChain": [{"roleARN": "arn:aws:iam::111111111111:role/admin"}],
        },
    });
    let restored = json!({"version": "16", "restoreFrom": {"snapshotIdentifier": format!("{}-final-1", victim.identifier)}});
    let adopting = json!({"version": "16", "adopt": {"identifier": victim.identifier}});
    vec![
        Attack::policy(
            MANAGED,
            "makes an Instance that names another team's database",
            own(Kind::Instance, &victim.identifier),
        ),
        Attack::policy(
            MANAGED,
            "makes a managed Secret that names their credentials",
            own(Kind::Secret, &victim.path),
        ),
        change(
            "names their database in the Instance of its own",
            annotate("crossplane.io/external-name", &victim.identifier),
        ),
        change("has that Instance take over what is not its own", annotate("goldenpath.io/adopt", "true")),
        change(
            "has the Instance use another role",
            json!({"spec": {"providerConfigRef": {"kind": "ProviderConfig", "name": "attack"}}}),
        ),
        Attack::policy(
            MANAGED,
            "deletes the Instance under a protected database",
            Act::Delete(kinds::instance(), DATABASE.into()),
        ),
        Attack::policy(MANAGED, "makes a ProviderConfig with the provider's own role", Act::Make(config)),
        Attack {
            what: "restores another team's database as its own",
            act: Act::Make(database("restored", &restored)),
            stopped_by: Stop::Problem("RestoreNotAllowed"),
        },
        Attack {
            what: "has its database look at another team's, to take it over",
            act: Act::Make(database("adopting", &adopting)),
            stopped_by: Stop::Problem("AdoptionNotAllowed"),
        },
    ]
}

/// Names that are somebody else's: what golden paths write there is written with Crossplane's rights.
fn names() -> Vec<Attack> {
    let taken = |what, name: &str, mut spec: Value, adopt: &str| {
        spec["version"] = json!("16");
        spec["deletion"] = json!({"protection": false});
        let mut object = database(name, &spec);
        object["metadata"]["annotations"] = json!({"goldenpath.io/adopt": adopt});
        Attack { what, act: Act::Make(object), stopped_by: Stop::Problem("NameTaken") }
    };
    vec![
        taken(
            "has its database's credentials written over a Secret that is there",
            "overwriting",
            json!({"secretRef": {"name": FOREIGN}}),
            "",
        ),
        taken(
            "has them written into the Secret of another database",
            "sharing",
            json!({"secretRef": {"name": DATABASE}}),
            "external-secret",
        ),
        taken(
            "has its database take over an Instance that the platform has made",
            FOREIGN,
            json!({}),
            "instance",
        ),
    ]
}

/// What keeps a database from being deleted.
fn protection() -> Vec<Attack> {
    let usage = format!("{DATABASE}-protection");
    let without = |label: &str| json!({"metadata": {"labels": {label.to_owned(): null}}});
    vec![
        Attack::policy(
            USAGES,
            "deletes the Usage that protects a database",
            Act::Delete(kinds::usage(), usage.clone()),
        ),
        Attack::policy(
            USAGES,
            "takes the mark of golden paths off that Usage",
            Act::Change(kinds::usage(), usage, without("goldenpath.io/managed")),
        ),
        Attack::policy(
            COMPOSITES,
            "takes the mark of being in use off the database",
            Act::Change(kinds::database(), DATABASE.into(), without("crossplane.io/in-use")),
        ),
    ]
}

/// Rights, and what the policies themselves stand on.
fn rights(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    let (own, theirs) = (&attacker.tenant.namespace, &victim.tenant.namespace);
    let elsewhere = |mut object: Value, namespace: &str| {
        object["metadata"]["namespace"] = json!(namespace);
        Act::Make(object)
    };
    let invited = database(DATABASE, &json!({"allowedNamespaces": [own]}));
    let subjects = json!([{"kind": "ServiceAccount", "name": "team", "namespace": own}]);
    let binding = |kind: &str, role: &str| {
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "attack"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": subjects,
        })
    };
    let tenancy = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "goldenpath-tenancy"},
        "data": {"paths": format!("{own} goldenpath/")},
    });
    let composite = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "XDatabaseClaim", "metadata": {"name": "attack"},
        "spec": {"version": "16"},
    });
    let wall = kind("validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding");
    let account = format!("system:serviceaccount:crossplane-system:{}", identity::REVISION);
    let impersonate = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "attack"},
        "rules": [{"apiGroups": [""], "resources": ["users"], "resourceNames": [account], "verbs": ["impersonate"]}],
    });
    vec![
        Attack::rights("invites itself to another team's database", elsewhere(invited, theirs)),
        Attack::rights(
            "gives itself rights in another team's namespace",
            elsewhere(binding("RoleBinding", "admin"), theirs),
        ),
        Attack::rights(
            "makes itself the platform",
            Act::Make(binding("ClusterRoleBinding", "goldenpath-platform")),
        ),
        Attack::rights("makes a role to act as the provider", Act::Make(impersonate)),
        Attack::rights("opens every path to itself", elsewhere(tenancy, install::NAMESPACE)),
        Attack::rights("takes a policy away", Act::Delete(wall, "goldenpath-managed".into())),
        Attack::rights("makes the XR of a claim without a claim", Act::Make(composite)),
    ]
}

fn kind(plural: &str, kind: &str) -> ApiResource {
    kinds::kind("admissionregistration.k8s.io", "v1", kind, plural)
}

fn database(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase",
        "metadata": {"name": name, "labels": {"goldenpath.io/tier": "production"}}, "spec": spec,
    })
}
