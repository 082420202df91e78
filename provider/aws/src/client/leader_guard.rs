//! Stops requests of a process that has lost its lease: an interceptor of the SDK.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::fault::NotLeading;

/// Checks before each attempt of a call whether this process may act. One that was suspended while it waited for an answer
/// must not repeat a request that another leader has made meanwhile (R237).
#[derive(Clone)]
pub(super) struct LeaderGuard(Arc<dyn Fn() -> bool + Send + Sync>);

// === impl LeaderGuard ===

impl LeaderGuard {
    /// A guard that checks `may_act`.
    pub(super) fn new(may_act: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(may_act))
    }
}

impl fmt::Debug for LeaderGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LeaderGuard").field(&(self.0)()).finish()
    }
}

impl Intercept for LeaderGuard {
    fn name(&self) -> &'static str {
        "LeaderGuard"
    }

    /// The last moment before the request goes out, signed.
    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if (self.0)() { Ok(()) } else { Err(NotLeading.into()) }
    }
}

#[cfg(test)]
mod tests;
