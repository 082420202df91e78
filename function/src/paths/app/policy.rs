//! The platform's choices for apps: the part `app` of its input.

use serde::{Deserialize, Serialize};

use crate::platform::{Part, Policy};

/// The platform's choices for apps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppPolicy {
    /// Secrets that every image is pulled with, besides those of the spec; each namespace has its own of these names.
    pub image_pull_secrets: Vec<String>,
}

// === impl AppPolicy ===

impl Policy for AppPolicy {
    const PART: Part = Part { key: "app", former: &[] };
}
