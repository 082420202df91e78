//! Randomness that its seed decides: identifiers, suffixes, passwords.

/// A stream of numbers (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Chance(u64);

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

// === impl Chance ===

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A UUID of version 4, as request ids and versions have.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.number().to_be_bytes());
        bytes[8..].copy_from_slice(&self.number().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// Capital letters and digits, as `DbiResourceId` has.
    pub fn upper(&mut self, length: usize) -> String {
        self.of(UPPER, length)
    }

    /// Letters and digits, as the end of a secret's ARN has.
    pub fn mixed(&mut self, length: usize) -> String {
        self.of(MIXED, length)
    }

    /// Small letters and digits, as the host of an endpoint has.
    pub fn lower(&mut self, length: usize) -> String {
        self.of(LOWER, length)
    }

    fn of(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut one = || {
            let drawn = self.number() % alphabet.len() as u64;
            usize::try_from(drawn).map_or('x', |index| char::from(alphabet[index]))
        };
        (0..length).map(|_| one()).collect()
    }
}
