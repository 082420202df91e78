//! What Observe finds.

use goldenpath_provider_core::{
    Change, ChangeClass, ConnectionDetails, Drift, Observation, Present, Readiness, Sensitive,
};

pub(crate) fn present(readiness: Readiness) -> Observation {
    let present = Present {
        drift: Drift::none(),
        readiness,
        late_initialized: false,
        connection: details("host", "h"),
        next_look: None,
    };
    Observation::Present(present)
}

pub(crate) fn drifted(class: ChangeClass) -> Observation {
    let change = Change { field: "size".into(), from: "a".into(), to: "b".into(), class, downtime: false };
    Observation::Present(Present {
        drift: Drift::none().with(change),
        readiness: Readiness::Available,
        late_initialized: false,
        connection: ConnectionDetails::new(),
        next_look: None,
    })
}

pub(super) fn details(key: &str, value: &str) -> ConnectionDetails {
    ConnectionDetails::from([(key.to_owned(), Sensitive::new(value.to_owned()))])
}
