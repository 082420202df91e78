//! What is decided about a configuration, carried out.

use kube::api::{DynamicObject, Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

use super::observed_usage::{ObservedUsage, ResourceReference, ResourceState};
use super::plan::{Action, IN_USE};
use super::{Context, IN_USE_FINALIZER};
use crate::config_group::USAGE_FINALIZER;
use crate::event::{Event, EventTarget};
use crate::metadata::{remove_finalizer, replace, without};

// === impl Context ===

impl Context {
    /// Looks up the managed resources that a decision needs, and no others.
    pub(super) async fn look_up(
        &self,
        mut users: Vec<ObservedUsage>,
    ) -> Result<Vec<ObservedUsage>, kube::Error> {
        for user in &mut users {
            if let Some(reference) = user.needs_lookup() {
                user.resource = self.known(&user.usage, &reference).await?;
            }
        }
        Ok(users)
    }

    async fn known(
        &self,
        usage: &DynamicObject,
        reference: &ResourceReference<'_>,
    ) -> Result<ResourceState, kube::Error> {
        let ResourceReference { api_version, kind, name } = *reference;
        let is_named = |k: &&kube::api::ApiResource| k.api_version == api_version && k.kind == kind;
        let kind = self.runtime.options.config_group.managed().iter().find(is_named);
        let Some(kind) = kind.filter(|_| !name.is_empty()) else { return Ok(ResourceState::Foreign) };
        let namespace = usage.namespace().unwrap_or_default();
        let managed = Api::<DynamicObject>::namespaced_with(self.runtime.client.clone(), &namespace, kind);
        let found = managed.get_metadata_opt(name).await?;
        Ok(found.and_then(|o| o.metadata.uid).map_or(ResourceState::Gone, ResourceState::Exists))
    }

    /// Does one thing. Every write of metadata fails if another writer has changed the object meanwhile.
    pub(super) async fn act(&self, config: &DynamicObject, action: Action) -> Result<(), kube::Error> {
        let configs = self.configs(config);
        match action {
            Action::Attach(usage, owners) => {
                let usages = self.usages_in(usage.namespace().as_deref());
                replace(&usages, &usage, [("ownerReferences", owners)]).await
            }
            Action::Release(usage) => {
                let usages = self.usages_in(usage.namespace().as_deref());
                remove_finalizer(&usages, &usage, USAGE_FINALIZER).await
            }
            Action::Discard(usage, owners) => {
                let usages = self.usages_in(usage.namespace().as_deref());
                let finalizers = without(usage.finalizers(), USAGE_FINALIZER);
                replace(&usages, &usage, [("ownerReferences", owners), ("finalizers", finalizers)]).await
            }
            Action::AddFinalizer => {
                let all = config.finalizers().iter().map(String::as_str).chain([IN_USE_FINALIZER]);
                replace(&configs, config, [("finalizers", all.collect())]).await
            }
            Action::RemoveFinalizer => remove_finalizer(&configs, config, IN_USE_FINALIZER).await,
            Action::RecordInUse => {
                self.record_in_use(config);
                Ok(())
            }
            Action::WriteStatus(status) => self.write_status(&configs, config, &status).await,
        }
    }

    fn record_in_use(&self, config: &DynamicObject) {
        let component = format!("providerconfig/{}.{}", self.kind.kind, self.kind.group).to_lowercase();
        let target = EventTarget::other(config, &self.kind, component);
        self.runtime.recorder.record(target, Event::warning("UsageAccounting", IN_USE));
    }

    async fn write_status(
        &self,
        configs: &Api<DynamicObject>,
        config: &DynamicObject,
        status: &Value,
    ) -> Result<(), kube::Error> {
        let applied = json!({
            "apiVersion": self.kind.api_version,
            "kind": self.kind.kind,
            "metadata": {"name": config.name_any()},
            "status": status,
        });
        let params = PatchParams::apply(&self.runtime.options.field_manager).force();
        configs.patch_status(&config.name_any(), &params, &Patch::Apply(applied)).await.map(|_| ())
    }

    fn configs(&self, config: &DynamicObject) -> Api<DynamicObject> {
        let client = self.runtime.client.clone();
        match config.namespace() {
            Some(namespace) => Api::namespaced_with(client, &namespace, &self.kind),
            None => Api::all_with(client, &self.kind),
        }
    }

    /// The usages of a namespace, or of all.
    pub(super) fn usages_in(&self, namespace: Option<&str>) -> Api<DynamicObject> {
        let (client, kind) = (self.runtime.client.clone(), self.runtime.options.config_group.usages());
        match namespace {
            Some(namespace) => Api::namespaced_with(client, namespace, &kind),
            None => Api::all_with(client, &kind),
        }
    }
}
