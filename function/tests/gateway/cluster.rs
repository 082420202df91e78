//! The API server, as far as an order of events needs one: names, uids, generations, addresses, and Usages that refuse
//! deletions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The objects of an XR, by their keys.
#[derive(Default)]
pub(crate) struct Cluster {
    pub(crate) objects: BTreeMap<String, Value>,
    made: u64,
}

pub(crate) fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap().to_owned()
}

// === impl Cluster ===

impl Cluster {
    /// A uid, and with it a moment later than all before.
    pub(crate) fn uid(&mut self) -> String {
        self.made += 1;
        format!("uid-{:06}", self.made)
    }

    /// Applies an object under a key; answers with what is there then, and whether it is new.
    pub(crate) fn apply(&mut self, key: &str, desired: &Value) -> (Value, bool) {
        let before = self.objects.get(key).cloned();
        let mut object = desired.clone();
        let uid = self.uid();
        let old = |field: &str| before.as_ref().map(|before| before["metadata"][field].clone());
        object["metadata"]["uid"] = old("uid").unwrap_or_else(|| json!(uid));
        object["metadata"]["namespace"] = json!("payments");
        object["metadata"]["creationTimestamp"] = old("creationTimestamp").unwrap_or_else(|| json!(uid));
        let generation = match &before {
            Some(before) if before["spec"] == object["spec"] => before["metadata"]["generation"].clone(),
            Some(before) => json!(before["metadata"]["generation"].as_i64().unwrap() + 1),
            None => json!(1),
        };
        object["metadata"]["generation"] = generation;
        if let Some(before) = &before {
            object["status"] = before["status"].clone();
        }
        self.objects.insert(key.to_owned(), object);
        self.mark_what_is_in_use();
        (self.objects[key].clone(), before.is_none())
    }

    /// Deletes what is under a key; none where a Usage refuses it.
    pub(crate) fn delete(&mut self, key: &str) -> Option<Value> {
        if self.is_in_use(&self.objects[key]) {
            return None;
        }
        let object = self.objects.remove(key);
        self.mark_what_is_in_use();
        object
    }

    fn is_in_use(&self, object: &Value) -> bool {
        self.objects.values().filter(|usage| usage["kind"] == "Usage").any(|usage| {
            let of = &usage["spec"]["of"];
            of["kind"] == object["kind"] && of["resourceRef"]["name"] == object["metadata"]["name"]
        })
    }

    fn mark_what_is_in_use(&mut self) {
        let keys: Vec<_> = self.objects.keys().cloned().collect();
        for key in keys {
            let is_in_use = self.is_in_use(&self.objects[&key]);
            let labels = &mut self.objects.get_mut(&key).unwrap()["metadata"]["labels"];
            match (is_in_use, labels.as_object_mut()) {
                (true, _) => labels["crossplane.io/in-use"] = json!("true"),
                (false, Some(labels)) => drop(labels.remove("crossplane.io/in-use")),
                (false, None) => {}
            }
        }
    }

    pub(crate) fn write_address(&mut self, kind: &str, named: &str) {
        let it = self.objects.values_mut().find(|object| object["kind"] == kind && name(object) == named);
        if let Some(object) = it {
            object["status"] = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}});
        }
    }

    /// Whether there is this very object.
    pub(crate) fn has(&self, object: &Value) -> bool {
        self.objects.values().any(|there| there["metadata"]["uid"] == object["metadata"]["uid"])
    }

    pub(crate) fn of_kind(&self, kind: &str) -> Vec<&Value> {
        self.objects.values().filter(|object| object["kind"] == kind).collect()
    }
}
