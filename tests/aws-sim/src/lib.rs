//! An AWS of our own, with AWS's rules.
//!
//! A controller is worth what the AWS it was tried against is worth: a rule that is missing there is a fault that nobody
//! sees. Here each rule is a row of a table with its code, its words and the page of AWS that says so, and everything
//! else is one state machine: time, account and request in, response out. It reads no clock and no randomness; who asks
//! brings both, so a run can be repeated to the byte.
//!
//! ```text
//!  HTTP ──► server ──► protocol ──► Cloud::answer(now, account, Request) ──► Response
//!             │ faults, call log        │ limits
//!             └ side path               ├── rds              query protocol, XML
//!                                       ├── secretsmanager   JSON 1.1
//!                                       ├── sts              query protocol, XML
//!                                       └── ec2              the subnets that every account has
//! ```
//!
//! It shares no code with the provider and does not use AWS's SDK: what both got wrong the same way would not be found.

mod agenda;
mod all_rules;
mod call;
mod chance;
mod cloud;
mod ec2;
mod faults;
mod knobs;
mod limits;
mod log;
mod node;
pub mod protocol;
mod rds;
mod rules;
mod secretsmanager;
pub mod server;
mod side;
mod sts;

pub use all_rules::all as all_rules;
pub use call::{Call, Input, Request, Service};
pub use chance::Chance;
pub use cloud::Cloud;
pub use faults::{Fault, Faults, Kind, Moment};
pub use knobs::Knobs;
pub use log::{Log, Record};
pub use node::{Node, Structure};
pub use protocol::Response;
pub use rules::{Refusal, Rule};
