//! One installation, from pushing the packages to what is left when they are gone.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::packaged::{DefaultActivation, Packaged};
use goldenpath_tests::progress::say;
use goldenpath_tests::target::Target;
use goldenpath_tests::{Tools, install, kinds, objects, repository, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::json;

const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));
const LIMIT: Duration = Duration::from_mins(3);
const SYSTEM: &str = "crossplane-system";
const PACKAGES: [&str; 3] = ["function-goldenpath", "provider-goldenpath-aws", "configuration-goldenpath"];

/// How it is installed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Story {
    /// Of the repositories, below the registry.
    pub(crate) path: &'static str,
    /// What Crossplane activates by itself.
    pub(crate) activation: DefaultActivation,
    /// When rights and runtimes come.
    pub(crate) base: Base,
}

/// Before or after the packages are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    Before,
    After,
}

// === impl Story ===

impl Story {
    /// Tells it on a control plane of its own.
    pub(crate) fn tell(self) -> Result<()> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let plane = Packaged::start(Tools::prepare()?, self.activation).await?;
            let ended = Box::pin(self.on(&plane)).await;
            ended.map_err(|error| plane.with_logs(&error))
        })
    }

    async fn on(self, plane: &Packaged) -> Result<()> {
        let registry = plane.registry(self.path);
        let folder = plane.pack(&registry).context("cannot pack")?;
        for name in PACKAGES {
            let file = folder.join(format!("{name}.xpkg")).display().to_string();
            plane.crossplane(&["xpkg", "push", "-f", &file, &format!("{registry}/{name}:{VERSION}")])?;
        }
        let base = folder.join("base.yaml");
        if self.base == Base::Before {
            plane.apply(&base, None).await?;
        }
        let begun = Instant::now();
        let configuration = format!("{registry}/configuration-goldenpath:{VERSION}");
        plane.crossplane(&["xpkg", "install", "configuration", &configuration])?;
        for (kind, name) in packages() {
            self.target(kind, name).until_condition(plane.client(), "Healthy", "True", LIMIT).await?;
        }
        say(&format!("healthy {:.1} s after `crossplane xpkg install`", begun.elapsed().as_secs_f64()));
        if self.base == Base::After {
            plane.apply(&base, None).await?;
            touch(plane).await?;
        }
        self.runs_as_it_should(plane).await?;
        self.has_a_database(plane).await?;
        self.goes(plane, &base).await
    }

    /// Crossplane names a dependency after its path, and the configuration as it is told to.
    fn target(self, kind: ApiResource, name: &str) -> Target {
        let label = format!("{}/{name}", self.path.trim_start_matches('/')).replace('/', "-");
        Target::new(kind, "", label.trim_start_matches('-'))
    }

    /// The Deployments are as `base.yaml` says.
    async fn runs_as_it_should(self, plane: &Packaged) -> Result<()> {
        for name in &PACKAGES[..2] {
            let what = format!("{name} runs twice, with probes, and cannot write to its own files");
            wait::until(&what, LIMIT, async || {
                let all = objects::list(plane.client(), &kinds::deployment(), SYSTEM).await?;
                Ok(all.into_iter().find(|deployment| is_as_configured(deployment, name)))
            })
            .await?;
        }
        Ok(())
    }

    /// A team's database comes up, and goes as its policy says.
    async fn has_a_database(self, plane: &Packaged) -> Result<()> {
        let client = plane.client();
        plane.configure().await?;
        let namespace = install::namespace("payments");
        objects::apply(client, &serde_json::from_value(namespace)?, None).await?;
        plane.apply(&repository::path("examples/database/minimal.yaml"), None).await?;
        let database = Target::new(kinds::database(), "payments", "orders-db");
        database.until_condition(client, "Ready", "True", LIMIT).await?;
        // Whatever is deleted before Crossplane refuses to goes as it stands: with AWS's protection, which keeps it.
        database.until_condition(client, "DeletionBlocked", "True", LIMIT).await?;

        let unprotected = json!({"spec": {"deletion": {"protection": false}}});
        objects::merge(client, &kinds::database(), "payments", "orders-db", &unprotected).await?;
        wait::until("the database may be deleted", LIMIT, async || {
            // Refused until the Usage is gone.
            objects::delete(client, &kinds::database(), "payments", "orders-db").await.map(Some)
        })
        .await?;
        database.until_gone(client, LIMIT).await?;
        wait::until("no Instance and no managed Secret is left", LIMIT, async || {
            let mut left = objects::list(client, &kinds::instance(), "").await?;
            left.extend(objects::list(client, &kinds::managed_secret(), "").await?);
            Ok(left.is_empty().then_some(()))
        })
        .await?;
        let aws = plane.aws().state().await?;
        ensure!(aws.instances.is_empty(), "AWS still has {:?}", aws.instances);
        ensure!(aws.snapshots.len() == 1, "the final snapshot alone is kept: {:?}", aws.snapshots);
        Ok(())
    }

    /// What was installed goes, and leaves nothing of its own behind.
    async fn goes(self, plane: &Packaged, base: &Path) -> Result<()> {
        let client = plane.client();
        // The provider lets go of its configuration, so that comes before the provider.
        let configuration = Target::new(kinds::cluster_provider_config(), "", "default");
        objects::delete(client, &configuration.kind, "", &configuration.name).await?;
        configuration.until_gone(client, LIMIT).await?;
        for (kind, name) in packages() {
            let target = self.target(kind, name);
            objects::delete(client, &target.kind, "", &target.name).await?;
            target.until_gone(client, LIMIT).await?;
            // As long as the revision of what depends on it is there, Crossplane makes a package again that is deleted.
            let revisions = kinds::kind(
                "pkg.crossplane.io",
                "v1",
                &format!("{}Revision", target.kind.kind),
                &format!("{}revisions", target.kind.kind.to_lowercase()),
            );
            wait::until(&format!("no {} is left", revisions.kind), LIMIT, async || {
                Ok(objects::list(client, &revisions, "").await?.is_empty().then_some(()))
            })
            .await?;
        }
        plane.delete(base).await?;
        wait::until("nothing of ours is left", LIMIT, async || {
            let left = leftovers(plane).await?;
            ensure!(left.is_empty(), "{}", left.join(", "));
            Ok(Some(()))
        })
        .await
    }
}

