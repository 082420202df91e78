//! `ExternalSecret` of External Secrets Operator.

use super::{Assessment, View};
use crate::problems::Problem;

/// Ready when `Ready` is true for the present generation.
///
/// Its conditions carry no generation; `status.syncedResourceVersion` begins with the one that was synced.
pub(super) fn assess(view: &View) -> Assessment {
    if view.is_being_deleted() {
        return Assessment::waiting("Deleting", "it is being deleted");
    }
    let Some(ready) = view.condition("Ready") else {
        return Assessment::waiting("Pending", "External Secrets Operator has not looked at it yet");
    };
    let reason = ready.reason.clone().unwrap_or_else(|| "Unknown".into());
    let message = stable(ready.message.as_deref().unwrap_or_default());
    match ready.status.as_str() {
        "True" if synced_generation(view) < view.metadata.generation => {
            Assessment::waiting("Syncing", "External Secrets Operator has not synced the latest change yet")
        }
        "True" => Assessment::ready(),
        "False" => {
            Assessment {
                problems: vec![Problem::error(&reason, &message).remedy(
                    "check that the secret store of the Platform input exists and may read the secret",
                )],
                ..Assessment::waiting(reason, message)
            }
        }
        _ => Assessment::waiting(reason, message),
    }
}

/// The generation that was synced; the present one where the operator does not tell.
fn synced_generation(view: &View) -> Option<i64> {
    let version = view.status.as_ref()?.synced_resource_version.as_deref();
    match version.and_then(|v| v.split('-').next()).map(str::parse) {
        Some(Ok(generation)) => Some(generation),
        _ => view.metadata.generation,
    }
}

/// Without request ids: they differ from try to try, and a status that differs is a write.
fn stable(message: &str) -> String {
    let mut rest = message;
    let mut told = String::new();
    while let Some(at) = rest.to_ascii_lowercase().find("requestid: ") {
        told.push_str(&rest[..at]);
        let id = &rest[at + "requestid: ".len()..];
        let end = id.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(id.len());
        rest = id[end..].trim_start_matches([',', ' ']);
    }
    told.push_str(rest);
    told
}

#[cfg(test)]
mod tests {
    use super::super::assess;
    use super::stable;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn external_secret(status: &Value) -> pbjson_types::Struct {
        let object = json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": "db", "generation": 2},
            "status": status,
        });
        serde_json::from_value(object).unwrap()
    }

    #[rstest]
    #[case::nothing_is_known(json!({}), false, Some("Pending"), None)]
    #[case::synced(json!({"conditions": [{"type": "Ready", "status": "True", "reason": "SecretSynced"}],
        "syncedResourceVersion": "2-abc"}), true, None, None)]
    #[case::synced_before_the_change(json!({"conditions": [{"type": "Ready", "status": "True"}],
        "syncedResourceVersion": "1-abc"}), false, Some("Syncing"), None)]
    #[case::the_operator_does_not_tell(json!({"conditions": [{"type": "Ready", "status": "True"}]}), true, None, None)]
    #[case::failed(json!({"conditions": [{"type": "Ready", "status": "False", "reason": "SecretSyncedError",
        "message": "no"}]}), false, Some("SecretSyncedError"), Some("SecretSyncedError"))]
    fn readiness_follows_the_operator(
        #[case] status: Value,
        #[case] ready: bool,
        #[case] reason: Option<&str>,
        #[case] problem: Option<&str>,
    ) {
        let assessment = assess(&external_secret(&status));
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (ready, reason));
        assert_eq!(assessment.problems.first().map(|p| p.code.as_str()), problem);
    }

    #[rstest]
    #[case("StatusCode: 400, RequestID: 1a-2B, AccessDenied", "StatusCode: 400, AccessDenied")]
    #[case("a RequestID: x", "a ")]
    #[case("nothing of the kind", "nothing of the kind")]
    #[case("\u{130} requestid: 1, \u{130}", "\u{130} \u{130}")]
    fn request_ids_are_not_told(#[case] message: &str, #[case] told: &str) {
        assert_eq!(stable(message), told);
    }
}
