//! The crates depend on each other in the directions of docs/architecture.md, and in no others.
//!
//! The manifests are the truth; this test reads them through `cargo metadata` and `cargo tree`, offline.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[allow(clippy::unwrap_used, reason = "a test's own means")]
fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn crates_of_the_workspace_depend_on_each_other_in_one_direction() {
    let metadata: serde_json::Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]))
            .unwrap();
    let short = |name: &str| name.strip_prefix("goldenpath-").map(str::to_owned);
    let edges: BTreeMap<String, BTreeSet<String>> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let ours = package["dependencies"].as_array().unwrap().iter();
            let ours = ours.filter_map(|d| short(d["name"].as_str().unwrap())).collect();
            (short(package["name"].as_str().unwrap()).unwrap(), ours)
        })
        .collect();

    let allowed: BTreeMap<String, BTreeSet<String>> = [
        ("aws-sim", vec![]),
        ("function", vec!["provider-api"]),
        ("package", vec![]),
        ("proto", vec![]),
        ("provider", vec!["provider-api", "provider-aws", "provider-core", "provider-runtime"]),
        ("provider-api", vec!["provider-core"]),
        ("provider-aws", vec!["provider-api", "provider-core"]),
        ("provider-core", vec![]),
        ("provider-runtime", vec!["provider-core", "proto"]),
        ("reports", vec!["aws-sim", "provider-api", "provider-aws", "provider-core"]),
        ("tests", vec!["provider-api", "proto"]),
    ]
    .into_iter()
    .map(|(name, on)| (name.to_owned(), on.into_iter().map(str::to_owned).collect()))
    .collect();

    assert_eq!(edges.keys().collect::<Vec<_>>(), allowed.keys().collect::<Vec<_>>(), "the crates themselves");
    for (name, on) in &edges {
        let surplus: Vec<_> = on.difference(&allowed[name]).collect();
        assert!(surplus.is_empty(), "{name} must not depend on {surplus:?}");
    }
}

#[test]
fn what_must_stay_pure_has_no_client_in_its_tree() {
    for (package, banned) in [
        ("goldenpath-function", ["aws-sdk-", "kube-client", "kube-runtime"].as_slice()),
        ("goldenpath-provider-api", &["aws-sdk-", "kube-client", "kube-runtime", "tokio "]),
        ("goldenpath-provider-core", &["aws-sdk-", "kube-client", "kube-runtime", "tokio "]),
        // What both got wrong the same way would not be found.
        ("goldenpath-aws-sim", &["aws-sdk-", "aws-smithy-", "goldenpath-provider", "kube"]),
        ("goldenpath-provider-aws", &["kube-client", "kube-runtime"]),
        ("goldenpath-provider-runtime", &["aws-sdk-", "goldenpath-provider-api"]),
    ] {
        let tree =
            cargo(&["tree", "--offline", "--package", package, "--edges", "normal", "--prefix", "none"]);
        let found: Vec<_> = tree.lines().filter(|line| banned.iter().any(|b| line.starts_with(b))).collect();
        assert_eq!(found, Vec::<&str>::new(), "{package}");
    }
}
