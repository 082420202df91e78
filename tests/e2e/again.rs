//! What is made again while the one before it still goes. `AGAIN=100` makes each a hundred times, in several namespaces at once.

use std::iter;
use std::ops::Range;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, install, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::claims::claim::Claim;
use crate::managed::{self, CONFIG, Kind};
use crate::repeated;
use crate::request::{Database, READY_LIMIT};

const NAME: &str = "orders-db";
/// How often each is made again, unless `AGAIN` says otherwise.
const ROUNDS: u32 = 5;
/// How often in one namespace; what is more happens in others beside it.
const STRETCH: u32 = 10;
/// In how many namespaces at a time.
const AT_ONCE: usize = 10;
/// The longest that passes between the end of one and the next, in milliseconds.
const LONGEST: u64 = 1500;

/// What is deleted and applied in the same breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Database,
    Claim,
    Namespace,
    /// The managed resource of a database, which Crossplane applies again.
    Managed(Kind),
}

/// A database is deleted and applied again in the same breath, as scripts do: it waits for every object of the one before
/// it, says so, and comes up.
pub(crate) async fn a_database_that_is_deleted_and_applied_at_once_comes_up(
    plane: &ControlPlane,
) -> Result<()> {
    let told = again(plane, "again", What::Database).await?;
    ensure!(told > 0, "nothing has said that the one before it still goes");
    Ok(())
}

/// So does a claim.
pub(crate) async fn a_claim_that_is_deleted_and_applied_at_once_comes_up(plane: &ControlPlane) -> Result<()> {
    again(plane, "claimed-again", What::Claim).await.map(drop)
}

/// And a database of a namespace that is.
pub(crate) async fn a_namespace_that_is_deleted_and_applied_at_once_comes_up(
    plane: &ControlPlane,
) -> Result<()> {
    again(plane, "settled-again", What::Namespace).await.map(drop)
}

/// An Instance that somebody deletes behind the back of its database is made again, and its AWS database with a final snapshot of
/// the one before.
pub(crate) async fn an_instance_that_is_deleted_alone_is_made_again(plane: &ControlPlane) -> Result<()> {
    again(plane, "instance-again", What::Managed(Kind::Instance)).await.map(drop)
}

/// A managed Secret that somebody deletes is made again, and the database keeps a password that opens it.
pub(crate) async fn a_managed_secret_that_is_deleted_alone_is_made_again(plane: &ControlPlane) -> Result<()> {
    again(plane, "secret-again", What::Managed(Kind::Secret)).await.map(drop)
}

/// A configuration and the Instance that uses it are deleted, and applied until they stay, as Argo CD does: the Instance comes up
/// each time, and is in AWS once.
pub(crate) async fn a_configuration_that_is_deleted_and_applied_at_once_comes_up(
    plane: &ControlPlane,
) -> Result<()> {
    let made = stretches(async |rounds| configured(plane, rounds).await).await?;
    let (rounds, made) = (rounds()? as usize, made.iter().sum::<usize>());
    eprintln!("a configuration and its Instance made again {rounds} times");
    ensure!(made == rounds, "made again {made} times in AWS");
    Ok(())
}

/// One namespace's. Answers how often the Instance was made again in AWS.
async fn configured(plane: &ControlPlane, rounds: Range<u32>) -> Result<usize> {
    let name = plane.namespace("configured-again").await?;
    managed::credentials(plane, &name).await?;
    let objects = [managed::config(plane), Kind::Instance.object(&name)];
    let kinds = [(kinds::provider_config(), CONFIG), (kinds::instance(), name.as_str())];
    for round in iter::once(None).chain(rounds.map(Some)) {
        let former = uids(plane, &name, &kinds).await?;
        if let Some(round) = round {
            for (kind, of) in &kinds {
                plane.delete(kind, &name, of).await?;
            }
            tokio::time::sleep(moment(round)).await;
        }
        wait::until("both are there again", READY_LIMIT, async || {
            for object in &objects {
                managed::apply(plane, object, &name).await?;
            }
            let now = uids(plane, &name, &kinds).await?;
            Ok(now.iter().zip(&former).all(|(now, former)| now.is_some() && now != former).then_some(()))
        })
        .await
        .with_context(|| format!("round {round:?}"))?;
        plane.until_true(kinds::instance(), &name, &name, "Ready", READY_LIMIT).await?;
    }
    Ok(plane.aws().calls("CreateDBInstance", &name).await?.len() - 1)
}

/// Of those that are there and stay.
async fn uids(
    plane: &ControlPlane,
    namespace: &str,
    of: &[(ApiResource, &str)],
) -> Result<Vec<Option<String>>> {
    let mut uids = Vec::new();
    for (kind, name) in of {
        let object = objects::get(plane.client(), kind, namespace, name).await?;
        let object = object.filter(|object| object.metadata.deletion_timestamp.is_none());
        uids.push(object.and_then(|object| object.metadata.uid));
    }
    Ok(uids)
}

fn rounds() -> Result<u32> {
    repeated::number("AGAIN", ROUNDS)
}

