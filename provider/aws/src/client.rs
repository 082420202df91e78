//! Whose credentials, which endpoint: from a managed resource to SDK clients.

mod config;
mod credentials;
mod ini;
mod web_identity;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use goldenpath_provider_core::{Fault, Managed, Objects};
use kube::ResourceExt;

use crate::fault::{Api, Service};
use config::Config;
use credentials::Material;

/// Long enough for TCP and TLS across an ocean; two attempts still end within five seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Long enough for the slowest of AWS's answers.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// The SDK hides a hiccup; the runtime backs off from everything longer.
const ATTEMPTS: u32 = 2;

/// Makes SDK clients for managed resources, and keeps them while their configuration and credentials stay.
///
/// All share one pool of connections. The credentials' Kubernetes Secret is read on each call, so that a new
/// value counts from the next reconcile on; only a digest of it is kept, as a part of the key.
#[derive(Debug)]
pub struct Clients<O> {
    pub(crate) objects: O,
    http: SharedHttpClient,
    sessions: Mutex<HashMap<Key, Arc<Session>>>,
    #[cfg(test)]
    scripted: Option<Arc<Session>>,
}

/// SDK clients of one set of credentials in one region.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) rds: aws_sdk_rds::Client,
    pub(crate) rds_service: Service,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) secrets_service: Service,
}

/// What makes two sessions the same. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: &'static str,
    namespace: Option<String>,
    uid: String,
    generation: i64,
    fingerprint: [u8; 32],
    region: String,
}

// === impl Clients ===

impl<O: Objects> Clients<O> {
    /// Clients for the managed resources of the cluster that `objects` reads.
    pub fn new(objects: O) -> Self {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        Self {
            objects,
            http: aws_smithy_http_client::Builder::new().tls_provider(provider).build_https(),
            sessions: Mutex::default(),
            #[cfg(test)]
            scripted: None,
        }
    }

    /// Clients that answer from a script.
    #[cfg(test)]
    pub(crate) fn scripted(
        objects: O,
        rds: aws_sdk_rds::Client,
        secrets: aws_sdk_secretsmanager::Client,
    ) -> Self {
        let service = |api| Service { api, endpoint: "aws.test".into() };
        let session = Session {
            rds,
            rds_service: service(Api::Rds),
            secrets,
            secrets_service: service(Api::SecretsManager),
        };
        Self { scripted: Some(Arc::new(session)), ..Self::new(objects) }
    }

    /// The session that answers from a script.
    #[cfg(test)]
    pub(crate) fn scripted_session(&self) -> Arc<Session> {
        Arc::clone(self.scripted.as_ref().unwrap())
    }

    /// The clients of a managed resource: configuration, credentials, endpoint, in this order.
    pub(crate) async fn session<M: Managed>(&self, managed: &M, region: &str) -> Result<Arc<Session>, Fault> {
        #[cfg(test)]
        if let Some(scripted) = &self.scripted {
            return Ok(Arc::clone(scripted));
        }
        let namespace = managed.namespace().unwrap_or_default();
        let config = config::find(&self.objects, &namespace, &managed.provider_config_ref()).await?;
        config.check_endpoint()?;
        let material = credentials::extract(&self.objects, &config).await?;
        let key = Key {
            kind: config.kind,
            namespace: config.namespace.clone(),
            uid: config.uid.clone(),
            generation: config.generation,
            fingerprint: material.fingerprint(),
            region: region.to_owned(),
        };
        if let Some(session) = self.cached(&key) {
            return Ok(session);
        }
        let session = Arc::new(self.open(&config, material, region).await);
        tracing::debug!(config = %config.name, kind = key.kind, %region, "opened AWS clients");
        Ok(self.keep(key, session))
    }

    async fn open(&self, config: &Config, material: Material, region: &str) -> Session {
        let base = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(self.http.clone())
            .identity_cache(IdentityCache::lazy().build())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(ATTEMPTS)
                    .with_initial_backoff(Duration::from_millis(200)),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .build(),
            )
            .build();
        let provider = self.provider(config, material, &base).await;
        let signed = provider.is_some();
        let mut base = base.into_builder();
        base.set_credentials_provider(provider);
        let base = base.build();

        let endpoint = |service| config.endpoint(service);
        let mut rds = aws_sdk_rds::config::Builder::from(&base);
        rds.set_endpoint_url(endpoint("rds"));
        let mut secrets = aws_sdk_secretsmanager::config::Builder::from(&base);
        secrets.set_endpoint_url(endpoint("secretsmanager"));
        if !signed {
            rds.set_allow_no_auth();
            secrets.set_allow_no_auth();
        }
        let service = |api, name| Service { api, endpoint: config.address(name, region) };
        Session {
            rds: aws_sdk_rds::Client::from_conf(rds.build()),
            rds_service: service(Api::Rds, "rds"),
            secrets: aws_sdk_secretsmanager::Client::from_conf(secrets.build()),
            secrets_service: service(Api::SecretsManager, "secretsmanager"),
        }
    }

    async fn provider(
        &self,
        config: &Config,
        material: Material,
        base: &SdkConfig,
    ) -> Option<SharedCredentialsProvider> {
        match material {
            Material::Anonymous => None,
            Material::Keys(keys) => Some(SharedCredentialsProvider::new(keys.credentials())),
            Material::Chain => {
                let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(self.http.clone());
                loader.region(base.region().cloned()).load().await.credentials_provider()
            }
            Material::WebIdentity(role) => {
                let mut sts = aws_sdk_sts::config::Builder::from(base);
                sts.set_endpoint_url(config.endpoint("sts"));
                Some(SharedCredentialsProvider::new(
                    role.provider(aws_sdk_sts::Client::from_conf(sts.build())),
                ))
            }
        }
    }
}

impl<O> Clients<O> {
    fn cached(&self, key: &Key) -> Option<Arc<Session>> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(key).cloned()
    }

    /// Keeps a session, and drops those of the same configuration that it supersedes.
    fn keep(&self, key: Key, session: Arc<Session>) -> Arc<Session> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|k, _| {
            (k.kind, &k.namespace, &k.uid) != (key.kind, &key.namespace, &key.uid)
                || (k.generation, k.fingerprint) == (key.generation, key.fingerprint)
        });
        Arc::clone(sessions.entry(key).or_insert(session))
    }
}

#[cfg(test)]
mod tests;
