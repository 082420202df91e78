//! docs/managed-runtime.md names every rule of the managed-resource contract once, and only tests that exist.

use std::fs;
use std::path::PathBuf;

/// How many rules the contract has.
const RULES: usize = 252;

/// One row of the table.
struct Row {
    rule: String,
    state: String,
    /// Tests where the rule is done, the reason where it is not.
    because: String,
}

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", path].iter().collect()
}

#[allow(clippy::unwrap_used, reason = "a test's own means")]
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(repository("docs/managed-runtime.md")).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("| R"));
    lines
        .map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [rule, _, state, because] = cells[..] else { unreachable!("four cells: {line}") };
            Row { rule: rule.to_owned(), state: state.to_owned(), because: because.to_owned() }
        })
        .collect()
}

/// The words of a cell that stand in backquotes and name a test.
fn named_tests(because: &str) -> Vec<&str> {
    because.split('`').skip(1).step_by(2).filter(|word| word.contains("::")).collect()
}

fn exists(test: &str) -> bool {
    let Some((path, name)) = test.rsplit_once("::") else { return false };
    let source = fs::read_to_string(repository(path)).unwrap_or_default();
    ["fn", "def", "func"].iter().any(|keyword| source.contains(&format!("{keyword} {name}(")))
        || source.contains(&format!("fn {name}<"))
}

#[test]
fn every_rule_has_one_row_in_order() {
    let expected: Vec<_> = (1..=RULES).map(|number| format!("R{number}")).collect();
    assert_eq!(rows().into_iter().map(|row| row.rule).collect::<Vec<_>>(), expected);
}

#[test]
fn every_row_names_tests_that_exist_or_a_reason() {
    let faults: Vec<_> = rows()
        .iter()
        .filter_map(|Row { rule, state, because }| {
            let tests = named_tests(because);
            let missing: Vec<_> = tests.iter().filter(|test| !exists(test)).collect();
            match state.as_str() {
                _ if !missing.is_empty() => Some(format!("{rule}: no such test: {missing:?}")),
                "done" if tests.is_empty() => Some(format!("{rule}: done, and no test is named")),
                "not applicable" | "not done" if because.is_empty() => Some(format!("{rule}: no reason")),
                "done" | "not applicable" | "not done" => None,
                _ => Some(format!("{rule}: there is no state {state:?}")),
            }
        })
        .collect();
    assert_eq!(faults, Vec::<String>::new());
}
