//! The rules of every golden path, over generated requests.
//!
//! A request is one of the goldens', mutated in several places at once: a field has another value, of any type or
//! taken from elsewhere; an observed resource is gone, or foreign; an answer is missing. Whatever comes of it, every
//! rule holds of the response. `PROPTEST_CASES` says how many requests are tried.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

#[path = "properties/app.rs"]
mod app;
#[path = "golden/case.rs"]
mod case;
#[path = "properties/claim.rs"]
mod claim;
#[path = "properties/database.rs"]
mod database;
#[path = "properties/gateway.rs"]
mod gateway;
#[path = "properties/ingress_request.rs"]
mod ingress_request;
#[path = "properties/mutation.rs"]
mod mutation;
#[path = "properties/rules.rs"]
mod rules;
#[path = "properties/secret_sync.rs"]
mod secret_sync;

use std::sync::atomic::{AtomicUsize, Ordering};

use function_sdk_rust::proto::v1::RunFunctionRequest;
use goldenpath_function::entry::Entry;
use goldenpath_function::keys::Known;
use goldenpath_function::paths::ALL;
use goldenpath_function::service::run;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use case::Case;
use rules::{RULES, Rule};

/// Requests that are tried unless `PROPTEST_CASES` says otherwise.
const REQUESTS: u32 = 1_000;

/// The rules of one golden path alone.
fn rules_of(path: &Entry) -> &'static [(&'static str, Rule)] {
    match (path.definition)().claim_kind() {
        Some(_) => claim::RULES,
        None => match (path.kind)().as_str() {
            "GoldenPathApp" => app::RULES,
            "GoldenPathDatabase" => database::RULES,
            "IngressRequest" => ingress_request::RULES,
            "SecretSync" => secret_sync::RULES,
            kind => panic!("{kind} has no rules of its own: say what may go, and what never changes"),
        },
    }
}

#[test]
fn every_path_has_rules_of_its_own() {
    for path in ALL {
        assert!(!rules_of(path).is_empty());
    }
}

/// A key that two of a path's declarations mean would be said twice, or go with a list that it is not of.
#[test]
fn no_key_is_known_twice() {
    for path in ALL {
        for (at, known) in path.keys.iter().enumerate() {
            let word = match known {
                Known::Always(key) | Known::Optional(key) => (*key).to_owned(),
                Known::Each(family) => family.key("x").into_owned(),
            };
            let others = path.keys.iter().enumerate().filter(|(other, _)| *other != at);
            for (_, other) in others {
                assert!(!other.covers(&word), "{}: {other:?} covers {word}", (path.kind)());
            }
        }
    }
}

#[test]
fn every_rule_holds_of_every_response() {
    let goldens: Vec<_> =
        Case::all().iter().map(|case| serde_json::to_value(&case.request).unwrap()).collect();
    let many = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(REQUESTS);
    // Nothing is written beside the tests; a failure prints the smallest request that shows it.
    let config =
        Config { cases: many, max_global_rejects: many, failure_persistence: None, ..Config::default() };
    let (tried, fatal) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let tell = TestRunner::new(config).run(&mutation::requests(goldens), |request| {
        let Ok(request) = serde_json::from_value::<RunFunctionRequest>(request) else {
            return Err(TestCaseError::reject("not a request of the protocol"));
        };
        let response = run(&request);
        tried.fetch_add(1, Ordering::Relaxed);
        fatal.fetch_add(usize::from(rules::is_fatal(&response)), Ordering::Relaxed);
        let own = rules::path(&request).into_iter().flat_map(rules_of);
        RULES.iter().chain(own).try_for_each(|(name, holds)| {
            holds(&request, &response).map_err(|why| TestCaseError::fail(format!("{name}: {why}")))
        })
    });
    match tell {
        Ok(()) => {}
        Err(TestError::Fail(why, request)) => {
            panic!("{why}\n{}", serde_json::to_string_pretty(&request).unwrap());
        }
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    let (tried, fatal) = (tried.into_inner(), fatal.into_inner());
    eprintln!("{tried} requests, {} rules each; {fatal} were of no golden path", RULES.len());
    assert!(fatal * 4 < tried, "{fatal} of {tried} requests tell nothing about golden paths");
}
