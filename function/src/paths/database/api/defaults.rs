//! The defaults of the XRD, which serde fills in where an XR has not passed an API server (`crossplane render`).

pub(super) fn yes() -> bool {
    true
}

pub(super) fn app() -> String {
    "app".into()
}

pub(super) fn a_week() -> i32 {
    7
}

pub(super) fn twenty_gibibytes() -> String {
    "20Gi".into()
}
