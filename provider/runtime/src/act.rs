//! Carries out one [`Step`].

use std::sync::Arc;

use goldenpath_provider_core::condition::{creating, deleting, unavailable};
use goldenpath_provider_core::creation::{FAILED, SUCCEEDED};
use goldenpath_provider_core::managed::FINALIZER;
use goldenpath_provider_core::{
    Connect, ConnectionDetails, Drift, External, Fault, FaultKind, Managed, Observation, Policies, Step,
};
use kube::ResourceExt;
use snafu::ResultExt;

use crate::change_log::{LoggedCall, Operation};
use crate::connection::publish;
use crate::error::{self, Error};
use crate::persist::{RECORD_TIMEOUT, record_creation};
use crate::reconciliation::{Reconciliation, as_leader, not_leading};

/// What a reconcile has done.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr)]
pub(crate) enum Outcome {
    /// Nothing may be done.
    Paused,
    /// Nothing was to be done.
    UpToDate,
    /// The external resource was asked for.
    Created,
    /// What differed was asked to be put back.
    Updated(Drift),
    /// What differs may not be put back.
    UpdateNotAllowed(Drift),
    /// What differs was asked to be put back often enough, and stays.
    NotConverging(Drift),
    /// The external resource was asked to go.
    DeletionRequested,
    /// The object was let go.
    FinalizerRemoved,
    /// A created resource is not visible yet.
    ExistenceAwaited,
    /// Finalizers of others come first.
    FinalizersAwaited,
    /// The external resource is on its way out.
    RemovalAwaited,
}

/// What is asked for again until it is seen; unlike a Create it needs no record.
enum Request {
    Update(Drift),
    Delete,
}

// === impl Reconciliation ===

