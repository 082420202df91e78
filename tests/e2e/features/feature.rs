//! A field that can be switched, and what belongs to it.

use serde_json::{Value, json};

use super::picture::Differences;

/// A field of the XR, or of the platform, with two values and what differs between them.
#[derive(Clone, Debug)]
pub(crate) struct Feature {
    /// Where it is: `backup.enabled` below `.spec`, an annotation, or a key of the `Platform`.
    pub(crate) field: Field,
    /// On, and off: null takes a field away.
    pub(crate) values: [Value; 2],
    effects: Vec<Effect>,
}

/// What is switched.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    /// Below `.spec`, with dots.
    Spec(&'static str),
    /// An annotation of the XR.
    Annotation(&'static str),
    /// In the platform's input, with dots.
    Platform(&'static str),
}

/// Which way a feature is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    On,
    Off,
}

#[derive(Clone, Debug)]
enum Effect {
    /// Is there while the feature is on.
    Brings(String),
    /// Is there while the feature is off.
    Takes(String),
    /// An object whose spec differs.
    Changes(&'static str),
    /// A field of the DB instance in AWS, with its two values.
    Rds(&'static str, [Value; 2]),
    /// The keys of the secret's value in AWS, both times.
    Keys([&'static str; 2]),
    /// A condition of the XR, with its two values.
    Tells(&'static str, [&'static str; 2]),
    /// What is asked of AWS, each time.
    Calls(&'static str),
    /// What is asked of AWS for either turn.
    CallsOfEach([&'static str; 2]),
}

// === impl Feature ===

impl Feature {
    /// A field below `.spec` that ends in the managed `Instance`.
    pub(crate) fn of_instance(field: &'static str, values: [Value; 2]) -> Self {
        Self::of(Field::Spec(field), values).changes("Instance/orders-db")
    }

    pub(crate) fn of(field: Field, values: [Value; 2]) -> Self {
        Self { field, values, effects: Vec::new() }
    }

    /// A switch that is one field of the DB instance, and one parameter of `ModifyDBInstance`.
    pub(crate) fn switch(field: &'static str, rds: &'static str, call: &'static str) -> Self {
        let values = [json!(true), json!(false)];
        Self::of_instance(field, values.clone()).rds(rds, values).calls(call)
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    pub(crate) fn changes(self, object: &'static str) -> Self {
        self.with(Effect::Changes(object))
    }

    pub(crate) fn brings(self, what: &str) -> Self {
        self.with(Effect::Brings(what.to_owned()))
    }

    pub(crate) fn takes(self, what: &str) -> Self {
        self.with(Effect::Takes(what.to_owned()))
    }

    pub(crate) fn rds(self, field: &'static str, values: [Value; 2]) -> Self {
        self.with(Effect::Rds(field, values))
    }

    pub(crate) fn calls(self, call: &'static str) -> Self {
        self.with(Effect::Calls(call))
    }

    pub(crate) fn calls_of_each(self, calls: [&'static str; 2]) -> Self {
        self.with(Effect::CallsOfEach(calls))
    }

    /// The secret's value is written anew, with other keys, and so is the delivered Secret.
    pub(crate) fn rewrites(self, keys: [&'static str; 2]) -> Self {
        let written = self.with(Effect::Keys(keys)).calls("PutSecretValue(SecretString, VersionStages)");
        // Put aside, made current, and no longer called aside.
        let written = written
            .calls("UpdateSecretVersionStage(MoveToVersionId, RemoveFromVersionId, VersionStage)")
            .calls("UpdateSecretVersionStage(RemoveFromVersionId, VersionStage)");
        written.changes("managed Secret/orders-db").changes("Secret/orders-db")
    }

    /// A condition of the XR, with its two values.
    pub(crate) fn tells(self, condition: &'static str, values: [&'static str; 2]) -> Self {
        self.with(Effect::Tells(condition, values))
    }

    /// Has no effect in AWS yet, and says so on the field that asks for it.
    pub(crate) fn not_yet(self, field: &str) -> Self {
        self.brings(&format!("problem NotYetSupported {field}"))
    }

    /// Cannot be changed any more, and says so on the field while somebody tries; what runs goes on running.
    pub(crate) fn refused(self, field: &str) -> Self {
        self.brings(&format!("problem ReplacementRefused {field}"))
            .tells("Accepted", ["False", "True"])
            .tells("Ready", ["False", "True"])
    }

    /// How everything differs once the feature is turned.
    pub(crate) fn differences(&self, turn: Turn) -> Differences {
        let on = turn == Turn::On;
        let told = |effect: &Effect| match effect {
            Effect::Brings(what) => Some(format!("{}{what}", if on { '+' } else { '-' })),
            Effect::Takes(what) => Some(format!("{}{what}", if on { '-' } else { '+' })),
            Effect::Changes(object) => Some(format!("~{object}")),
            Effect::Rds(field, [when_on, when_off]) => {
                let value = if on { when_on } else { when_off };
                let value = if value.is_null() { "-".to_owned() } else { value.to_string() };
                Some(format!("rds.{field}: {value}"))
            }
            Effect::Tells(condition, [when_on, when_off]) => {
                Some(format!("{condition}: {}", if on { when_on } else { when_off }))
            }
            Effect::Keys([when_on, when_off]) => {
                Some(format!("secret.keys: {}", if on { when_on } else { when_off }))
            }
            Effect::Calls(_) | Effect::CallsOfEach(_) => None,
        };
        self.effects.iter().filter_map(told).collect()
    }

    /// What is asked of AWS for a turn.
    pub(crate) fn asked(&self, turn: Turn) -> Vec<String> {
        let call = |effect: &Effect| match effect {
            Effect::Calls(call) => Some((*call).to_owned()),
            Effect::CallsOfEach([on, off]) => Some(if turn == Turn::On { on } else { off }.to_string()),
            _ => None,
        };
        self.effects.iter().filter_map(call).collect()
    }

    /// The value for a turn.
    pub(crate) fn value(&self, turn: Turn) -> &Value {
        let [on, off] = &self.values;
        if turn == Turn::On { on } else { off }
    }
}
