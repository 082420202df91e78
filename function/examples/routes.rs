//! A function with a golden path of its own: a route to backends, with credentials beside it.
//!
//! It shows what golden paths with lists of children are made of. A route never names a backend that is not there, in the
//! order in which they come and in the one in which they go.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use function_sdk_rust::{Args, logging, serve};
use goldenpath_function::composition::{Composition, Gate};
use goldenpath_function::condition::{ACCEPTED, Condition, ConditionKind};
use goldenpath_function::entry::Entry;
use goldenpath_function::error::Error;
use goldenpath_function::keys::{Family, Known};
use goldenpath_function::kinds::external_secret::{ExternalSecret, SecretStoreRef};
use goldenpath_function::kinds::network_policy::{NetworkPolicy, NetworkPolicySpec};
use goldenpath_function::kinds::service::{Service, ServicePort, ServiceSpec};
use goldenpath_function::labels::labels;
use goldenpath_function::object_meta::object_meta;
use goldenpath_function::observed::Observed;
use goldenpath_function::path::GoldenPath;
use goldenpath_function::platform::{Part, Platform, Policy};
use goldenpath_function::problems::Problem;
use goldenpath_function::rendering::{Rendering, ResourceStatus};
use goldenpath_function::service::Function;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use kube::{CustomResource, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const ROUTE: &str = "route";
const BACKEND: Family = Family::new("backend");
const CREDENTIAL: Family = Family::new("credential");

/// Where a route's object says which backends it names.
const BACKENDS: &str = "routes.example.org/backends";
/// How many composed resources the status has room for.
const MOST_RESOURCES: usize = 64;

static PATHS: &[Entry] = &[Entry::of::<Routes>()];

/// What the platform says of routes: nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoutePolicy {}

/// A route to backends.
#[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "routes.example.org",
    version = "v1alpha1",
    kind = "Route",
    namespaced,
    status = "RouteStatus"
)]
struct RouteSpec {
    /// Its backends by name; each becomes a Service.
    #[serde(default)]
    backends: Vec<String>,
    /// Paths in the secret store; each is copied into a Secret.
    #[serde(default)]
    credentials: BTreeMap<String, String>,
    /// Whether the route itself stays as it is, whatever becomes of the rest.
    #[serde(default)]
    frozen: bool,
}

/// What is said of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct RouteStatus {
    resources: Vec<ResourceStatus>,
    problems: Vec<Problem>,
}

/// The golden path of routes.
struct Routes;

fn metadata(xr: &Route, name: &str) -> ObjectMeta {
    object_meta(format!("{}-{name}", xr.name_any()), &labels(xr, "route"))
}

fn backend(xr: &Route, name: &str) -> Service {
    let port = ServicePort { port: 80, protocol: Some("TCP".into()), ..ServicePort::default() };
    let spec = ServiceSpec { ports: Some(vec![port]), ..ServiceSpec::default() };
    Service { metadata: metadata(xr, name), spec: Some(spec), status: None }
}

fn credential(xr: &Route, name: &str, path: &str) -> ExternalSecret {
    let store = SecretStoreRef { kind: "ClusterSecretStore".into(), name: "goldenpath".into() };
    let metadata = metadata(xr, name);
    let secret = format!("{}-{name}", xr.name_any());
    ExternalSecret::extracting(metadata, store, "1h0m0s".into(), secret, path.to_owned())
}

/// The route itself: one object that names its backends.
fn route(xr: &Route) -> NetworkPolicy {
    let names = BTreeMap::from([(BACKENDS.to_owned(), xr.spec.backends.join("."))]);
    NetworkPolicy {
        metadata: ObjectMeta { annotations: Some(names), ..metadata(xr, "route") },
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector {
                match_labels: Some(labels(xr, "route")),
                ..LabelSelector::default()
            }),
            ..NetworkPolicySpec::default()
        }),
    }
}

fn gate(xr: &Route, observed: Observed<'_>) -> Gate {
    if xr.spec.frozen {
        return Gate::HoldsChange("waiting for .spec.frozen to be false".into());
    }
    match xr.spec.backends.iter().find(|name| !observed.contains(&BACKEND.key(name))) {
        Some(missing) => Gate::HoldsChange(format!("waiting for the backend {missing}")),
        None => Gate::Open,
    }
}

/// The backends that the route still names and that nobody asks for any more.
fn still_named(xr: &Route, observed: Observed<'_>) -> Vec<String> {
    let names = observed.text(ROUTE, &["metadata", "annotations"], BACKENDS).unwrap_or_default();
    let is_retired = |name: &&str| !name.is_empty() && !xr.spec.backends.iter().any(|asked| asked == name);
    names.split('.').filter(is_retired).map(str::to_owned).collect()
}

/// Serves the golden path of routes to Crossplane.
#[derive(Parser)]
struct Arguments {
    /// Print the XRD, and end.
    #[arg(long, exclusive = true)]
    definition: bool,
    /// Where to listen for Crossplane.
    #[arg(long, default_value = "127.0.0.1:9443")]
    address: String,
    /// Where to serve `/metrics`; empty for nowhere.
    #[arg(long, default_value = "")]
    metrics_address: String,
    /// Folder with `tls.crt`, `tls.key` and `ca.crt`; without it, TLS is left out.
    #[arg(long)]
    tls_certs_dir: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { definition, address, metrics_address, tls_certs_dir } = Arguments::parse();
    if definition {
        let definition = (Entry::of::<Routes>().definition)();
        return Ok(writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&definition)?)?);
    }
    logging::configure(false);
    let insecure = tls_certs_dir.is_none();
    let args =
        Args { debug: false, address, tls_certs_dir, insecure, max_recv_message_size: None, metrics_address };
    Ok(serve(Function::of(PATHS), &args).await?)
}

// === impl RoutePolicy ===

impl Policy for RoutePolicy {
    const PART: Option<Part> = Some(Part { key: "route", former: &[] });
}

// === impl Routes ===

impl GoldenPath for Routes {
    type Composite = Route;
    type Status = RouteStatus;
    type Policy = RoutePolicy;
    const KEYS: &'static [Known] = &[Known::Always(ROUTE), Known::Each(BACKEND), Known::Each(CREDENTIAL)];
    const CONDITIONS: &'static [ConditionKind] = &[ACCEPTED];
    const MAX_NAME_LENGTH: u32 = 40;

    fn compose(xr: &Route, _: &Platform<RoutePolicy>, observed: Observed<'_>) -> Result<Composition, Error> {
        let RouteSpec { backends, credentials, frozen: _ } = &xr.spec;
        let composition = Composition::new()
            .with_each(BACKEND, backends.iter().map(|name| (name, backend(xr, name))))
            .with_each(CREDENTIAL, credentials.iter().map(|(name, path)| (name, credential(xr, name, path))))
            .with_gated(ROUTE, gate(xr, observed), &route(xr));
        Ok(still_named(xr, observed).into_iter().fold(composition, |composition, name| {
            composition.holding(BACKEND.key(&name), "waiting for the route to stop naming it")
        }))
    }

    fn report(_: &Route, _: Observed<'_>, rendering: &Rendering) -> (RouteStatus, Vec<Condition>) {
        let resources = rendering.listed_resources(MOST_RESOURCES);
        (RouteStatus { resources, problems: rendering.problems.clone() }, vec![rendering.accepted()])
    }

    fn field(xr: &Route, key: &str, _: &str) -> Option<Cow<'static, str>> {
        let at = xr.spec.backends.iter().position(|name| BACKEND.key(name) == key)?;
        Some(Cow::Owned(format!(".spec.backends[{at}]")))
    }
}
