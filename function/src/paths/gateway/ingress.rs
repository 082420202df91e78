//! The Ingress of a route, and the probes that ask the gateway what it knows.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::kinds::ingress::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend,
    IngressSpec, IngressTLS, NOWHERE, ServiceBackendPort,
};
use crate::paths::gateway::order::{Probe, UNGUARDED};
use crate::paths::gateway::route::{Asked, Matching, Route, Speech};
use crate::paths::gateway::{PLUGINS, Subject, conflict, plugin_name, service};

/// The route that a spec asks for.
pub(super) fn ingress(subject: &Subject<'_>, route: &Route<'_>, member: &str) -> Ingress {
    let Asked { host, backend, tls, .. } = &route.asked;
    let name = match member {
        UNGUARDED => subject.name.to_owned(),
        _ => format!("{}-{member}", subject.name),
    };
    let own = (subject.object_meta)(name);
    let mut labels = own.labels.unwrap_or_default();
    labels.insert(conflict::HOST_HASH.into(), conflict::hash(host.as_ref()));
    let paths = paths(&route.asked)
        .into_iter()
        .map(|(path, path_type)| path_to(path, path_type, subject.service, named_port(backend.port)));
    let tls = tls.enabled.then(|| {
        let usual = || format!("{}-tls", subject.name);
        let secret_name = Some(tls.secret_name.clone().unwrap_or_else(usual));
        vec![IngressTLS { hosts: Some(vec![host.as_ref().to_owned()]), secret_name }]
    });
    Ingress {
        metadata: ObjectMeta { labels: Some(labels), annotations: Some(annotations(subject, route)), ..own },
        spec: Some(IngressSpec {
            ingress_class_name: Some(route.class.clone()),
            rules: Some(vec![rule(host.as_ref().to_owned(), paths.collect())]),
            tls,
            default_backend: None,
        }),
        status: None,
    }
}

fn annotations(subject: &Subject<'_>, route: &Route<'_>) -> BTreeMap<String, String> {
    let Asked { strip_path, tls, speech, .. } = &route.asked;
    let is_encrypted = tls.enabled && tls.redirect;
    let protocols = match (speech, is_encrypted) {
        (Speech::Http, false) => "http,https",
        (Speech::Http, true) => "https",
        (Speech::Grpc, false) => "grpc,grpcs",
        (Speech::Grpc, true) => "grpcs",
    };
    let plugins = route.plugins.iter().map(|plugin| plugin_name(subject.name, plugin.r#type.as_ref()));
    let plugins = plugins.collect::<Vec<_>>().join(",");
    // The path is part of what gRPC calls.
    let strips = *strip_path && *speech == Speech::Http;
    let redirects = is_encrypted && *speech == Speech::Http;
    let all = [
        (PLUGINS, (!plugins.is_empty()).then_some(plugins)),
        ("konghq.com/strip-path", Some(strips.to_string())),
        ("konghq.com/preserve-host", Some("true".into())),
        ("konghq.com/protocols", Some(protocols.into())),
        ("konghq.com/https-redirect-status-code", redirects.then(|| "308".into())),
        ("cert-manager.io/cluster-issuer", tls.issuer.clone().filter(|_| tls.enabled)),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// The paths as they are written for Kong's ingress controller. It reads one of type Prefix as a regular expression, in
/// which a dot is any letter, so a path with a dot is written as its controller would write one that had been quoted.
fn paths(asked: &Asked<'_>) -> Vec<(String, &'static str)> {
    let path = asked.path.normalized();
    if !path.contains('.') {
        return vec![(path.to_owned(), asked.matching.path_type())];
    }
    let exact = (format!("/~{}$", path.replace('.', "\\.")), "ImplementationSpecific");
    match asked.matching {
        Matching::Prefix => vec![(format!("{path}/"), "ImplementationSpecific"), exact],
        Matching::Exact => vec![exact],
    }
}

/// Names the plugins that guard, for a host that there is not and a Service without pods.
pub(super) fn probe(subject: &Subject<'_>, class: &str, probe: &Probe) -> Ingress {
    let Probe { member, guards } = probe;
    let service = service::probe_name(subject.name);
    let own = (subject.object_meta)(format!("{service}-{member}"));
    let named: Vec<_> = guards.iter().map(|guard| plugin_name(subject.name, guard)).collect();
    let annotations = (!named.is_empty()).then(|| [(PLUGINS.to_owned(), named.join(","))].into());
    let port = ServiceBackendPort { number: Some(service::PROBE_PORT), name: None };
    let path = path_to("/".into(), "Prefix", &service, port);
    Ingress {
        metadata: ObjectMeta { annotations, ..own },
        spec: Some(IngressSpec {
            ingress_class_name: Some(class.to_owned()),
            rules: Some(vec![rule(format!("{member}.{NOWHERE}"), vec![path])]),
            tls: None,
            default_backend: None,
        }),
        status: None,
    }
}

fn rule(host: String, paths: Vec<HTTPIngressPath>) -> IngressRule {
    IngressRule { host: Some(host), http: Some(HTTPIngressRuleValue { paths }) }
}

fn path_to(path: String, path_type: &str, service: &str, port: ServiceBackendPort) -> HTTPIngressPath {
    let service = IngressServiceBackend { name: service.to_owned(), port: Some(port) };
    HTTPIngressPath {
        path: Some(path),
        path_type: path_type.to_owned(),
        backend: IngressBackend { service: Some(service), resource: None },
    }
}

fn named_port(name: &str) -> ServiceBackendPort {
    ServiceBackendPort { name: Some(name.to_owned()), number: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::gateway::api::{Host, RoutePath, Tls};
    use crate::paths::gateway::route::Backend;
    use rstest::rstest;

    #[rstest]
    #[case("/", Matching::Prefix, &[("/", "Prefix")])]
    #[case("/api/v1/", Matching::Prefix, &[("/api/v1", "Prefix")])]
    #[case("/api", Matching::Exact, &[("/api", "Exact")])]
    #[case("/a.b", Matching::Prefix, &[("/a.b/", "ImplementationSpecific"), ("/~/a\\.b$", "ImplementationSpecific")])]
    #[case("/a.b", Matching::Exact, &[("/~/a\\.b$", "ImplementationSpecific")])]
    fn a_dot_is_a_dot(
        #[case] path: &str,
        #[case] matching: Matching,
        #[case] expected: &[(&str, &'static str)],
    ) {
        let host = Host::try_from("shop.example.org".to_owned()).unwrap();
        let path = RoutePath::try_from(path.to_owned()).unwrap();
        let tls = Tls::default();
        let asked = Asked {
            at: ".spec",
            host: &host,
            path: &path,
            matching,
            class_name: None,
            strip_path: true,
            tls: &tls,
            plugins: &[],
            consumers: &[],
            speech: Speech::Http,
            backend: Backend { key: "service", port: "http" },
        };
        let written = paths(&asked);
        let written: Vec<_> = written.iter().map(|(path, r#type)| (path.as_str(), *r#type)).collect();
        assert_eq!(written, expected);
    }
}
