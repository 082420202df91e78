//! One API of AWS: its client, and the mapping of its errors.

use aws_config::retry::RetryConfig;
use aws_config::{Region, SdkConfig};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::retries::classifiers::SharedRetryClassifier;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use goldenpath_provider_core::Fault;

use super::config::Config;
use super::quota::QuotaIsUsedUp;
use super::rate_limit::RateLimitPartition;
use super::resolved_endpoint::ResolvedEndpoint;
use super::retries;
use super::signing_credentials::SigningCredentials;
use crate::fault::{Api, ErrorClass, Failure, Faults, ServiceEndpoint};

/// An API with the client that calls it.
#[derive(Clone, Debug)]
pub(crate) struct Service<C> {
    pub(crate) client: C,
    endpoint: ServiceEndpoint,
}

/// The APIs that managed resources are made with: clients of one set of credentials in one region.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) rds: Service<aws_sdk_rds::Client>,
    pub(crate) secrets: Service<aws_sdk_secretsmanager::Client>,
    pub(crate) sts: Service<aws_sdk_sts::Client>,
}

/// Opens the client of an API. The SDK's builders share no trait, so the settings of all stand in this macro.
macro_rules! open {
    ($sdk:ident, $api:expr, $identity:expr, $place:expr, $base:expr, $limit:expr, $interceptors:expr) => {{
        let mut config = $sdk::config::Builder::from($base);
        config.set_retry_config(Some(retries(RetryConfig::adaptive())));
        config.set_credentials_provider($identity.provider());
        config.set_endpoint_resolver($place.resolver($api.id()));
        config.push_interceptor($limit($api));
        config.push_retry_classifier(SharedRetryClassifier::new(QuotaIsUsedUp));
        for interceptor in $interceptors {
            config.push_interceptor(interceptor.clone());
        }
        if $identity.provider().is_none() {
            config.set_allow_no_auth();
        }
        Service::new($sdk::Client::from_conf(config.build()), $api, $place.address($api.id()))
    }};
}

// === impl Service ===

impl<C> Service<C> {
    /// An API at an address, called with a client.
    pub(crate) fn new(client: C, api: Api, address: String) -> Self {
        Self { client, endpoint: ServiceEndpoint { api, address } }
    }

    /// Waits for the answer of a call. An error is classified by the rows of the kind, or else by those of all kinds.
    pub(crate) async fn call<T, E>(
        &self,
        faults: &Faults,
        call: impl Future<Output = Result<T, SdkError<E, Response>>> + Send,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        // The SDK's futures are large.
        Box::pin(call).await.map_err(|error| self.endpoint.failure(faults, &error))
    }

    /// As [`call`](Self::call), where `NotFound` is `None`.
    pub(crate) async fn find<T, E>(
        &self,
        faults: &Faults,
        call: impl Future<Output = Result<T, SdkError<E, Response>>> + Send,
    ) -> Result<Option<T>, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match self.call(faults, call).await {
            Ok(found) => Ok(Some(found)),
            Err(Failure { class: ErrorClass::NotFound, .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

// === impl Services ===

impl Services {
    /// Opens clients with credentials, an endpoint and the rate limit of their account.
    pub(super) fn open(
        identity: &SigningCredentials,
        place: &ResolvedEndpoint,
        base: &SdkConfig,
        config: &Config,
        interceptors: &[SharedInterceptor],
    ) -> Self {
        let account = config.account().unwrap_or(&config.uid);
        let region = base.region().map_or("", Region::as_ref);
        let limit = |api: Api| {
            SharedInterceptor::new(RateLimitPartition::of(account, region, &place.address(api.id())))
        };
        Self {
            rds: open!(aws_sdk_rds, Api::Rds, identity, place, base, limit, interceptors),
            secrets: open!(
                aws_sdk_secretsmanager,
                Api::SecretsManager,
                identity,
                place,
                base,
                limit,
                interceptors
            ),
            sts: open!(aws_sdk_sts, Api::Sts, identity, place, base, limit, interceptors),
        }
    }

    /// The account of the credentials.
    pub(crate) async fn account(&self) -> Result<String, Fault> {
        const FAULTS: Faults = Faults { rows: &[], fields: &[] };
        let answer = self.sts.call(&FAULTS, self.sts.client.get_caller_identity().send()).await?;
        answer.account.ok_or_else(|| Fault::transient("AWSUnavailable", "AWS STS does not name the account"))
    }
}
