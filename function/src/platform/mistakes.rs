//! What may be wrong with the input, each reported with the key and with what to write instead.

use pbjson_types::Struct;
use serde::de::DeserializeOwned;

use super::{Part, common};
use crate::problems::Problem;
use crate::wire;

/// Decodes the input at a path.
pub(super) fn decode<T: DeserializeOwned>(object: &Struct, at: &str) -> Result<T, Vec<Problem>> {
    wire::decode(object).map_err(|error| {
        let message = error.inner().to_string();
        let below = error.path().to_string();
        let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        let unknown = unknown.filter(|key| below.rsplit('.').next() != Some(key));
        let path = [at, &below, unknown.unwrap_or_default()];
        let path: Vec<_> = path.into_iter().filter(|part| !part.is_empty() && *part != ".").collect();
        vec![invalid(&path.join("."), &message)]
    })
}

/// An error with all mistakes, if there are any.
pub(super) fn none(mistakes: impl IntoIterator<Item = Problem>) -> Result<(), Vec<Problem>> {
    let mistakes: Vec<_> = mistakes.into_iter().collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

/// Keys that no part of the input has.
pub(super) fn unknown<'a>(given: impl Iterator<Item = &'a String>, at: &str, known: &[&str]) -> Vec<Problem> {
    let expected: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
    let mut strays: Vec<_> = given.filter(|key| !known.contains(&key.as_str())).collect();
    strays.sort();
    let problem = |key: &String| {
        let what = format!("unknown field `{key}`, expected one of {}", expected.join(", "));
        invalid(&format!("{at}{key}"), &what)
    };
    strays.into_iter().map(problem).collect()
}

/// Required keys that are missing.
pub(super) fn missing(whole: &Struct) -> Vec<Problem> {
    let missing = common::REQUIRED.into_iter().filter(|(key, _)| !whole.fields.contains_key(*key));
    let problem = |(key, line): (&str, &str)| {
        invalid(key, &format!("{key} is missing"))
            .remedy(format!("add the line `{line}`, with a value of yours, to the input of {STEP}"))
    };
    missing.map(problem).collect()
}

/// Choices of a golden path in the places that they had before it had a part of its own.
pub(super) fn moved(whole: &Struct, parts: &[Part]) -> Vec<Problem> {
    let mut tiers: Vec<_> = wire::child(whole, "tiers").into_iter().flat_map(|t| t.fields.keys()).collect();
    tiers.sort();
    let tiers = tiers.into_iter().map(|name| format!("tiers.{name}."));
    let places: Vec<_> = std::iter::once(String::new()).chain(tiers).collect();
    let stands = |path: &str| {
        let (above, key) = path.rsplit_once('.').map_or((None, path), |(above, key)| (Some(above), key));
        let above = above.map_or(Some(whole), |above| wire::at(whole, &above.split('.').collect::<Vec<_>>()));
        above.is_some_and(|object| object.fields.contains_key(key))
    };
    let problem = |place: &str, key: &str, path: &str| {
        let (was, is) = (format!("{place}{path}"), format!("{place}{key}.{path}"));
        stands(&was).then(|| {
            invalid(&was, &format!("{was} is {is} now")).remedy(format!(
                "move it there, in the input of {STEP} or in the environment that it is merged with"
            ))
        })
    };
    let of_a_place = |place: &String| -> Vec<Problem> {
        parts
            .iter()
            .flat_map(|part| part.former.iter().filter_map(|path| problem(place, part.key, path)))
            .collect()
    };
    places.iter().flat_map(of_a_place).collect()
}

/// A required environment that is missing.
pub(super) fn no_environment() -> Problem {
    let message = "the pipeline has no environment with choices of the platform, and the input requires one";
    Problem::error("EnvironmentMissing", message).at("Platform.requireEnvironment").remedy(
        "correct the EnvironmentConfig, its labels, or the step that selects it; until then everything stays as it is",
    )
}

/// A mistake at a place of the input.
pub(super) fn invalid(path: &str, what: &str) -> Problem {
    Problem::error("InvalidPlatformInput", format!("the Platform input is not valid: {what}"))
        .at(format!("Platform.{path}"))
        .remedy(format!("correct the input of {STEP}, or the environment it is merged with"))
}

/// Which step has the input.
const STEP: &str = "the Composition's step function-goldenpath";
