//! The defaults of the XRD, which serde fills in where an XR has not passed an API server (`crossplane render`).

pub(super) fn yes() -> bool {
    true
}

pub(super) fn one() -> i32 {
    1
}

pub(super) fn ten() -> i32 {
    10
}

pub(super) fn seventy() -> i32 {
    70
}

pub(super) fn usual_port() -> i32 {
    8080
}

pub(super) fn half_a_minute() -> i64 {
    30
}

pub(super) fn five_minutes() -> i32 {
    300
}

pub(super) fn ten_minutes() -> i64 {
    600
}

pub(super) fn half_a_minute_in_words() -> String {
    "30s".to_owned()
}

pub(super) fn metrics() -> String {
    "/metrics".to_owned()
}
