//! Requests that differ from a golden one in several places.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// One change of a request.
#[derive(Clone, Debug)]
enum Mutation {
    /// A place gets a value.
    Set(Index, Value),
    /// A place gets what is at some place of some request.
    Graft(Index, Index, Index),
    /// A place and what is below it are taken away.
    Remove(Index),
}

/// Requests made of golden ones. What decides whether a golden path is asked at all is left alone mostly.
pub(crate) fn requests(goldens: Vec<Value>) -> impl Strategy<Value = Value> {
    let mutations = prop::collection::vec(mutation(), 0..8);
    (any::<Index>(), mutations).prop_map(move |(which, mutations)| {
        let mut request = which.get(&goldens).clone();
        for mutation in mutations {
            apply(&mut request, mutation, &goldens);
        }
        request
    })
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), value()).prop_map(|(place, value)| Mutation::Set(place, value)),
        3 => (any::<Index>(), any::<Index>(), any::<Index>())
            .prop_map(|(place, golden, from)| Mutation::Graft(place, golden, from)),
        2 => any::<Index>().prop_map(Mutation::Remove),
    ]
}

fn apply(request: &mut Value, mutation: Mutation, goldens: &[Value]) {
    let places = places(request);
    match mutation {
        Mutation::Set(place, value) => set(request, place.get::<String>(&places), value),
        Mutation::Graft(place, golden, from) => {
            let golden = golden.get(goldens);
            let theirs = self::places(golden);
            if let Some(value) = golden.pointer(from.get::<String>(&theirs)) {
                set(request, place.get::<String>(&places), value.clone());
            }
        }
        Mutation::Remove(place) => {
            let place = place.get::<String>(&places);
            let (above, key) = place.rsplit_once('/').unwrap();
            let key = key.replace("~1", "/").replace("~0", "~");
            match request.pointer_mut(above) {
                Some(Value::Object(map)) => drop(map.remove(&key)),
                Some(Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
                _ => {}
            }
        }
    }
}

fn set(request: &mut Value, place: &str, value: Value) {
    if let Some(slot) = request.pointer_mut(place) {
        *slot = value;
    }
}

/// Every place of a request that a cluster or its users decide: below an object, the input or the context.
fn places(request: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for at in ["/input", "/context", "/observed/composite/resource", "/requiredResources"] {
        below(at, request.pointer(at).unwrap_or(&Value::Null), &mut found);
    }
    let observed = request.pointer("/observed/resources").and_then(Value::as_object);
    for (key, resource) in observed.into_iter().flatten() {
        let at = format!("/observed/resources/{key}");
        found.push(at.clone());
        below(&format!("{at}/resource"), &resource["resource"], &mut found);
    }
    // The path of the kind is one place of hundreds already.
    found.push("/observed/composite/resource/spec".into());
    found
}

fn below(at: &str, value: &Value, found: &mut Vec<String>) {
    let mut each = |key: &str, value: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(at.clone());
        below(&at, value, found);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| each(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| each(&i.to_string(), value)),
        _ => {}
    }
}

/// Values of every type: plausible ones, and others.
fn value() -> impl Strategy<Value = Value> {
    let telling = select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1.5),
        json!(1e300),
        json!(2_147_483_648_i64),
        json!(""),
        json!("True"),
        json!("False"),
        json!("Unknown"),
        json!("16"),
        json!("mysql"),
        json!("postgresql"),
        json!("20Gi"),
        json!("65Ti"),
        json!("large"),
        json!("Snapshot"),
        json!("Delete"),
        json!("Orphan"),
        json!("payments"),
        json!("goldenpath/dev/payments/orders-db"),
        json!("db.t4g.small"),
        json!("staging"),
        json!("2026-01-01T00:00:00Z"),
        json!("\u{0}\u{1F980}"),
        json!([]),
        json!({}),
        json!(["payments", "shop"]),
        json!([{"a": null}]),
        json!([{"type": "Ready", "status": "True", "observedGeneration": 1}]),
    ]);
    let scalar = prop_oneof![
        8 => telling,
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => ".{0,40}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z.]{1,12}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
