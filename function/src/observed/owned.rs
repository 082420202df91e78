//! What was last desired of an observed object: the fields that Crossplane owns of it.
//!
//! Desired state is a server-side-apply intent: what it leaves out is removed, what it holds is owned. To keep an
//! object as it is, exactly the fields that are owned already are desired again; the API server keeps their list.

use pbjson_types::value::Kind;
use pbjson_types::{ListValue, Struct, Value};

use crate::wire;

/// The field manager with which Crossplane applies composed resources, without its hash.
const MANAGER: &str = "apiextensions.crossplane.io/composed/";
/// Metadata that a function may desire. Crossplane writes the rest itself.
const METADATA: [&str; 3] = ["annotations", "labels", "name"];

/// The desired state that keeps an observed object as it is.
///
/// Without a list of owned fields (an object that was restored from a backup) all that can be desired is: what is
/// too much is owned from then on, and nothing is lost.
pub fn last_desired(object: &Struct) -> Struct {
    let mut desired = match owned_fields(object) {
        Some(fields) => owned_part(object, fields),
        None => object.clone(),
    };
    desired.fields.remove("status");
    for key in ["apiVersion", "kind"] {
        desired.fields.extend(object.fields.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let mut metadata = Struct::default();
    if let Some(owned) = wire::below(&desired, "metadata") {
        let wanted = owned.fields.iter().filter(|(key, _)| METADATA.contains(&key.as_str()));
        metadata.fields.extend(wanted.map(|(key, value)| (key.clone(), without_bookkeeping(value))));
    }
    if let Some(name) = wire::below(object, "metadata").and_then(|m| m.fields.get("name")) {
        metadata.fields.insert("name".into(), name.clone());
    }
    desired.fields.insert("metadata".into(), wire::nested(metadata));
    desired
}

/// Labels and annotations without those that Crossplane, the provider and kubectl keep for themselves.
fn without_bookkeeping(value: &Value) -> Value {
    let Some(Kind::StructValue(map)) = &value.kind else {
        return value.clone();
    };
    let kept = |key: &str| {
        key == "crossplane.io/external-name"
            || !(key.starts_with("crossplane.io/") || key.starts_with("kubectl.kubernetes.io/"))
    };
    let fields = map.fields.iter().filter(|(k, _)| kept(k)).map(|(k, v)| (k.clone(), v.clone()));
    wire::nested(Struct { fields: fields.collect() })
}

fn owned_fields(object: &Struct) -> Option<&Struct> {
    let Some(Kind::ListValue(entries)) = &wire::below(object, "metadata")?.fields.get("managedFields")?.kind
    else {
        return None;
    };
    let objects = entries.values.iter().filter_map(|entry| match &entry.kind {
        Some(Kind::StructValue(entry)) => Some(entry),
        _ => None,
    });
    let ours = |entry: &&Struct| {
        wire::text(entry, "manager").is_some_and(|m| m.starts_with(MANAGER))
            && !entry.fields.contains_key("subresource")
    };
    wire::below(objects.into_iter().find(ours)?, "fieldsV1")
}

/// The part of an object that `fieldsV1` names.
fn owned_part(object: &Struct, fields: &Struct) -> Struct {
    let mut part = Struct::default();
    for (field, below) in &fields.fields {
        let Some(name) = field.strip_prefix("f:") else {
            continue;
        };
        if let Some(value) = object.fields.get(name) {
            part.fields.insert(name.to_owned(), owned_value(value, below));
        }
    }
    part
}

fn owned_value(value: &Value, below: &Value) -> Value {
    let fields = match &below.kind {
        Some(Kind::StructValue(fields)) if !fields.fields.is_empty() => fields,
        _ => return value.clone(),
    };
    match &value.kind {
        Some(Kind::StructValue(object)) => wire::nested(owned_part(object, fields)),
        Some(Kind::ListValue(list)) => {
            let items = list.values.iter().enumerate();
            let values = items.filter_map(|(at, item)| owned_item(at, item, fields)).collect();
            Value { kind: Some(Kind::ListValue(ListValue { values })) }
        }
        _ => value.clone(),
    }
}

/// An item of a list, if it is owned: named by its place, its value, or its keys.
fn owned_item(at: usize, item: &Value, fields: &Struct) -> Option<Value> {
    fields.fields.iter().find_map(|(field, below)| {
        let (how, what) = field.split_once(':')?;
        let names_it = match how {
            "i" => what.parse() == Ok(at),
            "v" => serde_json::from_str::<Value>(what).ok()? == *item,
            "k" => {
                let keys: Struct = serde_json::from_str(what).ok()?;
                let Some(Kind::StructValue(item)) = &item.kind else { return None };
                keys.fields.iter().all(|(key, value)| item.fields.get(key) == Some(value))
            }
            _ => false,
        };
        names_it.then(|| owned_value(item, below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use function_sdk_rust::resource::{json_to_struct, struct_to_json};
    use serde_json::json;

    fn object(value: &serde_json::Value) -> Struct {
        json_to_struct(value.as_object().unwrap())
    }

    #[test]
    fn exactly_the_owned_fields_are_desired_again() {
        let observed = object(&json!({
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
        assert_eq!(struct_to_json(&last_desired(&observed)), expected);
    }

    #[test]
    fn without_a_list_of_owned_fields_nothing_is_lost() {
        let observed = object(&json!({
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
        assert_eq!(struct_to_json(&last_desired(&observed)), expected);
    }
}