impl<M: Managed, C: Connect<M>> Reconciliation<'_, M, C> {
    /// Carries out one step.
    pub(crate) async fn act(
        &mut self,
        external: Arc<C::External>,
        policies: Policies,
        seen: &Observation,
        step: Step,
    ) -> Result<Outcome, Error> {
        match step {
            Step::Create => self.create(external).await,
            Step::Update(drift) => {
                self.persist(policies, seen).await?;
                self.update(external, drift).await
            }
            Step::Delete => self.delete(external).await,
            Step::RemoveFinalizer => self.release().await,
            Step::AwaitExistence => Ok(Outcome::ExistenceAwaited),
            Step::AwaitFinalizers => {
                let others: Vec<_> =
                    self.stored.finalizers().iter().filter(|f| *f != FINALIZER).cloned().collect();
                self.set_condition(deleting(format!("waiting for finalizers: {}", others.join(", "))));
                Ok(Outcome::FinalizersAwaited)
            }
            Step::AwaitRemoval => {
                self.set_condition(deleting(""));
                Ok(Outcome::RemovalAwaited)
            }
            Step::Nothing => {
                self.persist(policies, seen).await?;
                Ok(Outcome::UpToDate)
            }
            Step::SkipUpdate(drift) => {
                self.persist(policies, seen).await?;
                Ok(Outcome::UpdateNotAllowed(drift))
            }
            Step::StopUpdating(drift) => {
                self.persist(policies, seen).await?;
                Ok(Outcome::NotConverging(drift))
            }
            Step::RefuseReplacement(source) => {
                self.persist(policies, seen).await?;
                Err(Error::UpdateExternalResource { source })
            }
            Step::Fail(source) => {
                self.set_condition(unavailable(source.to_string()));
                Err(Error::AcceptExternalResource { source })
            }
        }
    }

    /// Persists the finalizer (14) and what Observe has filled in (16).
    async fn persist(&mut self, policies: Policies, seen: &Observation) -> Result<(), Error> {
        match seen {
            Observation::Present(present) if present.late_initialized && policies.may_late_initialize() => {
                self.add_finalizer_and_spec().await.context(error::UpdateManagedResourceSnafu)
            }
            _ => self.add_finalizer().await.context(error::UpdateObjectSnafu),
        }
    }

    async fn create(&mut self, external: Arc<C::External>) -> Result<Outcome, Error> {
        let inputs = match Self::bounded(self.timeout(), external.prepare(&self.managed)).await {
            Ok(inputs) => inputs,
            Err(source) => {
                let waits = source.kind == FaultKind::Waiting;
                self.set_condition(creating(if waits { source.to_string() } else { String::new() }));
                return Err(Error::CreateExternalResource { source });
            }
        };
        let known = external.details_before_create(&inputs);
        self.publish(&known).await.context(error::PublishConnectionDetailsSnafu)?;
        self.set_condition(creating(""));
        let change = self.change(Operation::Create, &Drift::none()).await;
        // If the attempt were recorded and Create never called, its result would stay unknown: leadership is checked first.
        if !self.leadership().holds() {
            return Err(Error::CreateExternalResource { source: not_leading() });
        }
        self.add_finalizer_and_begin_creation().await.context(error::UpdateManagedResourceSnafu)?;

        let (api, mut managed) = (self.api.clone(), self.managed.clone());
        let (client, clock) = (self.context.runtime.client.clone(), self.context.runtime.options.clock);
        let leadership = self.leadership().clone();
        let (managed, created, recorded, published) = Self::uninterrupted(async move {
            let created = as_leader(&leadership, change.of(external.create(&mut managed, inputs))).await;
            let outcome = if created.is_ok() { SUCCEEDED } else { FAILED };
            let recorded = record_creation(&api, &managed, outcome, clock()).await;
            // Details that only Create returns cannot be read again: they are published within the same deadline.
            let published = match &created {
                Ok(details) => publish(&client, &managed, details, RECORD_TIMEOUT).await,
                Err(_) => Ok(()),
            };
            (managed, created, recorded, published)
        })
        .await
        .context(error::CreateExternalResourceSnafu)?;

        self.managed = managed;
        self.local.pending_reported = false;
        let recorded = recorded.map(|written| self.remember(written)).context(error::UpdateAnnotationsSnafu);
        if let (Err(_), Err(unrecorded)) = (&created, &recorded) {
            self.record_failure(unrecorded);
        }
        created.context(error::CreateExternalResourceSnafu)?;
        recorded?;
        published.context(error::PublishConnectionDetailsSnafu)?;
        Ok(Outcome::Created)
    }

    async fn update(&mut self, external: Arc<C::External>, drift: Drift) -> Result<Outcome, Error> {
        let asked = self.ask(external, Request::Update(drift.clone())).await;
        let details = asked.context(error::UpdateExternalResourceSnafu)?;
        self.count_attempt(&drift);
        self.publish(&details).await.context(error::PublishConnectionDetailsSnafu)?;
        Ok(Outcome::Updated(drift))
    }

    async fn delete(&mut self, external: Arc<C::External>) -> Result<Outcome, Error> {
        self.set_condition(deleting(""));
        self.ask(external, Request::Delete).await.context(error::DeleteExternalResourceSnafu)?;
        Ok(Outcome::DeletionRequested)
    }

    /// Makes a request that leaves no record, and takes over what it has set of the object.
    async fn ask(
        &mut self,
        external: Arc<C::External>,
        request: Request,
    ) -> Result<ConnectionDetails, Fault> {
        let change = match &request {
            Request::Update(drift) => self.change(Operation::Update, drift).await,
            Request::Delete => self.change(Operation::Delete, &Drift::none()).await,
        };
        let (mut managed, leadership) = (self.managed.clone(), self.leadership().clone());
        let (managed, answer) = Self::uninterrupted(async move {
            let request = request.of(&*external, &mut managed);
            let answer = as_leader(&leadership, change.of(request)).await;
            (managed, answer)
        })
        .await?;
        self.managed = managed;
        answer
    }

    /// Prepares the change log's entry of a call: with the object as Observe has left it (R166).
    async fn change(&self, operation: Operation, drift: &Drift) -> LoggedCall {
        let options = &self.context.runtime.options;
        let before = self.observed.as_ref().unwrap_or(&self.stored);
        options.change_log.call(operation, before, drift, (options.clock)()).await
    }

    /// Lets the object go, and then the configuration that it used (R185).
    pub(crate) async fn release(&mut self) -> Result<Outcome, Error> {
        self.remove_finalizer()
            .await
            .context(error::UpdateObjectSnafu)
            .inspect_err(|_| self.set_condition(deleting("")))?;
        self.release_usage().await;
        Ok(Outcome::FinalizerRemoved)
    }
}

// === impl Request ===

impl Request {
    async fn of<M: Managed>(
        self,
        external: &impl External<M>,
        managed: &mut M,
    ) -> Result<ConnectionDetails, Fault> {
        match self {
            Self::Update(drift) => external.update(managed, &drift).await,
            Self::Delete => external.delete(managed).await.map(|()| ConnectionDetails::new()),
        }
    }
}
