//! The SDK clients that a managed resource is reached with.

use aws_config::retry::RetryConfig;
use aws_config::{Region, SdkConfig};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;

use super::config::Config;
use super::identity::Identity;
use super::pace::Pace;
use super::place::Place;
use super::retries;
use crate::fault::{Api, Service};

/// SDK clients of one set of credentials in one region.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) rds: aws_sdk_rds::Client,
    pub(crate) rds_service: Service,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) secrets_service: Service,
}

// === impl Session ===

impl Session {
    /// Opens clients that sign with an identity, at a place, and ask as fast as the account takes.
    pub(super) fn open(
        identity: &Identity,
        place: &Place,
        base: &SdkConfig,
        config: &Config,
        watchers: &[SharedInterceptor],
    ) -> Self {
        let account = config.account().unwrap_or(&config.uid);
        let region = base.region().map_or("", Region::as_ref);
        let limit = |api| SharedInterceptor::new(Pace::of(account, region, &place.address(api)));
        let adaptive = retries(RetryConfig::adaptive());
        let mut rds = aws_sdk_rds::config::Builder::from(base);
        rds.set_retry_config(Some(adaptive.clone()));
        rds.push_interceptor(limit("rds"));
        rds.set_credentials_provider(identity.provider());
        rds.set_endpoint_resolver(place.resolver("rds"));
        let mut secrets = aws_sdk_secretsmanager::config::Builder::from(base);
        secrets.set_retry_config(Some(adaptive));
        secrets.push_interceptor(limit("secretsmanager"));
        secrets.set_credentials_provider(identity.provider());
        secrets.set_endpoint_resolver(place.resolver("secretsmanager"));
        for watcher in watchers {
            rds.push_interceptor(watcher.clone());
            secrets.push_interceptor(watcher.clone());
        }
        if identity.provider().is_none() {
            rds.set_allow_no_auth();
            secrets.set_allow_no_auth();
        }
        let service = |api, name| Service { api, endpoint: place.address(name) };
        Self {
            rds: aws_sdk_rds::Client::from_conf(rds.build()),
            rds_service: service(Api::Rds, "rds"),
            secrets: aws_sdk_secretsmanager::Client::from_conf(secrets.build()),
            secrets_service: service(Api::SecretsManager, "secretsmanager"),
        }
    }
}
