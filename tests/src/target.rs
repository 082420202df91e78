//! An object that a test waits for. When the wait fails, the error has the object and its events.

use std::time::Duration;

use anyhow::{Result, bail};
use kube::Client;
use kube::core::{ApiResource, DynamicObject};

use crate::wait::until;
use crate::{manifest, objects};

/// An object that is being waited for.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its kind.
    pub kind: ApiResource,
    /// Its namespace; empty for the cluster's.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Target {
    /// An object by kind, namespace and name.
    pub fn new(kind: ApiResource, namespace: &str, name: &str) -> Self {
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// Waits until the object is there and `holds`; otherwise the error has the object and its events.
    pub async fn until(
        &self,
        client: &Client,
        what: &str,
        limit: Duration,
        mut holds: impl FnMut(&DynamicObject) -> bool,
    ) -> Result<DynamicObject> {
        let sentence = format!("{} {}", self.describe(), what);
        let found = until(&sentence, limit, async || {
            Ok(objects::get(client, &self.kind, &self.namespace, &self.name)
                .await?
                .filter(|object| holds(object)))
        })
        .await;
        match found {
            Ok(object) => Ok(object),
            Err(error) => bail!("{error:#}\n{}", self.story(client).await),
        }
    }

    /// Waits until a condition has a status.
    pub async fn until_condition(
        &self,
        client: &Client,
        condition: &str,
        status: &str,
        limit: Duration,
    ) -> Result<DynamicObject> {
        let what = format!("has {condition}={status}");
        self.until(client, &what, limit, |object| objects::condition(object, condition) == Some(status)).await
    }

    /// Waits until it is gone.
    pub async fn until_gone(&self, client: &Client, limit: Duration) -> Result<()> {
        let found = until(&format!("{} is gone", self.describe()), limit, async || {
            let there = objects::get(client, &self.kind, &self.namespace, &self.name).await?;
            Ok(there.is_none().then_some(()))
        })
        .await;
        match found {
            Ok(()) => Ok(()),
            Err(error) => bail!("{error:#}\n{}", self.story(client).await),
        }
    }

    /// The object as YAML and its events, for a person.
    pub async fn story(&self, client: &Client) -> String {
        let object = match objects::get(client, &self.kind, &self.namespace, &self.name).await {
            Ok(Some(mut object)) => {
                object.metadata.managed_fields = None;
                manifest::show(&object)
            }
            Ok(None) => "(there is no such object)".to_owned(),
            Err(error) => format!("(cannot be read: {error:#})"),
        };
        let events = match objects::events(client, &self.namespace, &self.kind.kind, &self.name).await {
            Ok(events) if events.is_empty() => "(no events)".to_owned(),
            Ok(events) => events.join("\n"),
            Err(error) => format!("(cannot be read: {error:#})"),
        };
        format!("--- {}\n{object}\n--- its events\n{events}", self.describe())
    }

    fn describe(&self) -> String {
        if self.namespace.is_empty() {
            format!("{} {}", self.kind.kind, self.name)
        } else {
            format!("{} {}/{}", self.kind.kind, self.namespace, self.name)
        }
    }
}
