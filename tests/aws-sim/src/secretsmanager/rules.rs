//! Rules of Secrets Manager.

crate::rules::rules! {}
