//! What is deleted and applied again at once comes up, at whichever moment of its end that happens.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use goldenpath_aws_sim::Chance;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::Secret;
use goldenpath_provider_core::Readiness;
use goldenpath_reports::{ACCOUNT, Aws, Cluster, Outcome};
use serde_json::{Value, json};

use crate::passwords::{self, SECRET};
use crate::scene::NAME;

const ROUNDS: u32 = 100;
/// Decides every moment below.
const SEED: u64 = 11;
/// How many steps a round may take until everything is ready, of some seconds each.
const STEPS: u32 = 200;
/// A secret that belongs to no database.
const TOKEN: &str = "payments/token";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Instance,
    Secret,
    Token,
    Config,
}

const ALL: [What; 4] = [What::Instance, What::Secret, What::Token, What::Config];

/// One that is deleted in a round and applied again.
#[derive(Debug)]
struct Going {
    what: What,
    /// The step in which it is deleted.
    at: u32,
    /// Steps from when it is gone until it is applied again.
    rests: u32,
    stage: Stage,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    There,
    Leaving,
    Gone { steps: u32 },
    Again,
}

struct Story {
    aws: Aws,
    cluster: Cluster,
    chance: Chance,
    /// Objects so far; each has a UID of its own.
    made: u32,
    /// Databases that were deleted.
    deleted: usize,
}

#[tokio::test]
async fn what_is_deleted_and_applied_at_once_a_hundred_times_is_ready_each_time() {
    let (aws, cluster) = passwords::made().await;
    let mut story = Story { aws, cluster, chance: Chance::new(SEED), made: 0, deleted: 0 };
    story.apply(What::Token).unwrap();
    for round in 1..=ROUNDS {
        if let Err(why) = story.round().await {
            panic!("round {round}: {why:#}");
        }
    }
    story.rests(STEPS).await.unwrap();
    let snapshots = story.final_snapshots().await.unwrap();
    let made = story.accepted("CreateDBInstance").await.unwrap();
    eprintln!("{ROUNDS} rounds, {made} databases made, {} final snapshots", snapshots.len());
    assert!(story.deleted > 25, "the seed is to delete databases too");
    assert_eq!(snapshots.len(), made - 1, "each that is gone has left its final snapshot, once");
    let deleted = story.accepted("DeleteDBInstance").await.unwrap();
    assert_eq!(deleted, made - 1, "and was deleted once");
}

// === impl Story ===

impl Story {
    /// Deletes some, applies each again as soon as it is gone, and mostly waits until all are ready.
    async fn round(&mut self) -> Result<()> {
        let mut going = self.chosen();
        for step in 0..STEPS {
            for one in &mut going {
                self.go_on(one, step)?;
            }
            self.step().await?;
            if going.iter().all(|one| one.stage == Stage::Again) {
                return if self.below(3) == 0 { Ok(()) } else { self.rests(STEPS).await };
            }
        }
        bail!("it does not go: {going:?}")
    }

    /// What a round deletes. A secret is kept while it has a database, so it is deleted no later than that.
    fn chosen(&mut self) -> Vec<Going> {
        let sets: [&[What]; 5] =
            [&[What::Instance], &[What::Instance, What::Secret], &[What::Token], &[What::Config], &ALL];
        let set = sets[self.below(5) as usize];
        let mut latest = 6;
        let mut going: Vec<_> = Vec::new();
        for what in set {
            let at = self.below(latest);
            if *what == What::Instance {
                latest = at + 1;
            }
            going.push(Going { what: *what, at, rests: self.below(3), stage: Stage::There });
        }
        going
    }

