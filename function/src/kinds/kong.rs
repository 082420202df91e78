//! The kinds of Kong's controller (`configuration.konghq.com/v1`), as far as golden paths speak them: what they have
//! in common. They have no `spec`: what is asked for stands beside the metadata.

mod consumer;
mod plugin;

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::operators::Operator;
use crate::problems::Problem;
use crate::readiness::{self, Assessment, ConditionView, View, condition};
pub use consumer::KongConsumer;
pub use plugin::{ConfigSource, KongPlugin, SecretKey};

const GROUP: &str = "configuration.konghq.com";
const VERSION: &str = "v1";
const API_VERSION: &str = "configuration.konghq.com/v1";

const OPERATOR: Operator = Operator {
    name: "Kong's controller",
    wanted_by: None,
    install: "install Kong with its controller in the cluster (3.4.4 or later), with its CRDs, or ask for no plugins",
};

/// What is known of plugins.
pub(super) const OF_PLUGINS: Kind = Kind {
    group: GROUP,
    kind: Some("KongPlugin"),
    operator: Some(&OPERATOR),
    assess: assess_plugin,
    ..Kind::PLAIN
};

/// What is known of consumers.
pub(super) const OF_CONSUMERS: Kind = Kind {
    group: GROUP,
    kind: Some("KongConsumer"),
    operator: Some(&OPERATOR),
    assess: assess_consumer,
    ..Kind::PLAIN
};

/// Their status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    conditions: Vec<ConditionView>,
}

/// Ready unless the controller says that it does not take it. It never says that it does.
fn assess_plugin(object: &Struct) -> Assessment {
    judged(object, |programmed| match programmed {
        Some(refused) if refused.status == "False" => {
            let message = refused.message.clone().unwrap_or_default();
            let problem =
                Problem::error("PluginRejected", format!("the gateway does not take it: {message}"))
                    .remedy("correct the config of the plugin");
            waiting(refused).with_problems([problem])
        }
        _ => Assessment::ready(),
    })
}

/// Ready when the controller says so: it does once every credential that it names is there.
fn assess_consumer(object: &Struct) -> Assessment {
    judged(object, |programmed| match programmed {
        Some(programmed) if programmed.status == "True" => Assessment::ready(),
        Some(programmed) => waiting(programmed),
        None => Assessment::waiting("Pending", "Kong's controller has not taken it up yet"),
    })
}

fn judged(object: &Struct, judge: impl Fn(Option<&ConditionView>) -> Assessment) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let conditions = view.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        judge(condition(conditions, "Programmed"))
    })
}

fn waiting(programmed: &ConditionView) -> Assessment {
    let reason = programmed.reason.clone().unwrap_or_else(|| "NotProgrammed".into());
    Assessment::waiting(reason, programmed.message.clone().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn object(status: Option<&str>) -> Struct {
        let said = |status: &str| json!([{"type": "Programmed", "status": status, "reason": "Invalid"}]);
        let conditions = status.map_or_else(|| json!([]), said);
        let object: Value = json!({"status": {"conditions": conditions}});
        serde_json::from_value(object).unwrap()
    }

    #[rstest]
    #[case::nothing_is_said(None, true, false)]
    #[case::it_is_taken(Some("True"), true, true)]
    #[case::not_yet(Some("Unknown"), true, false)]
    #[case::it_is_refused(Some("False"), false, false)]
    fn a_plugin_is_ready_unless_it_is_refused_and_a_consumer_when_it_is_taken(
        #[case] status: Option<&str>,
        #[case] plugin: bool,
        #[case] consumer: bool,
    ) {
        assert_eq!(assess_plugin(&object(status)).ready, plugin);
        assert_eq!(assess_consumer(&object(status)).ready, consumer);
    }
}
