//! From a managed resource to SDK clients: with which credentials, at which endpoint.

mod cache;
mod cached_credentials;
mod call_metrics;
mod config;
mod connections;
mod credentials;
mod environment;
mod ini;
mod leader_guard;
mod partition;
mod quota;
mod rate_limit;
mod resolved_endpoint;
mod service;
mod signing_credentials;
mod sts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::{Backoff, Fault, Managed, Objects, ProviderConfigReference};
use kube::ResourceExt;

use cache::Cache;
pub use call_metrics::CallMetrics;
use config::Config;
use credentials::{ExtractError, ExtractedCredentials, Pod};
use environment::Environment;
use leader_guard::LeaderGuard;
use resolved_endpoint::ResolvedEndpoint;
pub(crate) use service::{Service, Services};
use signing_credentials::SigningCredentials;

/// Long enough for TCP and TLS across an ocean; two attempts still end within five seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Long enough for the slowest of AWS's answers.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// The SDK retries once, and waits where AWS throttles; after that the runtime backs off.
const ATTEMPTS: u32 = 2;

/// Makes SDK clients for managed resources, and keeps them while their configuration and credentials stay.
///
/// ```text
/// configuration ─► credentials ─► SigningCredentials, one for all regions ─► Services, one a region
///                  Secret, token   renewed in time                  SDK clients
/// ```
///
/// All share one pool of connections (R212). The credentials' Kubernetes Secret is read on each call, so that another
/// value counts from the next reconcile on; only a digest of it is kept, as a part of the key (R210).
#[derive(Debug)]
pub struct Clients<O> {
    pub(crate) objects: O,
    pub(crate) cluster: String,
    http: SharedHttpClient,
    calls: Option<CallMetrics>,
    leading: Option<LeaderGuard>,
    time: SharedTimeSource,
    pod: Pod,
    environment: Result<Environment, Fault>,
    identities: Cache<CredentialsKey, SigningCredentials>,
    services: Cache<ServicesKey, Services>,
    /// How failures back off, by configuration, as far as a configuration says so.
    backoffs: Mutex<HashMap<ConfigName, Backoff>>,
    #[cfg(test)]
    scripted: Option<Arc<Services>>,
}

/// The key of a set of credentials. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CredentialsKey {
    kind: &'static str,
    uid: String,
    generation: i64,
    fingerprint: [u8; 32],
}

/// The key of a set of services: credentials, generation of the configuration, and region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ServicesKey {
    identity: CredentialsKey,
    region: String,
}

/// A clock that is a function.
struct Clock<F>(F);

/// A configuration: kind, namespace if it has one, name.
type ConfigName = (String, Option<String>, String);

// === impl Clients ===

impl<O: Objects> Clients<O> {
    /// Clients for the managed resources of the cluster that `objects` reads. `cluster` identifies it.
    #[allow(clippy::disallowed_methods, reason = "the environment is read once, when the process starts")]
    pub fn new(objects: O, cluster: impl Into<String>) -> Self {
        Self::reached(objects, cluster.into(), ProxyConfig::from_env(), |name| std::env::var(name).ok())
    }

    /// As [`new`](Self::new), wherever the process runs.
    pub fn without_environment(objects: O, cluster: impl Into<String>) -> Self {
        Self::reached(objects, cluster.into(), ProxyConfig::disabled(), |_| None)
    }

    fn reached(
        objects: O,
        cluster: String,
        proxy: ProxyConfig,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let environment = Environment::of(&variable);
        let trust = environment.as_ref().ok().and_then(|read| read.trust.clone());
        Self {
            objects,
            cluster,
            http: connections::through(proxy, trust),
            calls: None,
            leading: None,
            time: SharedTimeSource::default(),
            pod: Pod::of(variable),
            environment,
            identities: Cache::default(),
            services: Cache::default(),
            backoffs: Mutex::default(),
            #[cfg(test)]
            scripted: None,
        }
    }

    /// Counts the calls of all clients.
    #[must_use]
    pub fn counting(mut self, calls: CallMetrics) -> Self {
        self.calls = Some(calls);
        self
    }

    /// Sends requests only while this process may act, as `may_act` says; it is asked before each attempt.
    #[must_use]
    pub fn while_leading(mut self, may_act: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.leading = Some(LeaderGuard::new(may_act));
        self
    }