/// Has Crossplane look at the revisions again: an `ImageConfig` that only chooses a runtime does not, in 2.3.
async fn touch(plane: &Packaged) -> Result<()> {
    let functions = kinds::kind("pkg.crossplane.io", "v1", "FunctionRevision", "functionrevisions");
    for kind in [functions, kinds::provider_revision()] {
        for revision in objects::list(plane.client(), &kind, "").await? {
            let name = revision.metadata.name.unwrap_or_default();
            let touched = json!({"metadata": {"annotations": {"goldenpath.io/touched": "once"}}});
            objects::merge(plane.client(), &kind, "", &name, &touched).await?;
        }
    }
    Ok(())
}

/// In the order in which they are taken away.
fn packages() -> [(ApiResource, &'static str); 3] {
    let kind = |kind: &str, plural: &str| kinds::kind("pkg.crossplane.io", "v1", kind, plural);
    [
        (kind("Configuration", "configurations"), "configuration-goldenpath"),
        (kind("Provider", "providers"), "provider-goldenpath-aws"),
        (kind("Function", "functions"), "function-goldenpath"),
    ]
}

fn is_as_configured(deployment: &DynamicObject, name: &str) -> bool {
    let (spec, template) = (&deployment.data["spec"], &deployment.data["spec"]["template"]);
    let container = &template["spec"]["containers"][0];
    template["metadata"]["labels"]["app.kubernetes.io/name"] == *name
        && spec["replicas"] == 2
        && deployment.data["status"]["availableReplicas"] == 2
        && ["startupProbe", "readinessProbe", "livenessProbe"]
            .iter()
            .all(|probe| container[probe].is_object())
        && container["securityContext"]["readOnlyRootFilesystem"] == true
        && container["securityContext"]["runAsUser"] == 2000
        && container["resources"]["limits"]["memory"].is_string()
}

/// Objects of the cluster, and of Crossplane's namespace, that would not be there without us.
async fn leftovers(plane: &Packaged) -> Result<Vec<String>> {
    let kinds = [
        (
            kinds::kind(
                "apiextensions.k8s.io",
                "v1",
                "CustomResourceDefinition",
                "customresourcedefinitions",
            ),
            "",
        ),
        (kinds::definition(), ""),
        (kinds::composition(), ""),
        (kinds::kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles"), ""),
        (kinds::kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings"), ""),
        (kinds::kind("pkg.crossplane.io", "v1beta1", "ImageConfig", "imageconfigs"), ""),
        (
            kinds::kind(
                "pkg.crossplane.io",
                "v1beta1",
                "DeploymentRuntimeConfig",
                "deploymentruntimeconfigs",
            ),
            "",
        ),
        (kinds::deployment(), SYSTEM),
        (kinds::service(), SYSTEM),
    ];
    let mut left = Vec::new();
    for (kind, namespace) in kinds {
        let found = objects::list(plane.client(), &kind, namespace).await?;
        let names = found.into_iter().filter_map(|object| object.metadata.name);
        let ours = names.filter(|name| name.contains("goldenpath") || name.contains("databaseclaim"));
        left.extend(ours.map(|name| format!("{} {name}", kind.kind)));
    }
    Ok(left)
}
