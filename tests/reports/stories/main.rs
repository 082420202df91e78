//! One story a public report, named after it; and whose things are whose.

#![allow(clippy::unwrap_used, reason = "a test's own means")]

mod again;
mod blame;
mod cancelled;
mod deletion;
mod owners;
mod passwords;
mod remedies;
mod scene;
mod storage;
mod surroundings;
mod waiting;
mod year;
