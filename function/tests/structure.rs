//! Which file of this crate may name what: the shared layers know no golden path, and no kind knows another. The rest of the
//! structure (layers, circles, former words) is checked for all crates in `provider/tests/structure`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

use std::fs;
use std::path::{Path, PathBuf};

use goldenpath_function::paths::ALL;

/// One file of `src`.
struct Source {
    /// Below `src`, without its ending: `kinds/usage`.
    name: String,
    /// Without comments.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let sources: Vec<_> = files.iter().map(|file| Source::of(&root, file)).collect();
    assert!(sources.len() > 50, "{}", sources.len());
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Whether code says a word, and not a longer one.
fn says(code: &str, word: &str) -> bool {
    let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let (before, after) = (code[..at].chars().next_back(), code[at + word.len()..].chars().next());
        !before.is_some_and(is_of_a_word) && !after.is_some_and(is_of_a_word)
    })
}

// === impl Source ===

impl Source {
    fn of(root: &Path, file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let code =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let name = file.strip_prefix(root).unwrap().with_extension("").display().to_string();
        Self { name, code }
    }

    fn is_of_a_path(&self) -> bool {
        self.name == "paths" || self.name.starts_with("paths/")
    }
}

#[test]
fn no_shared_file_names_a_golden_path() {
    let sources = sources();
    let modules = sources.iter().filter_map(|source| source.name.strip_prefix("paths/"));
    let modules: Vec<_> =
        modules.filter(|name| !name.contains('/')).map(|name| format!("paths::{name}")).collect();
    let kinds = ALL
        .iter()
        .flat_map(|path| [Some((path.kind)()), (path.definition)().claim_kind().map(str::to_owned)]);
    let words: Vec<_> = modules.into_iter().chain(kinds.flatten()).collect();
    assert!(words.len() >= 3, "{words:?}");
    for Source { name, code } in sources.iter().filter(|source| !source.is_of_a_path()) {
        let named = words.iter().find(|word| says(code, word));
        assert_eq!(named, None, "src/{name}.rs");
    }
}

#[test]
fn no_kind_names_another() {
    let sources = sources();
    let kinds: Vec<_> =
        sources.iter().filter_map(|s| Some((s.name.strip_prefix("kinds/")?, &s.code))).collect();
    assert!(kinds.len() > 5, "{}", kinds.len());
    for (name, code) in &kinds {
        // The kinds of one operator may stand in a folder; what they have in common stands beside it, and lists them.
        let is_below =
            |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
        let is_related = |other: &str| is_below(name, other) || is_below(other, name);
        for (other, _) in kinds.iter().filter(|(other, _)| other != name && !is_related(other)) {
            let leaf = other.rsplit('/').next().unwrap_or_default();
            let camel: String = leaf.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            for word in [leaf, camel.as_str()] {
                assert!(!says(code, word), "kinds/{name}.rs names {word}");
            }
        }
    }
}
