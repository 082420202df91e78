//! The provider's configurations: a configuration stays as long as somebody uses it (R181..R191).

mod accounting;
mod group;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use goldenpath_provider_core::condition::{Mark, set};
use goldenpath_provider_core::{Condition, ConditionStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams};
use kube::runtime::controller::Action;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Resource, ResourceExt};
use serde_json::{Value, json};

use crate::event::{Note, Source};
use crate::runtime::Runtime;
use accounting::{Account, account};
pub use group::ConfigGroup;

/// Keeps a configuration that is used.
pub(crate) const IN_USE_FINALIZER: &str = "in-use.crossplane.io";
/// Keeps a usage until its managed resource is gone.
pub(crate) const USAGE_FINALIZER: &str = "finalizer.providerconfigusage.crossplane.io";
/// Names the used configuration.
pub(crate) const CONFIG_LABEL: &str = "crossplane.io/provider-config";
/// Names the kind of the used configuration.
pub(crate) const CONFIG_KIND_LABEL: &str = "crossplane.io/provider-config-kind";

struct Context {
    runtime: Runtime,
    kind: ApiResource,
    usages: Store<DynamicObject>,
}

/// How soon a usage whose managed resource is still there is looked at again.
const SHORT_WAIT: Duration = Duration::from_secs(30);

/// Runs the controllers of both configuration kinds until the runtime is shut down.
pub async fn run(runtime: &Runtime) {
    let group = &runtime.options.config_group;
    tokio::join!(run_kind(runtime, group.configs()), run_kind(runtime, group.cluster_configs()));
}

async fn run_kind(runtime: &Runtime, kind: ApiResource) {
    let client = runtime.client.clone();
    let (configs, config_writer) = {
        let writer = reflector::store::Writer::new(kind.clone());
        (writer.as_reader(), writer)
    };
    let usage_kind = runtime.options.config_group.usages();
    let usage_writer = reflector::store::Writer::new(usage_kind.clone());
    let usages = usage_writer.as_reader();
    let strip = |object: &mut DynamicObject| object.managed_fields_mut().clear();

    let changed_configs = watcher(Api::all_with(client.clone(), &kind), watcher::Config::default())
        .default_backoff()
        .modify(strip)
        .reflect(config_writer)
        .applied_objects()
        .filter_map(async |event| event.ok().map(Ok));
    let selector = watcher::Config::default().labels(&format!("{CONFIG_KIND_LABEL}={}", kind.kind));
    let (config_kind, namespaced) = (kind.clone(), kind.kind == "ProviderConfig");
    let changed_usages = watcher(Api::all_with(client, &usage_kind), selector)
        .default_backoff()
        .modify(strip)
        .reflect(usage_writer)
        .touched_objects()
        .filter_map(move |event| {
            let config = event.ok().and_then(|usage| {
                let name = usage.labels().get(CONFIG_LABEL)?.clone();
                let config = ObjectRef::new_with(&name, config_kind.clone());
                Some(if namespaced { config.within(&usage.namespace()?) } else { config })
            });
            std::future::ready(config)
        });

    let context = Context { runtime: runtime.clone(), kind: kind.clone(), usages };
    kube::runtime::Controller::for_stream_with(changed_configs, configs, kind)
        .with_config(kube::runtime::controller::Config::default().debounce(Duration::from_millis(100)))
        .reconcile_on(changed_usages)
        .graceful_shutdown_on(runtime.shutdown.clone().cancelled_owned())
        .run(reconcile, |_, _, _| Action::requeue(SHORT_WAIT), Arc::new(context))
        .for_each(async |result| {
            if let Err(kube::runtime::controller::Error::ReconcilerFailed(error, config)) = result {
                tracing::warn!(%error, %config, "cannot reconcile a configuration");
            }
        })
        .await;
}

