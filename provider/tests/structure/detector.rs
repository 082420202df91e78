//! The detector itself, on crates that were made up.

use crate::graph::Graph;
use crate::layers::upwards;
use crate::source::Source;

fn graph(files: &[(&str, &str)]) -> Graph {
    let sources: Vec<_> = files.iter().map(|(module, text)| Source::new(module, text)).collect();
    Graph::of(&sources)
}

#[test]
fn a_circle_is_found_however_it_is_imported() {
    for back in [
        "use crate::a::A;",
        "use super::a::A;",
        "use super::{\n    a::{A, B},\n    c::C,\n};",
        "pub(crate) use crate::{a::A as Other, c};",
        "fn f() -> crate::a::A { super::a::A }",
        // Through what the root exports again.
        "use crate::A;",
    ] {
        let files = [
            ("", "pub mod a;\nmod b;\nmod c;\n\npub use a::A;"),
            ("a", "use crate::c::C;"),
            ("b", back),
            ("c", "use crate::b::B;"),
        ];
        assert_eq!(graph(&files).circles(), [vec!["a", "b", "c"]].into(), "{back}");
    }
}

#[test]
fn a_circle_through_a_part_of_a_module_is_found() {
    let files = [("", ""), ("a", "mod part;"), ("a::part", "use crate::b::B;"), ("b", "use crate::a::A;")];
    assert_eq!(graph(&files).circles(), [vec!["a", "a::part", "b"]].into());
}

#[test]
fn what_is_no_dependency_is_no_circle() {
    for (what, code) in [
        ("a comment", "// use crate::a::A;"),
        ("its own tests", "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}"),
        ("another crate", "use other::a::A;"),
        ("what it is a part of", "use super::B;"),
        ("a name that only begins alike", "use crate::abc::A;"),
    ] {
        let files =
            [("", ""), ("a", "use crate::b::part::P;"), ("abc", ""), ("b", "mod part;"), ("b::part", code)];
        assert_eq!(graph(&files).circles(), [].into(), "{what}");
    }
}

#[test]
fn an_import_upwards_is_found() {
    let files =
        [("", ""), ("top", "use crate::bottom::B;"), ("bottom", ""), ("bottom::part", "use crate::top::T;")];
    assert_eq!(upwards(&graph(&files), &[&["top"], &["bottom"]]), ["bottom::part imports from top"]);
    assert_eq!(upwards(&graph(&files), &[&["top", "bottom"]]), [""; 0]);
    assert_eq!(upwards(&graph(&files), &[&["top"]]).first().unwrap(), "bottom is in 0 layers");
}

#[test]
fn a_word_is_found_as_a_whole_only() {
    let source = Source::new("a", "fn unclaimed() { insist(); } // claim");
    assert!(source.has_word("insist"));
    assert!(!source.has_word("unclaim") && !source.has_word("claim"));
}
