//! The managed resources of the provider: one line each.

use goldenpath_provider_api::rds::{Instance, ParameterGroup, SubnetGroup};
use goldenpath_provider_api::{config, secretsmanager::Secret};
use goldenpath_provider_aws::{CallMetrics, Clients, Connector};
use goldenpath_provider_runtime::{ClusterObjects, ConfigGroup, Controller, Runtime, provider_config};

/// The configuration kinds, and the managed resources that use them.
pub(crate) fn config_group() -> ConfigGroup {
    ConfigGroup::new(config::GROUP, config::VERSION)
        .read_as::<config::ProviderConfig>()
        .read_as::<config::ClusterProviderConfig>()
        .used_by::<Instance>()
        .used_by::<ParameterGroup>()
        .used_by::<SubnetGroup>()
        .used_by::<Secret>()
}

/// Runs every controller until the runtime is shut down and what has begun has ended.
pub(crate) async fn run(runtime: &Runtime, calls: CallMetrics) {
    let leadership = runtime.options.leadership.clone();
    let clients = Clients::new(ClusterObjects::new(runtime.client.clone()))
        .counting(calls)
        .while_leading(move || leadership.holds());
    let connector = Connector::new(clients);
    tokio::join!(
        provider_config::run(runtime),
        Controller::<Instance, _>::new(runtime, connector.clone()).wakes_on::<Secret>().run(),
        Controller::<ParameterGroup, _>::new(runtime, connector.clone()).run(),
        Controller::<SubnetGroup, _>::new(runtime, connector.clone()).run(),
        Controller::<Secret, _>::new(runtime, connector).wakes_on::<Instance>().run(),
    );
}