async fn reconcile(config: Arc<DynamicObject>, context: Arc<Context>) -> Result<Action, kube::Error> {
    let used = context.usages.state();
    let Account { users, leaving } = account(&config, &used);
    let waiting = context.reap(&leaving).await?;
    let api = context.configs(&config);
    let is_deleted = config.meta().deletion_timestamp.is_some();
    let has_finalizer = config.finalizers().iter().any(|f| f == IN_USE_FINALIZER);

    if is_deleted && users == 0 {
        return if has_finalizer {
            finalize(&api, &config, false).await.map(|()| Action::await_change())
        } else {
            Ok(Action::await_change())
        };
    }
    if !is_deleted && !has_finalizer {
        finalize(&api, &config, true).await?;
    }
    if is_deleted {
        let message = "Blocking deletion while usages still exist";
        let component = format!("providerconfig/{}.{}", context.kind.kind, context.kind.group).to_lowercase();
        context.runtime.recorder.record(
            Source::other(&*config, &context.kind, component),
            Note::warning("UsageAccounting", message),
        );
    }
    context.write_status(&api, &config, users, is_deleted).await?;
    Ok(if waiting || is_deleted { Action::requeue(SHORT_WAIT) } else { Action::await_change() })
}

/// Adds or removes the finalizer, unless somebody else has changed the object meanwhile.
async fn finalize(api: &Api<DynamicObject>, config: &DynamicObject, add: bool) -> Result<(), kube::Error> {
    let others = config.finalizers().iter().map(String::as_str).filter(|f| *f != IN_USE_FINALIZER);
    let finalizers: Vec<_> = others.chain(add.then_some(IN_USE_FINALIZER)).collect();
    let patch = json!({"metadata": {"resourceVersion": config.resource_version(), "finalizers": finalizers}});
    api.patch(&config.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await.map(|_| ())
}

// === impl Context ===

impl Context {
    fn configs(&self, config: &DynamicObject) -> Api<DynamicObject> {
        let client = self.runtime.client.clone();
        match config.namespace() {
            Some(namespace) => Api::namespaced_with(client, &namespace, &self.kind),
            None => Api::all_with(client, &self.kind),
        }
    }

    /// Writes users and conditions if they differ from what is stored (R191).
    async fn write_status(
        &self,
        api: &Api<DynamicObject>,
        config: &DynamicObject,
        users: i64,
        is_deleted: bool,
    ) -> Result<(), kube::Error> {
        let stored = config.data.get("status").cloned().unwrap_or_else(|| json!({}));
        let mut conditions: Vec<Condition> =
            stored.get("conditions").and_then(|c| serde_json::from_value(c.clone()).ok()).unwrap_or_default();
        if is_deleted {
            set(&mut conditions, in_use(), config.meta().generation, &Time((self.runtime.options.clock)()));
        } else {
            conditions.retain(|c| c.r#type != "Terminating");
        }
        let mut status = json!({"users": users});
        if !conditions.is_empty() {
            status["conditions"] = serde_json::to_value(conditions).unwrap_or(Value::Null);
        }
        if status == stored {
            return Ok(());
        }
        let applied = json!({
            "apiVersion": self.kind.api_version,
            "kind": self.kind.kind,
            "metadata": {"name": config.name_any()},
            "status": status,
        });
        let params = PatchParams::apply(&self.runtime.options.field_manager).force();
        api.patch_status(&config.name_any(), &params, &Patch::Apply(applied)).await.map(|_| ())
    }

    /// Lets go the usages whose managed resource is gone (R186); whether some are still waited for.
    async fn reap(&self, leaving: &[Arc<DynamicObject>]) -> Result<bool, kube::Error> {
        let mut waiting = false;
        for usage in leaving {
            let namespace = usage.namespace().unwrap_or_default();
            let client = self.runtime.client.clone();
            let group = &self.runtime.options.config_group;
            let reference = accounting::resource(usage);
            let Some(kind) = group.managed().iter().find(|k| {
                (k.api_version.as_str(), k.kind.as_str()) == (reference.api_version, reference.kind)
            }) else {
                continue;
            };
            let owner = Api::<DynamicObject>::namespaced_with(client.clone(), &namespace, kind)
                .get_metadata_opt(reference.name)
                .await?;
            if owner.is_some_and(|o| o.metadata.uid == usage.metadata.name) {
                waiting = true;
            } else {
                let usages = Api::namespaced_with(client, &namespace, &group.usages());
                crate::usage::remove_finalizer(&usages, usage).await?;
            }
        }
        Ok(waiting)
    }
}

fn in_use() -> Mark {
    Mark {
        r#type: "Terminating",
        status: ConditionStatus::True,
        reason: "InUse",
        message: "Blocking deletion while usages still exist".into(),
    }
}
