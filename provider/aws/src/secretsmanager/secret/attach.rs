//! Merges the connection details of an instance into a value, under the keys that the spec asks for.

use std::collections::BTreeSet;

use goldenpath_provider_api::rds::{Engine, Instance};
use goldenpath_provider_api::secretsmanager::{AttachedInstance, AttachmentKeys, GenerateSecretString};
use serde_json::Value;

use super::value::Document;

/// The keys of AWS's rotation functions.
const STANDARD: [&str; 7] =
    ["engine", "host", "username", "password", "dbname", "port", "dbInstanceIdentifier"];
/// What the environment variables of an engine end in.
const ENVIRONMENT: [&str; 5] = ["USER", "PASSWORD", "HOST", "PORT", "DB"];

/// What is merged into the value of an attached secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Connection {
    pub(super) attached: AttachedInstance,
    pub(super) engine: String,
    pub(super) dbname: Option<String>,
}

// === impl Document ===

impl Document {
    /// Merges the details of a connection; returns whether anything has changed. Keys that were asked for `before` and are
    /// not any more are removed. What the rule names is always there.
    pub(super) fn attach(
        &mut self,
        connection: &Connection,
        before: Option<AttachmentKeys>,
        rule: &GenerateSecretString,
    ) -> bool {
        let printed = self.print();
        let Connection { attached, engine, dbname } = connection;
        let AttachedInstance { identifier, host, port, keys, username } = attached;
        let variable = |name: &str| format!("{}_{name}", Engine::of(engine).environment_prefix());
        self.complete(rule, &variable("PASSWORD"));
        if let Some(username) = username {
            self.set("username", username);
        }
        if is_standard(*keys) {
            self.set("engine", engine);
            self.set("host", host);
            self.put("port", Value::from(*port));
            self.set("dbInstanceIdentifier", identifier);
            if let Some(dbname) = dbname {
                self.set("dbname", dbname);
            }
        }
        if is_environment(*keys) {
            self.set(&variable("HOST"), host);
            self.set(&variable("PORT"), &port.to_string());
            if let Some(dbname) = dbname {
                self.set(&variable("DB"), dbname);
            }
            self.repeat("username", &variable("USER"));
            self.repeat(&rule.generate_string_key, &variable("PASSWORD"));
        }
        if before.is_some_and(is_standard) && !is_standard(*keys) {
            self.forget(&STANDARD.map(str::to_owned), rule);
        }
        if before.is_some_and(is_environment) && !is_environment(*keys) {
            self.forget(&ENVIRONMENT.map(variable), rule);
        }
        printed != self.print()
    }

    /// Adds what the rule names and the value lacks, because it was made by another rule.
    fn complete(&mut self, rule: &GenerateSecretString, variable: &str) {
        let passwords = [rule.generate_string_key.as_str(), "password", variable];
        let password = passwords.into_iter().find_map(|key| self.text(key));
        for key in std::iter::once(&rule.generate_string_key).chain(&rule.additional_generate_string_keys) {
            if let Some(password) = password.as_ref().filter(|_| self.text(key).is_none()) {
                self.set(key, password.expose());
            }
        }
        let Some(template) = Self::parse(&rule.secret_string_template) else { return };
        for key in template.keys() {
            if let Some(text) = template.text(key).filter(|_| self.text(key).is_none()) {
                self.set(key, text.expose());
            }
        }
    }

    /// Takes keys away that the rule does not name.
    fn forget(&mut self, keys: &[String], rule: &GenerateSecretString) {
        let template = Self::parse(&rule.secret_string_template);
        let mut named: BTreeSet<&str> = template.iter().flat_map(Self::keys).collect();
        named.insert(&rule.generate_string_key);
        named.extend(rule.additional_generate_string_keys.iter().map(String::as_str));
        for key in keys.iter().filter(|key| !named.contains(key.as_str())) {
            self.remove(key);
        }
    }
}

fn is_standard(keys: AttachmentKeys) -> bool {
    matches!(keys, AttachmentKeys::Standard | AttachmentKeys::Both)
}

fn is_environment(keys: AttachmentKeys) -> bool {
    matches!(keys, AttachmentKeys::Environment | AttachmentKeys::Both)
}

// === impl Connection ===

impl Connection {
    /// The details of an instance, once it has an address, and how they are to be spelled.
    pub(super) fn of(instance: &Instance, identifier: String, keys: AttachmentKeys) -> Option<Self> {
        let seen = &instance.status.as_ref()?.at_provider;
        let params = &instance.spec.for_provider;
        let username = seen.master_username.clone().filter(|user| Some(user) != params.username.as_ref());
        let (host, port) = (seen.address.clone()?, seen.port?);
        Some(Self {
            attached: AttachedInstance { identifier, host, port, keys, username },
            engine: contract_engine(&params.engine).to_owned(),
            dbname: seen.db_name.clone().or_else(|| params.db_name.clone()),
        })
    }
}

/// An engine as AWS's rotation functions call it.
fn contract_engine(engine: &str) -> &str {
    match engine {
        "aurora-postgresql" => "postgres",
        "aurora-mysql" => "mysql",
        e if e.starts_with("oracle-") => "oracle",
        e if e.starts_with("sqlserver-") => "sqlserver",
        other => other,
    }
}
