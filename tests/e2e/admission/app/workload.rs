//! What a pod is, and how it is rolled out.

use serde_json::{Value, json};

use super::Refused;

pub(super) fn identity() -> Vec<Refused> {
    vec![
        ("no image", json!({"image": null}), "spec.image"),
        ("an empty image", json!({"image": ""}), "spec.image"),
        ("an image with a space", json!({"image": "a b"}), "spec.image"),
        ("a kind that there is not", json!({"kind": "Cron"}), "spec.kind"),
        ("a privileged port", json!({"port": 80}), "spec.port"),
        ("a port beyond the last", json!({"port": 65536}), "spec.port"),
        ("a protocol that there is not", json!({"protocol": "tcp"}), "spec.protocol"),
        ("fewer pods than none", json!({"replicas": -1}), "spec.replicas"),
        ("more pods than the most", json!({"replicas": 201}), "spec.replicas"),
        ("a pull secret twice", json!({"imagePullSecrets": ["a", "a"]}), "Duplicate value"),
        ("a pull secret that is no name", json!({"imagePullSecrets": ["A_b"]}), "spec.imagePullSecrets"),
    ]
}

pub(super) fn release() -> Vec<Refused> {
    let release = |release: Value| json!({ "release": release });
    vec![
        ("a release of nothing", release(json!({})), "spec.release.command"),
        ("a release without a word", release(json!({"command": []})), "spec.release.command"),
        ("a release of too many words", release(json!({"command": vec!["a"; 33]})), "spec.release.command"),
        (
            "a release without time",
            release(json!({"command": ["migrate"], "timeoutSeconds": 9})),
            "spec.release.timeoutSeconds",
        ),
        (
            "a release of more than a day",
            release(json!({"command": ["migrate"], "timeoutSeconds": 86_401})),
            "spec.release.timeoutSeconds",
        ),
        (
            "a release that never gives up",
            release(json!({"command": ["migrate"], "retries": 6})),
            "spec.release.retries",
        ),
        (
            "a release that is tried less than once",
            release(json!({"command": ["migrate"], "retries": -1})),
            "spec.release.retries",
        ),
    ]
}

