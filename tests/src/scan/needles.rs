//! What a secret looks like wherever it may have got to.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use memchr::memmem::Finder;

/// The secret as it is, and as it looks inside JSON and base64.
pub(super) struct Needles(Vec<Finder<'static>>);

impl Needles {
    pub(super) fn new(secret: &str) -> Self {
        let mut needles = vec![secret.as_bytes().to_vec()];
        // Inside JSON a quote or backslash is written differently.
        needles.push(serde_json::Value::from(secret).to_string().trim_matches('"').as_bytes().to_vec());
        // base64 looks different depending on how many bytes precede, modulo three.
        for offset in 0..3 {
            let mut padded = vec![0; offset];
            padded.extend_from_slice(secret.as_bytes());
            // Characters that also carry bits of what precedes or follows differ from place to place.
            let (first, last) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
            for engine in [&STANDARD, &URL_SAFE] {
                needles.push(engine.encode(&padded).as_bytes()[first..last].to_vec());
            }
        }
        needles.sort();
        needles.dedup();
        Self(needles.iter().map(|needle| Finder::new(needle).into_owned()).collect())
    }

    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        self.0.iter().any(|needle| needle.find(text).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_raw_and_in_base64_wherever_it_begins() {
        let needles = Needles::new("s3cret-pass");
        for before in ["", "a", "ab", "abc", "{\"password\":\""] {
            let text = format!("{before}s3cret-pass\"}}");
            assert!(needles.are_in(text.as_bytes()), "raw after {before:?}");
            assert!(needles.are_in(STANDARD.encode(&text).as_bytes()), "base64 after {before:?}");
        }
        assert!(!needles.are_in(b"s3cret-pas"));
    }
}
