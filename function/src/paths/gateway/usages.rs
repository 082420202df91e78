//! The `Usage`s of a route: a plugin is not deleted while an Ingress that it guards is there, by whomever; and what serves
//! the requests goes after the route to it.

use kube::core::TypeMeta;

use crate::composition::Composition;
use crate::keys::Key;
use crate::kinds::ingress::Ingress;
use crate::kinds::kong::KongPlugin;
use crate::kinds::usage::Usage;
use crate::observed::Observed;
use crate::paths::gateway::plugins::guards;
use crate::paths::gateway::seen::{Seen, SeenIngress};
use crate::paths::gateway::{Subject, USAGE_DRAIN, USAGE_GUARD, plugin_name};

/// Of every Ingress that there is; each goes after its Ingress.
pub(super) fn compose(
    composition: Composition,
    subject: &Subject<'_>,
    seen: &Seen,
    observed: Observed<'_>,
) -> Composition {
    let guarded = seen.ingresses.iter().flat_map(|ingress| {
        let guards = ingress.plugins.iter().filter(|r#type| guards(r#type));
        let there = guards.filter(|r#type| seen.plugins.contains_key(*r#type));
        there.map(|r#type| (format!("{type}-{}", ingress.member), of_guard(subject, r#type, ingress)))
    });
    let drained =
        seen.ingresses.iter().filter_map(|ingress| Some((&ingress.member, of_server(subject, ingress)?)));
    let composition = composition.with_each(USAGE_GUARD, guarded).with_each(USAGE_DRAIN, drained);
    // Whatever an Ingress names now, what was in use by it stays so while it is there.
    let is_of = |key: &str, ingress: &SeenIngress| {
        let member = USAGE_GUARD.member(key).or_else(|| USAGE_DRAIN.member(key));
        member.is_some_and(|member| member.ends_with(&ingress.member))
    };
    let kept = observed.keys().into_iter().filter(|key| seen.ingresses.iter().any(|one| is_of(key, one)));
    kept.fold(composition, |composition, key| composition.keeping(Key::from(key.to_owned())))
}

fn of_guard(subject: &Subject<'_>, r#type: &str, ingress: &SeenIngress) -> Usage {
    let metadata = (subject.object_meta)(format!("{}.guard-{type}-{}", subject.name, ingress.member));
    let plugin = (TypeMeta::resource::<KongPlugin>(), plugin_name(subject.name, r#type));
    Usage::of_by(metadata, plugin, user(ingress))
}

fn of_server(subject: &Subject<'_>, ingress: &SeenIngress) -> Option<Usage> {
    let (api_version, kind, name) = subject.server?;
    let server = TypeMeta { api_version: api_version.to_owned(), kind: kind.to_owned() };
    let metadata = (subject.object_meta)(format!("{}.drain-{}", subject.name, ingress.member));
    Some(Usage::of_by(metadata, (server, name.to_owned()), user(ingress)))
}

fn user(ingress: &SeenIngress) -> (TypeMeta, String) {
    (TypeMeta::resource::<Ingress>(), ingress.name.clone())
}
