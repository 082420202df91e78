//! That a quota which is used up is no throttling.

use aws_sdk_secretsmanager::operation::create_secret::CreateSecretError;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use aws_sdk_secretsmanager::operation::update_secret::UpdateSecretError;
use aws_sdk_secretsmanager::operation::update_secret_version_stage::UpdateSecretVersionStageError;
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Keeps the SDK from trying again what AWS refuses with `LimitExceededException`. The SDK takes that for throttling, which
/// it is of other APIs: it would wait, and slow down every call that shares the rate limit, because one secret has as many
/// versions as it may have.
#[derive(Debug)]
pub(super) struct QuotaIsUsedUp;

impl ClassifyRetry for QuotaIsUsedUp {
    fn name(&self) -> &'static str {
        "QuotaIsUsedUp"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        match error.and_then(|error| error.as_operation_error()) {
            Some(error) if is_of_a_quota(error) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }
}

fn is_of_a_quota(error: &Error) -> bool {
    let is = |found: Option<bool>| found.unwrap_or(false);
    is(error.downcast_ref().map(PutSecretValueError::is_limit_exceeded_exception))
        || is(error.downcast_ref().map(UpdateSecretVersionStageError::is_limit_exceeded_exception))
        || is(error.downcast_ref().map(UpdateSecretError::is_limit_exceeded_exception))
        || is(error.downcast_ref().map(CreateSecretError::is_limit_exceeded_exception))
}
