//! Two replicas of the provider: one acts, the other follows. Nothing is made twice, and nobody is waited for longer
//! than the Lease says (R233..R237).

mod pair;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use goldenpath_tests::aws::InjectedFault;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::DynamicObject;
use serde_json::json;

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};
use pair::{LEASE, Pair, seconds_now, tell};

/// How many databases are asked for before each restart.
const BATCH: usize = 6;
/// What changes something in AWS.
const MUTATING: [&str; 4] = ["Create", "Modify", "Delete", "Put"];

/// Twelve databases are being made while the leader is restarted by SIGTERM, and its follower killed.
pub(crate) async fn a_rolling_restart_under_load_makes_nothing_twice(plane: &ControlPlane) -> Result<()> {
    Pair::with(plane, async |pair| {
        let namespace = plane.namespace("rolling").await?;
        pair.standby().serves().await?;
        let mut databases = apply(plane, &namespace, 0).await?;
        until_called(plane, "CreateSecret", &namespace, 1).await?;

        ensure!(!pair.standby().has_begun()?, "both act at once");
        let left = seconds_now()?;
        let status = pair.leader().process().terminate(Duration::from_secs(25))?;
        let drained = seconds_now()? - left;
        ensure!(status.success(), "the leader ended with {status}");
        let first = pair.standby().until_reconciled_since(left).await? - left;
        tell(&format!(
            "SIGTERM: {drained:.2} s to drain, first reconcile of the other after {first:.2} s (goal < 5)"
        ))?;
        ensure!(pair.leader().has_released()?, "the lease is left to run out");

        pair.leader().process().start()?;
        databases.extend(apply(plane, &namespace, BATCH).await?);
        until_called(plane, "CreateDBInstance", &namespace, BATCH / 2).await?;
        let killed = seconds_now()?;
        pair.standby().process().kill();
        let last_sign = pair.renewed().await?;
        let leads = pair.leader().until_leading_since(killed).await?;
        let first = pair.leader().until_reconciled_since(killed).await?;
        let lease = LEASE.as_secs_f64();
        tell(&format!(
            "SIGKILL: the other leads after {:.2} s, first reconcile after {:.2} s (goal < {lease}, the lease)",
            leads - killed,
            first - killed
        ))?;
        // How much later is the machine's; earlier would be two leaders.
        ensure!(leads - last_sign >= lease, "led {:.2} s after the last sign of the other", leads - last_sign);

        for database in &databases {
            database.ready().await?;
        }
        made_once(plane, &namespace, databases.len()).await?;
        try_join_all(databases.iter().map(Database::remove)).await.map(|_| ())
    })
    .await
}

/// The leader is stopped while AWS answers it, for longer than its lease. What it then reads is old: it must not act
/// on it, and ends.
pub(crate) async fn a_leader_that_was_stopped_changes_nothing_afterwards(plane: &ControlPlane) -> Result<()> {
    Pair::with(plane, async |pair| {
        let namespace = plane.namespace("stopped").await?;
        let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
        database.ready().await?;
        let identifier = database.identifier().await?;

        plane.aws().order(&InjectedFault::slow("DescribeDBInstances", 2.0).on(&identifier)).await?;
        wait::until("the leader looks", SHORT_LIMIT, async || {
            Ok(plane.aws().open_faults().await?.is_empty().then_some(()))
        })
        .await?;
        pair.leader().process().pause()?;
        // The leader's answer is on its way and will show this; the follower sees it, too, and puts it back.
        plane.aws().drift(&identifier, "BackupRetentionPeriod", json!(1)).await?;
        let stopped = seconds_now()?;
        let first = pair.standby().until_reconciled_since(stopped).await? - stopped;
        until_called(plane, "ModifyDBInstance", &identifier, 1).await?;
        wait::until("the drift is put back", SHORT_LIMIT, async || {
            let found = plane.aws().instance(&identifier).await?.context("no instance")?;
            Ok((found.fields["BackupRetentionPeriod"] != 1 && found.status == "available").then_some(()))
        })
        .await?;

        let resumed = seconds_now()?;
        pair.leader().process().resume()?;
        let status = pair.leader().process().ended(SHORT_LIMIT).await?;
        let ended = seconds_now()? - resumed;
        let after: Vec<_> = plane.aws().calls_since(resumed).await?.into_iter().filter(is_mutating).collect();
        tell(&format!(
            "SIGSTOP: first reconcile of the other after {first:.2} s; {ended:.2} s after SIGCONT the stopped one ended \
             with {status}, {} mutating calls",
            after.len()
        ))?;
        ensure!(status.code() == Some(1), "the stopped leader ended with {status}");
        ensure!(after.is_empty(), "{after:?}");
        let modified = plane.aws().calls("ModifyDBInstance", &identifier).await?;
        ensure!(modified.len() == 1, "{modified:?}");
        database.remove().await
    })
    .await
}

