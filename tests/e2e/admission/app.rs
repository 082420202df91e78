//! What the XRD of apps accepts and rejects, one row a rule.

use serde_json::{Value, json};

use super::cases::{Case, accepts, rejects};

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    let accepted = accepted().into_iter().map(|(name, spec)| accepts(name, json!({"spec": spec})));
    let all = [
        identity(),
        resources(),
        probes(),
        rollout(),
        scaling(),
        environment(),
        security(),
        secrets(),
        files(),
        network(),
        monitoring(),
    ];
    let refused = all.into_iter().flatten();
    let refused = refused.map(|(name, spec, message)| rejects(name, json!({"spec": spec}), message));
    accepted.chain(refused).chain(names()).collect()
}

fn names() -> Vec<Case> {
    let named = |name: &str| json!({"metadata": {"name": name}});
    vec![
        accepts("a name of 40 characters", named(&"a".repeat(40))),
        rejects("a name of 41 characters", named(&"a".repeat(41)), "metadata.name"),
        rejects("a name that begins with a digit", named("7up"), "DNS-1035"),
        rejects("a name with a dot", named("shop.web"), "DNS-1035"),
    ]
}

type Accepted = (&'static str, Value);
type Refused = (&'static str, Value, &'static str);

fn accepted() -> Vec<Accepted> {
    vec![
        ("an image is enough", json!({})),
        (
            "an image by its digest",
            json!({"image": format!("registry.example:5000/shop@sha256:{}", "0".repeat(64))}),
        ),
        ("a worker", json!({"kind": "Worker"})),
        ("only a limit of memory below our request", json!({"resources": {"limits": {"memory": "128Mi"}}})),
        ("only a request of cpu above our limit", json!({"resources": {"requests": {"cpu": "1"}}})),
        ("kibibytes, spelled as Kubernetes does", json!({"resources": {"limits": {"memory": "8192Ki"}}})),
        ("no limit of cpu", json!({"resources": {"requests": {"cpu": "4"}, "limits": {"cpu": ""}}})),
        (
            "equal request and limit",
            json!({"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1024Mi"}}}),
        ),
        ("pods in whole numbers", json!({"strategy": {"maxSurge": 2, "maxUnavailable": 1}})),
        ("no surge where some may be missing", json!({"strategy": {"maxSurge": 0, "maxUnavailable": "10%"}})),
        ("recreating", json!({"strategy": {"type": "Recreate"}})),
        ("a grace period shorter than our wait", json!({"lifecycle": {"terminationGracePeriodSeconds": 2}})),
        ("an empty value", json!({"env": [{"name": "EMPTY", "value": ""}]})),
        (
            "a label of the pod",
            json!({"env": [{"name": "L", "fieldPath": "metadata.labels['app.kubernetes.io/name']"}]}),
        ),
        ("a path without a type", json!({"probes": {"liveness": {"path": "/live?full=1"}}})),
        ("a probe that is turned off", json!({"probes": {"readiness": {"type": "None"}}})),
        ("no pods", json!({"replicas": 0})),
        (
            "secrets with and without keys",
            json!({"secrets": [
                {"name": "db-credentials", "source": "goldenpath/prod/payments/postgres", "keys": ["POSTGRES_USER"]},
                {"name": "api-keys", "source": "goldenpath/prod/payments/api-keys", "refreshInterval": "90m"},
            ]}),
        ),
        ("a hidden folder", json!({"files": [{"mountPath": "/home/app/.config", "configMap": "shop"}]})),
        (
            "down to none with events",
            json!({"scaling": {"enabled": true, "minReplicas": 0, "triggers": [
                {"type": "aws-sqs-queue", "metadata": {"queueLength": "5"}, "authenticationRef": "queue"},
            ]}}),
        ),
        (
            "a managed network",
            json!({"network": {
                "mode": "Managed", "inbound": [{"application": "checkout"}],
                "outboundCIDRs": [{"cidr": "10.0.0.0/16", "ports": [443]}, {"cidr": "2001:db8::/32"}],
            }}),
        ),
        ("an empty folder", json!({"files": [{"mountPath": "/scratch", "emptyDir": {}}]})),
        ("bounds that nobody looks at yet", json!({"scaling": {"minReplicas": 20}})),
        (
            "as many at least as at most",
            json!({"scaling": {"enabled": true, "minReplicas": 4, "maxReplicas": 4}}),
        ),
    ]
}