    /// Lives by another clock than the machine's.
    #[must_use]
    pub fn with_clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.time = SharedTimeSource::new(Clock(now));
        self
    }

    /// Clients whose calls are answered by a script, whatever is configured.
    #[cfg(test)]
    pub(crate) fn scripted(objects: O, services: Arc<Services>) -> Self {
        Self { scripted: Some(services), ..Self::new(objects, crate::testing::CLUSTER) }
    }

    /// The clients of a managed resource: configuration, credentials, endpoint, in this order.
    pub(crate) async fn services<M: AwsManaged>(&self, managed: &M) -> Result<Arc<Services>, Fault> {
        #[cfg(test)]
        if let Some(scripted) = &self.scripted {
            return Ok(Arc::clone(scripted));
        }
        let region = managed.region();
        let namespace = managed.namespace().unwrap_or_default();
        let reference = managed.provider_config_ref();
        let config = config::find(&self.objects, &namespace, &reference).await?;
        self.remember_backoff(config_name(&namespace, &reference), config.backoff);
        let environment = self.environment.as_ref().map_err(Clone::clone)?;
        let place = ResolvedEndpoint::of(&config, region)?;
        let base = self.base(region, environment);
        let (key, identity) = match credentials::extract(&self.objects, &config, &self.pod).await {
            Ok(material) => self.identity(&config, material, &place, &base).await?,
            // What is deleted together with its Secret still has to be removed (R94).
            Err(ExtractError::SecretGone(fault)) if managed.meta().deletion_timestamp.is_some() => {
                self.last_good(&config).ok_or(fault)?
            }
            Err(unread) => return Err(unread.fault()),
        };
        let key = ServicesKey { identity: key, region: region.to_owned() };
        if let Some(services) = self.services.get(&key, self.time.now()) {
            return Ok(services);
        }
        tracing::debug!(config = %config.name, kind = config.kind, %region, "opening AWS clients");
        let services = Services::open(&identity, &place, &base, &config, &self.interceptors(&config));
        let of_old = |k: &ServicesKey| key.identity.supersedes(&k.identity);
        Ok(self.services.keep(key.clone(), services, self.time.now(), of_old))
    }

    /// The time, in seconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        let since = self.time.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        since.as_secs().try_into().unwrap_or(i64::MAX)
    }

    /// How failures of a managed resource back off, as its configuration said when it was read last (R156, R157).
    pub(crate) fn backoff<M: Managed>(&self, managed: &M) -> Option<Backoff> {
        let name = config_name(&managed.namespace().unwrap_or_default(), &managed.provider_config_ref());
        self.backoffs.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied()
    }

    /// The interceptors of a configuration's clients: one counts each attempt of a call, and one may refuse it.
    fn interceptors(&self, config: &Config) -> Vec<SharedInterceptor> {
        let counts = self.calls.as_ref().map(|calls| SharedInterceptor::new(calls.of(config.account())));
        let refuses = self.leading.clone().map(SharedInterceptor::new);
        counts.into_iter().chain(refuses).collect()
    }

    /// What all clients of a region have in common. The credentials are kept by themselves, not by the SDK.
    fn base(&self, region: &str, environment: &Environment) -> SdkConfig {
        SdkConfig::builder()
            .use_fips(environment.fips)
            .use_dual_stack(environment.dual_stack)
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(self.http.clone())
            .identity_cache(IdentityCache::no_cache())
            .time_source(self.time.clone())
            .retry_config(retries(RetryConfig::standard()))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .build(),
            )
            .build()
    }

    /// What requests are signed with, from the cache if it is there. A new one sends no request before it is used.
    async fn identity(
        &self,
        config: &Config,
        material: ExtractedCredentials,
        place: &ResolvedEndpoint,
        base: &SdkConfig,
    ) -> Result<(CredentialsKey, Arc<SigningCredentials>), Fault> {
        let key = CredentialsKey {
            kind: config.kind,
            uid: config.uid.clone(),
            generation: config.generation,
            fingerprint: material.fingerprint()?,
        };
        if let Some(identity) = self.identities.get(&key, self.time.now()) {
            return Ok((key, identity));
        }
        let interceptors = self.interceptors(config);
        let identity =
            SigningCredentials::of(config, material, place, base, interceptors, self.time.clone()).await;
        let identity = self.identities.keep(key.clone(), identity, self.time.now(), |k| key.supersedes(k));
        Ok((key, identity))
    }
}

impl<O> Clients<O> {
    /// What this process last signed with for a configuration.
    fn last_good(&self, config: &Config) -> Option<(CredentialsKey, Arc<SigningCredentials>)> {
        let key = self.identities.latest(|k| k.kind == config.kind && k.uid == config.uid)?;
        let identity = self.identities.get(&key, self.time.now())?;
        Some((key, identity))
    }

    fn remember_backoff(&self, name: ConfigName, backoff: Option<Backoff>) {
        let mut backoffs = self.backoffs.lock().unwrap_or_else(PoisonError::into_inner);
        match backoff {
            Some(backoff) => backoffs.insert(name, backoff),
            None => backoffs.remove(&name),
        };
    }
}

fn retries(mode: RetryConfig) -> RetryConfig {
    mode.with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(200))
}

fn config_name(namespace: &str, reference: &ProviderConfigReference) -> ConfigName {
    let ProviderConfigReference { kind, name } = reference;
    let namespace = (kind == "ProviderConfig").then(|| namespace.to_owned());
    (kind.clone(), namespace, name.clone())
}

// === impl Clock ===

impl<F: Fn() -> SystemTime + Send + Sync> TimeSource for Clock<F> {
    fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl<F> std::fmt::Debug for Clock<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

// === impl CredentialsKey ===

impl CredentialsKey {
    /// Whether another key is of the same configuration as it was before.
    fn supersedes(&self, other: &Self) -> bool {
        (self.kind, &self.uid) == (other.kind, &other.uid) && self != other
    }
}

#[cfg(test)]
mod tests;
