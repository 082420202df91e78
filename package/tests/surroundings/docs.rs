//! Every link of every page leads somewhere, and every page is in the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeStream};

use crate::tree;

const SUPPORT: &str = "docs/support.md";

/// Pages in Markdown, by their paths from the root.
pub(crate) fn pages() -> Vec<String> {
    let mut pages = tree::files("docs", ".md");
    pages.extend(["README", "CHANGELOG", "CONTRIBUTING", "SECURITY"].map(|name| format!("{name}.md")));
    pages
}

/// The targets of a page's links, and the anchors of its headings.
fn read(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut links, mut headings, mut heading) = (Vec::new(), Vec::new(), None::<String>);
    for event in TextMergeStream::new(Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES)) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.into_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Text(text) | Event::Code(text) => {
                heading = heading.map(|before| before + &text);
            }
            _ => {}
        }
    }
    (links, anchors(&headings))
}

/// As GitHub and mdBook make them: in lower case, blanks as hyphens, and without punctuation; one that is there already
/// is numbered.
fn anchors(headings: &[String]) -> BTreeSet<String> {
    let mut seen = BTreeMap::<String, u32>::new();
    let anchor = |heading: &String| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect();
        let before = seen.entry(anchor.clone()).or_default();
        *before += 1;
        if *before == 1 { anchor } else { format!("{anchor}-{}", *before - 1) }
    };
    headings.iter().map(anchor).collect()
}

/// What is wrong with a link of a page.
fn mistake(page: &str, link: &str) -> Option<String> {
    if link.starts_with("https://") || link.starts_with("http://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = if file.is_empty() {
        page.to_owned()
    } else {
        format!("{folder}/{file}").trim_start_matches('/').to_owned()
    };
    if !tree::path(&target).exists() {
        return Some(format!("{page}: there is no {target}"));
    }
    let anchor = anchor?;
    let (_, anchors) = read(&fs::read_to_string(tree::path(&target)).unwrap());
    (!anchors.contains(anchor)).then(|| format!("{page}: {target} has no heading {anchor}"))
}

#[test]
fn every_link_leads_somewhere() {
    let mut checked = 0;
    let mut mistakes = Vec::new();
    for page in pages() {
        let (links, _) = read(&tree::text(&page));
        checked += links.len();
        mistakes.extend(links.iter().filter_map(|link| mistake(&page, link)));
    }
    assert_eq!(mistakes, Vec::<String>::new());
    assert!(checked > 100, "{checked} links");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    assert_eq!(mistake("docs/install.md", "security.md#who-the-platform-is"), None);
    assert_eq!(mistake("docs/install.md", "#after-it"), None);
    assert!(mistake("docs/install.md", "security.md#nowhere").is_some());
    assert!(mistake("docs/install.md", "insecurity.md").is_some());
}

#[test]
fn every_page_is_in_the_book_once() {
    let (links, _) = read(&tree::text("docs/SUMMARY.md"));
    let mut listed: Vec<_> = links.iter().map(|link| format!("docs/{link}")).collect();
    listed.sort();
    let mut pages = tree::files("docs", ".md");
    pages.retain(|page| page != "docs/SUMMARY.md");
    assert_eq!(listed, pages);
}

/// Whatever operator a golden path composes for, a page says what goes with it.
#[test]
fn every_operator_can_be_removed_by_the_book() {
    let page = tree::text("docs/removing.md");
    let mut operators = BTreeSet::new();
    for file in tree::files("function/src/kinds", ".rs") {
        let text = tree::text(&file);
        let names = text.split("Some(&Operator {").skip(1).filter_map(|rest| rest.split('"').nth(1));
        operators.extend(names.map(str::to_owned));
    }
    // What is installed with the packages is taken away with them.
    operators.retain(|name| !["the golden path", "provider-goldenpath-aws"].contains(&name.as_str()));
    assert!(operators.len() >= 4, "{operators:?}");
    for operator in operators {
        assert!(
            page.contains(&format!("| {operator} |")),
            "docs/removing.md does not say what goes with {operator}"
        );
    }
}

