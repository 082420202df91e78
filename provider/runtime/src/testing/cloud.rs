//! An external side that keeps state: what is made there stays, whichever process made it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use goldenpath_provider_core::{
    Change, ChangeClass, Connect, ConnectionDetails, Drift, Event, External, Fault, Managed, Objects,
    Observation, Present, Readiness, Sensitive,
};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt;

use super::crash_points::CrashPoints;
use super::{Thing, details};
use crate::ClusterObjects;

/// What exists outside, by external name. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Cloud(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How often a resource is seen being made, and being removed.
    looks: u32,
    existing: BTreeMap<String, Existing>,
    created: usize,
    chosen: usize,
    sent: u64,
    /// Calls that have not arrived yet, by number; those of the dead stay until they [land](Cloud::land).
    in_flight: BTreeMap<u64, Call>,
}

/// An external resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Existing {
    pub(crate) size: String,
    pub(crate) password: String,
    looks: u32,
    deleted: bool,
}

/// A call that changes what exists.
#[derive(Clone, Debug)]
enum Call {
    Create(String, Existing),
    Update(String, String),
    Delete(String),
}

/// Reaches the cloud for one process, whose points it passes.
#[derive(Clone)]
pub(crate) struct CloudConnector {
    pub(crate) cloud: Cloud,
    pub(crate) points: CrashPoints,
    pub(crate) objects: ClusterObjects,
}

// === impl Cloud ===

impl Cloud {
    /// A cloud where a resource is seen being made, and being removed, so often.
    pub(crate) fn slow(looks: u32) -> Self {
        Self(Arc::new(Mutex::new(State { looks, ..State::default() })))
    }

    /// What exists.
    pub(crate) fn existing(&self) -> BTreeMap<String, Existing> {
        self.state().existing.clone()
    }

    /// How many resources were ever made.
    pub(crate) fn created(&self) -> usize {
        self.state().created
    }

    /// Changes what exists, as another client would.
    pub(crate) fn resize(&self, name: &str, size: &str) {
        self.state().existing.get_mut(name).expect("it exists").size = size.to_owned();
    }

    /// What the dead have sent and what has not arrived; not to be asked while a process is alive.
    pub(crate) fn in_flight(&self) -> Vec<u64> {
        self.state().in_flight.keys().copied().collect()
    }