/// All rounds, shared out to namespaces.
async fn stretches<T>(play: impl AsyncFn(Range<u32>) -> Result<T>) -> Result<Vec<T>> {
    let rounds = rounds()?;
    let begins: Vec<_> = (0..rounds).step_by(STRETCH as usize).collect();
    let played = repeated::side_by_side(begins.len(), AT_ONCE, async |number| {
        play(begins[number]..rounds.min(begins[number] + STRETCH)).await
    });
    played.await.all()
}

/// Makes it again and again, and answers with how often it was told that the one before it still goes.
async fn again(plane: &ControlPlane, story: &str, what: What) -> Result<usize> {
    let stretches = stretches(async |rounds| stretch(plane, story, what, rounds).await).await?;
    let (snapshots, told) = stretches.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    let rounds = rounds()?;
    eprintln!(
        "{what:?} made again {rounds} times: {snapshots} final snapshots, told as BeingDeleted {told} times"
    );
    Ok(told)
}

/// One namespace's rounds. Answers how many final snapshots there are, and how often it was told.
async fn stretch(
    plane: &ControlPlane,
    story: &str,
    what: What,
    rounds: Range<u32>,
) -> Result<(usize, usize)> {
    let namespace = plane.namespace(story).await?;
    let mut told = usize::from(up(plane, &namespace, what).await?);
    let database = Database::existing(plane, &namespace, NAME);
    let identifier = database.identifier().await?;
    for round in rounds.clone() {
        gone(plane, &namespace, what).await?;
        // The moment is what is tried: it decides which of its objects still go.
        tokio::time::sleep(moment(round)).await;
        let was_told = up(plane, &namespace, what).await.with_context(|| format!("round {round}"))?;
        told += usize::from(was_told);
    }
    let state = plane.aws().state().await?;
    let made = state.instances.iter().filter(|instance| instance.identifier == identifier).count();
    ensure!(made == 1, "{made} of {identifier}");
    let snapshots = state.snapshots.iter().filter(|s| s.instance == identifier && s.kind == "manual").count();
    let ended = if what == What::Managed(Kind::Secret) { 0 } else { rounds.len() };
    ensure!(snapshots == ended, "{snapshots} final snapshots of {ended}");
    database.opens().await?;
    gone(plane, &namespace, what).await?;
    Ok((snapshots, told))
}

/// Applies it and waits until it is ready. Answers whether it was told meanwhile that the one before it still goes.
async fn up(plane: &ControlPlane, namespace: &str, what: What) -> Result<bool> {
    let kind = match what {
        What::Claim => {
            Claim::apply(plane, namespace, NAME, json!({})).await?;
            kinds::database_claim()
        }
        What::Namespace => {
            plane.apply(&install::namespace(namespace).to_string(), "").await?;
            Database::apply(plane, namespace, NAME, json!({})).await?;
            kinds::database()
        }
        What::Database => {
            Database::apply(plane, namespace, NAME, json!({})).await?;
            kinds::database()
        }
        What::Managed(kind) => {
            Database::apply(plane, namespace, NAME, json!({})).await?;
            plane.until_true(kind.resource(), namespace, NAME, "Ready", READY_LIMIT).await?;
            kinds::database()
        }
    };
    let (mut waits, mut taken) = (false, false);
    let is_ready = |object: &DynamicObject| {
        let status = &object.data["status"];
        waits |= says(&status["resources"], "reason", "BeingDeleted");
        taken |= says(&status["problems"], "code", "NameTaken");
        says_ready(object)
    };
    plane.until(kind, namespace, NAME, "is ready", READY_LIMIT, is_ready).await?;
    // A claim cannot see whether the XR of the claim before it goes, and names that one until it is gone.
    ensure!(!taken || what == What::Claim, "its own former objects were called somebody else's");
    Ok(waits)
}

/// Deletes it, and waits no longer than who deletes it would.
async fn gone(plane: &ControlPlane, namespace: &str, what: What) -> Result<()> {
    let (kind, of, name) = match what {
        What::Database => (kinds::database(), namespace, NAME),
        What::Claim => (kinds::database_claim(), namespace, NAME),
        What::Namespace => (kinds::namespace(), "", namespace),
        What::Managed(kind) => (kind.resource(), namespace, NAME),
    };
    let former = uids(plane, of, &[(kind.clone(), name)]).await?;
    plane.delete(&kind, of, name).await?;
    wait::until(&format!("{} {name} is gone", kind.kind), READY_LIMIT, async || {
        let now = objects::get(plane.client(), &kind, of, name).await?.and_then(|object| object.metadata.uid);
        // Another one may be there already.
        Ok((now != former[0]).then_some(()))
    })
    .await
}

fn moment(round: u32) -> Duration {
    // Scattered, and the same each time.
    Duration::from_millis(u64::from((round + 1).wrapping_mul(2_654_435_761)) % LONGEST)
}

fn says(list: &Value, key: &str, word: &str) -> bool {
    list.as_array().is_some_and(|items| items.iter().any(|item| item[key] == word))
}

fn says_ready(xr: &DynamicObject) -> bool {
    let conditions = xr.data["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|c| c["type"] == "Ready" && c["status"] == "True")
}
