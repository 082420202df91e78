//! Every command that a page has its reader type is typed by a test, or the page says why not.

use crate::{docs, tree};

/// Who types them: each block of a page that is named there.
const READER: &str = "tests/e2e/pages.rs";
/// Lines of the README that another test runs.
const RENDERED: (&str, &str) = ("function-goldenpath --insecure", "tests/render/documented.rs");

/// The first line of each block of commands, with the line before the block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let text = tree::text(page);
    let (mut blocks, mut before) = (Vec::new(), String::new());
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if ["```bash", "```sh", "```shell", "```console"].contains(&line) {
            blocks.push((before.clone(), lines.next().unwrap_or_default().to_owned()));
        }
        if !line.is_empty() {
            line.clone_into(&mut before);
        }
    }
    blocks
}

#[test]
fn every_command_is_run_or_says_why_not() {
    let reader = tree::text(READER);
    assert!(tree::text(RENDERED.1).contains(RENDERED.0));
    let mut read = 0;
    for page in docs::pages() {
        let is_read = reader.contains(&format!("\"{page}\""));
        for (before, command) in blocks(&page) {
            let says_why = before.starts_with("<!-- not run: ") && before.ends_with(" -->");
            let is_rendered = page == "README.md" && command.starts_with(RENDERED.0);
            assert!(is_read || says_why || is_rendered, "{page}: nothing types `{command}`");
            read += usize::from(is_read && !says_why);
        }
    }
    assert!(read >= 20, "{read} blocks are typed");
}
