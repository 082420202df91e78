//! Making a password.

use goldenpath_provider_api::secretsmanager::GenerateSecretString;
use goldenpath_provider_core::{Fault, Sensitive};
use rand::TryCryptoRng;
use zeroize::Zeroizing;

use super::value::Document;

/// Characters that break a URL, a shell or JDBC. The CDK leaves out the same.
const UNSAFE: &str = " %+~`#$&*()|[]{}:;<>?!'/@\"\\";
/// Characters that RDS takes in no password, whatever the spec says.
const FORBIDDEN: &str = "/\"@ ";
const DEFAULT_LENGTH: i64 = 32;
/// The longest password that MySQL takes, and its relatives.
const LONGEST_MYSQL: i64 = 41;

const PATH: &str = ".spec.forProvider.generateSecretString";

/// What a password has to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rules {
    length: usize,
    alphabet: Vec<u8>,
}

/// Makes the first value of a secret: the template, with one password under each of its keys.
pub(super) fn value<R: TryCryptoRng>(
    spec: &GenerateSecretString,
    random: &mut R,
) -> Result<Sensitive, Fault> {
    let GenerateSecretString {
        secret_string_template,
        generate_string_key,
        additional_generate_string_keys,
        password_length,
        exclude_characters,
        exclude_punctuation,
    } = spec;
    let mut document = Document::parse(secret_string_template).ok_or_else(|| {
        invalid(
            "secretStringTemplate",
            "the template is not a JSON object",
            "write it as {\"username\":\"app\"}",
        )
    })?;
    if generate_string_key.is_empty() {
        return Err(invalid(
            "generateStringKey",
            "the key of the password is empty",
            "name it, e.g. password",
        ));
    }
    let length = password_length.unwrap_or(DEFAULT_LENGTH);
    let engine = document.text("engine");
    let is_mysql = engine.is_some_and(|e| matches!(e.expose(), "mysql" | "mariadb"));
    if is_mysql && length > LONGEST_MYSQL {
        return Err(invalid("passwordLength", "MySQL takes at most 41 characters", "set 41 or less"));
    }
    let rules = Rules {
        length: usize::try_from(length).unwrap_or_default(),
        alphabet: alphabet(
            exclude_characters.as_deref().unwrap_or(UNSAFE),
            *exclude_punctuation == Some(true),
        ),
    };
    if rules.alphabet.len() < 16 || rules.length < 8 {
        return Err(invalid(
            "excludeCharacters",
            "too few characters are left for a password",
            "exclude fewer",
        ));
    }
    let password = rules.password(random)?;
    for key in std::iter::once(generate_string_key).chain(additional_generate_string_keys) {
        document.set(key, password.expose());
    }
    Ok(document.print())
}

fn alphabet(exclude: &str, no_punctuation: bool) -> Vec<u8> {
    (b'!'..=b'~')
        .filter(|b| !exclude.contains(char::from(*b)) && !FORBIDDEN.contains(char::from(*b)))
        .filter(|b| !(no_punctuation && b.is_ascii_punctuation()))
        .collect()
}

fn invalid(field: &str, message: &str, remedy: &str) -> Fault {
    Fault::terminal("InvalidSpec", message).at(format!("{PATH}.{field}")).remedy(remedy)
}

// === impl Rules ===

impl Rules {
    /// Draws whole passwords until one has a lower case letter, an upper case one and a digit, as far as there are
    /// any: so every allowed password is as likely as every other.
    fn password<R: TryCryptoRng>(&self, random: &mut R) -> Result<Sensitive, Fault> {
        let classes: [fn(&u8) -> bool; 3] =
            [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
        let has = |text: &[u8], class: &fn(&u8) -> bool| text.iter().any(class);
        let needed: Vec<_> = classes.iter().filter(|class| has(&self.alphabet, class)).collect();
        loop {
            let drawn = self.draw(random)?;
            if needed.iter().all(|class| has(&drawn, class)) {
                let mut text = String::with_capacity(self.length);
                text.extend(drawn.iter().copied().map(char::from));
                return Ok(Sensitive::new(text));
            }
        }
    }

    /// Draws characters evenly: a byte beyond the last whole multiple of the alphabet is drawn again.
    fn draw<R: TryCryptoRng>(&self, random: &mut R) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let size = self.alphabet.len();
        let limit = 256 - 256 % size;
        let mut drawn = Zeroizing::new(Vec::with_capacity(self.length));
        let mut bytes = Zeroizing::new([0_u8; 64]);
        while drawn.len() < self.length {
            random.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| {
                Fault::transient("NoRandomness", "the operating system returned no random numbers")
            })?;
            let wanted = self.length - drawn.len();
            let even = bytes.iter().map(|b| usize::from(*b)).filter(|b| *b < limit);
            drawn.extend(even.take(wanted).map(|b| self.alphabet[b % size]));
        }
        Ok(drawn)
    }
}
