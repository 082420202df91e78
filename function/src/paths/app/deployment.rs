//! The `Deployment`: how pods are replaced.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use crate::kinds::deployment::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use crate::observed::Observed;
use crate::paths::app::api::{GoldenPathApp, Strategy, StrategyType};
use crate::paths::app::database::Database;
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::secrets::Pods;
use crate::paths::app::{pod, scaling, secrets};
use crate::paths::database::network::USES;

/// The annotation of an XR that rolls every pod once when its value changes. `kubectl rollout restart` works as well: its
/// annotation is not ours, and stays.
const RESTART: &str = "goldenpath.io/restart-requested-at";
/// Replica sets that `kubectl rollout undo` can go back to.
const REVISIONS: i32 = 5;

/// The Deployment of an app.
pub(super) fn deployment(
    xr: &GoldenPathApp,
    identity: &Identity,
    pods: &Pods,
    template: PodTemplateSpec,
    observed: Observed<'_>,
) -> Deployment {
    let template = match pods {
        Pods::Stay { template, waiting_for: _ } => PodTemplateSpec::clone(template),
        Pods::Follow | Pods::Wait(_) => template,
    };
    Deployment {
        metadata: identity.object_meta(),
        spec: Some(DeploymentSpec {
            replicas: scaling::replicas(&xr.spec, observed),
            revision_history_limit: Some(REVISIONS),
            progress_deadline_seconds: Some(xr.spec.strategy.progress_deadline_seconds),
            strategy: Some(strategy(&xr.spec.strategy)),
            selector: identity.label_selector(),
            template,
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}

fn strategy(strategy: &Strategy) -> DeploymentStrategy {
    let Strategy { r#type, max_surge, max_unavailable, progress_deadline_seconds: _ } = strategy;
    let rolling_update = RollingUpdateDeployment {
        max_surge: Some(max_surge.clone().unwrap_or_else(|| IntOrString::String("25%".into()))),
        max_unavailable: Some(max_unavailable.clone().unwrap_or(IntOrString::Int(0))),
    };
    DeploymentStrategy {
        type_: Some(<&str>::from(*r#type).into()),
        rolling_update: (*r#type == StrategyType::RollingUpdate).then_some(rolling_update),
    }
}

/// The pods as the spec says.
pub(super) fn template(
    xr: &GoldenPathApp,
    identity: &Identity,
    policy: &AppPolicy,
    database: Option<&Database>,
    hash: Option<String>,
) -> PodTemplateSpec {
    let restart = xr.annotations().get(RESTART).map(|at| (RESTART.to_owned(), at.clone()));
    let hash = hash.map(|hash| (secrets::HASH.to_owned(), hash));
    let annotations: BTreeMap<_, _> = restart.into_iter().chain(hash).collect();
    let annotations = (!annotations.is_empty()).then_some(annotations);
    let mut labels = identity.labels.clone();
    labels.extend(database.map(|database| (format!("{USES}{}", database.name), "true".to_owned())));
    PodTemplateSpec {
        metadata: Some(ObjectMeta { labels: Some(labels), annotations, ..ObjectMeta::default() }),
        spec: Some(pod::spec(&xr.spec, identity, policy, database)),
    }
}
