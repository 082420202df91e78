//! The configurations that managed resources use, and the Secrets that these name (R106, R192).

use std::collections::{HashMap, HashSet};

use futures::stream::{BoxStream, select};
use futures::{Stream, StreamExt};
use goldenpath_provider_core::SecretReference;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{ApiResource, DynamicObject, PartialObjectMeta};
use kube::runtime::reflector::store::Writer;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::sources::changes;
use crate::dependents::Dependency;
use crate::gate::RequiredKinds;
use crate::runtime::Runtime;
use crate::trim::trim;
use crate::watch_diff::{WatchChange, revision};
use crate::watched::{Shared, Watched};

/// The Secrets that configurations name. Each is watched by itself and for its metadata only, so that the process
/// holds no Secret that it does not use, and of none the data (R249).
struct Secrets {
    client: Client,
    readable: Watched,
    changed: mpsc::Sender<SecretReference>,
    by_config: HashMap<Dependency, HashSet<SecretReference>>,
    watched: HashMap<SecretReference, AbortOnDropHandle<()>>,
}

/// What matters of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Config {
    uid: Option<String>,
    generation: Option<i64>,
    /// The Secrets that it names.
    secrets: Vec<SecretReference>,
}

/// Wakes the managed resources of a configuration when its spec or one of its Secrets changes, while there are such
/// kinds, until the runtime is shut down. The first call of a process does so for all its controllers.
pub(crate) async fn watch(runtime: &Runtime) {
    let group = &runtime.options.config_group;
    if !group.exists() || runtime.configurations_watched() {
        return;
    }
    let kinds = RequiredKinds { own: group.configs(), others: vec![group.cluster_configs()] };
    runtime.gate.while_served(&kinds, |stop| follow(runtime, stop)).await;
}

async fn follow(runtime: &Runtime, stop: CancellationToken) {
    let (changed, mut changed_secrets) = mpsc::channel(16);
    let mut secrets = Secrets::new(runtime, changed);
    let group = &runtime.options.config_group;
    let (_readable, configs) = configs(runtime, group.configs());
    let (_readable_too, of_cluster) = self::configs(runtime, group.cluster_configs());
    let mut configs = select(configs, of_cluster);
    let wake = |config: &Dependency, reason: &str| {
        let woken = runtime.executor.wake(config);
        tracing::debug!(?config, reason, woken, "reconciling what uses a configuration");
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some((config, change)) = configs.next() => match change {
                WatchChange::Listed(_, now) => secrets.follow(config, now.secrets),
                WatchChange::Changed { now, .. } => {
                    wake(&config, "the configuration has changed");
                    secrets.follow(config, now.secrets);
                }
                WatchChange::Gone(..) => secrets.follow(config, Vec::new()),
            },
            Some(secret) = changed_secrets.recv() => {
                for config in secrets.users(&secret) {
                    wake(config, "its credentials have changed");
                }
            }
        }
    }
}

/// The configurations of a kind that are made, change in their spec, or go, and the Secrets that they name. Whoever
/// connects reads the configurations from here.
fn configs(
    runtime: &Runtime,
    kind: ApiResource,
) -> (Shared, BoxStream<'static, (Dependency, WatchChange<Config>)>) {
    let (group, name_of_kind) = (runtime.options.config_group.clone(), kind.kind.clone());
    let api = Api::<DynamicObject>::all_with(runtime.client.clone(), &kind);
    let writer = Writer::new(kind.clone());
    let readable = runtime.watched.share(writer.as_reader(), kind.clone());
    let events = watcher(api, watcher::Config::default()).default_backoff().modify(trim).reflect(writer);
    let changes = changes(events, move |config: &DynamicObject| {
        let uid = config.metadata.uid.clone();
        Config { uid, generation: config.metadata.generation, secrets: group.secrets(&kind.kind, config) }
    })
    .map(move |change| {
        let (namespace, name) = change.key().clone();
        (Dependency::Config { kind: name_of_kind.clone(), namespace, name }, change)
    });
    (readable, changes.boxed())
}

/// What happens to one Secret.
fn changes_of(
    client: Client,
    secret: &SecretReference,
) -> impl Stream<Item = WatchChange<u64>> + Send + 'static {
    let api = Api::<PartialObjectMeta<Secret>>::namespaced(client, &secret.namespace);
    let only = watcher::Config::default().fields(&format!("metadata.name={}", secret.name));
    let events = watcher(api, only).default_backoff();
    changes(events, revision)
}

// === impl Secrets ===

impl Secrets {
    fn new(runtime: &Runtime, changed: mpsc::Sender<SecretReference>) -> Self {
        let (client, readable) = (runtime.client.clone(), runtime.watched.clone());
        Self { client, readable, changed, by_config: HashMap::new(), watched: HashMap::new() }
    }

    /// Watches the Secrets that a configuration names, and none that no configuration names any more.
    fn follow(&mut self, config: Dependency, named: Vec<SecretReference>) {
        for secret in &named {
            if !self.watched.contains_key(secret) {
                self.readable.follow_secret(secret);
                self.watched.insert(secret.clone(), self.watch_one(secret));
            }
        }
        self.by_config.insert(config, named.into_iter().collect());
        self.by_config.retain(|_, secrets| !secrets.is_empty());
        let used: HashSet<_> = self.by_config.values().flatten().collect();
        for (secret, watch) in self.watched.extract_if(|secret, _| !used.contains(secret)) {
            drop(watch);
            self.readable.forget_secret(&secret);
        }
    }

    /// Follows one Secret, and reports each change of it, until the handle is dropped.
    fn watch_one(&self, secret: &SecretReference) -> AbortOnDropHandle<()> {
        let mut changes = changes_of(self.client.clone(), secret).boxed();
        let (secret, watched, reports) = (secret.clone(), self.readable.clone(), self.changed.clone());
        AbortOnDropHandle::new(tokio::spawn(async move {
            while let Some(change) = changes.next().await {
                watched.secret_is_at(&secret, change.values().1.copied());
                // Nobody listens any more only when the process ends.
                if matches!(change, WatchChange::Changed { .. })
                    && reports.send(secret.clone()).await.is_err()
                {
                    return;
                }
            }
        }))
    }

    /// The configurations that name a Secret.
    fn users(&self, secret: &SecretReference) -> impl Iterator<Item = &Dependency> {
        self.by_config.iter().filter(|(_, secrets)| secrets.contains(secret)).map(|(config, _)| config)
    }
}
