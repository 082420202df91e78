//! What the pages name is there: fields, choices of the platform, flags, targets of `make`, files.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex_lite::Regex;
use serde_json::Value;

use crate::{docs, tree};

/// Fields of other projects' kinds, and what looks like a field.
const FIELDS_OF_OTHERS: &[&str] = &[
    // Crossplane's.
    "spec.compositeDeletePolicy",
    "spec.conversion",
    "spec.crossplane",
    "spec.crossplane.compositionUpdatePolicy",
    // External Secrets Operator's.
    "spec.data",
    "spec.dataFrom",
    // provider-upjet-aws's.
    "spec.deletionPolicy",
    // A file.
    "status.rs",
];

/// Flags of other programs: kubectl, Crossplane's and AWS's, Cargo, the demo.
const FLAGS_OF_OTHERS: &[&str] = &[
    "--all",
    "--aws-service-name",
    "--certificate-identity",
    "--certificate-oidc-issuer",
    "--crossplane-binary",
    "--custom-resource-state-config-file",
    "--field-selector",
    "--for",
    "--ignored",
    "--init-cache-sync-duration",
    "--name",
    "--namespace",
    "--once",
    "--owner",
    "--package",
    "--patch-file",
    "--previous",
    "--profile",
    "--replicas",
    "--secret-string",
    "--set",
    "--show-managed-fields",
    "--tail",
    "--test",
    "--timeout",
    "--type",
    "--wait",
];

/// The folders that paths in texts begin with.
const FOLDERS: &str = "compositions|docs|examples|function|package|proto|provider|tests|xrds";

/// Paths that are said from another folder than the root.
const PATHS_FROM_ELSEWHERE: &[&str] = &["examples/files.rs", "tests/properties"];

/// What a page has in backquotes, and its blocks of code.
#[derive(Default)]
struct Code {
    inline: Vec<String>,
    blocks: Vec<String>,
}

fn code(text: &str) -> Code {
    let (mut code, mut is_block) = (Code::default(), false);
    for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_block = true,
            Event::End(TagEnd::CodeBlock) => is_block = false,
            Event::Text(text) if is_block => code.blocks.push(text.into_string()),
            Event::Code(text) => code.inline.push(text.into_string()),
            _ => {}
        }
    }
    code
}

/// What the pages say that matches, each with its page; of blocks too, if they are asked for.
fn said(pattern: &str, blocks: Blocks) -> Vec<(String, String)> {
    let pattern = Regex::new(pattern).unwrap();
    let mut said = Vec::new();
    for page in docs::pages() {
        let Code { mut inline, blocks: in_blocks } = code(&tree::text(&page));
        if blocks == Blocks::Too {
            inline.extend(in_blocks);
        }
        for text in inline {
            said.extend(pattern.captures_iter(&text).map(|found| (page.clone(), found[1].to_owned())));
        }
    }
    assert!(said.len() > 10, "{pattern}: {said:?}");
    said
}

#[derive(Clone, Copy, PartialEq)]
enum Blocks {
    Too,
    /// What they show may be wrong on purpose.
    Not,
}

fn schemas() -> Vec<Value> {
    let files = ["xrds", "package/provider/crds"].iter().flat_map(|folder| tree::files(folder, ".yaml"));
    let definitions = files.map(|file| tree::documents(&file).remove(0));
    let versions =
        definitions.flat_map(|definition| definition["spec"]["versions"].as_array().unwrap().clone());
    versions.map(|version| version["schema"]["openAPIV3Schema"].clone()).collect()
}

/// Whether a schema has a field; items of lists and values of maps are looked into.
fn has(schema: &Value, path: &str) -> bool {
    let mut at = schema;
    for key in path.split('.') {
        while !at["items"].is_null() {
            at = &at["items"];
        }
        at = match at["properties"].get(key) {
            Some(field) => field,
            None if at["additionalProperties"].is_object() => &at["additionalProperties"],
            None => return false,
        };
    }
    true
}

#[test]
fn fields_are_in_a_schema() {
    let schemas = schemas();
    for (page, field) in said(r"(?:^|[^\w/.-])\.?((?:spec|status)(?:\.[a-zA-Z0-9]+)+)", Blocks::Not) {
        let known = FIELDS_OF_OTHERS.contains(&field.as_str());
        assert!(known || schemas.iter().any(|schema| has(schema, &field)), "{page}: nothing has {field}");
    }
}

#[test]
fn choices_of_the_platform_are_in_its_example() {
    let example = tree::text("examples/platform/platform-input.yaml");
    for (page, choice) in said(r"Platform\.([a-zA-Z.]+)", Blocks::Not) {
        for key in choice.split('.') {
            let is_there = Regex::new(&format!(r"\b{key}:")).unwrap().is_match(&example);
            assert!(is_there, "{page}: the example has no {key} of Platform.{choice}");
        }
    }
}

#[test]
fn flags_are_somebodys() {
    let help = tree::text("provider/help.txt");
    let function = tree::text("function/src/main.rs");
    for (page, flag) in said(r"(?:^|[^\w-])(--[a-z][a-z-]+)", Blocks::Too) {
        let variable = flag.trim_start_matches('-').replace('-', "_");
        let is_ours = help.split([' ', '[', '\n']).any(|word| word == flag) || function.contains(&variable);
        assert!(is_ours || FLAGS_OF_OTHERS.contains(&flag.as_str()), "{page}: nothing has the flag {flag}");
    }
}

#[test]
fn targets_are_in_the_makefile() {
    let makefile = tree::text("Makefile");
    let said = said(r"\bmake ([a-z-]+)", Blocks::Too).into_iter();
    // What a page shows of `kubectl describe` is English.
    for (page, target) in said.filter(|(_, target)| target != "the") {
        let is_there = makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
        assert!(is_there, "{page}: there is no `make {target}`");
    }
}

#[test]
fn files_are_there() {
    for (page, path) in said(&format!(r"(?:^|[^\w./-])((?:{FOLDERS})/[\w./-]*\w)"), Blocks::Too) {
        let is_there = tree::path(&path).exists() || PATHS_FROM_ELSEWHERE.contains(&path.as_str());
        assert!(is_there, "{page}: there is no {path}");
    }
}

/// A page that says that something is tested names the test.
#[test]
fn tests_are_there() {
    for (page, test) in said(&format!(r"((?:{FOLDERS})/[\w./-]+\.rs::\w+)"), Blocks::Not) {
        let (file, name) = test.split_once("::").unwrap();
        assert!(tree::text(file).contains(&format!("fn {name}(")), "{page}: there is no {test}");
    }
}

#[test]
fn what_is_not_there_is_found() {
    let schemas = schemas();
    assert!(schemas.iter().any(|schema| has(schema, "spec.storage.maxSize")));
    assert!(!schemas.iter().any(|schema| has(schema, "spec.storage.maximum")));
    let text = "`spec.x` and ``a `b` c``\n\n```bash\nmake it\n```\n";
    let Code { inline, blocks } = code(text);
    assert_eq!((inline, blocks), (vec!["spec.x".into(), "a `b` c".into()], vec!["make it\n".into()]));
}
