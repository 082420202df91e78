//! The rules of every golden path, over generated requests.
//!
//! A request is one of the goldens', mutated in several places at once: a field has another value, of any type or
//! taken from elsewhere; an observed resource is gone, or foreign; an answer is missing. Whatever comes of it, every
//! rule holds of the response. `PROPTEST_CASES` says how many requests are tried.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

#[path = "golden/case.rs"]
mod case;
#[path = "properties/mutation.rs"]
mod mutation;
#[path = "properties/rules.rs"]
mod rules;

use std::sync::atomic::{AtomicUsize, Ordering};

use function_sdk_rust::proto::v1::RunFunctionRequest;
use goldenpath_function::service::run;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use case::Case;
use rules::RULES;

/// Requests that are tried unless `PROPTEST_CASES` says otherwise.
const REQUESTS: u32 = 1_000;

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
        RULES.iter().try_for_each(|(name, holds)| {
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
