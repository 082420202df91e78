//! The remedies that the provider's code has, read from its text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// One remedy as the code has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Written {
    pub(super) code: String,
    /// The field that is named with it, if always the same.
    pub(super) field: String,
    /// Its words; what is filled in stands in braces.
    pub(super) words: String,
}

/// The crates of the provider that tell users of faults.
const CRATES: [&str; 3] = ["core", "runtime", "aws"];
/// How a fault begins, and which of the values that follow is its code.
const BEGINNINGS: [(&str, usize); 6] = [
    ("Fault::user(", 0),
    ("Fault::terminal(", 0),
    ("Fault::waiting(", 0),
    ("Fault::transient(", 0),
    ("Fault::new(", 1),
    ("row(", 3),
];

/// What a kind says of one that is lost.
const LOST: &str = "WhenLost::Reported(";

/// Every remedy that the provider's code has, once.
pub(super) fn written() -> BTreeSet<Written> {
    let mut files = Vec::new();
    for name in CRATES {
        collect(&repository(&format!("provider/{name}/src")), &mut files);
    }
    let all = files.concat();
    files.iter().flat_map(|text| of_file(text, &Constants::of(text).or(Constants::of(&all)))).collect()
}

/// A path of the repository.
pub(super) fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect()
}

/// The files that are not compiled for tests only, without what is.
fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if matches!(name.as_str(), "tests" | "testing") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            files.push(code.collect::<Vec<_>>().join("\n"));
        }
    }
}

fn of_file(text: &str, constants: &Constants) -> Vec<Written> {
    let mut found = Vec::new();
    for (at, call) in text.match_indices(".remedy(") {
        let argument = arguments(&text[at + call.len()..]).remove(0);
        // That of one that is lost is told where its kind says it.
        let is_of_a_lost_one = text[..at].lines().last().is_some_and(|line| line.contains(LOST));
        let Some(words) = constants.words(argument).filter(|_| !is_of_a_lost_one) else { continue };
        let (code, field) = told(&text[..at], constants);
        if words.contains("{remedy}") {
            // A function that tells what it is given.
            let given = calls(text, enclosing(&text[..at]));
            let given = given.into_iter().filter_map(|given| literal(given.last()?));
            found.extend(given.map(|given| Written {
                words: words.replace("{remedy}", &given),
                code: code.clone(),
                field: field.clone(),
            }));
        } else {
            found.push(Written { code, field, words });
        }
    }
    for (at, call) in text.match_indices(LOST) {
        if let Some(words) = literal(&text[at + call.len()..]) {
            found.push(Written { code: "ExternallyDeleted".into(), field: String::new(), words });
        }
    }
    found
}

/// Code and field of the fault that the text before a remedy ends with.
fn told(before: &str, constants: &Constants) -> (String, String) {
    let begins =
        BEGINNINGS.iter().filter_map(|(call, place)| Some((before.rfind(call)? + call.len(), place)));
    let Some((at, place)) = begins.max() else { unreachable!("a remedy without a fault: {before}") };
    let chain = &before[at..];
    let code = arguments(chain).get(*place).and_then(|code| constants.words(code));
    let field = chain.rsplit_once(".at(").map(|(_, field)| arguments(field).remove(0));
    let field = field.and_then(|field| constants.words(field)).filter(|field| !field.contains('{'));
    let Some(code) = code else { unreachable!("a fault without a code: {chain}") };
    (code, field.unwrap_or_default())
}

/// The name of the function or closure that a text ends in.
fn enclosing(before: &str) -> &str {
    let after = |word: &str| before.rfind(word).map(|at| (at, &before[at + word.len()..]));
    let (_, name) = after("fn ").into_iter().chain(after("let ")).max().unwrap_or_default();
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// The values that each call of a function is given.
fn calls<'a>(text: &'a str, name: &str) -> Vec<Vec<&'a str>> {
    let call = format!("{name}(");
    let calls = text.match_indices(&call).filter(|(at, _)| {
        !text[..*at].ends_with("fn ") && !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    });
    calls.map(|(at, _)| arguments(&text[at + call.len()..])).collect()
}

/// What stands between commas before the parenthesis that closes.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut begin, mut found) = (0_u32, false, false, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(text[begin..at].trim());
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    if found.len() > 1 && found.last().is_some_and(|last| last.is_empty()) {
        found.pop();
    }
    found
}

/// Texts that have a name.
struct Constants(BTreeMap<String, String>);

// === impl Constants ===

impl Constants {
    fn of(text: &str) -> Self {
        let named = text.split("const ").skip(1).filter_map(|rest| {
            let (name, value) = rest.split_once('=')?;
            let (name, of) = name.split_once(':')?;
            (of.trim() == "&str").then(|| Some((name.to_owned(), literal(value)?)))?
        });
        Self(named.collect())
    }

    /// These, and where they have none of the name, others.
    fn or(self, mut others: Self) -> Self {
        others.0.extend(self.0);
        others
    }

    /// The words of an expression: of a literal, of `format!`, or of a name; a variable in braces.
    fn words(&self, expression: &str) -> Option<String> {
        let expression = expression.strip_prefix("format!(").unwrap_or(expression).trim();
        literal(expression).or_else(|| self.0.get(expression).cloned()).or_else(|| {
            let is_a_name =
                !expression.is_empty() && expression.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            is_a_name.then(|| format!("{{{expression}}}"))
        })
    }
}

/// The text that an expression begins with, as the compiler reads it.
fn literal(expression: &str) -> Option<String> {
    let mut rest = expression.trim_start().strip_prefix('"')?.chars().peekable();
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => return Some(text),
            '\\' if rest.peek() == Some(&'\n') => while rest.next_if(|c| c.is_whitespace()).is_some() {},
            '\\' => text.extend(rest.next()),
            _ => text.push(c),
        }
    }
    None
}
