//! How a request makes a [`Platform`].
//!
//! Two layers, key by key, the later one wins: the pipeline step's input, and the environment that an earlier step has put
//! into the context. Everything else is the default of its type.

use function_sdk_rust::context::KEY_ENVIRONMENT;
use function_sdk_rust::proto::v1::RunFunctionRequest;
use pbjson_types::Struct;
use pbjson_types::value::Kind;

use super::common::{self, Common};
use super::mistakes::{self, invalid};
use super::{API_VERSION, KIND, Part, Platform, Policy};
use crate::problems::Problem;
use crate::wire;

/// The key of this function in the environment, which other functions use, too.
const OF_THE_ENVIRONMENT: &str = "goldenpath";

/// The platform's choices in a request, with the parts of golden paths still unread; or what is wrong with them.
#[derive(Clone, Debug)]
pub struct PlatformInput {
    read: Result<Read, Vec<Problem>>,
}

/// The common part, and those of the golden paths as they stand there.
#[derive(Clone, Debug)]
struct Read {
    common: Common,
    parts: Struct,
}

// === impl PlatformInput ===

impl PlatformInput {
    /// Of a request, for golden paths that read these parts, and may be switched off by these kinds.
    pub fn of(request: &RunFunctionRequest, parts: &[Part], kinds: &[String]) -> Self {
        let environment = request.context.as_ref().and_then(|context| wire::child(context, KEY_ENVIRONMENT));
        Self { read: read(request.input.as_ref(), environment, parts, kinds) }
    }

    /// Whether there may be a new XR of a kind.
    pub(crate) fn offers(&self, kind: &str) -> Result<(), Vec<Problem>> {
        // A mistake of the input is told where its choices are read.
        let refusal = self.read.as_ref().ok().and_then(|read| read.common.features.refusal(kind));
        mistakes::none(refusal)
    }

    /// The choices of one golden path, for an XR that names a tier.
    pub fn platform<P: Policy>(&self, tier: Option<&str>) -> Result<Platform<P>, Vec<Problem>> {
        let Read { common, parts } = self.read.as_ref().map_err(Clone::clone)?;
        let Some(Part { key, former: _ }) = P::PART else {
            return Ok(Platform::of(common.clone(), tier, P::default()));
        };
        let of_tiers = || common.tiers.iter().filter_map(|(name, tier)| Some((name, tier.get(key)?)));
        let general = wire::child(parts, key);
        let policy = over_defaults::<P>(general, None, key)?;
        // A mistake in one tier is reported on every XR, so that it is seen before the first of that tier is made.
        for (name, part) in of_tiers() {
            over_defaults::<P>(Some(part), None, &format!("tiers.{name}.{key}"))?;
        }
        let of_this = of_tiers().find(|(name, _)| Some(name.as_str()) == tier);
        let policy = match of_this {
            Some((_, part)) => over_defaults(general, Some(part), key)?,
            None => policy,
        };
        Ok(Platform::of(common.clone(), tier, policy))
    }
}

/// The choices of a golden path: one layer over the defaults, and another over both.
fn over_defaults<P: Policy>(
    under: Option<&Struct>,
    over: Option<&Struct>,
    at: &str,
) -> Result<P, Vec<Problem>> {
    if under.is_none() && over.is_none() {
        return Ok(P::default());
    }
    let mut whole = wire::encode(&P::default()).unwrap_or_default();
    for layer in under.into_iter().chain(over) {
        wire::merge(&mut whole, layer.clone());
    }
    mistakes::decode(&whole, at)
}

fn read(
    input: Option<&Struct>,
    environment: Option<&Struct>,
    parts: &[Part],
    kinds: &[String],
) -> Result<Read, Vec<Problem>> {
    let mut whole = input.map(body).transpose()?.unwrap_or_default();
    let environment =
        environment.and_then(|environment| of_the_environment(environment, parts)).transpose()?;
    let has_environment = environment.is_some();
    wire::merge(&mut whole, environment.unwrap_or_default());
    mistakes::none(mistakes::moved(&whole, parts).into_iter().chain(mistakes::missing(&whole)))?;
    let keys = common::KEYS.into_iter().chain(keys(parts));
    mistakes::none(mistakes::unknown(whole.fields.keys(), "", &keys.collect::<Vec<_>>()))?;
    let own = self::keys(parts).filter_map(|key| Some((key.to_owned(), whole.fields.remove(key)?)));
    let own = Struct { fields: own.collect() };
    let common: Common = mistakes::decode(&whole, "")?;
    let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
    mistakes::none(mistakes::unknown(common.features.kinds(), "features.", &kinds))?;
    let no_objects = own.fields.keys().filter(|key| wire::child(&own, key).is_none());
    let of_tiers = common.tiers.iter().flat_map(|(name, tier)| {
        mistakes::unknown(tier.keys(), &format!("tiers.{name}."), &self::keys(parts).collect::<Vec<_>>())
    });
    mistakes::none(no_objects.map(|key| invalid(key, "an object is expected")).chain(of_tiers))?;
    if common.require_environment && !has_environment {
        return Err(vec![mistakes::no_environment()]);
    }
    Ok(Read { common, parts: own })
}

fn keys(parts: &[Part]) -> impl Iterator<Item = &'static str> {
    parts.iter().map(|part| part.key)
}

/// The choices of an input, without what says that it is one.
fn body(input: &Struct) -> Result<Struct, Vec<Problem>> {
    let mut input = input.clone();
    for (key, expected) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        let given = input.fields.remove(key).and_then(|value| value.kind);
        if !matches!(given, Some(Kind::StringValue(given)) if given == expected) {
            return Err(vec![invalid(key, &format!("the input is not of {key} {expected}"))]);
        }
    }
    input.fields.remove("metadata");
    Ok(input)
}

/// The choices of an environment, which is shared with other functions; none where it has none.
///
/// Where it lacks the key, and in v1alpha1 only, what has the name of a choice is taken for one.
fn of_the_environment(environment: &Struct, parts: &[Part]) -> Option<Result<Struct, Vec<Problem>>> {
    if environment.fields.contains_key(OF_THE_ENVIRONMENT) {
        let own = wire::child(environment, OF_THE_ENVIRONMENT).cloned();
        return Some(own.ok_or_else(|| vec![invalid(OF_THE_ENVIRONMENT, "an object is expected")]));
    }
    let former = parts.iter().flat_map(|part| part.former).filter_map(|path| path.split('.').next());
    let known: Vec<_> = common::KEYS.into_iter().chain(keys(parts)).chain(former).collect();
    let own = environment.fields.iter().filter(|(key, _)| known.contains(&key.as_str()));
    let fields: std::collections::HashMap<_, _> =
        own.map(|(key, value)| (key.clone(), value.clone())).collect();
    (!fields.is_empty()).then_some(Ok(Struct { fields }))
}

#[cfg(test)]
mod tests;
