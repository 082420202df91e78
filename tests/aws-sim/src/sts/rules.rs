//! Rules of STS.

crate::rules::rules! {}