    /// Carries out what the dead have sent; no process waits for the answer.
    pub(crate) fn land(&self, calls: &[u64]) {
        let mut state = self.state();
        for number in calls {
            let call = state.in_flight.remove(number);
            let _unheard = call.map(|call| state.carry_out(call));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

// === impl State ===

impl State {
    fn carry_out(&mut self, call: Call) -> Result<(), Fault> {
        match call {
            Call::Create(name, _) if self.existing.contains_key(&name) => {
                Err(Fault::user("AlreadyExists", "one of that name exists"))
            }
            Call::Create(name, resource) => {
                self.created += 1;
                self.existing.insert(name, resource);
                Ok(())
            }
            Call::Update(name, size) => match self.existing.get_mut(&name) {
                Some(resource) if !resource.deleted => {
                    resource.size = size;
                    Ok(())
                }
                _ => Err(Fault::user("InvalidState", "it is not there")),
            },
            Call::Delete(name) => match self.existing.get_mut(&name) {
                Some(resource) if resource.deleted => Err(Fault::user("InvalidState", "it is being removed")),
                Some(resource) => {
                    (resource.deleted, resource.looks) = (true, 0);
                    Ok(())
                }
                None => Ok(()),
            },
        }
    }

    /// Looks at a resource, and says whether what was begun with it has ended.
    fn look(&mut self, name: &str) -> Option<(Existing, bool)> {
        let resource = self.existing.get_mut(name)?;
        resource.looks += 1;
        let has_ended = resource.looks > self.looks;
        if resource.deleted && has_ended {
            self.existing.remove(name);
        }
        Some((self.existing.get(name)?.clone(), has_ended))
    }
}

// === impl CloudConnector ===

impl CloudConnector {
    /// Sends a call, which may arrive although its caller has died, and waits for the answer, which may not.
    async fn send(&self, name: &str, call: Call) -> Result<(), Fault> {
        let number = {
            let mut state = self.cloud.state();
            state.sent += 1;
            let number = state.sent;
            state.in_flight.insert(number, call);
            number
        };
        self.points.pass(&format!("before {name}")).await;
        let answer = {
            let mut state = self.cloud.state();
            let call = state.in_flight.remove(&number).expect("it was sent once");
            state.carry_out(call)
        };
        self.points.pass(&format!("after {name}")).await;
        answer
    }
}

impl Connect<Thing> for CloudConnector {
    type External = Self;

    async fn connect(&self, _: &Thing) -> Result<Self, Fault> {
        self.points.pass("connect").await;
        Ok(self.clone())
    }
}

impl External<Thing> for CloudConnector {
    type Inputs = Sensitive;

    async fn observe(&self, managed: &mut Thing) -> Result<Observation, Fault> {
        self.points.pass("before observe").await;
        let seen = self.cloud.state().look(&managed.external_name());
        self.points.pass("after observe").await;
        let Some((seen, has_ended)) = seen else { return Ok(Observation::Absent) };
        managed.status.get_or_insert_default().seen = Some(seen.size.clone());
        let wanted = managed.spec.size.clone().unwrap_or_default();
        let change = Change {
            field: "size".into(),
            from: seen.size.clone(),
            to: wanted.clone(),
            class: ChangeClass::Immediate,
            downtime: false,
        };
        Ok(Observation::Present(Present {
            drift: if seen.size == wanted { Drift::none() } else { Drift::none().with(change) },
            readiness: match (seen.deleted, has_ended) {
                (true, _) => Readiness::Deleting,
                (false, true) => Readiness::Available,
                (false, false) => Readiness::Creating(String::new()),
            },
            late_initialized: false,
            connection: details("host", "h"),
            next_look: None,
        }))
    }

    /// The password that was chosen before, or another one.
    async fn prepare(&self, managed: &Thing) -> Result<Sensitive, Fault> {
        let Some(reference) = &managed.spec.managed.write_connection_secret_to_ref else {
            return Ok(Sensitive::new("none".into()));
        };
        let namespace = managed.namespace().unwrap_or_default();
        let secret: Option<Secret> = self.objects.get(&namespace, &reference.name).await?;
        let chosen = secret.and_then(|s| s.data?.get("password").map(|p| p.0.clone()));
        let password = chosen.map_or_else(
            || {
                let mut state = self.cloud.state();
                state.chosen += 1;
                format!("password-{}", state.chosen)
            },
            |chosen| String::from_utf8(chosen).unwrap(),
        );
        Ok(Sensitive::new(password))
    }

    fn details_before_create(&self, password: &Sensitive) -> ConnectionDetails {
        details("password", password.expose())
    }

    async fn create(&self, managed: &mut Thing, password: Sensitive) -> Result<ConnectionDetails, Fault> {
        let resource = Existing {
            size: managed.spec.size.clone().unwrap_or_default(),
            password: password.expose().to_owned(),
            looks: 0,
            deleted: false,
        };
        self.send("create", Call::Create(managed.external_name(), resource)).await?;
        Ok(details("password", password.expose()))
    }

    async fn update(&self, managed: &mut Thing, drift: &Drift) -> Result<ConnectionDetails, Fault> {
        let size = drift.actionable().map(|c| c.to.clone()).next().unwrap_or_default();
        self.send("update", Call::Update(managed.external_name(), size)).await?;
        Ok(ConnectionDetails::new())
    }

    async fn delete(&self, managed: &mut Thing) -> Result<Option<Event>, Fault> {
        self.send("delete", Call::Delete(managed.external_name())).await.map(|()| None)
    }
}
