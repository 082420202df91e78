//! What runs before the pods follow a change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::ten_minutes;

/// A command that runs once for each new image or command, in a pod of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// The command, in place of the image's entry point and of the app's own.
    #[schemars(length(min = 1, max = 32), inner(length(max = 4096)))]
    pub command: Vec<String>,
    /// Seconds after which it is ended and has failed.
    #[serde(default = "ten_minutes")]
    #[schemars(range(min = 10, max = 86400))]
    pub timeout_seconds: i64,
    /// How often it is tried again when it fails.
    #[serde(default)]
    #[schemars(range(min = 0, max = 5))]
    pub retries: i32,
}
