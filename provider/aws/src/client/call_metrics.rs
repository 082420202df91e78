//! Counts the calls of AWS and measures how long they are throttled: an interceptor of the SDK.

use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryReason};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::retry::ErrorKind;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tokio::time::Instant;

/// Metrics of the calls of AWS. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CallMetrics {
    calls: Family<CallLabels, Counter>,
    throttled: Family<WaitLabels, Counter<f64, std::sync::atomic::AtomicU64>>,
}

/// Counts the calls of one account.
#[derive(Debug)]
pub(super) struct CountCalls {
    calls: CallMetrics,
    account: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    account: String,
    service: String,
    operation: String,
    result: CallResult,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WaitLabels {
    account: String,
    service: String,
}

/// How one attempt of a call has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum CallResult {
    Success,
    /// AWS throttles requests.
    Throttled,
    /// AWS refuses, or there is no such thing.
    ClientError,
    ServerError,
    Timeout,
    Unreachable,
}

/// Since when a call waits to be sent: since it was ready, or was throttled.
#[derive(Debug)]
struct WaitsSince(Instant);

/// A shorter wait is not counted.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// Set once the request of an attempt is sent. Without it the attempt has failed before, for want of credentials.
#[derive(Debug)]
struct Signed;

// === impl CallMetrics ===

impl CallMetrics {
    /// Registers the measurements.
    pub fn new(registry: &mut Registry) -> Self {
        let (calls, throttled) = (Family::default(), Family::default());
        registry.register(
            "goldenpath_aws_calls",
            "Requests to AWS, retries included, by account, API, operation and result",
            calls.clone(),
        );
        registry.register(
            "goldenpath_aws_throttled_seconds",
            "Time that calls have waited for their turn because AWS asked for fewer",
            throttled.clone(),
        );
        Self { calls, throttled }
    }

    /// Counts for an account: its number, or `unknown` where the configuration names no role.
    pub(super) fn of(&self, account: Option<&str>) -> CountCalls {
        CountCalls { calls: self.clone(), account: account.unwrap_or("unknown").to_owned() }
    }
}

/// The account of a role, from its ARN.
pub(super) fn account_of(role_arn: &str) -> Option<&str> {
    role_arn.split(':').nth(4).filter(|account| !account.is_empty())
}

// === impl CountCalls ===

impl Intercept for CountCalls {
    fn name(&self) -> &'static str {
        "CountCalls"
    }

    fn modify_before_retry_loop(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(WaitsSince(Instant::now()));
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().unset::<Signed>();
        let Some(WaitsSince(since)) = config.load::<WaitsSince>() else { return Ok(()) };
        let (waited, service) = (since.elapsed(), service(config));
        if waited >= SHORTEST_WAIT {
            let labels = WaitLabels { account: self.account.clone(), service };
            self.calls.throttled.get_or_create(&labels).inc_by(waited.as_secs_f64());
        }
        config.interceptor_state().unset::<WaitsSince>();
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(Signed);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let is_refused =
            matches!(context.output_or_error(), Some(Err(error)) if error.is_interceptor_error());
        if config.load::<Signed>().is_none() || is_refused {
            return Ok(());
        }
        let result = CallResult::of(context, components);
        let operation = config.load::<Metadata>().map(|m| m.name().to_owned()).unwrap_or_default();
        let (account, service) = (self.account.clone(), service(config));
        self.calls.calls.get_or_create(&CallLabels { account, service, operation, result }).inc();
        if result == CallResult::Throttled {
            config.interceptor_state().store_put(WaitsSince(Instant::now()));
        }
        Ok(())
    }
}

fn service(config: &ConfigBag) -> String {
    config.load::<Metadata>().map(|m| m.service().to_owned()).unwrap_or_default()
}

impl Storable for Signed {
    type Storer = StoreReplace<Self>;
}

impl Storable for WaitsSince {
    type Storer = StoreReplace<Self>;
}

// === impl CallResult ===

impl CallResult {
    fn of(context: &FinalizerInterceptorContextRef<'_>, components: &RuntimeComponents) -> Self {
        let Some(Err(error)) = context.output_or_error() else { return Self::Success };
        let verdict = components.retry_classifiers().fold(RetryAction::NoActionIndicated, |before, next| {
            match next.classify_retry_v2(context.inner(), &before) {
                RetryAction::NoActionIndicated => before,
                verdict => verdict,
            }
        });
        let throttled = matches!(
            verdict,
            RetryAction::RetryIndicated(RetryReason::RetryableError { kind: ErrorKind::ThrottlingError, .. })
        );
        let status = context.response().map(|response| response.status().as_u16());
        match status {
            _ if throttled => Self::Throttled,
            _ if error.is_timeout_error() => Self::Timeout,
            Some(500..) => Self::ServerError,
            Some(_) => Self::ClientError,
            None => Self::Unreachable,
        }
    }
}

impl EncodeLabelValue for CallResult {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), std::fmt::Error> {
        let name = match self {
            Self::Success => "success",
            Self::Throttled => "throttled",
            Self::ClientError => "client_error",
            Self::ServerError => "server_error",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
        };
        name.encode(encoder)
    }
}

#[cfg(test)]
mod tests;
