//! A cluster of a story, and one reconcile of one of its objects.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_aws::{Clients, Connector, Session};
use goldenpath_provider_core::condition::{self, ConditionUpdate, READY};
use goldenpath_provider_core::creation::{PENDING, SUCCEEDED};
use goldenpath_provider_core::objects::Readable;
use goldenpath_provider_core::{
    Admission, Connect, ConnectionDetails, Event, External, Fault, Lifecycle, Objects, Observation,
    Readiness, Step, admit, plan,
};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use k8s_openapi::{ClusterResourceScope, NamespaceResourceScope};
use kube::ResourceExt;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{ACCOUNT, Aws, Clock};

/// The objects of one cluster, and the provider that runs in it.
#[derive(Clone, Debug)]
pub struct Cluster {
    objects: Arc<Mutex<HashMap<String, Value>>>,
    /// Since when the external resource of an object is missing.
    missing: Arc<Mutex<HashMap<String, Timestamp>>>,
    events: Arc<Mutex<Vec<Event>>>,
    identity: String,
    clock: Clock,
}

/// What a reconcile has come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// AWS was asked for something.
    Asked,
    /// There was nothing to do, and this is how it is.
    Rests(Readiness),
    /// Something is waited for.
    Waits,
    /// The object was let go.
    LetGo,
    /// This was told, and nothing done.
    Told(Fault),
}

// === impl Cluster ===

impl Cluster {
    /// A cluster whose provider has credentials of the account that stories use.
    pub fn new(identity: &str, aws: &Aws) -> Result<Self> {
        let cluster = Self {
            objects: Arc::default(),
            missing: Arc::default(),
            events: Arc::default(),
            identity: identity.to_owned(),
            clock: aws.clock().clone(),
        };
        cluster.use_account(ACCOUNT, aws)?;
        Ok(cluster)
    }

