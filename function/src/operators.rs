//! Operators: what brings kinds to a cluster, and what a cluster may lack.

use kube::core::TypeMeta;

use crate::problems::Problem;

/// What brings a kind to a cluster.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    /// The platform's choice without which it would not be needed.
    pub(crate) wanted_by: Option<&'static str>,
    pub(crate) install: &'static str,
}

// === impl Operator ===

impl Operator {
    /// The problem of a cluster without it.
    pub(crate) fn missing(&self, r#type: &TypeMeta) -> Problem {
        let Self { name, wanted_by, install } = self;
        let TypeMeta { api_version, kind } = r#type;
        let message = format!("{name} is missing: the cluster has no {kind} of {api_version}");
        Problem { field: wanted_by.map(str::to_owned), ..Problem::warning("OperatorMissing", message) }
            .remedy(format!("{install}; what needs it follows by itself within minutes"))
    }
}
