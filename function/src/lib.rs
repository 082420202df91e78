//! Renders golden paths: from an XR and what is observed of its resources to what is desired, and a status in
//! plain words.
//!
//! ```text
//! service::run(request)
//!   platform  ◄── input, environment context           the platform's choices
//!   path      ◄── composite, observed                   decode, find the golden path
//!     GoldenPath::compose ──► Composition               what becomes of each of its keys
//!     Rendering  ◄── kinds                              keep, hold or remove what is observed, judge what is ready, join
//!                                                       problems, leave out what the cluster has no operator for
//!     GoldenPath::report                                what the user reads
//!   response  ──► desired, status, conditions, events, requirements
//! ```
//!
//! Pure: the same request gives the same response. `clippy.toml` bans clocks, files, processes and the
//! environment from this crate; only `main.rs` touches the world.

pub mod claims;
pub mod composition;
pub mod condition;
pub mod definition;
pub mod entry;
pub mod error;
pub mod events;
pub mod keys;
pub mod kinds;
pub mod labels;
mod name_guard;
pub mod names;
pub mod object_meta;
pub mod observed;
mod operators;
mod outdated_definition;
mod owner;
pub mod path;
pub mod paths;
pub mod platform;
pub mod problems;
pub mod readiness;
pub mod rendering;
pub mod required_resources;
mod requirements;
pub mod service;
pub mod wire;
mod xr;
