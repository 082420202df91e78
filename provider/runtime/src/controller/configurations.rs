//! The configurations that managed resources use, and the Secrets that these name (R106, R192).

use std::collections::{HashMap, HashSet};

use futures::stream::{BoxStream, select};
use futures::{Stream, StreamExt};
use goldenpath_provider_core::SecretReference;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{ApiResource, DynamicObject, PartialObjectMeta};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::sources::{changes, revision};
use crate::changes::{Change, Key};
use crate::dependents::Target;
use crate::gate::Kinds;
use crate::provider_config::ConfigGroup;
use crate::runtime::Runtime;

/// The Secrets that configurations name. Each is watched by itself and for its metadata only, so that the process
/// holds no Secret that it does not use, and of none the data (R249).
struct Secrets {
    client: Client,
    changed: mpsc::Sender<SecretReference>,
    by_config: HashMap<Target, HashSet<SecretReference>>,
    watched: HashMap<SecretReference, AbortOnDropHandle<()>>,
}

/// Wakes the managed resources of a configuration when its spec or one of its Secrets changes, while there are such
/// kinds, until the runtime is shut down. The first call of a process does so for all its controllers.
pub(crate) async fn watch(runtime: &Runtime) {
    let group = &runtime.options.config_group;
    if !group.exists() || runtime.configurations_watched() {
        return;
    }
    let kinds = Kinds { own: group.configs(), others: vec![group.cluster_configs()] };
    runtime.gate.while_served(&kinds, |stop| follow(runtime, stop)).await;
}

async fn follow(runtime: &Runtime, stop: CancellationToken) {
    let (changed, mut changed_secrets) = mpsc::channel(16);
    let mut secrets = Secrets::new(runtime.client.clone(), changed);
    let group = &runtime.options.config_group;
    let client = || runtime.client.clone();
    let configs = configs(client(), group, group.configs());
    let mut configs = select(configs, self::configs(client(), group, group.cluster_configs()));
    let wake = |target: &Target, reason: &str| {
        let woken = runtime.executor.wake(target);
        tracing::debug!(?target, reason, woken, "looking again at what uses a configuration");
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some((target, change)) = configs.next() => match change {
                Change::Listed(_, named) => secrets.follow(target, named),
                Change::Changed(_, named) => {
                    wake(&target, "the configuration has changed");
                    secrets.follow(target, named);
                }
                Change::Gone(_) => secrets.follow(target, Vec::new()),
            },
            Some(secret) = changed_secrets.recv() => {
                for target in secrets.users(&secret) {
                    wake(target, "its credentials have changed");
                }
            }
        }
    }
}

/// The configurations of a kind that are made, change in their spec, or go, and the Secrets that they name.
fn configs(
    client: Client,
    group: &ConfigGroup,
    kind: ApiResource,
) -> BoxStream<'static, (Target, Change<Vec<SecretReference>>)> {
    let (group, name_of_kind) = (group.clone(), kind.kind.clone());
    let events = watcher(Api::<DynamicObject>::all_with(client, &kind), watcher::Config::default());
    changes(events.default_backoff(), move |config: &DynamicObject| {
        let generation = config.metadata.generation.unwrap_or_default();
        (generation.unsigned_abs(), group.secrets(&kind.kind, config))
    })
    .map(move |change| {
        let (namespace, name) = key(&change).clone();
        (Target::Config { kind: name_of_kind.clone(), namespace, name }, change)
    })
    .boxed()
}

fn key<T>(change: &Change<T>) -> &Key {
    match change {
        Change::Listed(key, _) | Change::Changed(key, _) | Change::Gone(key) => key,
    }
}

/// One item for each change of one Secret.
fn changes_of(client: Client, secret: &SecretReference) -> impl Stream<Item = ()> + Send + 'static {
    let api = Api::<PartialObjectMeta<Secret>>::namespaced(client, &secret.namespace);
    let only = watcher::Config::default().fields(&format!("metadata.name={}", secret.name));
    let events = watcher(api, only).default_backoff();
    changes(events, |secret| (revision(secret), ()))
        .filter_map(async |change| matches!(change, Change::Changed(..)).then_some(()))
}

// === impl Secrets ===

impl Secrets {
    fn new(client: Client, changed: mpsc::Sender<SecretReference>) -> Self {
        Self { client, changed, by_config: HashMap::new(), watched: HashMap::new() }
    }

    /// Watches the Secrets that a configuration names, and none that no configuration names any more.
    fn follow(&mut self, config: Target, named: Vec<SecretReference>) {
        for secret in &named {
            if !self.watched.contains_key(secret) {
                self.watched.insert(secret.clone(), self.tell_of(secret));
            }
        }
        self.by_config.insert(config, named.into_iter().collect());
        self.by_config.retain(|_, secrets| !secrets.is_empty());
        let used: HashSet<_> = self.by_config.values().flatten().collect();
        self.watched.retain(|secret, _| used.contains(secret));
    }

    /// Tells of each change of one Secret, until it is dropped.
    fn tell_of(&self, secret: &SecretReference) -> AbortOnDropHandle<()> {
        let mut changes = changes_of(self.client.clone(), secret).boxed();
        let (secret, told) = (secret.clone(), self.changed.clone());
        AbortOnDropHandle::new(tokio::spawn(async move {
            // Nobody listens any more only when the process ends.
            while changes.next().await.is_some() && told.send(secret.clone()).await.is_ok() {}
        }))
    }

    /// The configurations that name a Secret.
    fn users(&self, secret: &SecretReference) -> impl Iterator<Item = &Target> {
        self.by_config.iter().filter(|(_, secrets)| secrets.contains(secret)).map(|(config, _)| config)
    }
}
