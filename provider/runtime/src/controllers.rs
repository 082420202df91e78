//! All managed resources of a provider: one list.

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use goldenpath_provider_core::{Connect, Managed};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use kube::api::ApiResource;

use crate::config_group::ConfigGroup;
use crate::controller::Controller;
use crate::provider_config;
use crate::runtime::Runtime;

/// The managed resources of a provider, all reached with connectors of one type.
///
/// The list is all that there is to register: it says which kinds use the configurations, runs a controller of each, and
/// has the CRDs to install. A controller wakes the objects that refer to its own, so that no pair of kinds has to be named.
///
/// ```no_run
/// # use goldenpath_provider_core::{Connect, Managed};
/// # use goldenpath_provider_runtime::{ConfigGroup, Controllers, Options, Runtime};
/// # use kube::CustomResourceExt;
/// # async fn run<Database, Secret, C>(client: kube::Client, connector: C)
/// # where Database: Managed + CustomResourceExt, Secret: Managed + CustomResourceExt,
/// #     C: Connect<Database> + Connect<Secret> + Clone {
/// let controllers = Controllers::new().with::<Database>().with::<Secret>();
/// let configurations = controllers.using(ConfigGroup::new("config.example.org", "v1"));
/// let runtime = Runtime::new(client, Options::new("provider-example", configurations));
/// controllers.run(&runtime, connector).await; // until `runtime.shutdown`
/// # }
/// ```
#[derive(Debug)]
pub struct Controllers<C> {
    kinds: Vec<Kind<C>>,
}

/// One managed resource of the list.
#[derive(Debug)]
struct Kind<C> {
    resource: ApiResource,
    crd: fn() -> CustomResourceDefinition,
    run: for<'a> fn(&'a Runtime, C) -> BoxFuture<'a, ()>,
}

// === impl Controllers ===

impl<C> Default for Controllers<C> {
    fn default() -> Self {
        Self { kinds: Vec::new() }
    }
}

impl<C: Clone> Controllers<C> {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a managed resource.
    #[must_use]
    pub fn with<M: Managed + CustomResourceExt>(mut self) -> Self
    where
        C: Connect<M>,
    {
        let resource = ApiResource::erase::<M>(&());
        self.kinds.push(Kind {
            resource,
            crd: M::crd,
            run: |runtime, connector| Controller::<M, C>::new(runtime, connector).run().boxed(),
        });
        self
    }

    /// The configurations, used by every managed resource of the list.
    #[must_use]
    pub fn using(&self, configurations: ConfigGroup) -> ConfigGroup {
        self.kinds.iter().fold(configurations, |group, kind| group.used_by_kind(kind.resource.clone()))
    }

    /// The CRD of every managed resource of the list.
    pub fn crds(&self) -> impl Iterator<Item = CustomResourceDefinition> {
        self.kinds.iter().map(|kind| (kind.crd)())
    }

    /// Runs every controller, and those of the configurations, until the runtime is shut down and what has begun has
    /// ended.
    pub async fn run(self, runtime: &Runtime, connector: C) {
        let kinds = self.kinds.iter().map(|kind| (kind.run)(runtime, connector.clone()));
        tokio::join!(provider_config::run(runtime), join_all(kinds));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use goldenpath_provider_core::Readiness;
    use serde_json::json;

    use super::*;
    use crate::testing::{FakeConnector, Scene, Thing, present, thing};

    #[tokio::test(start_paused = true)]
    async fn one_list_registers_a_kind_defines_it_and_runs_its_controller() {
        let scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
        let controllers = Controllers::<FakeConnector<true>>::new().with::<Thing>();
        let group = controllers.using(ConfigGroup::new("config.goldenpath.io", "v1"));
        assert_eq!(group.managed(), [ApiResource::erase::<Thing>(&())]);
        assert_eq!(controllers.crds().collect::<Vec<_>>(), [Thing::crd()]);

        let runtime = scene.context.runtime.clone();
        let connector = scene.context.connector.clone();
        let shutdown = runtime.shutdown.clone();
        let running = tokio::spawn(async move { controllers.run(&runtime, connector).await });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(scene.calls().contains(&"observe"));
        shutdown.cancel();
        running.await.unwrap();
    }
}
