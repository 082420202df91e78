//! The external resource, as the runtime sees it. The words are those of Crossplane's `ExternalClient`.

use std::collections::BTreeMap;

use futures_core::stream::BoxStream;
use k8s_openapi::jiff::Timestamp;

use crate::managed::ObjectName;
use crate::{Backoff, Drift, Event, Fault, Managed, Sensitive};

/// What an observation has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// There is none, and it may be created.
    Absent,
    /// There was one and it was ours, and another party removed it. It is not silently created again.
    Vanished(Fault),
    /// There is one of the name, and it is not ours. It is never touched, and never waited for.
    Foreign(Fault),
    /// There is one, and it is ours.
    Present(Present),
}

/// An external resource that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// How it differs from what is desired; empty when it does not.
    pub drift: Drift,
    /// Whether it can be used.
    pub readiness: Readiness,
    /// Whether unset fields of the managed resource's spec were filled by the observation.
    pub late_initialized: bool,
    /// What a consumer needs to connect to it.
    pub connection: ConnectionDetails,
    /// When there is something new to see, if that is known and sooner than the next poll.
    pub next_look: Option<Timestamp>,
}

/// Whether an external resource can be used; becomes the condition `Ready`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can be used.
    Available,
    /// It is being made; the words say how far it is.
    Creating(String),
    /// It cannot be used; the words say why.
    Unavailable(String),
    /// It is being removed.
    Deleting,
}

/// What a consumer needs to connect: keys of the connection Secret and their values.
pub type ConnectionDetails = BTreeMap<String, Sensitive>;

// === impl Present ===

impl Present {
    /// An external resource that fills no field of the spec and has no connection details.
    pub fn new(drift: Drift, readiness: Readiness) -> Self {
        let connection = ConnectionDetails::new();
        Self { drift, readiness, late_initialized: false, connection, next_look: None }
    }
}

/// One external resource, reached with one set of credentials.
///
/// Calls are short: a long operation is begun, and observed until it has ended. `Create`, `Update` and `Delete`
/// are never cancelled once begun. All may be called again after a crash at any point, and must then find what
/// the earlier call has made.
pub trait External<M: Managed>: Send + Sync + 'static {
    /// What [`create`](External::create) needs from elsewhere, e.g. the password of another managed resource.
    type Inputs: Send + 'static;

    /// Whether the external name is fully known before Create. A kind with such names recovers by itself from a
    /// Create whose result is unknown: Observe finds what it made (R40). All kinds of this provider are like that.
    /// Any other kind stops until a person removes the annotation (R39).
    const DETERMINISTIC_NAME: bool = true;

    /// Observes the external resource, and fills `status.atProvider`. Changes nothing outside.
    ///
    /// Only the service's own "not found" is [`Observation::Absent`] or [`Observation::Vanished`]; every other
    /// failure is a [`Fault`] (R81).
    fn observe(&self, managed: &mut M) -> impl Future<Output = Result<Observation, Fault>> + Send;

    /// Gathers what Create needs, and changes nothing. A `Waiting` fault here leaves no trace of an attempt.
    fn prepare(&self, managed: &M) -> impl Future<Output = Result<Self::Inputs, Fault>> + Send;

    /// Connection details that are known before Create, as a password that [`prepare`](External::prepare) has
    /// chosen. They are durable in the connection Secret before Create is called, so no crash loses them (R50).
    ///
    /// A process that dies then leaves them there, and perhaps a Create on its way: `prepare` has to choose what
    /// the Secret holds already.
    fn details_before_create(&self, _inputs: &Self::Inputs) -> ConnectionDetails {
        ConnectionDetails::new()
    }

    /// Makes the external resource. May set `status.atProvider` and the external-name annotation.
    fn create(
        &self,
        managed: &mut M,
        inputs: Self::Inputs,
    ) -> impl Future<Output = Result<ConnectionDetails, Fault>> + Send;

    /// Puts back what differs. May set `status.atProvider`.
    fn update(
        &self,
        managed: &mut M,
        drift: &Drift,
    ) -> impl Future<Output = Result<ConnectionDetails, Fault>> + Send;

    /// Begins to remove the external resource. Finding it removed already is success. May set `status.atProvider`.
    ///
    /// Returns what its user has to know of how it is removed.
    fn delete(&self, managed: &mut M) -> impl Future<Output = Result<Option<Event>, Fault>> + Send;

    /// Confirms that what was to outlive the external resource is there, before an object whose external resource is
    /// gone is let go, and returns what its user has to know of it. A fault keeps the object. Changes nothing.
    fn confirm_removal(&self, _managed: &M) -> impl Future<Output = Result<Option<Event>, Fault>> + Send {
        async { Ok(None) }
    }
}

/// Makes the [`External`] of one managed resource: configuration, credentials, client.
pub trait Connect<M: Managed>: Send + Sync + 'static {
    /// What it connects to.
    type External: External<M>;

    /// How failures of a managed resource back off, as its configuration said when [`connect`](Connect::connect) read
    /// it last; `None` for the runtime's own way (R156).
    fn backoff(&self, _managed: &M) -> Option<Backoff> {
        None
    }

    /// Connects. Called on each reconcile; clients and credentials are kept behind it.
    fn connect(&self, managed: &M) -> impl Future<Output = Result<Self::External, Fault>> + Send;

    /// The objects whose external resource has changed, as seen by a batched listing.
    ///
    /// Each is reconciled as soon as there is room, before its poll is due. The poll stays as a safety net: an object
    /// that the stream misses is found later, and one that it names without need costs one reconcile. Objects that do
    /// not exist are skipped. The stream is requested whenever the controller starts; its end is no failure.
    fn triggers(&self) -> Option<BoxStream<'static, ObjectName>> {
        None
    }
}