/// Every policy has its row, and says the same of a failure as all do.
#[test]
fn every_policy_is_explained() {
    let page = tree::text("docs/policies.md");
    let rows: BTreeSet<_> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut policies = BTreeSet::new();
    let documents: Vec<_> =
        tree::files("package/policies", ".yaml").iter().flat_map(|file| tree::documents(file)).collect();
    for policy in documents.iter().filter(|document| document["kind"] == "ValidatingAdmissionPolicy") {
        policies.insert(policy["metadata"]["name"].as_str().unwrap());
        assert_eq!(policy["spec"]["failurePolicy"], "Fail");
    }
    assert_eq!(rows, policies);
}

/// The version of a Go module in the `go.mod` of a tool.
fn pinned(tool: &str, module: &str) -> String {
    let text = tree::text(&format!("tests/controlplane/{tool}/go.mod"));
    let version = text.lines().find_map(|line| {
        let mut words = line.trim().trim_start_matches("require ").split_whitespace();
        (words.next() == Some(module)).then(|| words.next().unwrap().to_owned())
    });
    version.unwrap_or_else(|| panic!("{tool} has no {module}"))
}

/// The value that a line of a file begins with, after a word.
fn after(file: &str, word: &str) -> String {
    let text = tree::text(file);
    let line = text.lines().find_map(|line| line.trim().strip_prefix(word));
    line.unwrap_or_else(|| panic!("{file}: {word}")).trim().trim_matches('"').to_owned()
}

/// The page says which versions the tests run with: `UPDATE=1` writes it from the pins.
#[test]
fn the_support_matrix_has_the_pinned_versions() {
    let tested = [
        (
            "Crossplane",
            pinned("crossplane", "github.com/crossplane/crossplane/v2"),
            "`2.3`: packages ask for it",
        ),
        (
            "Crossplane's CLI",
            pinned("crossplane-cli", "github.com/crossplane/cli/v2"),
            "any that pushes and installs",
        ),
        ("Kubernetes", pinned("kubernetes", "k8s.io/kubernetes"), "`1.30`: ValidatingAdmissionPolicies"),
        (
            "External Secrets Operator",
            pinned("external-secrets", "github.com/external-secrets/external-secrets"),
            "`0.16`: it reads anew when an annotation changes",
        ),
        ("KEDA", pinned("keda", "github.com/kedacore/keda/v2"), "its CRDs, where apps scale by events"),
        (
            "Prometheus Operator",
            pinned("prometheus-operator", "github.com/prometheus-operator/prometheus-operator"),
            "its CRDs, where apps are monitored",
        ),
        (
            "Kyverno",
            pinned("kyverno", "github.com/kyverno/kyverno"),
            "`1.17`: `policies.kyverno.io/v1`, [where it has the policies](policies.md#with-kyverno)",
        ),
    ];
    assert_eq!(after("package/configuration/crossplane.yaml", "version: \">=v"), "2.3.0");
    let mut page = String::from(SUPPORT_HEAD);
    for (what, version, least) in tested {
        writeln!(page, "| {what} | {version} | {least} |").unwrap();
    }
    let moto = after("tests/aws/requirements.in", "moto[server,rds,secretsmanager,ec2]==");
    let rust = after("Cargo.toml", "rust-version =");
    let go = after("tests/controlplane/crossplane/go.mod", "go ");
    let go_of_kyverno = after("tests/controlplane/kyverno/go.mod", "go ");
    writeln!(
        page,
        "\nOf KEDA and Prometheus Operator the tests have the CRDs and not the operators, and of Kyverno its CLI, which \
         `make surroundings` runs.\nAWS is played by moto {moto} behind a wrapper, or by an AWS of the project's own; both say \
         in their tests what of AWS they keep to.\nBuilt with Rust {rust} and Go {go}, Kyverno's CLI with Go {go_of_kyverno}.",
    )
    .unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(tree::path(SUPPORT), &page).unwrap();
    }
    assert_eq!(
        fs::read_to_string(tree::path(SUPPORT)).unwrap_or_default(),
        page,
        "out of date; run `make update`"
    );
}

const SUPPORT_HEAD: &str = "\
# What it is tested with

Written from the versions that the tests pin, by `UPDATE=1 cargo test -p goldenpath-package --test surroundings`.

| what | `make test` runs with | at least |
|---|---|---|
";