    fn go_on(&mut self, one: &mut Going, step: u32) -> Result<()> {
        let Going { what, at, rests, stage } = one;
        match stage {
            Stage::There if step >= *at => {
                match what {
                    What::Instance => {
                        self.deleted += 1;
                        self.cluster.delete::<Instance>(NAME)?;
                    }
                    What::Secret => self.cluster.delete::<Secret>(SECRET)?,
                    What::Token => self.cluster.delete::<Secret>(TOKEN)?,
                    What::Config => self.cluster.remove("ClusterProviderConfig", "default"),
                }
                *stage = Stage::Leaving;
            }
            Stage::Leaving if !self.is_there(*what) => *stage = Stage::Gone { steps: 0 },
            Stage::Gone { steps } if *steps >= *rests => {
                self.apply(*what)?;
                *stage = Stage::Again;
            }
            Stage::Gone { steps } => *steps += 1,
            Stage::There | Stage::Leaving | Stage::Again => {}
        }
        Ok(())
    }

    fn is_there(&self, what: What) -> bool {
        match what {
            What::Instance => self.cluster.has::<Instance>(NAME),
            What::Secret => self.cluster.has::<Secret>(SECRET),
            What::Token => self.cluster.has::<Secret>(TOKEN),
            What::Config => false,
        }
    }

    fn apply(&mut self, what: What) -> Result<()> {
        self.made += 1;
        let mut object = match what {
            What::Config => return self.cluster.use_account(ACCOUNT, &self.aws),
            What::Instance => passwords::database(&json!({})),
            What::Secret => passwords::secret(""),
            What::Token => {
                let mut token = passwords::secret("");
                token["metadata"]["name"] = json!("token");
                token["metadata"]["annotations"]["crossplane.io/external-name"] =
                    json!("goldenpath/dev/payments/token");
                token["spec"]["forProvider"]["attachment"] = Value::Null;
                token
            }
        };
        object["metadata"]["uid"] = json!(format!("{:08x}-again", self.made));
        object["metadata"]["creationTimestamp"] = json!(self.cluster.moment()?);
        self.cluster.apply(&object)
    }

    /// Each object is reconciled once, in any order, and some seconds pass.
    async fn step(&mut self) -> Result<Vec<(What, Outcome)>> {
        let mut order = vec![What::Instance, What::Secret, What::Token];
        order.sort_by_key(|_| self.chance.number());
        let mut outcomes = Vec::new();
        for what in order.into_iter().filter(|what| self.is_there(*what)).collect::<Vec<_>>() {
            let outcome = match what {
                What::Instance => self.cluster.reconcile::<Instance>(NAME).await?,
                What::Secret => self.cluster.reconcile::<Secret>(SECRET).await?,
                What::Token | What::Config => self.cluster.reconcile::<Secret>(TOKEN).await?,
            };
            outcomes.push((what, outcome));
        }
        let seconds = 1 + self.below(7);
        self.aws.pass(seconds.into()).await?;
        Ok(outcomes)
    }

    /// Everything comes to be ready, and then the secret opens the database.
    async fn rests(&mut self, steps: u32) -> Result<()> {
        let mut last = Vec::new();
        for _ in 0..steps {
            last = self.step().await?;
            let is_ready = |(_, outcome): &(What, Outcome)| *outcome == Outcome::Rests(Readiness::Available);
            if last.len() == 3 && last.iter().all(is_ready) {
                return passwords::opens(&self.aws).await;
            }
        }
        bail!("stuck: {last:?}")
    }

    /// How often AWS has done something.
    async fn accepted(&self, action: &str) -> Result<usize> {
        let calls = self.aws.side("calls", None).await?;
        let calls = calls.as_array().context("calls")?.iter();
        Ok(calls.filter(|call| call["action"] == action && call["error"].is_null()).count())
    }

    /// The databases of which there is a final snapshot.
    async fn final_snapshots(&self) -> Result<BTreeSet<String>> {
        let state = self.aws.side("state", None).await?;
        let mut of = BTreeSet::new();
        for snapshot in state["snapshots"].as_array().context("snapshots")? {
            if snapshot["SnapshotType"] == "manual" {
                ensure!(snapshot["Status"] == "available", "{snapshot}");
                let id = snapshot["DbiResourceId"].as_str().context("of a database")?;
                ensure!(of.insert(id.to_owned()), "two of {id}");
            }
        }
        Ok(of)
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.chance.number() % u64::from(limit)).unwrap_or_default()
    }
}
