//! Carries out one [`Step`].

use std::sync::Arc;

use goldenpath_provider_core::condition::{creating, deleting, unavailable};
use goldenpath_provider_core::creation::{FAILED, SUCCEEDED};
use goldenpath_provider_core::managed::FINALIZER;
use goldenpath_provider_core::{
    Connect, ConnectionDetails, Drift, Event, External, Fault, FaultKind, Managed, Observation, Policies,
    Step,
};
use kube::ResourceExt;

use crate::call::{as_leader, bounded, not_leading, uninterrupted};
use crate::change_log::{LoggedCall, Operation};
use crate::connection::publish;
use crate::error::{Error, FailedStep, InStep};
use crate::reconciliation::Reconciliation;
use crate::usage;
use crate::writer::{RECORD_TIMEOUT, record_creation};

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

/// Carries out one step.
pub(crate) async fn act<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: Arc<C::External>,
    policies: Policies,
    seen: &Observation,
    step: Step,
) -> Result<Outcome, Error> {
    match step {
        Step::Create => create(run, external).await,
        Step::Update(drift) => {
            persist(run, policies, seen).await?;
            update(run, external, drift).await
        }
        Step::Delete => delete(run, external).await,
        Step::RemoveFinalizer if matches!(seen, Observation::Foreign(_)) => release(run).await,
        Step::RemoveFinalizer => let_go(run, external).await,
        Step::AwaitExistence => Ok(Outcome::ExistenceAwaited),
        Step::AwaitFinalizers => {
            let others = run.writer.stored().finalizers().iter().filter(|f| *f != FINALIZER);
            let others = others.cloned().collect::<Vec<_>>().join(", ");
            run.set_condition(deleting(format!("waiting for finalizers: {others}")));
            Ok(Outcome::FinalizersAwaited)
        }
        Step::AwaitRemoval => {
            run.set_condition(deleting(""));
            Ok(Outcome::RemovalAwaited)
        }
        Step::Nothing => {
            persist(run, policies, seen).await?;
            Ok(Outcome::UpToDate)
        }
        Step::SkipUpdate(drift) => {
            persist(run, policies, seen).await?;
            Ok(Outcome::UpdateNotAllowed(drift))
        }
        Step::StopUpdating(drift) => {
            persist(run, policies, seen).await?;
            Ok(Outcome::NotConverging(drift))
        }
        Step::RefuseReplacement(fault) => {
            persist(run, policies, seen).await?;
            Err(Error { step: FailedStep::UpdateExternalResource, fault })
        }
        Step::Fail(fault) => {
            run.set_condition(unavailable(fault.to_string()));
            Err(Error { step: FailedStep::AcceptExternalResource, fault })
        }
    }
}

/// Persists the finalizer (14) and what Observe has filled in (16).
async fn persist<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    policies: Policies,
    seen: &Observation,
) -> Result<(), Error> {
    let Reconciliation { writer, managed, .. } = run;
    match seen {
        Observation::Present(present) if present.late_initialized && policies.may_late_initialize() => {
            writer.add_finalizer_and_spec(managed).await.in_step(FailedStep::UpdateManagedResource)
        }
        _ => writer.add_finalizer(managed).await.in_step(FailedStep::UpdateObject),
    }
}

