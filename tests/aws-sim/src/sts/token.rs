//! Tokens of other identity providers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use super::rules;
use crate::Refusal;

/// What a token says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) provider: String,
    pub(super) subject: String,
    pub(super) audience: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    aud: Option<Audience>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

// === impl Token ===

impl Token {
    /// Reads a token, whose signature nobody here can check. With a provider of OAuth 2.0 it is one that only the provider
    /// understands; without, it is a JWT.
    pub(super) fn read(token: &str, provider: Option<&str>, now: Timestamp) -> Result<Self, Refusal> {
        if let Some(provider) = provider {
            return Ok(Self { provider: provider.to_owned(), subject: "subject".into(), audience: None });
        }
        let claims = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
        let claims = claims.and_then(|claims| serde_json::from_slice::<Claims>(&claims).ok());
        let Claims { iss, sub, exp, aud } = claims.ok_or_else(|| rules::NOT_A_TOKEN.refuse(&[]))?;
        let (current, end) = (now.as_second().to_string(), exp.to_string());
        rules::EXPIRED_TOKEN.refuse_if(exp <= now.as_second(), &[&current, &end])?;
        let audience = match aud {
            Some(Audience::One(audience)) => Some(audience),
            Some(Audience::Several(several)) => several.into_iter().next(),
            None => None,
        };
        Ok(Self { provider: iss.trim_start_matches("https://").to_owned(), subject: sub, audience })
    }
}
