//! The provider's half that speaks to AWS, on an AWS of our own in the same process: clusters that are maps, and
//! reconciles that a story counts.
//!
//! ```text
//! story ──► Cluster::reconcile ──► core's plan ──► provider's External ──► aws-sim over 127.0.0.1
//!   └────────────────────────────── side path: what nobody told the provider ──────────┘
//! ```

mod aws;
mod cluster;

pub use aws::{ACCOUNT, Aws, Clock, OTHER_ACCOUNT, REGION};
pub use cluster::{Cluster, Outcome};
