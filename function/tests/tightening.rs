//! The platform may tighten its limits whenever it likes: what runs goes on, and goes on being changed.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

#[path = "golden/case.rs"]
mod case;

use std::collections::BTreeMap;

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::service::run;
use proptest::prelude::*;
use serde_json::{Value, json};

use case::Case;

/// Every limit, as tight as it goes.
fn tightest() -> Value {
    json!({
        "instanceClasses": [],
        "maxStorage": "1Gi",
        "publicAccess": false,
        "parameters": [],
        "safeDefaults": [
            "backup.copyTagsToSnapshot", "backup.enabled", "deletion.policy", "deletion.protection",
            "encryption.requireTLS", "insights.enabled", "insights.exportLogs", "network.publiclyAccessible",
            "upgrade.autoMinor", "upgrade.preSnapshot",
        ],
        "requireHighAvailability": true,
        "minRetentionDays": 35,
    })
}

fn answer(request: &Value) -> RunFunctionResponse {
    run(&serde_json::from_value::<RunFunctionRequest>(request.clone()).unwrap())
}

fn resources(response: &RunFunctionResponse) -> Value {
    let desired = serde_json::to_value(&response.desired).unwrap();
    desired["resources"].clone()
}

fn is_accepted(response: &RunFunctionResponse) -> bool {
    let response = serde_json::to_value(response).unwrap();
    let mut conditions = response["conditions"].as_array().into_iter().flatten();
    conditions.any(|c| c["type"] == "Accepted" && c["status"] == "STATUS_CONDITION_TRUE")
}

fn specs() -> impl Strategy<Value = Value> {
    let flags = proptest::array::uniform10(any::<bool>());
    let choices = (0..4_usize, 20..500_i32, 1..10_i32, 0..=35_i32, 0..3_usize);
    (flags, choices, proptest::option::of(0..3_usize)).prop_map(|(flags, choices, parameter)| {
        let [ha, backup, tags, protection, delete, tls, insights, logs, public, minor] = flags;
        let (class, size, factor, days, version) = choices;
        let (classes, versions) = (["small", "medium", "large", "xlarge"], ["14", "16", "17"]);
        let parameters: BTreeMap<_, _> =
            parameter.into_iter().map(|n| (format!("parameter_{n}"), "1")).collect();
        json!({
            "version": versions[version],
            "size": classes[class],
            "storage": {"size": format!("{size}Gi"), "maxSize": format!("{}Gi", size * factor)},
            "highAvailability": ha,
            "backup": {"enabled": backup, "retentionDays": days.max(1), "copyTagsToSnapshot": tags},
            "deletion": {"protection": protection, "policy": if delete { "Delete" } else { "Snapshot" }},
            "encryption": {"requireTLS": tls},
            "insights": {"enabled": insights, "exportLogs": logs},
            "network": {"publiclyAccessible": public},
            "upgrade": {"autoMinor": minor, "preSnapshot": !minor},
            "parameters": parameters,
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_limit_refuses_what_was_there_before_it(spec in specs()) {
        let mut request = serde_json::to_value(&Case::named("everything_is_ready").request).unwrap();
        request["observed"]["composite"]["resource"]["spec"] = spec;
        let made = answer(&request);
        prop_assert!(is_accepted(&made));
        // What was desired is there.
        for (key, desired) in resources(&made).as_object().unwrap() {
            let there = &mut request["observed"]["resources"][key]["resource"];
            if there.is_null() {
                *there = desired["resource"].clone();
            } else {
                there["spec"] = desired["resource"]["spec"].clone();
            }
        }

        request["observed"]["composite"]["resource"]["spec"]["maintenance"] = json!({"applyImmediately": true});
        let changed = resources(&answer(&request));
        prop_assert_eq!(&changed["instance"]["resource"]["spec"]["forProvider"]["applyImmediately"], &json!(true));
        request["input"]["database"]["limits"] = tightest();
        let tightened = answer(&request);
        prop_assert!(is_accepted(&tightened));
        prop_assert_eq!(resources(&tightened), changed);
    }
}
