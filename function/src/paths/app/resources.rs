//! CPU and memory of a pod: what is unset is filled in to fit the rest.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::paths::app::api::Resources;

/// The default of one resource.
struct Usual {
    name: &'static str,
    request: &'static str,
    limit: &'static str,
}

const CPU: Usual = Usual { name: "cpu", request: "100m", limit: "500m" };
const MEMORY: Usual = Usual { name: "memory", request: "256Mi", limit: "512Mi" };

/// Requests and limits.
pub(super) fn requirements(resources: &Resources) -> ResourceRequirements {
    let (requests, limits) = (resources.requests.as_ref(), resources.limits.as_ref());
    let cpu = CPU.filled(
        requests.and_then(|requests| requests.cpu.as_deref()),
        limits.and_then(|limits| limits.cpu.as_deref()),
    );
    let memory = MEMORY.filled(
        requests.and_then(|requests| requests.memory.as_deref()),
        limits.and_then(|limits| limits.memory.as_deref()),
    );
    let quantity = |usual: &Usual, amount: &str| (usual.name.to_owned(), Quantity(amount.to_owned()));
    let requests = BTreeMap::from([quantity(&CPU, cpu.0), quantity(&MEMORY, memory.0)]);
    let limits = cpu.1.map(|limit| quantity(&CPU, limit)).into_iter();
    let limits = limits.chain(memory.1.map(|limit| quantity(&MEMORY, limit))).collect();
    ResourceRequirements { requests: Some(requests), limits: Some(limits), claims: None }
}

// === impl Usual ===

impl Usual {
    /// Request and limit; an empty limit is none.
    fn filled<'a>(&self, request: Option<&'a str>, limit: Option<&'a str>) -> (&'a str, Option<&'a str>) {
        let smaller = |a: &'a str, b: &'a str| if amount(a) <= amount(b) { a } else { b };
        let larger = |a: &'a str, b: &'a str| if amount(a) >= amount(b) { a } else { b };
        match (request, limit) {
            (Some(request), Some("")) => (request, None),
            (None, Some("")) => (self.request, None),
            (Some(request), Some(limit)) => (request, Some(limit)),
            (None, Some(limit)) => (smaller(self.request, limit), Some(limit)),
            (Some(request), None) => (request, Some(larger(self.limit, request))),
            (None, None) => (self.request, Some(self.limit)),
        }
    }
}

/// The value of a Kubernetes quantity, exact enough to compare two of them.
fn amount(quantity: &str) -> f64 {
    let end = quantity.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(quantity.len());
    let (number, unit) = quantity.split_at(end);
    let power = match unit.chars().next().map(|c| c.to_ascii_uppercase()) {
        Some('K') => 1,
        Some('M') if unit != "m" => 2,
        Some('G') => 3,
        Some('T') => 4,
        Some('P') => 5,
        Some('E') => 6,
        _ => 0,
    };
    let base: f64 = if unit.ends_with('i') { 1024.0 } else { 1000.0 };
    let scale = if unit == "m" { 0.001 } else { base.powi(power) };
    number.parse::<f64>().unwrap_or_default() * scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::nothing_said(None, None, "100m", Some("500m"))]
    #[case::a_small_limit(None, Some("50m"), "50m", Some("50m"))]
    #[case::a_large_limit(None, Some("2"), "100m", Some("2"))]
    #[case::a_small_request(Some("10m"), None, "10m", Some("500m"))]
    #[case::a_large_request(Some("1"), None, "1", Some("1"))]
    #[case::both(Some("1"), Some("2"), "1", Some("2"))]
    #[case::no_limit(None, Some(""), "100m", None)]
    #[case::a_request_and_no_limit(Some("3"), Some(""), "3", None)]
    fn what_is_filled_in_fits(
        #[case] request: Option<&str>,
        #[case] limit: Option<&str>,
        #[case] filled_request: &str,
        #[case] filled_limit: Option<&str>,
    ) {
        assert_eq!(CPU.filled(request, limit), (filled_request, filled_limit));
    }

    #[rstest]
    #[case("128Mi", "256Mi")]
    #[case("256M", "256Mi")]
    #[case("1Gi", "1.5Gi")]
    #[case("1000Mi", "1Gi")]
    #[case("999m", "1")]
    #[case("512Ki", "1M")]
    #[case("", "1m")]
    fn quantities_compare(#[case] less: &str, #[case] more: &str) {
        assert!(amount(less) < amount(more), "{less} {more}");
    }
}
