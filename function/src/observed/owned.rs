//! What was last desired of an observed object: the fields that Crossplane owns of it.
//!
//! Desired state is applied server-side: what it leaves out is removed, and what it has is owned. To keep an object as it
//! is, exactly the owned fields are desired again; the API server keeps their list in `managedFields`.

use std::collections::HashMap;

use pbjson_types::value::Kind;
use pbjson_types::{ListValue, Struct, Value};

use crate::wire;

/// The field manager with which Crossplane applies composed resources, without its hash.
const MANAGER: &str = "apiextensions.crossplane.io/composed/";
/// Fields that are handled apart.
const APART: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];
/// Metadata that a function may desire. Crossplane writes the rest itself.
const METADATA: [&str; 3] = ["annotations", "labels", "name"];

/// How `fieldsV1` names an item of a list.
enum Item {
    /// By its place.
    At(usize),
    /// By its value.
    Is(Value),
    /// By its keys.
    Has(Struct),
}

/// The desired state that keeps an observed object as it is.
///
/// Without a list of owned fields (an object that was restored from a backup) everything that can be desired is desired:
/// some of it is then owned that was not, but nothing is lost.
pub fn last_desired(object: &Struct) -> Struct {
    let owned = owned_fields(object);
    let mut desired = match owned {
        Some(fields) => owned_part(object, fields, |key| !APART.contains(&key)),
        None => part(object, |key| !APART.contains(&key)),
    };
    for key in ["apiVersion", "kind"] {
        desired.fields.extend(object.fields.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let metadata = wire::child(object, "metadata").map(|metadata| self::metadata(metadata, owned));
    desired.fields.insert("metadata".into(), wire::into_value(metadata.unwrap_or_default()));
    desired
}

/// What is owned of the metadata, and always the name.
fn metadata(metadata: &Struct, owned: Option<&Struct>) -> Struct {
    let wanted = |key: &str| METADATA.contains(&key);
    let mut desired = match owned.map(|fields| fields.fields.get("f:metadata")) {
        Some(None) => Struct::default(),
        Some(Some(below)) if let Some(fields) = named(below) => owned_part(metadata, fields, wanted),
        Some(Some(_)) | None => part(metadata, wanted),
    };
    desired.fields.values_mut().for_each(drop_bookkeeping);
    desired.fields.extend(metadata.fields.get("name").map(|name| ("name".to_owned(), name.clone())));
    desired
}

/// Removes the labels and annotations of Crossplane, the provider and kubectl.
fn drop_bookkeeping(value: &mut Value) {
    if let Some(Kind::StructValue(map)) = &mut value.kind {
        map.fields.retain(|key, _| {
            key == "crossplane.io/external-name"
                || !(key.starts_with("crossplane.io/") || key.starts_with("kubectl.kubernetes.io/"))
        });
    }
}

fn owned_fields(object: &Struct) -> Option<&Struct> {
    let Some(Kind::ListValue(entries)) = &wire::child(object, "metadata")?.fields.get("managedFields")?.kind
    else {
        return None;
    };
    let objects = entries.values.iter().filter_map(|entry| match &entry.kind {
        Some(Kind::StructValue(entry)) => Some(entry),
        _ => None,
    });
    wire::child(objects.into_iter().find(|entry| is_crossplanes(entry))?, "fieldsV1")
}

/// Whether only Crossplane owns a field, so that leaving it out would reset its value. Assumed where an object has no list
/// of owned fields.
pub fn is_owned_by_us_alone(object: &Struct, path: &[&str]) -> bool {
    let entries = wire::child(object, "metadata").and_then(|m| m.fields.get("managedFields")?.kind.as_ref());
    let Some(Kind::ListValue(entries)) = entries else { return true };
    let owners = entries.values.iter().filter_map(|entry| match &entry.kind {
        Some(Kind::StructValue(entry)) => Some(entry).filter(|entry| owns(entry, path)),
        _ => None,
    });
    let (ours, others): (Vec<_>, Vec<_>) = owners.partition(|entry| is_crossplanes(entry));
    !ours.is_empty() && others.is_empty()
}

fn owns(entry: &Struct, path: &[&str]) -> bool {
    let field = |fields: &Struct, name: &&str| wire::child(fields, &format!("f:{name}")).cloned();
    let fields = wire::child(entry, "fieldsV1").cloned();
    fields.is_some_and(|fields| path.iter().try_fold(fields, |fields, name| field(&fields, name)).is_some())
}

fn is_crossplanes(entry: &Struct) -> bool {
    wire::text(entry, "manager").is_some_and(|manager| manager.starts_with(MANAGER))
        && !entry.fields.contains_key("subresource")
}

/// The part of an object that is of some fields.
fn part(object: &Struct, wanted: impl Fn(&str) -> bool) -> Struct {
    let fields = object.fields.iter().filter(|(key, _)| wanted(key));
    Struct { fields: fields.map(|(key, value)| (key.clone(), value.clone())).collect() }
}

/// The part of an object that `fieldsV1` names, of some fields.
fn owned_part(object: &Struct, fields: &Struct, wanted: impl Fn(&str) -> bool) -> Struct {
    let mut part = HashMap::with_capacity(fields.fields.len().min(object.fields.len()));
    for (field, below) in &fields.fields {
        let name = field.strip_prefix("f:").filter(|name| wanted(name));
        if let Some((name, value)) = name.and_then(|name| Some((name, object.fields.get(name)?))) {
            part.insert(name.to_owned(), owned_value(value, below));
        }
    }
    Struct { fields: part }
}

fn owned_value(value: &Value, below: &Value) -> Value {
    let Some(fields) = named(below) else {
        return value.clone();
    };
    match &value.kind {
        Some(Kind::StructValue(object)) => wire::into_value(owned_part(object, fields, |_| true)),
        Some(Kind::ListValue(list)) => {
            let owned: Vec<_> = fields
                .fields
                .iter()
                .filter_map(|(field, below)| Some((Item::named(field)?, below)))
                .collect();
            let items = list.values.iter().enumerate();
            let values = items.filter_map(|(at, item)| {
                let (_, below) = owned.iter().find(|(name, _)| name.is_of(at, item))?;
                Some(owned_value(item, below))
            });
            Value { kind: Some(Kind::ListValue(ListValue { values: values.collect() })) }
        }
        _ => value.clone(),
    }
}

/// The fields that are named below one; none where it is owned as a whole.
fn named(below: &Value) -> Option<&Struct> {
    match &below.kind {
        Some(Kind::StructValue(fields)) if !fields.fields.is_empty() => Some(fields),
        _ => None,
    }
}

// === impl Item ===

impl Item {
    fn named(field: &str) -> Option<Self> {
        let (how, what) = field.split_once(':')?;
        match how {
            "i" => what.parse().ok().map(Self::At),
            "v" => serde_json::from_str(what).ok().map(Self::Is),
            "k" => serde_json::from_str(what).ok().map(Self::Has),
            _ => None,
        }
    }

    fn is_of(&self, at: usize, item: &Value) -> bool {
        match self {
            Self::At(place) => *place == at,
            Self::Is(value) => value == item,
            Self::Has(keys) => match &item.kind {
                Some(Kind::StructValue(item)) => {
                    keys.fields.iter().all(|(key, value)| item.fields.get(key) == Some(value))
                }
                _ => false,
            },
        }
    }
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
    fn a_field_is_let_go_once_somebody_else_owns_it() {
        let owner = |manager: &str, subresource: Option<&str>, fields: serde_json::Value| {
            let mut entry = json!({"manager": manager, "operation": "Update", "fieldsV1": fields});
            if let Some(subresource) = subresource {
                entry["subresource"] = subresource.into();
            }
            entry
        };
        let alone = |entries: Vec<serde_json::Value>| {
            let object = object(&json!({"metadata": {"managedFields": entries}, "spec": {"replicas": 3}}));
            is_owned_by_us_alone(&object, &["spec", "replicas"])
        };
        let ours =
            || owner("apiextensions.crossplane.io/composed/x", None, json!({"f:spec": {"f:replicas": {}}}));
        let theirs =
            || owner("kube-controller-manager", Some("scale"), json!({"f:spec": {"f:replicas": {}}}));
        let other =
            || owner("kube-controller-manager", Some("status"), json!({"f:status": {"f:replicas": {}}}));
        assert!(alone(vec![ours(), other()]));
        assert!(!alone(vec![ours(), theirs()]));
        assert!(!alone(vec![theirs()]), "nothing is lost by leaving out what is not owned");
        assert!(!alone(vec![other()]));
        assert!(is_owned_by_us_alone(&object(&json!({"spec": {"replicas": 3}})), &["spec", "replicas"]));
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
