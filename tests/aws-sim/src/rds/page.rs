//! Pages of a listing, and its filters.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::rules;
use super::value::Value;
use crate::protocol::Form;
use crate::{Node, Refusal, Structure};

/// How many are told at once when nothing is said.
const USUAL: u32 = 100;

/// How many of a listing a request wants at once.
pub(crate) fn size(form: &Form) -> Result<usize, Refusal> {
    let asked = u32::read(form, "MaxRecords")?.unwrap_or(USUAL);
    rules::PAGE_SIZE.refuse_if(!(20..=100).contains(&asked), &[&asked.to_string()])?;
    Ok(asked as usize)
}

/// A page of what is kept by name: those after the marker that fit, and the next marker if there are more. A page is not
/// a snapshot: what comes or goes between two pages is told or not, as it happens.
pub(crate) fn of<'a, T>(
    all: &'a BTreeMap<String, T>,
    form: &Form,
    fits: impl Fn(&T) -> bool,
) -> Result<(Vec<&'a T>, Option<String>), Refusal> {
    let size = size(form)?;
    let after = match form.get("Marker") {
        Some(marker) if !marker.is_empty() => Bound::Excluded(marker.to_owned()),
        _ => Bound::Unbounded,
    };
    let mut found = all.range((after, Bound::Unbounded)).filter(|(_, item)| fits(item));
    let mut page = Vec::with_capacity(size.min(all.len()));
    let mut last = None;
    for (name, item) in found.by_ref().take(size) {
        page.push(item);
        last = Some(name);
    }
    let marker = last.filter(|_| found.next().is_some()).cloned();
    Ok((page, marker))
}

/// An answer with a page in it.
pub(crate) fn answer(
    member: &'static str,
    item: &'static str,
    items: impl IntoIterator<Item = Structure>,
    marker: Option<String>,
) -> Structure {
    Structure::new().with_some("Marker", marker).with(member, Node::list(item, items))
}

/// The filters of a request, of which each must fit; a filter fits with any of its values.
#[derive(Debug)]
pub(crate) struct Filters(Vec<(String, Vec<String>)>);

// === impl Filters ===

impl Filters {
    /// Reads the filters, and refuses what is not among the known.
    pub(crate) fn read(form: &Form, known: &[&str]) -> Result<Self, Refusal> {
        let mut filters = Vec::new();
        for filter in form.structures("Filters").unwrap_or_default() {
            let name = filter.get("Name").unwrap_or_default().to_owned();
            rules::FILTER.refuse_if(!known.contains(&name.as_str()), &[&name])?;
            let values = filter.list("Values").unwrap_or_default();
            filters.push((name, values.into_iter().map(str::to_owned).collect()));
        }
        Ok(Self(filters))
    }

    /// Whether something fits; `of` tells its values by a filter's name.
    pub(crate) fn fit<'a>(&self, of: impl Fn(&str) -> Vec<&'a str>) -> bool {
        self.0.iter().all(|(name, values)| {
            let own = of(name);
            values.iter().any(|value| own.contains(&value.as_str()))
        })
    }
}
