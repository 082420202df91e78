//! Events: what AWS tells of what it did, for fourteen days.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::value::Value;
use super::{Rds, page, rules};
use crate::{Call, Node, Refusal, Structure};

const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What is told when no time is said.
const USUAL_MINUTES: u32 = 60;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    at: Timestamp,
    source: String,
    arn: String,
    category: &'static str,
    message: &'static str,
}

/// The events of a region, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Events(VecDeque<Event>);

// === impl Events ===

impl Events {
    /// Enters an event of an instance, by AWS's category and words.
    pub(crate) fn enter(
        &mut self,
        at: Timestamp,
        source: &str,
        arn: &str,
        category: &'static str,
        message: &'static str,
    ) {
        while self.0.front().is_some_and(|event| at.duration_since(event.at) > KEPT) {
            self.0.pop_front();
        }
        self.0.push_back(Event { at, source: source.to_owned(), arn: arn.to_owned(), category, message });
    }
}

/// `DescribeEvents`.
pub(crate) fn describe(rds: &Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    let minutes = u32::read(form, "Duration")?.unwrap_or(USUAL_MINUTES);
    let start = time(form.get("StartTime"), "StartTime")?
        .unwrap_or(call.now - SignedDuration::from_mins(i64::from(minutes)));
    let end = time(form.get("EndTime"), "EndTime")?.unwrap_or(call.now);
    let source = form.get("SourceIdentifier");
    let categories = form.list("EventCategories").unwrap_or_default();
    let size = page::size(form)?;
    let skipped: usize = form.get("Marker").and_then(|marker| marker.parse().ok()).unwrap_or(0);
    let mut found = rds.events.0.iter().filter(|event| {
        (start..=end).contains(&event.at)
            && source.is_none_or(|source| source == event.source)
            && (categories.is_empty() || categories.contains(&event.category))
    });
    let told: Vec<_> = found.by_ref().skip(skipped).take(size).map(node).collect();
    let marker = found.next().map(|_| (skipped + told.len()).to_string());
    Ok(page::answer("Events", "Event", told, marker))
}

fn time(text: Option<&str>, name: &str) -> Result<Option<Timestamp>, Refusal> {
    text.map(|text| text.parse().map_err(|_| rules::MALFORMED.refuse(&[text, name]))).transpose()
}

fn node(event: &Event) -> Structure {
    Structure::new()
        .with("SourceIdentifier", event.source.as_str())
        .with("SourceType", "db-instance")
        .with("Message", event.message)
        .with("EventCategories", Node::list("EventCategory", [event.category]))
        .with("Date", event.at)
        .with("SourceArn", event.arn.as_str())
}
