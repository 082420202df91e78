//! Crossplane's gRPC contracts that function-sdk-rust does not carry.
//!
//! `proto/` holds the sources, `src/generated/` the code, which a test proves current. Wire compatibility with
//! Crossplane is a matter of package, message and field numbers; these are the same.

#![allow(clippy::allow_attributes_without_reason, reason = "tonic-build gives none in what it generates")]

pub mod changelogs;

pub use prost_types;
