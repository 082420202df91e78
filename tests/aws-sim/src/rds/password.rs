//! Master users and their passwords.

use super::rules;
use crate::Refusal;

/// Names that an engine has itself.
fn reserved(engine: &str) -> &'static [&'static str] {
    match engine {
        "postgres" => &["admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "user"],
        "mysql" => &["rdsadmin", "rdsrepladmin", "mysql.sys"],
        _ => &["rdsadmin", "rdsrepladmin"],
    }
}

/// A password's length and characters; the words never repeat it.
pub(crate) fn check(engine: &str, password: &str) -> Result<(), Refusal> {
    let longest = if engine == "postgres" { 128 } else { 41 };
    rules::PASSWORD_SHORT.refuse_if(password.len() < 8, &["8"])?;
    rules::PASSWORD_LONG.refuse_if(password.len() > longest, &[&longest.to_string()])?;
    let taken = |c: char| c.is_ascii_graphic() && !['/', '@', '"'].contains(&c);
    rules::PASSWORD_CHARACTERS.refuse_if(!password.chars().all(taken), &[])
}

/// The master user of a new instance.
pub(crate) fn check_user(engine: &str, user: Option<&str>) -> Result<String, Refusal> {
    let user =
        user.filter(|user| !user.is_empty()).ok_or_else(|| rules::BLANK.refuse(&["MasterUsername"]))?;
    rules::MASTER_USER.refuse_if(!is_name(user, |c| c.is_ascii_alphabetic()), &[])?;
    let taken = reserved(engine).iter().any(|name| user.eq_ignore_ascii_case(name));
    rules::MASTER_USER_RESERVED.refuse_if(taken, &[user])?;
    Ok(user.to_owned())
}

/// The name of the first database.
pub(crate) fn check_database(engine: &str, name: &str) -> Result<(), Refusal> {
    rules::DATABASE_NAME.refuse_if(!is_name(name, |c| c.is_ascii_alphabetic() || c == '_'), &[])?;
    let reserved = engine == "postgres" && ["db", "rdsadmin", "template0", "template1"].contains(&name);
    rules::DATABASE_NAME_RESERVED.refuse_if(reserved, &[name])
}

fn is_name(text: &str, first: fn(char) -> bool) -> bool {
    (1..=63).contains(&text.len())
        && text.starts_with(first)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
