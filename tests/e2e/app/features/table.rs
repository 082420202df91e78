//! Every feature of an app that has objects or fields of its own, but for those of its route.

use serde_json::{Value, json};

use super::{Feature, Group, Pods, secrets};

/// Every feature that has objects or fields of its own.
pub(super) fn groups(namespace: &str) -> Vec<Group> {
    let feature = Feature::of;
    let secret = json!([{"name": "api-keys", "source": secrets::path(namespace, "api-keys")}]);
    let triggers = json!([{"type": "cron", "metadata": {"timezone": "UTC", "start": "0 8 * * *", "end": "0 18 * * *", "desiredReplicas": "3"}}]);
    vec![
        Group {
            besides: json!({"kind": "Worker"}),
            features: vec![
                feature(
                    json!({"availability": {"podDisruptionBudget": "Auto"}}),
                    json!({"availability": {"podDisruptionBudget": "Disabled"}}),
                    &["PodDisruptionBudget/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"network": {"mode": "Managed"}}),
                    json!({"network": {"mode": "Open"}}),
                    &["NetworkPolicy/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"monitoring": {"alerting": {"enabled": true}}}),
                    json!({"monitoring": {"alerting": {"enabled": false}}}),
                    &["PrometheusRule/shop"],
                    Pods::Stay,
                ),
                // A Worker has no port before it has metrics.
                feature(
                    json!({"monitoring": {"enabled": true}, "network": {"mode": "Open"}}),
                    json!({"monitoring": {"enabled": false}}),
                    &["PodMonitor/shop"],
                    Pods::Roll,
                ),
                feature(
                    json!({"secrets": secret}),
                    json!({"secrets": null}),
                    &["ExternalSecret/api-keys", "Secret/api-keys"],
                    Pods::Roll,
                ),
                feature(
                    json!({"files": [{"mountPath": "/cache", "emptyDir": {"sizeLimit": "1Gi"}}]}),
                    json!({"files": null}),
                    &[],
                    Pods::Roll,
                ),
            ],
        },
        Group {
            besides: json!({"kind": "Web"}),
            features: vec![
                feature(
                    json!({"monitoring": {"enabled": true}}),
                    json!({"monitoring": {"enabled": false}}),
                    &["ServiceMonitor/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"scaling": {"enabled": true, "minReplicas": 2}}),
                    json!({"scaling": {"enabled": false}}),
                    &["HorizontalPodAutoscaler/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"scaling": {"enabled": true, "minReplicas": 0, "triggers": triggers}}),
                    json!({"scaling": {"enabled": false, "minReplicas": 1, "triggers": null}}),
                    &["ScaledObject/shop"],
                    Pods::Stay,
                ),
                feature(
                    json!({"kind": "Web", "monitoring": {"enabled": false}}),
                    json!({"kind": "Worker"}),
                    &["Service/shop"],
                    Pods::Roll,
                ),
            ],
        },
    ]
}

// === impl Feature ===

impl Feature {
    pub(super) fn of(on: Value, off: Value, objects: &[&str], pods: Pods) -> Self {
        Self { on, off, objects: objects.iter().map(|object| (*object).to_owned()).collect(), pods }
    }
}