fn identity() -> Vec<Refused> {
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

fn resources() -> Vec<Refused> {
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

fn probes() -> Vec<Refused> {
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

fn rollout() -> Vec<Refused> {
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

fn scaling() -> Vec<Refused> {
    let scaling = |scaling: Value| json!({"scaling": scaling});
    let trigger = |over: Value| {
        let mut trigger = json!({"type": "kafka", "metadata": {"topic": "orders"}});
        super::merge(&mut trigger, &over);
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

fn environment() -> Vec<Refused> {
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

fn security() -> Vec<Refused> {
    vec![
        ("root", json!({"security": {"runAsUser": 0}}), "spec.security.runAsUser"),
        ("a user by name", json!({"security": {"runAsUser": "app"}}), "spec.security.runAsUser"),
        ("a command that is no list", json!({"command": "serve"}), "spec.command"),
    ]
}

fn secrets() -> Vec<Refused> {
    let secret = |over: Value| {
        let mut secret = json!({"name": "keys", "source": "a/keys"});
        super::merge(&mut secret, &over);
        json!({"secrets": [secret]})
    };
    let named = |name: &str| secret(json!({"name": name}));
    let of = |source: &str| secret(json!({"source": source}));
    let every = |interval: &str| secret(json!({"refreshInterval": interval}));
    let mapping = |source: &str, target: &str| json!({"sourceKey": source, "targetKey": target});
    let once = "a mountPath is used once";
    vec![
        ("a Secret that is no name", named("Keys"), "spec.secrets[0].name"),
        ("a Secret with a dot", named("a.b"), "spec.secrets[0].name"),
        ("a secret from nowhere", of(""), "spec.secrets[0].source"),
        ("a path that leads up", of("a/../b"), "spec.secrets[0].source"),
        ("a path from the root", of("/a"), "spec.secrets[0].source"),
        ("a path with a space", of("a b"), "spec.secrets[0].source"),
        ("a folder", of("a/"), "spec.secrets[0].source"),
        ("no source", json!({"secrets": [{"name": "keys"}]}), "spec.secrets[0].source"),
        (
            "a Secret twice",
            json!({"secrets": [{"name": "a", "source": "a"}, {"name": "a", "source": "b"}]}),
            "Duplicate value",
        ),
        ("no keys", secret(json!({"keys": []})), "spec.secrets[0].keys"),
        ("a key with a space", secret(json!({"keys": ["A B"]})), "spec.secrets[0].keys[0]"),
        ("a key twice", secret(json!({"keys": ["A", "A"]})), "Duplicate value"),
        (
            "a key in keys and mappings",
            secret(json!({"keys": ["A"], "mappings": [mapping("b", "A")]})),
            "written once, by keys or by mappings",
        ),
        (
            "two values of one key",
            secret(json!({"mappings": [mapping("a", "A"), mapping("b", "A")]})),
            "Duplicate value",
        ),
        ("reading without end", every("0s"), "between 30s and 168h"),
        ("reading too often", every("29s"), "between 30s and 168h"),
        ("reading once a month", every("720h"), "between 30s and 168h"),
        ("an interval in days", every("1d"), "spec.secrets[0].refreshInterval"),
        ("an empty interval", every(""), "spec.secrets[0].refreshInterval"),
        (
            "two secrets at one place",
            json!({"secrets": [
                {"name": "a", "source": "a", "mountPath": "/etc/x"}, {"name": "b", "source": "b", "mountPath": "/etc/x"},
            ]}),
            once,
        ),
        (
            "a secret and a file at one place",
            json!({
                "secrets": [{"name": "a", "source": "a", "mountPath": "/etc/x"}],
                "files": [{"mountPath": "/etc/x", "emptyDir": {}}],
            }),
            once,
        ),
    ]
}

fn files() -> Vec<Refused> {
    let at = |path: &str| json!({"files": [{"mountPath": path, "configMap": "shop"}]});
    let file = |source: Value| {
        let mut file = json!({"mountPath": "/x"});
        super::merge(&mut file, &source);
        json!({"files": [file]})
    };
    let place = "spec.files[0].mountPath";
    let one = "exactly one of configMap, secret, emptyDir, persistentVolumeClaim";
    vec![
        ("files in place of all others", at("/"), place),
        ("files at no absolute place", at("etc/shop"), place),
        ("files at a place that leads up", at("/etc/../bin"), place),
        ("files at a place that ends in a slash", at("/etc/shop/"), place),
        ("files at a place with a colon", at("/a:b"), place),
        (
            "files twice at one place",
            json!({"files": [{"mountPath": "/x", "configMap": "a"}, {"mountPath": "/x", "secret": "b"}]}),
            "Duplicate value",
        ),
        ("files from nowhere", file(json!({})), one),
        ("files from two sources", file(json!({"configMap": "a", "secret": "b"})), one),
        ("a config map that is no name", file(json!({"configMap": "A"})), "spec.files[0].configMap"),
        (
            "as much as there is",
            file(json!({"emptyDir": {"sizeLimit": "lots"}})),
            "spec.files[0].emptyDir.sizeLimit",
        ),
        (
            "a medium that there is not",
            file(json!({"emptyDir": {"medium": "Tape"}})),
            "spec.files[0].emptyDir.medium",
        ),
        (
            "a priority that there is not",
            json!({"availability": {"priority": "urgent"}}),
            "spec.availability.priority",
        ),
    ]
}

fn network() -> Vec<Refused> {
    let network = |network: Value| json!({"network": network});
    let range = |range: &str| network(json!({"outboundCIDRs": [{"cidr": range}]}));
    vec![
        ("a mode that there is not", network(json!({"mode": "Closed"})), "spec.network.mode"),
        (
            "rules of an open network",
            network(json!({"mode": "Open", "inbound": [{"application": "checkout"}]})),
            "are rules of the mode Managed",
        ),
        (
            "an application that is no name",
            network(json!({"inbound": [{"application": "*"}]})),
            "application",
        ),
        (
            "a namespace that is no name",
            network(json!({"outbound": [{"application": "ledger", "namespace": "Finance"}]})),
            "spec.network.outbound[0].namespace",
        ),
        ("a range that is none", range("300.1.1.1/99"), "cidr is a range of addresses"),
        ("an address without a range", range("10.0.0.1"), "cidr is a range of addresses"),
        (
            "a port beyond the last",
            network(json!({"outboundCIDRs": [{"cidr": "10.0.0.0/8", "ports": [65536]}]})),
            "spec.network.outboundCIDRs[0].ports[0]",
        ),
    ]
}

fn monitoring() -> Vec<Refused> {
    let monitoring = |monitoring: Value| json!({"monitoring": monitoring});
    let alerting = |over: Value| {
        let mut alerting = json!({"enabled": true});
        super::merge(&mut alerting, &over);
        json!({"monitoring": {"alerting": alerting}})
    };
    let slo = |slo: Value| alerting(json!({"slo": slo}));
    vec![
        ("metrics of a port beyond the last", monitoring(json!({"port": 65536})), "spec.monitoring.port"),
        ("metrics without a slash", monitoring(json!({"path": "metrics"})), "spec.monitoring.path"),
        ("reading without a pause", monitoring(json!({"interval": "0s"})), "spec.monitoring.interval"),
        ("reading in hours", monitoring(json!({"interval": "1h"})), "spec.monitoring.interval"),
        (
            "metrics at a port that speaks grpc",
            json!({"protocol": "grpc", "monitoring": {"enabled": true}}),
            "set spec.monitoring.port",
        ),
        (
            "a channel without its sign",
            alerting(json!({"slackChannel": "alerts"})),
            "spec.monitoring.alerting.slackChannel",
        ),
        ("a runbook that is no address", alerting(json!({"runbookURL": "wiki"})), "runbookURL"),
        ("an availability of all", slo(json!({"availability": "100"})), "slo.availability"),
        ("an availability in nines", slo(json!({"availability": "four nines"})), "slo.availability"),
        (
            "an answer before the question",
            slo(json!({"latencyP99Milliseconds": 0})),
            "latencyP99Milliseconds",
        ),
        (
            "an objective that nobody watches",
            alerting(json!({"enabled": false, "slo": {"availability": "99.9"}})),
            "objectives are watched by alerts",
        ),
    ]
}