async fn create<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: Arc<C::External>,
) -> Result<Outcome, Error> {
    let inputs = match bounded(run.timeout(), external.prepare(&run.managed)).await {
        Ok(inputs) => inputs,
        Err(fault) => {
            let waits = fault.kind == FaultKind::Waiting;
            run.set_condition(creating(if waits { fault.to_string() } else { String::new() }));
            return Err(Error { step: FailedStep::CreateExternalResource, fault });
        }
    };
    let known = external.details_before_create(&inputs);
    run.publish(&known).await.in_step(FailedStep::PublishConnectionDetails)?;
    run.set_condition(creating(""));
    let change = logged(run, Operation::Create, &Drift::none()).await;
    // If the attempt were recorded and Create never called, its result would stay unknown: leadership is checked first.
    if !run.leadership().holds() {
        return Err(Error { step: FailedStep::CreateExternalResource, fault: not_leading() });
    }
    let begun = run.writer.add_finalizer_and_begin_creation(&mut run.managed).await;
    begun.in_step(FailedStep::UpdateManagedResource)?;

    let (api, mut managed) = (run.writer.api(), run.managed.clone());
    let (client, clock) = (run.context.runtime.client.clone(), run.context.runtime.options.clock);
    let leadership = run.leadership().clone();
    let (managed, created, recorded, published) = uninterrupted(async move {
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
    .in_step(FailedStep::CreateExternalResource)?;

    run.managed = managed;
    run.local.pending_reported = false;
    let recorded = recorded.map(|written| run.writer.remember(&mut run.managed, written));
    let recorded = recorded.in_step(FailedStep::UpdateAnnotations);
    if let (Err(_), Err(unrecorded)) = (&created, &recorded) {
        run.record_failure(unrecorded);
    }
    created.in_step(FailedStep::CreateExternalResource)?;
    recorded?;
    published.in_step(FailedStep::PublishConnectionDetails)?;
    Ok(Outcome::Created)
}

async fn update<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: Arc<C::External>,
    drift: Drift,
) -> Result<Outcome, Error> {
    let asked = ask(run, external, Request::Update(drift.clone())).await;
    let (details, _) = asked.in_step(FailedStep::UpdateExternalResource)?;
    run.count_attempt(&drift);
    run.publish(&details).await.in_step(FailedStep::PublishConnectionDetails)?;
    Ok(Outcome::Updated(drift))
}

async fn delete<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: Arc<C::External>,
) -> Result<Outcome, Error> {
    run.set_condition(deleting(""));
    let (_, event) = ask(run, external, Request::Delete).await.in_step(FailedStep::DeleteExternalResource)?;
    if let Some(event) = event {
        run.record_event(event);
    }
    Ok(Outcome::DeletionRequested)
}

/// Lets go an object whose external resource is gone, once what was to outlive it is there.
async fn let_go<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: Arc<C::External>,
) -> Result<Outcome, Error> {
    let confirmed = bounded(run.timeout(), external.confirm_removal(&run.managed)).await;
    let event = confirmed.in_step(FailedStep::DeleteExternalResource)?;
    let outcome = release(run).await?;
    if let Some(event) = event {
        run.record_event(event);
    }
    Ok(outcome)
}

/// Makes a request that leaves no record, and takes over what it has set of the object.
async fn ask<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: Arc<C::External>,
    request: Request,
) -> Result<(ConnectionDetails, Option<Event>), Fault> {
    let change = match &request {
        Request::Update(drift) => logged(run, Operation::Update, drift).await,
        Request::Delete => logged(run, Operation::Delete, &Drift::none()).await,
    };
    let (mut managed, leadership) = (run.managed.clone(), run.leadership().clone());
    let (managed, answer) = uninterrupted(async move {
        let request = request.of(&*external, &mut managed);
        let answer = as_leader(&leadership, change.of(request)).await;
        (managed, answer)
    })
    .await?;
    run.managed = managed;
    answer
}

/// Prepares the change log's entry of a call: with the object as Observe has left it (R166).
async fn logged<M: Managed, C: Connect<M>>(
    run: &Reconciliation<'_, M, C>,
    operation: Operation,
    drift: &Drift,
) -> LoggedCall {
    let options = &run.context.runtime.options;
    let before = run.observed.as_ref().unwrap_or(run.writer.stored());
    options.change_log.call(operation, before, drift, (options.clock)()).await
}

/// Lets the object go, and then the configuration that it used (R185).
pub(crate) async fn release<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
) -> Result<Outcome, Error> {
    let removed = run.writer.remove_finalizer().await;
    removed.in_step(FailedStep::UpdateObject).inspect_err(|_| run.set_condition(deleting("")))?;
    usage::release(&run.context.runtime, &run.managed).await;
    Ok(Outcome::FinalizerRemoved)
}

// === impl Outcome ===

impl Outcome {
    /// What was found to differ, where that decided the outcome.
    pub(crate) fn drift(&self) -> Option<&Drift> {
        match self {
            Self::Updated(drift) | Self::UpdateNotAllowed(drift) | Self::NotConverging(drift) => Some(drift),
            Self::Paused
            | Self::UpToDate
            | Self::Created
            | Self::DeletionRequested
            | Self::FinalizerRemoved
            | Self::ExistenceAwaited
            | Self::FinalizersAwaited
            | Self::RemovalAwaited => None,
        }
    }
}

// === impl Request ===

impl Request {
    async fn of<M: Managed>(
        self,
        external: &impl External<M>,
        managed: &mut M,
    ) -> Result<(ConnectionDetails, Option<Event>), Fault> {
        match self {
            Self::Update(drift) => external.update(managed, &drift).await.map(|details| (details, None)),
            Self::Delete => external.delete(managed).await.map(|event| (ConnectionDetails::new(), event)),
        }
    }
}
