//! What was last desired of an observed object: the fields that Crossplane owns of it.
//!
//! Desired state is a server-side-apply intent: what it leaves out is removed, what it holds is owned. To keep an
//! object as it is, exactly the fields that are owned already are desired again; the API server keeps their list.

use serde_json::{Map, Value};

/// The field manager with which Crossplane applies composed resources, without its hash.
const MANAGER: &str = "apiextensions.crossplane.io/composed/";
/// Metadata that a function may desire. Crossplane writes the rest itself.
const METADATA: [&str; 3] = ["annotations", "labels", "name"];

/// The desired state that keeps an observed object as it is.
///
/// Without a list of owned fields (an object that was restored from a backup) all that can be desired is: what is
/// too much is owned from then on, and nothing is lost.
pub fn last_desired(object: &Map<String, Value>) -> Map<String, Value> {
    let mut desired = match owned_fields(object) {
        Some(fields) => owned_part(object, fields),
        None => object.clone(),
    };
    desired.remove("status");
    for key in ["apiVersion", "kind"] {
        desired.extend(object.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let mut metadata = Map::new();
    if let Some(Value::Object(owned)) = desired.get("metadata") {
        let wanted = owned.iter().filter(|(key, _)| METADATA.contains(&key.as_str()));
        metadata.extend(wanted.map(|(key, value)| (key.clone(), without_bookkeeping(value))));
    }
    if let Some(name) = object.get("metadata").and_then(|m| m.get("name")) {
        metadata.insert("name".into(), name.clone());
    }
    desired.insert("metadata".into(), Value::Object(metadata));
    desired
}

/// Labels and annotations without those that Crossplane, the provider and kubectl keep for themselves.
fn without_bookkeeping(value: &Value) -> Value {
    let Value::Object(map) = value else {
        return value.clone();
    };
    let kept = |key: &str| {
        key == "crossplane.io/external-name"
            || !(key.starts_with("crossplane.io/") || key.starts_with("kubectl.kubernetes.io/"))
    };
    Value::Object(map.iter().filter(|(k, _)| kept(k)).map(|(k, v)| (k.clone(), v.clone())).collect())
}

fn owned_fields(object: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let entries = object.get("metadata")?.get("managedFields")?.as_array()?;
    let ours = |entry: &&Value| {
        let manager = entry.get("manager").and_then(Value::as_str);
        manager.is_some_and(|m| m.starts_with(MANAGER)) && entry.get("subresource").is_none()
    };
    entries.iter().find(ours)?.get("fieldsV1")?.as_object()
}

/// The part of an object that `fieldsV1` names.
fn owned_part(object: &Map<String, Value>, fields: &Map<String, Value>) -> Map<String, Value> {
    let mut part = Map::new();
    for (field, below) in fields {
        let Some(name) = field.strip_prefix("f:") else {
            continue;
        };
        if let Some(value) = object.get(name) {
            part.insert(name.to_owned(), owned_value(value, below));
        }
    }
    part
}

fn owned_value(value: &Value, below: &Value) -> Value {
    let Some(fields) = below.as_object().filter(|fields| !fields.is_empty()) else {
        return value.clone();
    };
    match value {
        Value::Object(object) => Value::Object(owned_part(object, fields)),
        Value::Array(items) => Value::Array(
            items.iter().enumerate().filter_map(|(at, item)| owned_item(at, item, fields)).collect(),
        ),
        scalar => scalar.clone(),
    }
}

/// An item of a list, if it is owned: named by its place, its value, or its keys.
fn owned_item(at: usize, item: &Value, fields: &Map<String, Value>) -> Option<Value> {
    fields.iter().find_map(|(field, below)| {
        let (how, what) = field.split_once(':')?;
        let names_it = match how {
            "i" => what.parse() == Ok(at),
            "v" => serde_json::from_str::<Value>(what).ok()? == *item,
            "k" => {
                let keys: Map<String, Value> = serde_json::from_str(what).ok()?;
                keys.iter().all(|(key, value)| item.get(key) == Some(value))
            }
            _ => false,
        };
        names_it.then(|| owned_value(item, below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn exactly_the_owned_fields_are_desired_again() {
        let observed = object(json!({
            "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1",
            "kind": "Instance",
            "metadata": {
                "name": "orders-db", "namespace": "payments", "uid": "u", "resourceVersion": "9",
                "labels": {"goldenpath.io/team": "pay", "crossplane.io/composite": "orders-db", "by-hand": "x"},
                "annotations": {
                    "crossplane.io/external-name": "payments-orders-db-abcde",
                    "crossplane.io/composition-resource-name": "instance",
                    "crossplane.io/external-create-pending": "2026-01-01T00:00:00Z",
                },
                "ownerReferences": [{"uid": "xr"}],
                "managedFields": [
                    {"manager": "provider", "operation": "Update", "fieldsType": "FieldsV1",
                     "fieldsV1": {"f:spec": {"f:forProvider": {"f:port": {}}}}},
                    {"manager": "apiextensions.crossplane.io/composed/abc", "operation": "Apply", "fieldsV1": {
                        "f:metadata": {
                            "f:labels": {"f:goldenpath.io/team": {}, "f:crossplane.io/composite": {}},
                            "f:annotations": {"f:crossplane.io/external-name": {}, "f:crossplane.io/composition-resource-name": {}},
                            "f:ownerReferences": {"k:{\"uid\":\"xr\"}": {}},
                        },
                        "f:spec": {"f:forProvider": {
                            "f:region": {},
                            "f:tags": {"f:a": {}},
                            "f:vpcSecurityGroupIds": {".": {}, "v:\"sg-1\"": {}},
                            "f:rules": {"k:{\"port\":1}": {".": {}, "f:port": {}, "f:name": {}}},
                            "f:atomic": {},
                        }},
                    }},
                ],
            },
            "spec": {"forProvider": {
                "region": "eu-central-1", "port": 5432, "tags": {"a": "1", "b": "2"},
                "vpcSecurityGroupIds": ["sg-1", "sg-2"],
                "rules": [{"port": 1, "name": "n", "extra": true}, {"port": 2, "name": "m"}],
                "atomic": {"whole": [1, 2]},
            }},
            "status": {"observedGeneration": 3},
        }));
        let expected = json!({
            "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1",
            "kind": "Instance",
            "metadata": {
                "name": "orders-db",
                "labels": {"goldenpath.io/team": "pay"},
                "annotations": {"crossplane.io/external-name": "payments-orders-db-abcde"},
            },
            "spec": {"forProvider": {
                "region": "eu-central-1", "tags": {"a": "1"}, "vpcSecurityGroupIds": ["sg-1"],
                "rules": [{"port": 1, "name": "n"}],
                "atomic": {"whole": [1, 2]},
            }},
        });
        assert_eq!(Value::Object(last_desired(&observed)), expected);
    }

    #[test]
    fn without_a_list_of_owned_fields_nothing_is_lost() {
        let observed = object(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "uid": "u", "generation": 1, "labels": {"x": "y"}},
            "data": {"k": "v"},
            "status": {},
        }));
        let expected = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "labels": {"x": "y"}},
            "data": {"k": "v"},
        });
        assert_eq!(Value::Object(last_desired(&observed)), expected);
    }
}
