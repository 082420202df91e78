//! docs/golden-paths.md has every row once, and names only tests that exist, as does docs/security.md; docs/problems.md
//! has every code.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use goldenpath_function::paths::ALL;

/// The tables: what begins a row's name, and how many rows there are.
const TABLES: [(&str, usize); 6] =
    [("D1-", 24), ("D2-", 16), ("S0-D", 19), ("A1-", 27), ("S0-I", 9), ("S0-S", 8)];

struct Row {
    name: String,
    state: String,
    /// The files that it is in, each in backquotes, and what is not in a file.
    places: String,
    /// Tests, and what there is to say beside them.
    because: String,
}

fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", path].iter().collect()
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(repository("docs/golden-paths.md")).unwrap();
    let of_a_table = |line: &&str| TABLES.iter().any(|(begin, _)| line.starts_with(&format!("| {begin}")));
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, state, places, because] = cells[..] else { panic!("five cells: {line}") };
        Row { name: name.into(), state: state.into(), places: places.into(), because: because.into() }
    };
    text.lines().filter(of_a_table).map(row).collect()
}

/// The words in backquotes that name a golden case or a test.
fn named(because: &str) -> Vec<&str> {
    let words = because.split('`').skip(1).step_by(2);
    words.filter(|word| word.contains("::") || word.starts_with("golden/")).collect()
}

fn exists(test: &str) -> bool {
    if let Some(case) = test.strip_prefix("golden/") {
        let mut folders = fs::read_dir(repository("function/tests/golden")).unwrap();
        return folders.any(|folder| folder.unwrap().path().join(format!("{case}.yaml")).exists());
    }
    let Some((path, name)) = test.rsplit_once("::") else { return false };
    fs::read_to_string(repository(path)).unwrap_or_default().contains(&format!("fn {name}("))
}

#[test]
fn every_row_is_there_once_and_in_order() {
    let numbered =
        |(begin, count): (&str, usize)| (1..=count).map(move |n| format!("{begin}{n:02}")).collect();
    let expected: Vec<String> =
        TABLES.into_iter().flat_map(|table| -> Vec<String> { numbered(table) }).collect();
    assert_eq!(rows().into_iter().map(|row| row.name).collect::<Vec<_>>(), expected);
}

/// A claim has the rows of what it is a claim of, and its own rules.
#[test]
fn every_path_has_its_rows() {
    let text = fs::read_to_string(repository("docs/golden-paths.md")).unwrap();
    for path in ALL {
        let kind = (path.kind)();
        if let Some(claim) = (path.definition)().claim_kind() {
            assert!(text.contains(&format!("`{claim}` is")), "docs/golden-paths.md has no rules of {claim}");
            continue;
        }
        let sections = text.split("\n## ").filter(|section| section.starts_with(&format!("{kind}:")));
        let rows = sections.flat_map(str::lines).filter(|line| line.starts_with("| ")).count();
        assert!(rows > 1, "docs/golden-paths.md has no rows of {kind}");
    }
}

#[test]
fn every_row_names_files_that_exist() {
    let mut files = Vec::new();
    for folder in ["function/src", "function/tests", "tests"] {
        collect(&repository(folder), &mut files);
    }
    for Row { name, places, .. } in rows() {
        for place in places.split('`').skip(1).step_by(2) {
            let exists = files.iter().any(|file| file.ends_with(place));
            assert!(exists, "{name}: there is no {place}");
        }
    }
}

/// A folder, and every file and folder below it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    files.push(folder.to_owned());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn every_row_names_tests_that_exist_or_a_reason() {
    for Row { name, state, places: _, because } in rows() {
        let tests = named(&because);
        for test in &tests {
            assert!(exists(test), "{name}: there is no {test}");
        }
        let reason = because.rsplit('`').next().unwrap_or_default();
        let complete = match state.as_str() {
            "done" => !tests.is_empty(),
            "partly" => !tests.is_empty() && reason.len() > 2,
            "not done" => tests.is_empty() && !because.is_empty(),
            other => panic!("{name}: there is no state {other:?}"),
        };
        assert!(complete, "{name} is {state} and names no test, or no reason: {because}");
    }
}

/// Texts that users see are compared by a story with what kubectl prints; here, that each has its story.
#[test]
fn every_text_that_is_shown_is_seen_by_a_story() {
    let mut stories = Vec::new();
    collect(&repository("tests/e2e"), &mut stories);
    let stories: String =
        stories.iter().filter(|path| path.is_file()).map(|p| fs::read_to_string(p).unwrap()).collect();
    // However long a line is.
    let stories = stories.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
    let shown = |file: &str, document: &str| -> Vec<(String, String)> {
        let text = fs::read_to_string(repository(file)).unwrap();
        let marks = text.lines().filter_map(|line| line.strip_prefix("<!-- seen: ")?.strip_suffix(" -->"));
        marks.map(|name| (document.to_owned(), name.to_owned())).collect()
    };
    let golden = shown("docs/golden-paths.md", "GoldenPaths");
    let security = shown("docs/security.md", "Security");
    assert_eq!(
        golden.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        ["get", "describe", "describe-teams", "delete"]
    );
    assert_eq!(security.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["attacks"]);
    for (document, name) in golden.into_iter().chain(security) {
        let arguments = format!("(Document::{document}, \"{name}\"");
        let is_seen =
            ["compare", "settles"].iter().any(|by| stories.contains(&format!("documented::{by}{arguments}")));
        assert!(is_seen, "no story sees {name}");
    }
}

/// What somebody might do, what stops it, and the test that does it.
#[test]
fn every_threat_has_its_control_and_a_test_that_exists() {
    let text = fs::read_to_string(repository("docs/security.md")).unwrap();
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| T")).collect();
    for (row, number) in rows.iter().zip(1..) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, threat, control, proof] = cells[..] else { panic!("four cells: {row}") };
        assert_eq!(name, format!("T{number:02}"));
        assert!(!threat.is_empty() && !control.is_empty(), "{row}");
        let tests = named(proof);
        assert!(!tests.is_empty(), "{name} names no test");
        for test in tests {
            assert!(exists(test), "{name}: there is no {test}");
        }
    }
    assert!(rows.len() >= 15, "{} rows", rows.len());
}

#[test]
fn every_code_in_a_case_is_explained() {
    let text = fs::read_to_string(repository("docs/problems.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let explained: BTreeSet<_> = rows.collect();
    let folders = fs::read_dir(repository("function/tests/golden")).unwrap();
    let snapshots = folders.filter_map(|folder| fs::read_dir(folder.unwrap().path().join("snapshots")).ok());
    for snapshot in snapshots.flatten() {
        let path = snapshot.unwrap().path();
        let told = fs::read_to_string(&path).unwrap();
        for code in told.lines().filter_map(|line| line.trim().strip_prefix("- code: ")) {
            assert!(explained.contains(code), "{} tells {code}", path.display());
        }
    }
    assert!(explained.len() > 30, "{explained:?}");
}
