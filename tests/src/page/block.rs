//! Finds the blocks of a page, and holds what was printed against what is shown.

use anyhow::{Result, bail};

/// What is typed at once.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it begins on its page.
    pub line: usize,
    /// What is typed.
    pub commands: String,
    pub(super) expected: Expected,
    /// The lines that are printed; none where the page does not say.
    pub(super) shown: Vec<String>,
}

/// How a block ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Success,
    /// Its last command fails.
    Refusal,
    /// It is not typed, for this reason.
    NotRun(String),
}

/// Any text.
const ANYTHING: char = '…';

/// The blocks of a page.
pub(super) fn all(text: &str) -> Result<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = text.lines().enumerate();
    // The last line that is not empty: it says of a block how it ends, or ends the block whose output comes next.
    let mut before = "";
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        let Some(language) = line.strip_prefix("```") else {
            if !line.is_empty() {
                before = line;
            }
            continue;
        };
        let inside: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```").collect();
        match (language, blocks.last_mut()) {
            ("bash", _) => blocks.push(Block {
                line: number + 1,
                commands: inside.join("\n"),
                expected: Expected::said_by(before)?,
                shown: Vec::new(),
            }),
            ("text", Some(block)) if before == "```bash" => {
                block.shown = inside.into_iter().map(words).filter(|line| !line.is_empty()).collect();
            }
            _ => {}
        }
        before = line;
    }
    Ok(blocks)
}

// === impl Block ===

impl Block {
    /// The commands but the last, and the last.
    pub(super) fn split(&self) -> (String, String) {
        let mut commands: Vec<String> = Vec::new();
        let mut goes_on = false;
        for line in self.commands.lines().filter(|line| !line.trim().is_empty()) {
            match commands.last_mut() {
                Some(command) if goes_on || line.starts_with("  ") => {
                    command.push('\n');
                    command.push_str(line);
                }
                _ => commands.push(line.to_owned()),
            }
            goes_on = line.ends_with('\\');
        }
        let last = commands.pop().unwrap_or_default();
        (commands.join("\n"), last)
    }

    /// The first line that was not printed, after those before it.
    pub(super) fn missing_from(&self, printed: &str) -> Option<&str> {
        let mut printed = printed.lines().map(words);
        self.shown
            .iter()
            .map(String::as_str)
            .find(|shown| !printed.by_ref().any(|line| is_like(shown, &line)))
    }
}

// === impl Expected ===

impl Expected {
    fn said_by(line: &str) -> Result<Self> {
        let Some(mark) = line.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")) else {
            return Ok(Self::Success);
        };
        match mark.trim() {
            "refused" => Ok(Self::Refusal),
            mark => match mark.strip_prefix("not run:").map(str::trim) {
                Some("") => bail!("a block that is not run says why"),
                Some(why) => Ok(Self::NotRun(why.to_owned())),
                None => Ok(Self::Success),
            },
        }
    }
}

/// With one blank between two words: columns are as wide as what is in them.
fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_like(shown: &str, line: &str) -> bool {
    let Some((first, others)) = shown.split_once(ANYTHING) else { return shown == line };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = others.split(ANYTHING).collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
Some words.

```bash
kubectl apply -f a.yaml
kubectl get gpdb \\
  -n payments
```

```text
NAME        PHASE       AGE
orders-db   Available   …
```

1. In a list

   <!-- refused -->
   ```bash
   kubectl delete gpdb orders-db
   ```

<!-- not run: it takes the cluster away -->
```bash
kubectl delete crd --all
```

```yaml
text: of another language
```
";

    #[test]
    fn a_page_is_its_blocks_with_what_they_print() {
        let blocks = all(PAGE).unwrap();
        let ends: Vec<_> = blocks.iter().map(|block| (block.line, &block.expected)).collect();
        let why = Expected::NotRun("it takes the cluster away".into());
        assert_eq!(ends, [(3, &Expected::Success), (17, &Expected::Refusal), (22, &why)]);
        assert_eq!(blocks[0].shown, ["NAME PHASE AGE", "orders-db Available …"]);
        assert_eq!(blocks[2].shown, [""; 0]);
        let (first, last) = blocks[0].split();
        assert_eq!(first, "kubectl apply -f a.yaml");
        assert_eq!(last, "kubectl get gpdb \\\n  -n payments");
        assert!(all("<!-- not run: -->\n```bash\nls\n```\n").is_err());
    }

    #[test]
    fn what_is_printed_has_the_lines_of_the_page_in_their_order() {
        let block = all(PAGE).unwrap().remove(0);
        let printed = "NAME         PHASE      AGE\nother   Creating   1s\norders-db    Available  5m\n";
        assert_eq!(block.missing_from(printed), None);
        for (wrong, missing) in [
            ("NAME  PHASE  READY  AGE\norders-db Available 5m", "NAME PHASE AGE"),
            ("NAME PHASE AGE\norders-db Creating 5m", "orders-db Available …"),
            ("orders-db Available 5m\nNAME PHASE AGE", "orders-db Available …"),
        ] {
            assert_eq!(block.missing_from(wrong), Some(missing), "{wrong}");
        }
    }

    #[test]
    fn an_ellipsis_is_any_text() {
        for (shown, line, is) in [
            ("a … c", "a b c", true),
            ("a … c", "a c b c", true),
            ("a …", "a b c", true),
            ("… c", "a b c", true),
            ("a … c", "a b c d", false),
            ("a b", "a b c", false),
            ("a … x … c", "a b c", false),
        ] {
            assert_eq!(is_like(shown, line), is, "{shown}: {line}");
        }
    }
}
