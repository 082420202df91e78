//! What a team tries with its apps, routes and copies of secrets, to reach what is another team's.

use goldenpath_tests::{ControlPlane, kinds};
use kube::core::ApiResource;
use serde_json::{Value, json};

use crate::attacks::attack::{Act, Attack, Stop};
use crate::attacks::scene::{APP, DATABASE, Team};
use crate::request::READY_LIMIT;

/// What the names of their XRs begin with.
const NAME: &str = "attack";
/// A platform allows these to its own accounts, and a cloud gives them its rights.
const ROLE: &str = "eks.amazonaws.com/role-arn";

/// The golden paths that are tried here.
fn tried() -> [ApiResource; 3] {
    [kinds::app(), kinds::ingress_request(), kinds::secret_sync()]
}

/// Of one team on another, and on the gateway that both share.
pub(crate) fn attacks(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    let all = [secrets(victim), rights(), routes(victim), plugins(victim), copies(attacker, victim)];
    let mut all: Vec<_> = all.into_iter().flatten().collect();
    // Each is an object of its own, so that each has its own problem.
    for (number, attack) in all.iter_mut().enumerate() {
        if let Act::Make(object) = &mut attack.act {
            object["metadata"]["name"] = json!(format!("{NAME}-{number}"));
        }
    }
    all
}

/// Takes away what was accepted and refused by the golden path.
pub(crate) async fn take_away(plane: &ControlPlane, attacker: &Team<'_>) -> anyhow::Result<()> {
    let namespace = &attacker.tenant.namespace;
    for kind in tried() {
        for xr in goldenpath_tests::objects::list(plane.client(), &kind, namespace).await? {
            let name = xr.metadata.name.unwrap_or_default();
            if name.starts_with(NAME) {
                plane.delete(&kind, namespace, &name).await?;
                plane.until_gone(kind.clone(), namespace, &name, READY_LIMIT).await?;
            }
        }
    }
    Ok(())
}

/// Secrets of the store, and of the cluster.
fn secrets(victim: &Team<'_>) -> Vec<Attack> {
    let copied = |path: &str| json!({"secrets": [{"name": "stolen", "source": path}]});
    let elsewhere = victim.path.replace("/dev/", "/prod/");
    let file = json!({"files": [{"mountPath": "/stolen", "secret": format!("{}/{DATABASE}", victim.tenant.namespace)}]});
    vec![
        problem(
            "PathNotAllowed",
            "lists their credentials among the secrets of an app",
            app(&copied(&victim.path)),
        ),
        problem("PathNotAllowed", "lists those of another environment", app(&copied(&elsewhere))),
        schema("has an app mount their Secret", app(&file)),
    ]
}

fn rights() -> Vec<Attack> {
    let role = json!({ROLE: "arn:aws:iam::123456789012:role/admin"});
    let role = json!({"security": {"serviceAccountAnnotations": role}});
    vec![problem("AnnotationNotAllowed", "gives its app a role of the cloud", app(&role))]
}

/// Hosts and Services.
fn routes(victim: &Team<'_>) -> Vec<Attack> {
    let theirs = victim.host();
    let taken = json!({"ingress": {"enabled": true, "host": theirs}});
    let service = |name: &str| request(&json!({"host": "attack.example.org", "service": {"name": name}}));
    let at = |host: &str, path: &str| {
        request(&json!({"host": host, "path": path, "service": {"name": "kubernetes"}}))
    };
    vec![
        problem("HostConflict", "takes their host for an app", app(&taken)),
        problem("HostConflict", "takes it for a Service", at(&theirs, "/")),
        schema("takes a part of it by a path that matches more", at(&theirs, "/~.*")),
        schema("stops the gateway by a path that it cannot read", at("attack.example.org", "/a(b")),
        schema("leads a route to their Service", service(&format!("{APP}.{}", victim.tenant.namespace))),
        problem("ServiceNotFound", "leads a route to a Service of their name", service("theirs-alone")),
    ]
}

/// What runs in the gateway, or lets in.
fn plugins(victim: &Team<'_>) -> Vec<Attack> {
    let listed = |plugin: Value| {
        app(&json!({"ingress": {"enabled": true, "host": "attack.example.org", "plugins": [plugin]}}))
    };
    let consumer = json!({"name": "thief", "source": victim.path, "property": "password"});
    let consumers = json!({"ingress": {
        "enabled": true, "host": "attack.example.org", "plugins": [{"type": "key-auth"}], "consumers": [consumer],
    }});
    let theirs = format!("{}:{APP}-key-auth", victim.tenant.namespace);
    let secret = json!({"name": format!("{}/{DATABASE}", victim.tenant.namespace), "key": "password"});
    vec![
        schema("names their plugin", listed(json!({"type": theirs}))),
        schema(
            "configures a plugin by their Secret",
            listed(json!({"type": "http-log", "configSecretRef": secret})),
        ),
        problem("PluginNotAllowed", "runs code in the gateway", listed(json!({"type": "pre-function"}))),
        problem(
            "PluginNotAllowed",
            "lets in whom nobody knows",
            listed(json!({"type": "key-auth", "config": {"anonymous": "somebody"}})),
        ),
        problem("PathNotAllowed", "makes an API key of their password", app(&consumers)),
    ]
}

fn copies(attacker: &Team<'_>, victim: &Team<'_>) -> Vec<Attack> {
    let copy = |source: Value| {
        let spec = json!({"source": source, "target": {"secretName": "stolen"}});
        object("SecretSync", &spec)
    };
    let (own, theirs) = (json!({"path": attacker.path}), json!({"path": victim.path}));
    let one = json!({"path": victim.path, "keys": [{"sourceKey": "password", "targetKey": "stolen"}]});
    let lent = json!({"name": DATABASE, "namespace": victim.tenant.namespace});
    vec![
        problem(
            "PathNotAllowed",
            "copies their credentials with a SecretSync",
            copy(json!({"secrets": [theirs]})),
        ),
        problem(
            "PathNotAllowed",
            "copies one key of them behind its own",
            copy(json!({"secrets": [own, one]})),
        ),
        problem(
            "ReferenceNotAllowed",
            "borrows those of a database that lends nothing",
            copy(json!({"database": lent})),
        ),
    ]
}

fn problem(code: &'static str, what: &'static str, object: Value) -> Attack {
    Attack { what, act: Act::Make(object), stopped_by: Stop::Problem(code) }
}

fn schema(what: &'static str, object: Value) -> Attack {
    Attack { what, act: Act::Make(object), stopped_by: Stop::Schema }
}

fn app(spec: &Value) -> Value {
    let mut object = object("GoldenPathApp", spec);
    object["spec"]["image"] = json!("registry.example/attack:v1");
    object
}

fn request(spec: &Value) -> Value {
    object("IngressRequest", spec)
}

fn object(kind: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": kind,
        "metadata": {"labels": {"goldenpath.io/team": "team", "goldenpath.io/tier": "production"}}, "spec": spec,
    })
}