/// The leader is the nicest process of a machine whose every core is busy for two leases: it keeps its lease, or it
/// loses it cleanly. Either way each thing is made once.
pub(crate) async fn a_starved_leader_keeps_or_cleanly_loses_its_lease(plane: &ControlPlane) -> Result<()> {
    Pair::with_nice_leader(plane, async |pair| {
        let namespace = plane.namespace("starved").await?;
        let before = pair.transitions().await?;
        let databases = apply(plane, &namespace, 0).await?;
        {
            let _busy = Busy::cores();
            // Asked twice a second, as the machine has little left for asking.
            tokio::time::sleep(LEASE * 2).await;
        }
        let lost = pair.transitions().await? - before;
        if lost == 0 {
            ensure!(pair.leader().process().is_running(), "it holds the lease, and does not run");
        } else {
            let status = pair.leader().process().ended(SHORT_LIMIT).await?;
            ensure!(status.code() == Some(1), "the deposed leader ended with {status}");
        }
        tell(&format!("starved for {} s: the lease moved {lost} times", (LEASE * 2).as_secs()))?;
        for database in &databases {
            database.ready().await?;
        }
        made_once(plane, &namespace, databases.len()).await?;
        try_join_all(databases.iter().map(Database::remove)).await.map(|_| ())
    })
    .await
}

async fn apply<'a>(plane: &'a ControlPlane, namespace: &str, from: usize) -> Result<Vec<Database<'a>>> {
    let names: Vec<_> = (from..from + BATCH).map(|number| format!("db-{number}")).collect();
    try_join_all(names.iter().map(|name| Database::apply(plane, namespace, name, json!({})))).await
}

async fn until_called(plane: &ControlPlane, action: &str, resource: &str, times: usize) -> Result<()> {
    wait::until(&format!("{action} is called {times} times"), READY_LIMIT, async || {
        Ok((plane.aws().calls(action, resource).await?.len() >= times).then_some(()))
    })
    .await
}

/// Every database and every secret of a namespace was asked for exactly once.
async fn made_once(plane: &ControlPlane, namespace: &str, expected: usize) -> Result<()> {
    for action in ["CreateSecret", "CreateDBInstance"] {
        let mut resources: Vec<_> =
            plane.aws().calls(action, namespace).await?.into_iter().map(|call| call.resource).collect();
        resources.sort();
        let calls = resources.len();
        resources.dedup();
        tell(&format!("{action}: {calls} calls for {} resources", resources.len()))?;
        ensure!(
            calls == expected && resources.len() == expected,
            "{calls} calls of {action} for {resources:?}"
        );
    }
    let state = plane.aws().state().await?;
    let instances = state.instances.iter().filter(|i| i.identifier.starts_with(namespace)).count();
    ensure!(instances == expected, "{instances} instances");
    let undetermined = |o: &DynamicObject| objects::condition(o, "Synced") == Some("False");
    let all = objects::list(plane.client(), &kinds::instance(), namespace).await?;
    ensure!(!all.iter().any(undetermined), "{all:?}");
    Ok(())
}

fn is_mutating(call: &goldenpath_tests::aws::Call) -> bool {
    MUTATING.iter().any(|verb| call.action.starts_with(verb))
}

/// Threads that keep every core busy, twice over, until dropped.
struct Busy(Arc<AtomicBool>);

// === impl Busy ===

impl Busy {
    fn cores() -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        for _ in 0..cores * 2 {
            let ended = Arc::clone(&ended);
            std::thread::spawn(move || {
                while !ended.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        Self(ended)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