pub(super) fn resources() -> Vec<Refused> {
    let memory = |amount: &str| json!({"resources": {"limits": {"memory": amount}}});
    let cpu = |amount: &str| json!({"resources": {"requests": {"cpu": amount}}});
    vec![
        ("half a byte", memory("512m"), "spec.resources.limits.memory"),
        ("a unit in small letters", memory("512ki"), "spec.resources.limits.memory"),
        ("no memory", memory("0"), "at least 4Mi"),
        ("five hundred bytes", memory("512"), "at least 4Mi; write 512Mi"),
        ("memory as text", memory("lots"), "spec.resources.limits.memory"),
        ("cpu in units of memory", cpu("500Mi"), "spec.resources.requests.cpu"),
        ("less cpu than none", cpu("-1"), "spec.resources.requests.cpu"),
        ("an empty request", cpu(""), "spec.resources.requests.cpu"),
        ("a limit of no cpu", json!({"resources": {"limits": {"cpu": "0"}}}), "at least 1m"),
        (
            "a request of memory above the limit",
            json!({"resources": {"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}}),
            "the memory request must not exceed the limit",
        ),
        (
            "a request of cpu above the limit",
            json!({"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "500m"}}}),
            "the cpu request must not exceed the limit",
        ),
    ]
}

pub(super) fn probes() -> Vec<Refused> {
    let readiness = |probe: Value| json!({"probes": {"readiness": probe}});
    vec![
        ("a path of a TCP probe", readiness(json!({"type": "TCP", "path": "/x"})), "asked for by HTTP"),
        ("a path of a gRPC probe", readiness(json!({"type": "GRPC", "path": "/x"})), "asked for by HTTP"),
        ("a probe that is off and on", readiness(json!({"type": "None", "port": 80})), "has no other fields"),
        ("a path without its slash", readiness(json!({"path": "ready"})), "spec.probes.readiness.path"),
        ("a path with a space", readiness(json!({"path": "/a b"})), "spec.probes.readiness.path"),
        ("a port of zero", readiness(json!({"port": 0})), "spec.probes.readiness.port"),
        ("no time between probes", readiness(json!({"periodSeconds": 0})), "periodSeconds"),
        ("no failure that counts", readiness(json!({"failureThreshold": 0})), "failureThreshold"),
        (
            "a type that there is not",
            json!({"probes": {"startup": {"type": "Exec"}}}),
            "spec.probes.startup.type",
        ),
    ]
}

pub(super) fn rollout() -> Vec<Refused> {
    let strategy = |strategy: Value| json!({"strategy": strategy});
    let not_both = "must not both be 0";
    vec![
        ("no surge alone, since none may be missing", strategy(json!({"maxSurge": 0})), not_both),
        ("neither surge nor missing", strategy(json!({"maxSurge": "0%", "maxUnavailable": 0})), not_both),
        ("a percentage without its sign", strategy(json!({"maxSurge": "25"})), "spec.strategy.maxSurge"),
        ("fewer than none", strategy(json!({"maxSurge": -1})), "spec.strategy.maxSurge"),
        ("more than all", strategy(json!({"maxUnavailable": "101%"})), "spec.strategy.maxUnavailable"),
        (
            "a surge of what is recreated",
            strategy(json!({"type": "Recreate", "maxSurge": 1})),
            "are of a RollingUpdate",
        ),
        (
            "a deadline before the first probe",
            strategy(json!({"progressDeadlineSeconds": 5})),
            "progressDeadlineSeconds",
        ),
        (
            "a wait as long as the grace period",
            json!({"lifecycle": {"preStopSleepSeconds": 30}}),
            "must be shorter than terminationGracePeriodSeconds",
        ),
        (
            "no grace",
            json!({"lifecycle": {"terminationGracePeriodSeconds": 0}}),
            "terminationGracePeriodSeconds",
        ),
        ("a spread that there is not", json!({"availability": {"topologySpread": "Even"}}), "topologySpread"),
    ]
}

pub(super) fn scaling() -> Vec<Refused> {
    let scaling = |scaling: Value| json!({"scaling": scaling});
    let trigger = |over: Value| {
        let mut trigger = json!({"type": "kafka", "metadata": {"topic": "orders"}});
        super::super::merge(&mut trigger, &over);
        json!({"scaling": {"triggers": [trigger]}})
    };
    vec![
        (
            "fewer at most than at least",
            scaling(json!({"enabled": true, "minReplicas": 5, "maxReplicas": 2})),
            "minReplicas must not exceed maxReplicas",
        ),
        (
            "more at least than at most unless said",
            scaling(json!({"enabled": true, "minReplicas": 20})),
            "minReplicas must not exceed maxReplicas",
        ),
        (
            "down to none without events",
            scaling(json!({"enabled": true, "minReplicas": 0})),
            "scaling to zero",
        ),
        ("fewer at least than none", scaling(json!({"minReplicas": -1})), "spec.scaling.minReplicas"),
        ("an event of no source", trigger(json!({"type": null})), "spec.scaling.triggers[0].type"),
        (
            "a source that the golden path does not offer",
            trigger(json!({"type": "external"})),
            "spec.scaling.triggers[0].type",
        ),
        ("an event of which nothing is said", trigger(json!({"metadata": null})), "triggers[0].metadata"),
        ("a number that is no text", trigger(json!({"metadata": {"queueLength": 5}})), "queueLength"),
        ("more than all cpu", scaling(json!({"targetCPUUtilization": 101})), "targetCPUUtilization"),
        ("no memory at all", scaling(json!({"targetMemoryUtilization": 0})), "targetMemoryUtilization"),
        (
            "an hour and more",
            scaling(json!({"scaleDownStabilizationSeconds": 3601})),
            "scaleDownStabilizationSeconds",
        ),
        (
            "a budget that there is not",
            json!({"availability": {"podDisruptionBudget": "All"}}),
            "podDisruptionBudget",
        ),
    ]
}

pub(super) fn environment() -> Vec<Refused> {
    let variable = |variable: Value| json!({"env": [variable]});
    let one = "exactly one of";
    let reference = json!({"name": "partner", "key": "api-key"});
    vec![
        ("a variable of nothing", variable(json!({"name": "A"})), one),
        (
            "a variable of two things",
            variable(json!({"name": "A", "value": "a", "secretKeyRef": reference})),
            one,
        ),
        (
            "a variable twice",
            json!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
            "Duplicate value",
        ),
        ("a name that begins with a digit", variable(json!({"name": "1A", "value": ""})), "spec.env[0].name"),
        (
            "a field that pods lack",
            variable(json!({"name": "A", "fieldPath": "spec.hostname"})),
            "spec.env[0].fieldPath",
        ),
        (
            "a key with a slash",
            variable(json!({"name": "A", "secretKeyRef": {"name": "s", "key": "a/b"}})),
            "spec.env[0].secretKeyRef.key",
        ),
        (
            "a Secret that is no name",
            variable(json!({"name": "A", "secretKeyRef": {"name": "S", "key": "a"}})),
            "spec.env[0].secretKeyRef.name",
        ),
        (
            "a reference without its key",
            variable(json!({"name": "A", "configMapKeyRef": {"name": "s"}})),
            "spec.env[0].configMapKeyRef.key",
        ),
    ]
}

pub(super) fn security() -> Vec<Refused> {
    vec![
        ("root", json!({"security": {"runAsUser": 0}}), "spec.security.runAsUser"),
        ("a user by name", json!({"security": {"runAsUser": "app"}}), "spec.security.runAsUser"),
        ("a command that is no list", json!({"command": "serve"}), "spec.command"),
    ]
}
