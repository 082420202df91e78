//! AWS's messages, made fit for a condition.

/// The longest message that a condition carries.
const LONGEST: usize = 400;

/// From these words on, a message differs from call to call or does not help.
const NOISE: &[&str] = &["request id", "requestid", "encoded authorization failure", "(service:"];

/// Makes a message stable: no request ids, one line, no full stop, not endless.
pub(super) fn stable(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = line.to_ascii_lowercase();
    let cut = NOISE.iter().filter_map(|n| lower.find(n)).min().unwrap_or(line.len());
    let cut = line.floor_char_boundary(cut.min(LONGEST));
    line[..cut].trim_end_matches([' ', '.', ',', ';', ':', '(', '[']).to_owned()
}

/// Whether a message may quote a secret: AWS repeats the offending value of some parameters.
pub(super) fn may_quote_a_secret(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    if lower.contains("must be provided") {
        return false; // What is missing has no value to quote.
    }
    ["password", "secretstring", "secret string", "secret_string"].iter().any(|word| lower.contains(word))
}

/// The field that a message is about, if it contains the words of one.
pub(super) fn field(message: &str, fields: &[(&str, &str)]) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    let (_, field) = fields.iter().find(|(words, _)| lower.contains(words))?;
    Some(format!(".spec.forProvider.{field}"))
}
