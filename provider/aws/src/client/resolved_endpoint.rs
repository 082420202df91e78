//! The addresses of AWS's services for a configuration and a region.

use aws_smithy_runtime_api::client::endpoint::{
    EndpointFuture, EndpointResolverParams, ResolveEndpoint, SharedEndpointResolver,
};
use aws_smithy_types::Document;
use aws_smithy_types::endpoint::Endpoint as Resolved;
use goldenpath_provider_api::config::{DynamicUrl, Endpoint, EndpointUrl, EndpointUrlType, Protocol};
use goldenpath_provider_core::Fault;

use super::config::Config;
use super::partition::{self, Partition};

/// A region of AWS, and the endpoint that stands for it, checked.
#[derive(Clone, Debug)]
pub(super) struct ResolvedEndpoint {
    pub(super) region: String,
    partition: &'static Partition,
    endpoint: Option<Endpoint>,
}

/// An address that a client uses whatever its operation is, and what its requests are signed for.
#[derive(Debug)]
struct Fixed(Resolved);

// === impl ResolvedEndpoint ===

impl ResolvedEndpoint {
    /// The region as the configuration means it. Refuses with a clear message what the SDK would refuse too: a region of
    /// another partition, or of none (R205), and an address that is not one (R206).
    pub(super) fn of(config: &Config, region: &str) -> Result<Self, Fault> {
        let endpoint = config.endpoint.clone();
        let named = endpoint.as_ref().and_then(|e| e.partition_id.as_deref());
        let partition = partition::agreed(region, named)?;
        let place = Self { region: region.to_owned(), partition, endpoint };
        match place.endpoint("sts").filter(|address| !is_address(address)) {
            None => Ok(place),
            Some(address) => {
                let message =
                    format!("endpoint \"{address}\" of {} \"{}\" is not a URL", config.kind, config.name);
                Err(Fault::user("EndpointInvalid", message)
                    .remedy("write it as https://host or http://host:port"))
            }
        }
    }

    /// The address of a service that is not AWS's own; `None` where the endpoint does not serve it.
    pub(super) fn address_of(&self, service: &str) -> Option<String> {
        let services = self.endpoint.as_ref()?.services.as_deref().unwrap_or_default();
        let is_served = services.is_empty() || services.iter().any(|s| s == service);
        is_served.then(|| self.endpoint(service)).flatten()
    }

    /// The address of a service as a message names it.
    pub(super) fn address(&self, service: &str) -> String {
        let own = || format!("{service}.{}.{}", self.region, self.partition.suffix);
        self.address_of(service).unwrap_or_else(own)
    }

    /// What finds the service instead of the SDK, if the endpoint serves it.
    pub(super) fn resolver(&self, service: &str) -> Option<SharedEndpointResolver> {
        let endpoint = self.endpoint.as_ref()?;
        let mut resolved = Resolved::builder().url(self.address_of(service)?);
        let signed = [("signingName", &endpoint.signing_name), ("signingRegion", &endpoint.signing_region)];
        let signed = signed.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)));
        let scheme = [("name", "sigv4".to_owned())].into_iter().chain(signed);
        let scheme = scheme.map(|(key, value)| (key.to_owned(), Document::String(value))).collect();
        resolved = resolved.property("authSchemes", Document::Array(vec![Document::Object(scheme)]));
        Some(SharedEndpointResolver::new(Fixed(resolved.build())))
    }

    fn endpoint(&self, service: &str) -> Option<String> {
        let EndpointUrl { r#type, r#static, dynamic } = &self.endpoint.as_ref()?.url;
        let region = &self.region;
        match r#type {
            EndpointUrlType::Static => Some(r#static.clone().unwrap_or_default()),
            EndpointUrlType::Dynamic => {
                let DynamicUrl { protocol, host } = dynamic.as_ref()?;
                let protocol = match protocol {
                    Protocol::Http => "http",
                    Protocol::Https => "https",
                };
                Some(format!("{protocol}://{service}.{region}.{host}"))
            }
            EndpointUrlType::Auto => Some(format!("https://{service}.{region}.{}", self.partition.suffix)),
        }
    }
}

fn is_address(address: &str) -> bool {
    let host = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://"));
    host.is_some_and(|h| !h.is_empty() && !h.contains(char::is_whitespace))
}

// === impl Fixed ===

impl ResolveEndpoint for Fixed {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(self.0.clone()))
    }
}

#[cfg(test)]
mod tests;
