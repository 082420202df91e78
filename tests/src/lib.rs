//! The control plane harness: real Kubernetes, Crossplane, External Secrets and an AWS endpoint as processes on loopback.
//!
//! ```text
//! Tools::prepare ─► ControlPlane::start ─► install ─► stories ─► ControlPlane::stop
//!                     etcd ─► kube-apiserver ─┬► kube-scheduler, kwok
//!                     aws-sim, or moto        ├► crossplane init ─► crossplane ─► XRDs ─► kube-controller-manager
//!                                             ├► external-secrets
//!                                             ├► Kong's ingress controller, for the stories
//!                                             └► function (mTLS), provider
//! ```
//!
//! `R1` to `R252` in comments are the rules of `docs/managed-runtime.md`.
//!
//! Nothing needs a kubelet, Docker or a fixed port: each run has its own folder below `target/controlplane/run/` and
//! reserves its own ports, so runs work side by side. Every process dies with the harness, however the harness ends.

mod apiserver;
pub mod audit;
pub mod aws;
pub mod certificates;
mod composer;
mod controllers;
mod crossplane;
mod etcd;
pub mod example;
mod external_secrets;
pub mod function;
pub mod identity;
pub mod install;
pub mod kinds;
pub mod kong;
mod kubeconfig;
mod kwok;
pub mod manifest;
mod names;
pub mod objects;
pub mod oracle;
pub mod packaged;
pub mod page;
mod plane;
mod ports;
mod printed;
mod process;
pub mod progress;
pub mod provider;
pub mod render;
pub mod repository;
pub mod scan;
pub mod state;
pub mod target;
mod tenant;
pub mod tools;
pub mod usage;
pub mod wait;
mod workdir;
pub mod writes;

pub use aws::Aws;
pub use composer::Composer;
pub use function::Function;
pub use plane::{ControlPlane, Options};
pub use process::Process;
pub use tenant::Tenant;
pub use tools::Tools;
