//! Why nothing could be composed.

use snafu::Snafu;

use crate::keys::Key;
use crate::problems::Problem;

/// Why a golden path composes nothing this time.
#[derive(Debug, Snafu)]
pub enum Error {
    /// A person has to change something. What is observed stays desired.
    #[snafu(display("the request is refused: {}", problems.first().map_or("", |p| p.message.as_str())))]
    Refused {
        /// What, at least one.
        problems: Vec<Problem>,
    },
    /// An object of ours is not an object: a bug.
    #[snafu(display("cannot encode composed resource {key:?}: {source}"))]
    Encode {
        /// The composed resource.
        key: Key,
        /// Why.
        source: serde::de::value::Error,
    },
    /// Two objects have one key: a bug.
    #[snafu(display("{key:?} is composed twice"))]
    ComposedTwice {
        /// The key.
        key: Key,
    },
    /// A status of ours is not an object: a bug.
    #[snafu(display("cannot encode the status: {source}"))]
    EncodeStatus {
        /// Why.
        source: serde::de::value::Error,
    },
    /// The request has no XR.
    #[snafu(display("the request has no observed composite resource"))]
    NoComposite,
    /// The XR is of a kind that no golden path serves.
    #[snafu(display("no golden path serves {kind} of {api_version}"))]
    UnknownKind {
        /// Its group and version.
        api_version: String,
        /// Its kind.
        kind: String,
    },
    /// Crossplane does not read responses of more than 4 MiB.
    #[snafu(display(
        "the response has {bytes} bytes, more than the {limit} that Crossplane reads; its largest resources are {}",
        largest.iter().map(|(key, bytes)| format!("{key} ({bytes} bytes)")).collect::<Vec<_>>().join(", ")
    ))]
    TooLarge {
        /// Size of the response.
        bytes: usize,
        /// The largest that is read.
        limit: usize,
        /// The keys of the largest resources, with their sizes.
        largest: Vec<(String, usize)>,
    },
}

// === impl Error ===

impl Error {
    /// Refuses with one problem.
    pub fn refused(problem: Problem) -> Self {
        Self::Refused { problems: vec![problem] }
    }
}
