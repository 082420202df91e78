//! `AssumeRole` and `AssumeRoleWithWebIdentity`.

use jiff::SignedDuration;

use super::role::Role;
use super::token::Token;
use super::{Session, Sts, key, rules};
use crate::{Call, Refusal, Structure};

const HOUR: i64 = 3600;

/// Takes a role on with a key.
pub(super) fn role(sts: &mut Sts, call: &mut Call<'_>) -> Result<Structure, Refusal> {
    let (role, name, duration) = (asked_role(call)?, session_name(call)?, duration(call)?);
    let is_chained = sts.sessions.contains_key(&call.request.access_key);
    rules::CHAINED_DURATION.refuse_if(is_chained && duration > HOUR, &[])?;
    Ok(sts.issue(call, role, name, duration))
}

/// Takes a role on with another provider's token.
pub(super) fn with_web_identity(sts: &mut Sts, call: &mut Call<'_>) -> Result<Structure, Refusal> {
    let (role, name, duration) = (asked_role(call)?, session_name(call)?, duration(call)?);
    let token =
        call.form().get("WebIdentityToken").ok_or_else(|| rules::MISSING.refuse(&["webIdentityToken"]))?;
    let Token { provider, subject, audience } = Token::read(token, call.form().get("ProviderId"), call.now)?;
    Ok(sts
        .issue(call, role, name, duration)
        .with("SubjectFromWebIdentityToken", subject)
        .with_some("Audience", audience)
        .with("Provider", provider))
}

fn asked_role(call: &Call<'_>) -> Result<Role, Refusal> {
    Role::of(call.form().get("RoleArn").ok_or_else(|| rules::MISSING.refuse(&["roleArn"]))?)
}

fn session_name(call: &Call<'_>) -> Result<String, Refusal> {
    let name =
        call.form().get("RoleSessionName").ok_or_else(|| rules::MISSING.refuse(&["roleSessionName"]))?;
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
    rules::SESSION_NAME.refuse_if(!name.chars().all(is_allowed), &[name])?;
    rules::SESSION_NAME_LENGTH.refuse_if(!(2..=64).contains(&name.len()), &[name])?;
    Ok(name.to_owned())
}

fn duration(call: &Call<'_>) -> Result<i64, Refusal> {
    let Some(given) = call.form().get("DurationSeconds") else {
        return Ok(HOUR);
    };
    let seconds = given.parse().ok().filter(|seconds| (15 * 60..=12 * HOUR).contains(seconds));
    seconds.ok_or_else(|| rules::DURATION.refuse(&[given]))
}

// === impl Sts ===

impl Sts {
    fn issue(&mut self, call: &mut Call<'_>, role: Role, name: String, duration: i64) -> Structure {
        let expires = call.now + SignedDuration::from_secs(duration);
        let key = key::temporary(&role.account, call.chance);
        let credentials = Structure::new()
            .with("AccessKeyId", key.as_str())
            .with("SecretAccessKey", call.chance.mixed(40))
            .with("SessionToken", call.chance.mixed(96))
            .with("Expiration", expires);
        let user = Structure::new()
            .with("AssumedRoleId", format!("{}:{name}", role.id))
            .with("Arn", role.assumed(&name));
        self.sessions.insert(key, Session { role, name, expires });
        Structure::new().with("Credentials", credentials).with("AssumedRoleUser", user)
    }
}
