//! The steps of a reconcile that can fail, in Crossplane's exact words.

use goldenpath_provider_core::{Fault, FaultKind};
use snafu::Snafu;
use strum::IntoStaticStr;

use crate::event::Event;

/// One failed step. The variant's name behind `Cannot` is the event's reason, its display the condition's message.
#[derive(Debug, Snafu, IntoStaticStr, PartialEq, Eq, Clone)]
#[snafu(visibility(pub(crate)))]
#[strum(prefix = "Cannot")]
pub(crate) enum Error {
    #[snafu(display("{source}"))]
    UseInvalidManagementPolicy { source: Fault },
    /// Create was begun, its result is unknown, and Observe cannot tell (R39).
    #[snafu(display("{source}"))]
    InitializeManagedResource { source: Fault },
    #[snafu(display("connect failed: {source}"))]
    ConnectToProvider { source: Fault },
    #[snafu(display("observe failed: {source}"))]
    ObserveExternalResource { source: Fault },
    /// Observed, and nothing can be done about it: missing, vanished, or not ours.
    #[strum(serialize = "ObserveExternalResource")]
    #[snafu(display("observe failed: {source}"))]
    AcceptExternalResource { source: Fault },
    #[snafu(display("create failed: {source}"))]
    CreateExternalResource { source: Fault },
    #[snafu(display("update failed: {source}"))]
    UpdateExternalResource { source: Fault },
    #[snafu(display("delete failed: {source}"))]
    DeleteExternalResource { source: Fault },
    #[snafu(display("cannot create or update connection secret: {source}"))]
    PublishConnectionDetails { source: Fault },
    #[snafu(display("cannot update managed resource: {source}"))]
    UpdateManagedResource { source: Fault },
    #[strum(serialize = "UpdateManagedResource")]
    #[snafu(display("cannot update managed resource annotations: {source}"))]
    UpdateAnnotations { source: Fault },
    /// Adding or removing the finalizer; reported in the condition only (R89, R95).
    #[snafu(display("cannot update object: {source}"))]
    UpdateObject { source: Fault },
}

/// The reason of a fault over an object that does not exist.
pub(crate) const NOT_FOUND: &str = "NotFound";

// === impl Error ===

impl Error {
    /// What went wrong.
    pub(crate) fn fault(&self) -> &Fault {
        match self {
            Self::UseInvalidManagementPolicy { source }
            | Self::InitializeManagedResource { source }
            | Self::ConnectToProvider { source }
            | Self::ObserveExternalResource { source }
            | Self::AcceptExternalResource { source }
            | Self::CreateExternalResource { source }
            | Self::UpdateExternalResource { source }
            | Self::DeleteExternalResource { source }
            | Self::PublishConnectionDetails { source }
            | Self::UpdateManagedResource { source }
            | Self::UpdateAnnotations { source }
            | Self::UpdateObject { source } => source,
        }
    }

    /// The reason of its event, if it has one.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        let reported = !matches!(self, Self::UpdateObject { .. }) && self.fault().kind != FaultKind::Waiting;
        reported.then(|| self.into())
    }

    /// Its event, if it has one (R132).
    pub(crate) fn event(&self) -> Option<Event> {
        let message = match self {
            Self::PublishConnectionDetails { .. }
            | Self::UpdateManagedResource { .. }
            | Self::UpdateAnnotations { .. } => self.to_string(),
            _ => self.fault().to_string(),
        };
        let silent = self.fault().kind == FaultKind::Conflict;
        self.reason().filter(|_| !silent).map(|reason| Event::warning(reason, message))
    }

    /// The condition's message. Waiting is no failure, so it is reported without the name of a failed step.
    pub(crate) fn message(&self) -> String {
        match self.fault().kind {
            FaultKind::Waiting => self.fault().to_string(),
            _ => self.to_string(),
        }
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
        let error = Error::ConnectToProvider { source: fault.clone() };
        assert_eq!(error.reason(), Some("CannotConnectToProvider"));
        assert_eq!(error.message(), "connect failed: no answer");

        let error = Error::UpdateAnnotations { source: fault.clone() };
        assert_eq!(error.reason(), Some("CannotUpdateManagedResource"));
        assert_eq!(error.message(), "cannot update managed resource annotations: no answer");

        let error = Error::AcceptExternalResource { source: fault.clone() };
        assert_eq!(error.reason(), Some("CannotObserveExternalResource"));

        assert_eq!(Error::UpdateObject { source: fault }.reason(), None);
    }

    #[test]
    fn waiting_is_reported_without_a_failed_step_and_without_an_event() {
        let error = Error::CreateExternalResource { source: Fault::waiting("W", "waiting for Secret x") };
        assert_eq!(error.reason(), None);
        assert_eq!(error.message(), "waiting for Secret x");
    }
}
