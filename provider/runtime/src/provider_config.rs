//! The provider's configurations: a configuration stays as long as it is used (R181..R191).
//!
//! ```text
//! configuration ─┐
//! usage ─────────┴─► of ─► look up ─► plan ─► act
//!                   user              plan
//! ```

mod act;
mod observed_usage;
mod plan;
mod usage_index;

use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::api::{ApiResource, DynamicObject};
use kube::runtime::controller::Action;
use kube::runtime::reflector::{self, Store};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Resource, ResourceExt};
use tokio_util::sync::CancellationToken;

use crate::config_group::CONFIG_KIND_LABEL;
use crate::gate::RequiredKinds;
use crate::runtime::Runtime;
use crate::trim::trim;
use plan::{Recheck, plan};
use usage_index::UsageIndex;

/// Keeps a configuration that is used.
pub(crate) const IN_USE_FINALIZER: &str = "in-use.crossplane.io";

/// What all reconciles of one kind of configuration share.
struct Context {
    runtime: Runtime,
    kind: ApiResource,
    usages: Store<DynamicObject>,
}

/// How soon a configuration is reconciled again after a failure, or while a managed resource is on its way out.
const SHORT_WAIT: Duration = Duration::from_secs(30);
/// How soon it is reconciled again before the usages are known.
const BEFORE_USAGES: Duration = Duration::from_secs(1);
/// Changes within this time are one.
const DEBOUNCE: Duration = Duration::from_millis(100);

/// Runs the controllers of both configuration kinds while they are served, until the runtime is shut down.
pub async fn run(runtime: &Runtime) {
    let group = &runtime.options.config_group;
    if !group.exists() {
        return;
    }
    let run_kind = async |kind: ApiResource| {
        let kinds = RequiredKinds { own: kind.clone(), others: vec![group.usages()] };
        runtime.gate.while_served(&kinds, |stop| control(runtime, kind.clone(), stop)).await;
    };
    tokio::join!(run_kind(group.configs()), run_kind(group.cluster_configs()));
}

/// Keeps the configurations of a kind that are used, until it is asked to stop.
async fn control(runtime: &Runtime, kind: ApiResource, stop: CancellationToken) {
    let client = runtime.client.clone();
    let config_writer = reflector::store::Writer::new(kind.clone());
    let configs = config_writer.as_reader();
    let usage_kind = runtime.options.config_group.usages();
    let usage_writer = reflector::store::Writer::new(usage_kind.clone());
    let usages = usage_writer.as_reader();

    let changed_configs = watcher(Api::all_with(client.clone(), &kind), watcher::Config::default())
        .default_backoff()
        .modify(trim)
        .reflect(config_writer)
        .applied_objects()
        .filter_map(async |event| event.ok().map(Ok));
    let mut index = UsageIndex::new(kind.clone());
    let changed_usages = watcher(Api::all_with(client, &usage_kind), of_kind(&kind))
        .default_backoff()
        .modify(trim)
        .reflect(usage_writer)
        .filter_map(async |event| event.ok())
        .flat_map(move |event| stream::iter(index.concerned(&event)));

    let context = Context { runtime: runtime.clone(), kind: kind.clone(), usages };
    kube::runtime::Controller::for_stream_with(changed_configs, configs, kind)
        .with_config(kube::runtime::controller::Config::default().debounce(DEBOUNCE))
        .reconcile_on(changed_usages)
        .graceful_shutdown_on(stop.cancelled_owned())
        .run(reconcile, |_, _, _| Action::requeue(SHORT_WAIT), Arc::new(context))
        .for_each(async |result| {
            if let Err(kube::runtime::controller::Error::ReconcilerFailed(error, config)) = result {
                tracing::warn!(%error, %config, "cannot reconcile a configuration");
            }
        })
        .await;
}

/// The usages of a kind of configuration.
fn of_kind(kind: &ApiResource) -> watcher::Config {
    watcher::Config::default().labels(&format!("{CONFIG_KIND_LABEL}={}", kind.kind))
}

async fn reconcile(config: Arc<DynamicObject>, context: Arc<Context>) -> Result<Action, kube::Error> {
    let Some(usages) = context.usages_of(&config).await? else {
        return Ok(Action::requeue(BEFORE_USAGES));
    };
    let users = context.look_up(observed_usage::of(&config, usages)).await?;
    let plan = plan(&config, &users, &context.now());
    for action in plan.actions {
        context.act(&config, action).await?;
    }
    Ok(match plan.recheck {
        Recheck::OnChange => Action::await_change(),
        Recheck::Soon => Action::requeue(SHORT_WAIT),
    })
}

/// Reconciles a configuration once, with these usages of configurations of its kind.
#[cfg(test)]
pub(crate) async fn reconcile_once(
    runtime: &Runtime,
    kind: ApiResource,
    config: serde_json::Value,
    usages: Vec<serde_json::Value>,
) -> Result<Action, kube::Error> {
    let mut writer = reflector::store::Writer::new(runtime.options.config_group.usages());
    writer.apply_watcher_event(&watcher::Event::Init);
    for usage in usages {
        writer.apply_watcher_event(&watcher::Event::InitApply(serde_json::from_value(usage).unwrap()));
    }
    writer.apply_watcher_event(&watcher::Event::InitDone);
    let context = Context { runtime: runtime.clone(), kind, usages: writer.as_reader() };
    let config = serde_json::from_value(config).unwrap();
    reconcile(Arc::new(config), Arc::new(context)).await
}

// === impl Context ===

impl Context {
    /// The usages that may be the configuration's; `None` before they are known. Before a configuration is let go
    /// the API server is asked: what a watch has not shown yet counts too.
    async fn usages_of(
        &self,
        config: &DynamicObject,
    ) -> Result<Option<Vec<Arc<DynamicObject>>>, kube::Error> {
        if config.meta().deletion_timestamp.is_none() {
            let is_ready = self.usages.wait_until_ready().now_or_never().is_some();
            return Ok(is_ready.then(|| self.usages.state()));
        }
        let usages = self.usages_in(config.namespace().as_deref());
        let selector = of_kind(&self.kind).label_selector.unwrap_or_default();
        match usages.list(&kube::api::ListParams::default().labels(&selector)).await {
            Ok(listed) => Ok(Some(listed.items.into_iter().map(Arc::new).collect())),
            // The kind is gone, and all usages with it: while CRDs are being deleted, any may go first.
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(Some(Vec::new())),
            Err(error) => Err(error),
        }
    }

    /// The time, in the whole seconds that Kubernetes keeps.
    fn now(&self) -> Time {
        let now = (self.runtime.options.clock)();
        Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
    }
}

#[cfg(test)]
mod tests;
