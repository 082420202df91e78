//! An environment of two teams, taken away in orders by a seed: it ends clean, and what has to wait says for whom. `ORDERS` says
//! how many, `SEED` which.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::target::Target;
use goldenpath_tests::{ControlPlane, kinds, wait};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::json;

use crate::repeated::Orders;
use crate::request::{COLLECTED_LIMIT, READY_LIMIT, refusal};
use crate::whole::{self, IMAGE};
use crate::xr::Xr;

/// Orders that are played unless `ORDERS` says otherwise.
const ORDERS: usize = 4;
/// Of those, unless `SEED` says otherwise.
const SEED: u64 = 13;
/// How many are played at a time.
const AT_ONCE: usize = 4;
/// The longest that passes between two deletions, in milliseconds.
const LONGEST: u64 = 2500;
/// The database that one team lends to the other.
const LENT: &str = "orders-db";

/// Whoever goes first, everything is gone in the end, and a database that was used leaves one final snapshot.
pub(crate) async fn in_whatever_order_an_environment_goes_it_ends_clean(plane: &ControlPlane) -> Result<()> {
    let orders = Orders::asked(ORDERS, SEED)?;
    let played =
        orders.play(AT_ONCE, async |_, chance| Environment::of(plane, chance).await?.goes().await).await;
    let (clean, refused) = (played.ended.len(), played.ended.iter().sum::<usize>());
    eprintln!("{clean} of {orders} ended clean; {refused} deletions had to wait, and said for whom");
    played.all()?;
    Ok(())
}

/// What two teams have, and the chance that takes it away.
struct Environment<'a> {
    plane: &'a ControlPlane,
    chance: StdRng,
    /// The team that owns the database.
    owner: String,
    /// The team whose app uses it.
    guest: String,
    /// Whether everything was Ready before the first deletion.
    is_grown: bool,
}

// === impl Environment ===

impl<'a> Environment<'a> {
    /// Makes it, and waits for it or for its beginnings.
    async fn of(plane: &'a ControlPlane, mut chance: StdRng) -> Result<Self> {
        let (owner, guest) = (plane.namespace("owner").await?, plane.namespace("guest").await?);
        let is_grown = chance.random_ratio(3, 4);
        let environment = Self { plane, chance, owner, guest, is_grown };
        environment.comes().await.context("it does not come up")?;
        Ok(environment)
    }

    async fn comes(&self) -> Result<()> {
        let Self { plane, owner, is_grown, guest: _, chance: _ } = self;
        whole::prepare(plane, owner, &["shop", "door"]).await?;
        let xrs = self.xrs();
        for (namespace, xr) in &xrs {
            xr.apply(plane, namespace).await?;
        }
        if *is_grown {
            for (namespace, xr) in &xrs {
                xr.ready(plane, namespace).await?;
            }
        } else {
            plane.until(kinds::instance(), owner, LENT, "is there", READY_LIMIT, |_| true).await?;
        }
        Ok(())
    }

    /// By namespace. The one who borrows comes last, when there is something to be borrowed.
    fn xrs(&self) -> Vec<(String, Xr)> {
        let Self { owner, guest, .. } = self;
        let mut ingress = whole::guarded_route(owner, "shop");
        ingress["enabled"] = json!(true);
        let own = json!({"enabled": true, "deletion": {"protection": false, "policy": "Delete"}});
        let door = whole::guarded_door(owner, "door");
        let lent = json!({
            "version": "16", "deletion": {"protection": false}, "allowedNamespaces": [guest],
        });
        let borrowed = json!({"ref": {"name": LENT, "namespace": owner}});
        vec![
            (owner.clone(), Xr::database(LENT, lent)),
            (owner.clone(), Xr::app("shop", json!({"image": IMAGE, "database": own, "ingress": ingress}))),
            (owner.clone(), Xr::route("door", door)),
            (owner.clone(), whole::copy_of_secrets(owner, "partner")),
            (guest.clone(), Xr::app("tracker", json!({"image": IMAGE, "database": borrowed}))),
        ]
    }

    /// Everything is deleted, the namespaces too, and goes. Answers how many deletions had to wait.
    async fn goes(mut self) -> Result<usize> {
        let mut members: Vec<_> =
            self.xrs().into_iter().map(|(namespace, xr)| Target::new(xr.kind, &namespace, xr.name)).collect();
        for namespace in [&self.owner, &self.guest] {
            members.push(Target::new(kinds::namespace(), "", namespace));
        }
        members.shuffle(&mut self.chance);
        let mut refused = Vec::new();
        for member in &members {
            // The moment is what is tried.
            tokio::time::sleep(Duration::from_millis(self.chance.random_range(0..LONGEST))).await;
            if let Some(words) = self.asks(member).await? {
                let names_somebody = words.contains(" by resource ") || words.contains("with reason");
                ensure!(names_somebody, "{} is refused for nobody: {words}", member.name);
                refused.push(member);
            }
        }
        for member in &refused {
            wait::until(&format!("{} may go", member.name), COLLECTED_LIMIT, async || {
                Ok(self.asks(member).await?.is_none().then_some(()))
            })
            .await?;
        }
        for member in &members {
            member.until_gone(self.plane.client(), COLLECTED_LIMIT).await?;
        }
        self.is_clean().await?;
        Ok(refused.len())
    }

    /// Asks for a deletion. Answers why it is refused.
    async fn asks(&self, member: &Target) -> Result<Option<String>> {
        refusal(self.plane, &member.kind, &member.namespace, &member.name).await
    }

    /// AWS has what the policies keep, and nothing else.
    async fn is_clean(&self) -> Result<()> {
        let aws = self.plane.aws().state().await?;
        let is_own = |identifier: &str| identifier.starts_with(&format!("{}-", self.owner));
        let instances: Vec<_> =
            aws.instances.iter().map(|instance| &instance.identifier).filter(|i| is_own(i)).collect();
        ensure!(instances.is_empty(), "AWS still has {instances:?}");
        let snapshots: Vec<_> = aws
            .snapshots
            .iter()
            .filter(|snapshot| snapshot.kind == "manual" && is_own(&snapshot.instance))
            .map(|snapshot| &snapshot.instance)
            .collect();
        let expected = if self.is_grown { 1..=1 } else { 0..=1 };
        ensure!(expected.contains(&snapshots.len()), "final snapshots: {snapshots:?}");
        Ok(())
    }
}
