//! A route that is asked for, and what of it is allowed.

use crate::paths::gateway::api::{Consumer, Host, Plugin, RoutePath, Tls};
use crate::paths::gateway::plugins::{self, RoutePlugin};
use crate::platform::Platform;
use crate::problems::Problem;

/// What a spec says of a route.
#[derive(Clone, Copy, Debug)]
pub(in crate::paths) struct Asked<'a> {
    /// Where in the XR: `.spec.ingress`.
    pub(in crate::paths) at: &'static str,
    pub(in crate::paths) host: &'a Host,
    pub(in crate::paths) path: &'a RoutePath,
    pub(in crate::paths) matching: Matching,
    pub(in crate::paths) class_name: Option<&'a str>,
    pub(in crate::paths) strip_path: bool,
    pub(in crate::paths) tls: &'a Tls,
    pub(in crate::paths) plugins: &'a [Plugin],
    pub(in crate::paths) consumers: &'a [Consumer],
    pub(in crate::paths) speech: Speech,
    /// Where requests go.
    pub(in crate::paths) backend: Backend<'a>,
}

/// Which paths are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::paths) enum Matching {
    /// The path and what is below it.
    Prefix,
    /// The path alone.
    Exact,
}

/// What requests are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::paths) enum Speech {
    Http,
    Grpc,
}

/// A port of the Service that the route leads to.
#[derive(Clone, Copy, Debug)]
pub(in crate::paths) struct Backend<'a> {
    /// The key of the Service: there is no route before it is there.
    pub(in crate::paths) key: &'static str,
    /// The name of the port.
    pub(in crate::paths) port: &'a str,
}

/// A route that the platform allows.
#[derive(Debug)]
pub(in crate::paths) struct Route<'a> {
    pub(super) asked: Asked<'a>,
    pub(super) class: String,
    /// Those that guard first, each part in the order of the spec.
    pub(super) plugins: Vec<RoutePlugin>,
}

// === impl Asked ===

impl<'a> Asked<'a> {
    /// The route, or everything that is not allowed of it.
    pub(in crate::paths) fn checked<P>(
        self,
        name: &str,
        namespace: &str,
        platform: &Platform<P>,
    ) -> Result<Route<'a>, Vec<Problem>> {
        let group = (!self.consumers.is_empty()).then(|| plugins::group(namespace, name));
        let (plugins, refused) = plugins::of(self.plugins, self.at, group.as_deref(), &platform.ingress);
        let problems = [self.host_problem(namespace, platform), self.issuer_problem(platform)];
        let problems = problems.into_iter().flatten().chain(self.path_problems(namespace, platform));
        let problems: Vec<_> = problems.chain(self.consumer_problem()).chain(refused).collect();
        let class = self.class_name.unwrap_or(platform.ingress.class_name.as_ref()).to_owned();
        if problems.is_empty() { Ok(Route { asked: self, class, plugins }) } else { Err(problems) }
    }

    fn host_problem<P>(&self, namespace: &str, platform: &Platform<P>) -> Option<Problem> {
        let host = self.host.as_ref();
        let gateway = &platform.ingress;
        (!gateway.may_have(namespace, host)).then(|| {
            let hosts = gateway.hosts_of(namespace).collect::<Vec<_>>().join(", ");
            let remedy = if hosts.is_empty() {
                "have the platform team give the namespace hosts in Platform.ingress.allowedHosts".to_owned()
            } else {
                format!("use one of, or one below: {hosts}")
            };
            let message = format!("the namespace {namespace} may not have the host {host}");
            Problem::error("HostNotAllowed", message).at(format!("{}.host", self.at)).remedy(remedy)
        })
    }

    fn issuer_problem<P>(&self, platform: &Platform<P>) -> Option<Problem> {
        let issuer = self.tls.issuer.as_deref().filter(|_| self.tls.enabled)?;
        let allowed: Vec<&str> = platform.ingress.issuers.iter().map(AsRef::as_ref).collect();
        (!allowed.contains(&issuer)).then(|| {
            let remedy = match &allowed[..] {
                [] => "set secretName alone, or have the platform team add it to Platform.ingress.issuers"
                    .into(),
                some => format!("use one of: {}", some.join(", ")),
            };
            let message = format!("the platform does not allow the issuer {issuer}");
            Problem::error("IssuerNotAllowed", message).at(format!("{}.tls.issuer", self.at)).remedy(remedy)
        })
    }

    fn path_problems<P>(&self, namespace: &str, platform: &Platform<P>) -> Vec<Problem> {
        let problem = |consumer: &Consumer| {
            let problem = platform.path_problem(namespace, &consumer.source)?;
            Some(problem.at(format!("{}.consumers[{}].source", self.at, consumer.name.as_ref())))
        };
        self.consumers.iter().filter_map(problem).collect()
    }

    /// Of a spec that was stored before the XRD had its rules.
    fn consumer_problem(&self) -> Option<Problem> {
        let names = self.consumers.iter().map(|consumer| consumer.name.as_ref());
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        let has_keys = self.plugins.iter().any(|plugin| plugin.r#type.as_ref() == plugins::KEY_AUTH);
        let message = match twice {
            Some(pair) => format!("the consumer {} is listed twice", pair[0]),
            None if !has_keys && !names.is_empty() => {
                "consumers have API keys, so plugins needs key-auth".into()
            }
            None => return None,
        };
        let at = format!("{}.consumers", self.at);
        Some(Problem::error("InvalidSpec", message).at(at).remedy("correct the list"))
    }
}

// === impl Route ===

impl Route<'_> {
    /// The types of the plugins that guard.
    pub(super) fn guards(&self) -> impl Iterator<Item = &str> {
        self.plugins.iter().map(|plugin| plugin.r#type.as_ref()).filter(|name| plugins::guards(name))
    }
}

// === impl Matching ===

impl Matching {
    pub(super) fn path_type(self) -> &'static str {
        match self {
            Self::Prefix => "Prefix",
            Self::Exact => "Exact",
        }
    }
}
