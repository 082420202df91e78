//! One case, told from the making of its objects to their end.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use goldenpath_tests::target::Target;
use goldenpath_tests::{Composer, ControlPlane, kinds, objects, wait};
use kube::ResourceExt;
use kube::api::DeleteParams;
use kube::core::DynamicObject;
use serde_json::json;

use super::case::{Case, Door, First, Records};
use crate::managed::{self, CONFIG};
use crate::request::READY_LIMIT;

/// How long everything may take to be gone, with all cases at once on a busy machine.
const GONE_LIMIT: Duration = Duration::from_mins(3);
const USAGE_FINALIZER: &str = "finalizer.providerconfigusage.crossplane.io";

pub(super) struct Scene<'a> {
    plane: &'a ControlPlane,
    case: Case,
    /// The namespace, and the name of the managed resource and of the XR in it: names in AWS must be unique.
    name: String,
}

/// The objects of a case.
enum Cast {
    Config,
    Managed,
    Usage(String),
    Xr,
    Namespace,
}

impl<'a> Scene<'a> {
    /// Tells one case.
    pub(super) async fn tell(plane: &'a ControlPlane, case: Case) -> Result<()> {
        let name = plane.namespace("gone").await?;
        let scene = Self { plane, case, name };
        scene.make().await.context("cannot make the objects")?;
        let usage = scene.recorded().await?;
        scene.ask().await?;
        scene.all_gone(&usage).await?;
        ensure!(!case.kind.is_in_aws(plane, &scene.name).await?, "AWS still has {}", scene.name);
        Ok(())
    }

    /// Makes configuration and managed resource, by hand or as an XR, and waits until AWS has what was asked for.
    async fn make(&self) -> Result<()> {
        let Self { plane, case, name } = self;
        managed::credentials(plane, name).await?;
        let both = [managed::config(plane), case.kind.object(name)];
        if matches!(case.door, Door::Xr | Door::XrInForeground) {
            let composition = json!({
                "apiVersion": "apiextensions.crossplane.io/v1", "kind": "Composition", "metadata": {"name": name},
                "spec": {
                    "compositeTypeRef": {"apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase"},
                    "mode": "Pipeline",
                    "pipeline": [{
                        "step": "compose", "functionRef": {"name": Composer::NAME},
                        "input": {"apiVersion": "tests.goldenpath.io/v1", "kind": "Resources", "resources": both},
                    }],
                },
            });
            let xr = json!({
                "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase", "metadata": {"name": name},
                "spec": {"version": "16", "crossplane": {"compositionRef": {"name": name}}},
            });
            managed::apply(plane, &composition, name).await?;
            managed::apply(plane, &xr, name).await?;
        } else {
            for object in &both {
                managed::apply(plane, object, name).await?;
            }
        }
        plane.until_true(case.kind.resource(), name, name, "Ready", READY_LIMIT).await?;
        Ok(())
    }

    /// Waits until the usage is recorded, and returns its name.
    async fn recorded(&self) -> Result<String> {
        let managed = self.get(&Cast::Managed).await?.context("no managed resource")?;
        let usage = Cast::Usage(managed.uid().context("no uid")?);
        let held = |u: &DynamicObject| u.finalizers().iter().any(|f| f == USAGE_FINALIZER);
        let found = self.target(&usage).until(self.plane.client(), "is held", READY_LIMIT, held).await?;
        let (kind, name) = (kinds::provider_config_usage(), found.name_any());
        if self.case.records == Records::Blocking {
            let mut owners = found.owner_references().to_vec();
            for owner in &mut owners {
                owner.block_owner_deletion = Some(true);
            }
            let blocking = json!({"metadata": {"ownerReferences": owners}});
            objects::merge(self.plane.client(), &kind, &self.name, &name, &blocking).await?;
        }
        Ok(name)
    }

    /// Deletes what the case says, in its order.
    async fn ask(&self) -> Result<()> {
        let Case { door, first, kind: _, records: _ } = self.case;
        let (early, late) = match first {
            First::Config => (Cast::Config, Cast::Managed),
            First::Managed => (Cast::Managed, Cast::Config),
        };
        let late = match door {
            Door::Background | Door::Foreground | Door::Orphan => late,
            Door::Namespace => Cast::Namespace,
            Door::Xr | Door::XrInForeground => Cast::Xr,
        };
        for member in [early, late] {
            let params = match (door, &member) {
                (Door::Foreground, Cast::Managed) | (Door::XrInForeground, Cast::Xr) => {
                    DeleteParams::foreground()
                }
                (Door::Orphan, Cast::Managed) => DeleteParams::orphan(),
                _ => DeleteParams::background(),
            };
            let Target { kind, namespace, name } = self.target(&member);
            objects::delete_with(self.plane.client(), &kind, &namespace, &name, &params).await?;
        }
        Ok(())
    }

    /// Waits until everything is gone; the configuration must not go before the managed resource that uses it.
    async fn all_gone(&self, usage: &str) -> Result<()> {
        let cast = [Cast::Config, Cast::Managed, Cast::Usage(usage.to_owned()), Cast::Xr];
        let namespace = (self.case.door == Door::Namespace).then_some(Cast::Namespace);
        let cast: Vec<_> = cast.into_iter().chain(namespace).collect();
        let ended = wait::until("everything is gone", GONE_LIMIT, async || {
            // The configuration is looked at first: what is still there later was there then.
            let config = self.get(&Cast::Config).await?;
            if config.is_none() && self.get(&Cast::Managed).await?.is_some() {
                return Ok(Some(Err(())));
            }
            for member in &cast {
                if self.get(member).await?.is_some() {
                    return Ok(None);
                }
            }
            Ok(Some(Ok(())))
        });
        match ended.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(())) => bail!("the configuration went first\n{}", self.story(&cast).await),
            Err(error) => bail!("{error:#}\n{}", self.story(&cast).await),
        }
    }

    /// What is left of a case.
    async fn story(&self, cast: &[Cast]) -> String {
        let mut left = Vec::new();
        for member in cast {
            if !matches!(self.get(member).await, Ok(None)) {
                left.push(self.target(member).story(self.plane.client()).await);
            }
        }
        left.join("\n")
    }

    async fn get(&self, member: &Cast) -> Result<Option<DynamicObject>> {
        let Target { kind, namespace, name } = self.target(member);
        objects::get(self.plane.client(), &kind, &namespace, &name).await
    }

    fn target(&self, member: &Cast) -> Target {
        let name = &self.name;
        match member {
            Cast::Config => Target::new(kinds::provider_config(), name, CONFIG),
            Cast::Managed => Target::new(self.case.kind.resource(), name, name),
            Cast::Usage(usage) => Target::new(kinds::provider_config_usage(), name, usage),
            Cast::Xr => Target::new(kinds::database(), name, name),
            Cast::Namespace => Target::new(kinds::namespace(), "", name),
        }
    }
}