    /// Gives the provider credentials of another account.
    pub fn use_account(&self, account: u64, aws: &Aws) -> Result<()> {
        let file =
            format!("[default]\naws_access_key_id = {}\naws_secret_access_key = secret\n", Aws::key(account));
        self.apply(&json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "aws", "namespace": "system"},
            "stringData": {}, "data": {"credentials": base64(&file)},
        }))?;
        self.apply(&json!({
            "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ClusterProviderConfig",
            "metadata": {"name": "default", "uid": "config", "generation": 1},
            "spec": {
                "credentials": {"source": "Secret", "secretRef": {"namespace": "system", "name": "aws", "key": "credentials"}},
                "endpoint": {"url": {"type": "Static", "static": aws.url()}},
            },
        }))
    }

    /// Puts an object there, or another in its place.
    pub fn apply(&self, object: &Value) -> Result<()> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let meta = &object["metadata"];
        let name = meta["name"].as_str().context("a name")?;
        let key = format!("{} {}/{name}", text(&object["kind"]), text(&meta["namespace"]));
        self.lock().insert(key, object.clone());
        Ok(())
    }

    /// An object as it is now.
    pub fn object<M: AwsManaged>(&self, name: &str) -> Result<M> {
        let found = self.lock().get(&key::<M>(name)).cloned().with_context(|| format!("no {name}"))?;
        Ok(serde_json::from_value(found)?)
    }

    /// Changes an object as a person would.
    pub fn edit<M: AwsManaged>(&self, name: &str, change: impl FnOnce(&mut M)) -> Result<()> {
        let mut object = self.object::<M>(name)?;
        change(&mut object);
        self.apply(&serde_json::to_value(&object)?)
    }

    /// Asks for the deletion of an object.
    pub fn delete<M: AwsManaged>(&self, name: &str) -> Result<()> {
        let now = self.moment()?;
        self.edit::<M>(name, |object| object.meta_mut().deletion_timestamp = Some(Time(now)))
    }

    /// The moment that an API server would write, which has whole seconds.
    pub fn moment(&self) -> Result<Timestamp> {
        let seconds = Timestamp::try_from(self.clock.now())?.as_second();
        Ok(Timestamp::from_second(seconds)?)
    }

    /// Whether an object is there.
    pub fn has<M: AwsManaged>(&self, name: &str) -> bool {
        self.lock().contains_key(&key::<M>(name))
    }

    /// Takes an object of a cluster away that nothing holds.
    pub fn remove(&self, kind: &str, name: &str) {
        self.lock().remove(&format!("{kind} /{name}"));
    }

    /// Reconciles an object until nothing more happens by itself, and says what it has come to.
    pub async fn settle<M: AwsManaged>(&self, name: &str, aws: &Aws) -> Result<Outcome>
    where
        Session<Self>: External<M>,
    {
        for _ in 0..30 {
            match self.reconcile::<M>(name).await? {
                Outcome::Asked | Outcome::Waits | Outcome::Rests(Readiness::Creating(_)) => {
                    aws.pass(5).await?;
                }
                outcome => return Ok(outcome),
            }
        }
        bail!("{name} does not come to rest: {:?}", self.object::<M>(name)?)
    }

    /// One reconcile, as the runtime makes it.
    pub async fn reconcile<M: AwsManaged>(&self, name: &str) -> Result<Outcome>
    where
        Session<Self>: External<M>,
    {
        let mut managed = self.object::<M>(name)?;
        let Admission::Admitted(lifecycle, policies) = admit(&managed) else { bail!("{name} is paused") };
        // A process of its own each time: nothing is remembered but what is in the objects.
        let (clients, clock) =
            (Clients::without_environment(self.clone(), self.identity.clone()), self.clock.clone());
        let connector = Connector::new(clients.with_clock(move || clock.now()));
        let now = Timestamp::try_from(self.clock.now())?;
        let done = async {
            let external: Session<Self> = connector.connect(&managed).await?;
            let seen = external.observe(&mut managed).await?;
            if let Observation::Present(present) = &seen {
                self.publish(&managed, &present.connection);
            }
            let lifecycle =
                Lifecycle { missing_since: self.missing_since::<M>(name, &seen, now), ..lifecycle };
            let step = plan(lifecycle, policies, &seen, None, now);
            Ok::<_, Fault>(match step {
                Step::Create => {
                    let inputs = external.prepare(&managed).await?;
                    annotate(&mut managed, PENDING);
                    let details = external.create(&mut managed, inputs).await?;
                    self.publish(&managed, &details);
                    annotate(&mut managed, SUCCEEDED);
                    Outcome::Asked
                }
                Step::Update(drift) => {
                    let details = external.update(&mut managed, &drift).await?;
                    self.publish(&managed, &details);
                    Outcome::Asked
                }
                Step::Delete => {
                    self.record(external.delete(&mut managed).await?);
                    mark(&mut managed, condition::deleting(""));
                    Outcome::Asked
                }
                Step::RemoveFinalizer => {
                    if !matches!(seen, Observation::Foreign(_)) {
                        self.record(external.confirm_removal(&managed).await?);
                    }
                    Outcome::LetGo
                }
                Step::Nothing | Step::SkipUpdate(_) => {
                    let readiness = readiness(seen);
                    if readiness == Readiness::Available {
                        mark(&mut managed, condition::available());
                    }
                    Outcome::Rests(readiness)
                }
                Step::Fail(fault) | Step::RefuseReplacement(fault) => Outcome::Told(fault),
                Step::AwaitExistence | Step::AwaitFinalizers | Step::AwaitRemoval | Step::StopUpdating(_) => {
                    Outcome::Waits
                }
            })
        };
        let outcome = Box::pin(done).await.unwrap_or_else(Outcome::Told);
        if outcome == Outcome::LetGo {
            self.lock().remove(&key::<M>(name));
            lock(&self.missing).remove(&key::<M>(name));
        } else {
            self.apply(&serde_json::to_value(&managed)?)?;
        }
        Ok(outcome)
    }

    /// What was told of objects as events so far.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.events).clone()
    }

    fn record(&self, event: Option<Event>) {
        lock(&self.events).extend(event);
    }

    fn missing_since<M: AwsManaged>(
        &self,
        name: &str,
        seen: &Observation,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let (mut missing, key) = (lock(&self.missing), key::<M>(name));
        if matches!(seen, Observation::Absent | Observation::Vanished(_)) {
            return Some(*missing.entry(key).or_insert(now));
        }
        missing.remove(&key);
        None
    }

    /// A connection Secret.
    pub fn connection(&self, name: &str) -> Option<BTreeMap<String, String>> {
        let secret: v1::Secret = self.read(&format!("Secret {name}"))?;
        let text = |data: ByteString| String::from_utf8_lossy(&data.0).into_owned();
        Some(secret.data?.into_iter().map(|(key, data)| (key, text(data))).collect())
    }

    /// Removes a connection Secret, as a person would.
    pub fn forget_connection(&self, name: &str) {
        self.lock().remove(&format!("Secret {name}"));
    }

    /// Adds connection details to the Secret that an object names.
    fn publish<M: AwsManaged>(&self, managed: &M, details: &ConnectionDetails) {
        let Some(reference) = &managed.managed_spec().write_connection_secret_to_ref else { return };
        let key = format!("Secret {}/{}", managed.namespace().unwrap_or_default(), reference.name);
        let mut objects = self.lock();
        let secret = objects.entry(key).or_insert_with(|| json!({"metadata": {}, "data": {}}));
        for (key, value) in details {
            secret["data"][key] = base64(value.expose());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        lock(&self.objects)
    }

    fn read<K: DeserializeOwned>(&self, key: &str) -> Option<K> {
        serde_json::from_value(self.lock().get(key)?.clone()).ok()
    }
}

impl Objects for Cluster {
    async fn get<K>(&self, namespace: &str, name: &str) -> Result<Option<K>, Fault>
    where
        K: Readable<Scope = NamespaceResourceScope>,
    {
        Ok(self.read(&format!("{} {namespace}/{name}", K::kind(&()))))
    }

    async fn get_cluster<K>(&self, name: &str) -> Result<Option<K>, Fault>
    where
        K: Readable<Scope = ClusterResourceScope>,
    {
        Ok(self.read(&format!("{} /{name}", K::kind(&()))))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key<M: AwsManaged>(name: &str) -> String {
    format!("{} {name}", M::kind(&()))
}

/// Records a moment of Create, long enough ago that nothing is put down to a delay of AWS's.
fn annotate<M: AwsManaged>(managed: &mut M, key: &str) {
    managed.annotations_mut().insert(key.to_owned(), "2026-01-01T00:00:00Z".to_owned());
}

fn mark<M: AwsManaged>(managed: &mut M, as_is: ConditionUpdate) {
    let before = managed.managed_status().map(|status| status.conditions.clone()).unwrap_or_default();
    let now = Time(Timestamp::now());
    let conditions = &mut managed.managed_status_mut().conditions;
    condition::set(conditions, &before, as_is, None, &now);
    debug_assert!(condition::find(conditions, READY).is_some());
}

fn readiness(seen: Observation) -> Readiness {
    match seen {
        Observation::Present(present) => present.readiness,
        _ => Readiness::Unavailable(String::new()),
    }
}

/// Base 64 of a text, as Secrets have it.
fn base64(text: &str) -> Value {
    json!(ByteString(text.as_bytes().to_vec()))
}
