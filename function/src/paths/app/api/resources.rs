//! CPU and memory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rules::BYTES;

/// The rule of memory, which a pod needs some of to start. What is written in another way is refused for that alone.
fn of_memory() -> Value {
    let pattern = BYTES.replace('\\', r"\\");
    json!([{"rule": format!("!self.matches('{pattern}') || quantity(self).compareTo(quantity('4Mi')) >= 0"),
            "message": "memory is at least 4Mi; write 512Mi"}])
}

/// CPU and memory of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
     "message": "the memory request must not exceed the limit"},
    {"rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || self.limits.cpu == '' || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
     "message": "the cpu request must not exceed the limit"},
    {"rule": "!has(self.limits) || !has(self.limits.cpu) || self.limits.cpu == '' || quantity(self.limits.cpu).compareTo(quantity('1m')) >= 0",
     "message": "the cpu limit is at least 1m; an empty string means no limit"},
]))]
pub struct Resources {
    /// What is reserved for a pod.
    pub requests: Option<Requests>,
    /// The most that a pod may use.
    pub limits: Option<Limits>,
}

/// What is reserved for a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// 100m unless set, or the limit where that is less.
    #[schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+)?m?$"))]
    pub cpu: Option<String>,
    /// 256Mi unless set, or the limit where that is less.
    #[schemars(length(max = 16), regex(pattern = BYTES), extend("x-kubernetes-validations" = of_memory()))]
    pub memory: Option<String>,
}

/// The most that a pod may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// 500m unless set, or the request where that is more; an empty string means no limit.
    #[schemars(length(max = 16), regex(pattern = r"^([0-9]+(\.[0-9]+)?m?)?$"))]
    pub cpu: Option<String>,
    /// 512Mi unless set, or the request where that is more.
    #[schemars(length(max = 16), regex(pattern = BYTES), extend("x-kubernetes-validations" = of_memory()))]
    pub memory: Option<String>,
}
