//! A secret's value: a JSON object in memory that is wiped when it is dropped.

use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_api::secretsmanager::{AttachedInstance, AttachmentKeys};
use goldenpath_provider_core::Sensitive;
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A JSON object of secrets. Has no `Debug`, and wipes its strings.
pub(crate) struct Document(Map<String, Value>);

/// What is merged into the value of an attached secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Connection {
    pub(super) attached: AttachedInstance,
    pub(super) engine: String,
    pub(super) dbname: Option<String>,
}

// === impl Document ===

impl Document {
    /// Parses a value; `None` when it is not a JSON object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Some(Self(map)),
            Ok(mut other) => {
                wipe(&mut other);
                None
            }
            Err(_) => None,
        }
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &str) -> Option<Sensitive> {
        self.0.get(key)?.as_str().filter(|v| !v.is_empty()).map(|v| Sensitive::new(v.to_owned()))
    }

    /// Sets a key to a text.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.put(key, Value::String(value.to_owned()));
    }

    /// The whole value, keys in order, so that equal documents have equal texts.
    pub(super) fn print(&self) -> Sensitive {
        Sensitive::new(serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// Merges the details of a connection; says whether anything has changed.
    pub(super) fn attach(
        &mut self,
        connection: &Connection,
        keys: AttachmentKeys,
        password_key: &str,
    ) -> bool {
        let before = self.print();
        let Connection { attached: AttachedInstance { identifier, host, port }, engine, dbname } = connection;
        if matches!(keys, AttachmentKeys::Standard | AttachmentKeys::Both) {
            self.set("engine", engine);
            self.set("host", host);
            self.put("port", Value::from(*port));
            self.set("dbInstanceIdentifier", identifier);
            if let Some(dbname) = dbname {
                self.set("dbname", dbname);
            }
        }
        if matches!(keys, AttachmentKeys::Environment | AttachmentKeys::Both) {
            let prefix = if engine == "postgres" { "POSTGRES" } else { "MYSQL" };
            self.set(&format!("{prefix}_HOST"), host);
            self.set(&format!("{prefix}_PORT"), &port.to_string());
            if let Some(dbname) = dbname {
                self.set(&format!("{prefix}_DB"), dbname);
            }
            self.repeat("username", &format!("{prefix}_USER"));
            self.repeat(password_key, &format!("{prefix}_PASSWORD"));
        }
        before != self.print()
    }

    /// Repeats a text under another spelling.
    fn repeat(&mut self, key: &str, spelling: &str) {
        if let Some(text) = self.text(key) {
            self.set(spelling, text.expose());
        }
    }

    fn put(&mut self, key: &str, value: Value) {
        if let Some(mut old) = self.0.insert(key.to_owned(), value) {
            wipe(&mut old);
        }
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

// === impl Connection ===

impl Connection {
    /// The details of an instance, once it has an address.
    pub(super) fn of(instance: &Instance, identifier: String) -> Option<Self> {
        let seen = &instance.status.as_ref()?.at_provider;
        let params = &instance.spec.for_provider;
        Some(Self {
            attached: AttachedInstance { identifier, host: seen.address.clone()?, port: seen.port? },
            engine: contract_engine(&params.engine).to_owned(),
            dbname: params.db_name.clone(),
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
