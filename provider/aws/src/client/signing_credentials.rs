//! What requests are signed with, cached (R210).

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;

use super::cached_credentials::CachedCredentials;
use super::config::Config;
use super::credentials::{ExtractedCredentials, session_name};
use super::resolved_endpoint::ResolvedEndpoint;
use super::sts::{Assumed, WebIdentity};

/// One set of credentials, shared by all clients that sign with it.
#[derive(Clone, Debug)]
pub(super) struct SigningCredentials {
    /// `None` leaves requests unsigned.
    provider: Option<SharedCredentialsProvider>,
    /// The interceptors of calls to STS.
    interceptors: Vec<SharedInterceptor>,
    time: SharedTimeSource,
}

// === impl SigningCredentials ===

impl SigningCredentials {
    /// The extracted credentials, and after them the chain of roles (R202). Roles are assumed when they are first needed.
    ///
    /// STS is asked in the region of the managed resource that needs the credentials first: they are the same in
    /// every region.
    pub(super) async fn of(
        config: &Config,
        material: ExtractedCredentials,
        place: &ResolvedEndpoint,
        base: &SdkConfig,
        interceptors: Vec<SharedInterceptor>,
        time: SharedTimeSource,
    ) -> Self {
        let mut identity = Self { provider: None, interceptors, time };
        identity.provider = match material {
            ExtractedCredentials::Anonymous => None,
            ExtractedCredentials::Keys(keys) => Some(SharedCredentialsProvider::new(keys.credentials())),
            ExtractedCredentials::Chain => {
                let mut loader =
                    aws_config::defaults(BehaviorVersion::latest()).region(base.region().cloned());
                if let Some(http) = base.http_client() {
                    loader = loader.http_client(http);
                }
                loader.load().await.credentials_provider().map(|chain| identity.refreshing(chain))
            }
            ExtractedCredentials::WebIdentity(role) => {
                let sts = identity.sts(place, base);
                Some(identity.refreshing(WebIdentity { role, sts }))
            }
        };
        for role in &config.assume_role_chain {
            let (role, session) = (role.clone(), session_name(&config.name));
            let sts = identity.sts(place, base);
            identity.provider = Some(identity.refreshing(Assumed { role, session, sts }));
        }
        identity
    }

    /// What a client signs with.
    pub(super) fn provider(&self) -> Option<SharedCredentialsProvider> {
        self.provider.clone()
    }

    fn refreshing(&self, source: impl ProvideCredentials + 'static) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(CachedCredentials::new(source, self.time.clone()))
    }

    /// A client of STS that signs with the credentials so far.
    fn sts(&self, place: &ResolvedEndpoint, base: &SdkConfig) -> aws_sdk_sts::Client {
        let mut sts = aws_sdk_sts::config::Builder::from(base);
        sts.set_credentials_provider(self.provider());
        sts.set_endpoint_resolver(place.resolver("sts"));
        for interceptor in &self.interceptors {
            sts.push_interceptor(interceptor.clone());
        }
        if self.provider.is_none() {
            sts.set_allow_no_auth();
        }
        aws_sdk_sts::Client::from_conf(sts.build())
    }
}
