//! The managed resources of the provider: one line each, and all that there is to register.

use goldenpath_provider_api::rds::{Instance, ParameterGroup, SubnetGroup};
use goldenpath_provider_api::{config, secretsmanager::Secret};
use goldenpath_provider_aws::{CallMetrics, Clients, Connector};
use goldenpath_provider_runtime::{ClusterObjects, ConfigGroup, Controllers, Runtime};

/// The managed resources: each is defined by a CRD, uses the configurations, has a controller, and wakes the objects that
/// refer to its own.
fn managed_resources() -> Controllers<Connector<ClusterObjects>> {
    Controllers::new().with::<Instance>().with::<ParameterGroup>().with::<SubnetGroup>().with::<Secret>()
}

/// The configuration kinds, and the managed resources that use them.
pub(crate) fn config_group() -> ConfigGroup {
    let configurations = ConfigGroup::new(config::GROUP, config::VERSION)
        .read_as::<config::ProviderConfig>()
        .read_as::<config::ClusterProviderConfig>();
    managed_resources().using(configurations)
}

/// Runs every controller until the runtime is shut down and what has begun has ended.
pub(crate) async fn run(runtime: &Runtime, cluster: String, calls: CallMetrics) {
    let leadership = runtime.options.leadership.clone();
    let clients = Clients::new(runtime.objects(), cluster);
    let clients = clients.counting(calls).while_leading(move || leadership.holds());
    managed_resources().run(runtime, Connector::new(clients)).await;
}

#[cfg(test)]
mod tests;
