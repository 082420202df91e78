//! What the platform allows an app, beyond what the XRD can say.

use crate::error::Error;
use crate::paths::app::api::GoldenPathApp;
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{ingress, secrets};
use crate::paths::gateway::Route;
use crate::platform::Platform;
use crate::problems::Problem;

/// The route of an app that has one. Refuses what is not allowed, all of it at once.
pub(super) fn check<'a>(
    xr: &'a GoldenPathApp,
    identity: &'a Identity,
    platform: &Platform<AppPolicy>,
) -> Result<Option<Route<'a>>, Error> {
    let mut problems: Vec<_> =
        paths(xr, identity, platform).chain(annotations(xr, &platform.policy)).collect();
    let route = ingress::route(xr, identity, platform).unwrap_or_else(|refused| {
        problems.extend(refused);
        None
    });
    if problems.is_empty() { Ok(route) } else { Err(Error::Refused { problems }) }
}

fn paths<'a>(
    xr: &'a GoldenPathApp,
    identity: &'a Identity,
    platform: &'a Platform<AppPolicy>,
) -> impl Iterator<Item = Problem> + 'a {
    let namespace = &identity.namespace;
    secrets::listed(&xr.spec).filter_map(move |secret| {
        let problem = platform.path_problem(namespace, &secret.source)?;
        Some(problem.at(format!(".spec.secrets[{}].source", secret.name)))
    })
}

fn annotations<'a>(xr: &'a GoldenPathApp, policy: &'a AppPolicy) -> impl Iterator<Item = Problem> + 'a {
    let allowed = &policy.service_account_annotations;
    let asked = xr.spec.security.service_account_annotations.iter().flatten().map(|(key, _)| key);
    asked.filter(|key| !allowed.contains(key)).map(|key| {
        let message = format!("the platform does not allow the annotation {key} of service accounts");
        let remedy = match &allowed[..] {
            [] => "leave it out, or have the platform team add it to Platform.app.serviceAccountAnnotations"
                .to_owned(),
            some => format!("use one of: {}", some.join(", ")),
        };
        Problem::error("AnnotationNotAllowed", message)
            .at(format!(".spec.security.serviceAccountAnnotations[{key}]"))
            .remedy(remedy)
    })
}
