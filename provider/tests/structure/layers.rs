//! The layers of the crates that have many modules, from the top: a module imports from its own layer and from those
//! below.

use crate::graph::Graph;

/// One layer: the modules of a crate that stand side by side.
pub(crate) type Layer = &'static [&'static str];

pub(crate) const RUNTIME: &[Layer] = &[
    &["controllers"],
    &["controller", "provider_config"],
    &["reconcile"],
    &["act", "report"],
    &["reconciliation"],
    &["connection", "usage", "writer"],
    &["runtime"],
    &["executor"],
    &["objects"],
    &["watched"],
    &["call", "error", "requeue", "dependents", "queue"],
    &["local_state", "options"],
    &["change_log", "config_group", "event", "gate", "lease", "up_to_date"],
    &["admin", "bucket", "diff", "metadata", "metrics", "predicate", "rate", "retry", "trim", "watch_diff"],
];

pub(crate) const AWS: &[Layer] = &[
    &["rds", "secretsmanager"],
    &["connector", "ownership"],
    &["lifecycles"],
    &["client"],
    &["fault", "kms", "tags"],
];

pub(crate) const FUNCTION: &[Layer] = &[
    &["main"],
    &["service"],
    &["paths"],
    &["entry"],
    &["definition"],
    &["claims"],
    &["outdated_definition", "path"],
    &["rendering"],
    &["name_guard", "requirements"],
    &["composition", "events", "kinds"],
    &[
        "condition",
        "error",
        "observed",
        "operators",
        "owner",
        "platform",
        "readiness",
        "required_resources",
        "xr",
    ],
    &["keys", "labels", "names", "object_meta", "problems", "wire"],
];

/// The dependencies that run upwards, and the modules that are in no layer or in two.
pub(crate) fn upwards(graph: &Graph, layers: &[Layer]) -> Vec<String> {
    let layer = |module: &str| {
        let top = module.split("::").next().unwrap_or_default();
        let of: Vec<_> = (0..layers.len()).filter(|at| layers[*at].contains(&top)).collect();
        if let [at] = of[..] { Ok(at) } else { Err(format!("{top} is in {} layers", of.len())) }
    };
    let inner = graph.dependencies().filter(|(from, to)| !from.is_empty() && !to.is_empty());
    let mut upwards: Vec<_> = inner
        .filter_map(|(from, to)| match (layer(from), layer(to)) {
            (Err(error), _) | (_, Err(error)) => Some(error),
            (Ok(above), Ok(below)) => (above > below).then(|| format!("{from} imports from {to}")),
        })
        .collect();
    upwards.dedup();
    upwards
}
