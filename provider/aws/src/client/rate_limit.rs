//! Which calls share a rate limit of AWS (R154).

use aws_sdk_rds::config::retry::RetryPartition;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Says which calls slow down together when AWS throttles: those of one account, region and API. Reads and changes are
/// limited apart, so that neither starves the other.
///
/// The SDK does the rest: its adaptive mode finds the rate that AWS accepts, and delays calls accordingly. All clients of
/// the process with the same partition share that rate.
#[derive(Debug)]
pub(super) struct RateLimitPartition {
    /// Account, region and address of the API.
    limit: String,
}

// === impl RateLimitPartition ===

impl RateLimitPartition {
    /// The partition of an API at an address. An unknown account is given as the name of the configuration, and shares with
    /// no other.
    pub(super) fn of(account: &str, region: &str, address: &str) -> Self {
        Self { limit: format!("{account} {region} {address}") }
    }
}

impl Intercept for RateLimitPartition {
    fn name(&self) -> &'static str {
        "RateLimitPartition"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let reads = config.load::<Metadata>().is_some_and(|operation| is_read(operation.name()));
        let calls = if reads { "reads" } else { "changes" };
        config.interceptor_state().store_put(RetryPartition::new(format!("{} {calls}", self.limit)));
        Ok(())
    }
}

/// Whether an operation changes nothing, by AWS's way to name them.
fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List", "BatchGet"].iter().any(|verb| operation.starts_with(verb))
}

#[cfg(test)]
mod tests;
