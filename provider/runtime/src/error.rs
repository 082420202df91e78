//! The steps of a reconcile that can fail, in Crossplane's exact words.

use std::fmt;

use goldenpath_provider_core::{Fault, FaultKind};
use strum::IntoStaticStr;

use crate::event::Event;

/// Why a reconcile has ended before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) step: FailedStep,
    /// What went wrong.
    pub(crate) fault: Fault,
}

/// A step that can fail. Its name behind `Cannot` is the reason of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(prefix = "Cannot")]
pub(crate) enum FailedStep {
    UseInvalidManagementPolicy,
    /// Create was begun, its result is unknown, and Observe cannot tell (R39).
    InitializeManagedResource,
    ConnectToProvider,
    ObserveExternalResource,
    /// Observed, and nothing can be done about it: missing, vanished, or not ours.
    #[strum(serialize = "ObserveExternalResource")]
    AcceptExternalResource,
    CreateExternalResource,
    UpdateExternalResource,
    DeleteExternalResource,
    PublishConnectionDetails,
    UpdateManagedResource,
    #[strum(serialize = "UpdateManagedResource")]
    UpdateAnnotations,
    /// Adding or removing the finalizer; reported in the condition only (R89, R95).
    UpdateObject,
}

/// Names the step that a fault has ended.
pub(crate) trait InStep<T> {
    fn in_step(self, step: FailedStep) -> Result<T, Error>;
}

/// The reason of a fault over an object that does not exist.
pub(crate) const NOT_FOUND: &str = "NotFound";

// === impl Error ===

impl Error {
    /// The reason of its event, if it has one.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        let Self { step, fault } = self;
        let reported = *step != FailedStep::UpdateObject && fault.kind != FaultKind::Waiting;
        reported.then(|| step.into())
    }

    /// Its event, if it has one (R132).
    pub(crate) fn event(&self) -> Option<Event> {
        let message = match self.step {
            FailedStep::PublishConnectionDetails
            | FailedStep::UpdateManagedResource
            | FailedStep::UpdateAnnotations => self.to_string(),
            _ => self.fault.to_string(),
        };
        let silent = self.fault.kind == FaultKind::Conflict;
        self.reason().filter(|_| !silent).map(|reason| Event::warning(reason, message))
    }

    /// The condition's message. Waiting is no failure, so it is reported without the name of a failed step.
    pub(crate) fn message(&self) -> String {
        match self.fault.kind {
            FaultKind::Waiting => self.fault.to_string(),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, fault } = self;
        match step.words() {
            Some(words) => write!(f, "{words}: {fault}"),
            None => fault.fmt(f),
        }
    }
}

// === impl FailedStep ===

impl FailedStep {
    /// What the message of a condition begins with.
    fn words(self) -> Option<&'static str> {
        match self {
            Self::UseInvalidManagementPolicy | Self::InitializeManagedResource => None,
            Self::ConnectToProvider => Some("connect failed"),
            Self::ObserveExternalResource | Self::AcceptExternalResource => Some("observe failed"),
            Self::CreateExternalResource => Some("create failed"),
            Self::UpdateExternalResource => Some("update failed"),
            Self::DeleteExternalResource => Some("delete failed"),
            Self::PublishConnectionDetails => Some("cannot create or update connection secret"),
            Self::UpdateManagedResource => Some("cannot update managed resource"),
            Self::UpdateAnnotations => Some("cannot update managed resource annotations"),
            Self::UpdateObject => Some("cannot update object"),
        }
    }
}

// === impl InStep ===

impl<T> InStep<T> for Result<T, Fault> {
    fn in_step(self, step: FailedStep) -> Result<T, Error> {
        self.map_err(|fault| Error { step, fault })
    }
}

/// What an answer of the API server means for the reconcile.
pub(crate) fn api_fault(error: &kube::Error) -> Fault {
    match error {
        kube::Error::Api(status) if status.is_conflict() => {
            Fault::new(FaultKind::Conflict, "Conflict", "the object was changed by another writer")
        }
        kube::Error::Api(status) if status.is_not_found() => {
            Fault::transient(NOT_FOUND, status.message.clone())
        }
        kube::Error::Api(status) if status.is_forbidden() => Fault::user("Forbidden", status.message.clone())
            .remedy("grant the provider's service account what is missing"),
        kube::Error::Api(status) if status.is_invalid() => Fault::user("Invalid", status.message.clone()),
        kube::Error::Api(status) => Fault::transient("KubernetesApiFailed", status.message.clone()),
        _ => Fault::transient("KubernetesApiUnavailable", "the Kubernetes API server does not answer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_messages_are_those_of_crossplane() {
        let fault = Fault::transient("X", "no answer");
        let of = |step| Error { step, fault: fault.clone() };
        let error = of(FailedStep::ConnectToProvider);
        assert_eq!(error.reason(), Some("CannotConnectToProvider"));
        assert_eq!(error.message(), "connect failed: no answer");

        let error = of(FailedStep::UpdateAnnotations);
        assert_eq!(error.reason(), Some("CannotUpdateManagedResource"));
        assert_eq!(error.message(), "cannot update managed resource annotations: no answer");

        let error = of(FailedStep::AcceptExternalResource);
        assert_eq!(error.reason(), Some("CannotObserveExternalResource"));

        assert_eq!(of(FailedStep::UpdateObject).reason(), None);
    }

    #[test]
    fn waiting_is_reported_without_a_failed_step_and_without_an_event() {
        let fault = Fault::waiting("W", "waiting for Secret x");
        let error = Error { step: FailedStep::CreateExternalResource, fault };
        assert_eq!(error.reason(), None);
        assert_eq!(error.message(), "waiting for Secret x");
    }
}
