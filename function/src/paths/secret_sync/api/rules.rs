//! Rules over several fields.

use serde_json::{Value, json};

/// The rules of the spec: what Kubernetes cannot change of a Secret, nobody can change here.
pub(super) fn of_spec() -> Value {
    json!([
        {"rule": "self.target.type == oldSelf.target.type",
         "message": "spec.target.type is immutable, as the type of a Secret is"},
        {"rule": "self.target.secretName == oldSelf.target.secretName",
         "message": "spec.target.secretName is immutable; create another SecretSync, move the apps, delete this one"},
    ])
}

/// The rules of the source. That a key comes from one path alone is the function's to say: as a rule it is far above what
/// the API server lets a rule cost.
pub(super) fn of_source() -> Value {
    json!([
        {"rule": "has(self.secrets) != has(self.database)",
         "message": "spec.source has either secrets or database"},
        {"rule": "!has(self.secrets) || self.secrets.all(s, self.secrets.exists_one(t, t.path == s.path))",
         "message": "a path is listed once; list its keys together"},
    ])
}
