//! The shared-credentials file, as far as it is used: section `default`, three keys.

use aws_credential_types::Credentials;
use goldenpath_provider_core::Sensitive;

/// Keys that sign requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: Sensitive,
    pub(super) token: Option<Sensitive>,
}

/// Reads the keys. Names of the section and of the keys are matched in any case; everything else is ignored (R196).
pub(super) fn parse(file: &str) -> Result<Keys, &'static str> {
    let mut in_default = false;
    let mut seen_default = false;
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in file.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            in_default = section.trim().eq_ignore_ascii_case("default");
            seen_default |= in_default;
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| in_default) else {
            continue;
        };
        let value = Some(value.trim().to_owned()).filter(|v| !v.is_empty());
        match key.trim().to_ascii_lowercase().as_str() {
            "aws_access_key_id" => id = value,
            "aws_secret_access_key" => secret = value.map(Sensitive::new),
            "aws_session_token" => token = value.map(Sensitive::new),
            _ => {}
        }
    }
    if !seen_default {
        return Err("it has no section [default]");
    }
    Ok(Keys {
        id: id.ok_or("it has no aws_access_key_id")?,
        secret: secret.ok_or("it has no aws_secret_access_key")?,
        token,
    })
}

// === impl Keys ===

impl Keys {
    /// The keys as the SDK takes them.
    pub(super) fn credentials(&self) -> Credentials {
        let token = self.token.as_ref().map(|t| t.expose().to_owned());
        Credentials::new(&*self.id, self.secret.expose(), token, None, "ProviderConfigSecret")
    }
}
