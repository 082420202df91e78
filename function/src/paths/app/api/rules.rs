//! Rules over several fields.

use serde_json::{Value, json};

/// A place that a file or folder may be mounted at: whole segments, and none that leads up.
pub(super) const MOUNT_PATH: &str = r"^(/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)+$";
/// A key of a Secret.
pub(super) const KEY: &str = r"^[-._a-zA-Z0-9]+$";
/// The name of a Secret, a config map or a claim.
pub(super) const NAME: &str = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";
/// An amount of memory or disk.
pub(super) const BYTES: &str = r"^[0-9]+(\.[0-9]+)?([KMGTPE]i|[kMGTPE])?$";

/// The rules of the spec.
pub(super) fn of_spec() -> Value {
    let once = "a mountPath is used once, in spec.files or in spec.secrets";
    json!([
        {"rule": "!has(self.files) || !has(self.secrets) || self.files.all(f, !self.secrets.exists(s, has(s.mountPath) && s.mountPath == f.mountPath))",
         "message": once},
        {"rule": "!has(self.secrets) || self.secrets.all(s, !has(s.mountPath) || self.secrets.exists_one(t, has(t.mountPath) && t.mountPath == s.mountPath))",
         "message": once},
        {"rule": "!has(self.monitoring) || !self.monitoring.enabled || self.protocol != 'grpc' || self.kind == 'Worker' || has(self.monitoring.port)",
         "message": "an app that speaks grpc has its metrics on another port: set spec.monitoring.port"},
        {"rule": "!has(self.ingress) || !has(self.ingress.enabled) || !self.ingress.enabled || self.kind != 'Worker'",
         "message": "a Worker has no Service, so it cannot have an Ingress"},
    ])
}
