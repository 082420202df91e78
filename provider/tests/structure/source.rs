//! The files of a crate, and what each of them imports.

use std::fs;
use std::path::Path;

/// One file of a crate's `src`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Its module: `queue::ready_items`; empty for the crate's root, and `main` for a binary beside a library.
    pub(crate) module: String,
    /// Without comments, and without its own tests.
    pub(crate) code: String,
}

/// What a file imports, as it is written: `super::plan::Action`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// Whether others may import it from here.
    pub(crate) is_public: bool,
}

/// Modules that are compiled for tests only.
const OF_TESTS: [&str; 3] = ["tests", "testing", "test_support"];

/// The files of a crate that are not compiled for tests only.
pub(crate) fn of(src: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    collect(src, &mut Vec::new(), &mut sources);
    sources.sort_by(|a, b| a.module.cmp(&b.module));
    sources
}

fn collect(folder: &Path, module: &mut Vec<String>, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if OF_TESTS.contains(&name.as_str()) || name == "generated" {
            continue;
        }
        if path.is_dir() {
            module.push(name);
            collect(&path, module, sources);
            module.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_root =
                module.is_empty() && (name == "lib" || (name == "main" && !folder.join("lib.rs").exists()));
            let module = module.iter().cloned().chain((!is_root).then_some(name));
            let module = module.collect::<Vec<_>>().join("::");
            sources.push(Source::new(&module, &fs::read_to_string(&path).unwrap()));
        }
    }
}

// === impl Source ===

impl Source {
    pub(crate) fn new(module: &str, text: &str) -> Self {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code = code.lines().map(|line| line.split("//").next().unwrap_or_default());
        Self { module: module.to_owned(), code: code.collect::<Vec<_>>().join("\n") }
    }

    /// Whether the code has a word, and not only as a part of a longer one.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
        self.code.match_indices(word).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + word.len()..].chars().next();
            !before.is_some_and(is_of_a_word) && !after.is_some_and(is_of_a_word)
        })
    }

    /// What `use` says, and the paths in the code that begin at the crate's root or at a parent.
    pub(crate) fn imports(&self) -> Vec<Import> {
        let (mut imports, mut rest) = (Vec::new(), String::new());
        let mut statement: Option<(bool, String)> = None;
        for line in self.code.lines() {
            let trimmed = line.trim();
            let used = ["", "pub ", "pub(crate) ", "pub(super) "].iter().find_map(|public| {
                Some((!public.is_empty(), trimmed.strip_prefix(*public)?.strip_prefix("use ")?))
            });
            match (&mut statement, used) {
                (Some((_, text)), _) => text.push_str(trimmed),
                (None, Some((is_public, text))) => statement = Some((is_public, text.to_owned())),
                (None, None) => rest = rest + line + "\n",
            }
            if let Some((is_public, text)) = statement.take_if(|(_, text)| text.ends_with(';')) {
                let tree = text.trim_end_matches(';');
                imports.extend(expand(tree).into_iter().map(|path| Import { path, is_public }));
            }
        }
        imports.extend(paths(&rest).into_iter().map(|path| Import { path, is_public: false }));
        imports
    }
}

/// Every path of a tree of a `use`: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.split(" as ").next().unwrap_or_default().trim();
    let Some((before, inside)) = tree.split_once('{') else {
        return vec![tree.split("::").map(|segment| segment.trim().to_owned()).collect()];
    };
    let prefix: Vec<_> =
        before.split("::").map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let (mut depth, mut parts, mut part) = (0_u32, Vec::new(), String::new());
    for c in inside.chars() {
        match c {
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => {
                depth = if c == '{' { depth + 1 } else { depth - u32::from(c == '}') };
                part.push(c);
            }
        }
    }
    parts.push(part);
    let parts = parts.iter().filter(|part| !part.trim().is_empty()).flat_map(|part| expand(part));
    parts
        .map(|path| prefix.iter().cloned().chain(path).filter(|segment| segment != "self").collect())
        .collect()
}

/// The paths in code that begin with `crate` or `super`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let starts = ["crate::", "super::"].into_iter().flat_map(|start| code.match_indices(start));
    let begins = starts.filter(|(at, _)| {
        !code[..*at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    });
    let is_of_a_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    begins
        .map(|(at, _)| {
            let path: String = code[at..].chars().take_while(|c| is_of_a_path(*c)).collect();
            path.split("::").filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
        })
        .collect()
}
