//! The story that `make demo` tells: one database, from its ten lines of YAML to its final snapshot, and the app that uses it.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use goldenpath_tests::aws::{Instance, SecretRecord, Timing};
use goldenpath_tests::{ControlPlane, Options, Tools, install, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::{interrupted, or_interrupted};

const NAMESPACE: &str = "payments";
const NAME: &str = "orders-db";
const XR: &str = include_str!("../../examples/database/minimal.yaml");
const APP: &str = "orders";
const APP_XR: &str = include_str!("../../examples/app/orders.yaml");
const LIMIT: Duration = Duration::from_mins(2);

/// Starts the stack and tells the story; stays for a look around unless `once`.
pub(crate) async fn run(once: bool) -> Result<()> {
    let tools = Tools::prepare_control_plane()?;
    // Slow enough to be watched, fast enough not to bore.
    let timing = Timing { creating: 5.0, backing_up: 1.0, modifying: 2.0, deleting: 3.0 };
    let options = Options { timing, poll: Duration::from_secs(3), ..Options::default() };
    let story = async {
        let plane = ControlPlane::start(&tools, &options).await?;
        let demo = Demo { plane };
        demo.tell(once).await?;
        anyhow::Ok(demo.plane)
    };
    let Some(told) = or_interrupted(Box::pin(story)).await else { return Ok(()) };
    told?.stop();
    Ok(())
}

struct Demo {
    plane: ControlPlane,
}

impl Demo {
    async fn tell(&self, once: bool) -> Result<()> {
        let instance = self.creation().await?;
        self.credentials(&instance).await?;
        self.app().await?;
        self.drift(&instance).await?;
        if !once {
            self.look_around()?;
            interrupted().await;
            return Ok(());
        }
        self.deletion(&instance).await
    }

    /// Ten lines become a database.
    async fn creation(&self) -> Result<Instance> {
        heading("An app developer applies ten lines")?;
        print(XR)?;
        let begun = Instant::now();
        self.plane.apply(&install::namespace(NAMESPACE).to_string(), "").await?;
        self.plane.apply(XR, NAMESPACE).await?;
        heading("What happens")?;
        self.watch_until_ready(begun).await?;

        heading("What the developer sees")?;
        self.kubectl(&["get", "goldenpathdatabases.goldenpath.io", "--namespace", NAMESPACE])?;
        let managed = "instances.rds.aws.m.goldenpath.io,secrets.secretsmanager.aws.m.goldenpath.io";
        self.kubectl(&["get", managed, "--namespace", NAMESPACE])?;

        let composed = objects::list(self.plane.client(), &kinds::instance(), NAMESPACE).await?;
        let composed = composed.first().context("an Instance was composed")?;
        let annotations = composed.metadata.annotations.clone().unwrap_or_default();
        let identifier =
            annotations.get("crossplane.io/external-name").context("the Instance has an external name")?;
        let instance = self.plane.aws().instance(identifier).await?.context("AWS has the instance")?;
        heading("What AWS has")?;
        let shown = ["EngineVersion", "DBInstanceClass", "AllocatedStorage", "MultiAZ", "PubliclyAccessible"];
        line(&format!("DB instance {identifier}: {}", instance.status))?;
        line(&format!("  encrypted: {}", instance.storage_encrypted))?;
        for field in shown {
            line(&format!("  {field}: {}", instance.fields.get(field).unwrap_or(&Value::Null)))?;
        }
        for (key, value) in &instance.tags {
            line(&format!("  tag {key}={value}"))?;
        }
        ensure!(
            instance.status == "available" && instance.storage_encrypted,
            "it is available and encrypted"
        );
        ensure!(instance.tags.contains_key("crossplane-name"), "it is tagged");
        Ok(instance)
    }

    /// Prints each composed resource as it turns ready, until the XR is.
    async fn watch_until_ready(&self, begun: Instant) -> Result<()> {
        let mut told: Vec<String> = Vec::new();
        let client = self.plane.client();
        wait::until("the database is ready", LIMIT, async || {
            let seen = [
                ("Secret (AWS)", kinds::managed_secret()),
                ("Instance (AWS)", kinds::instance()),
                ("ExternalSecret", kinds::external_secret()),
            ];
            for (label, kind) in seen {
                for object in objects::list(client, &kind, NAMESPACE).await? {
                    tell_new(&mut told, begun, &progress(label, &object))?;
                }
            }
            let Some(xr) = objects::get(client, &kinds::database(), NAMESPACE, NAME).await? else {
                return Ok(None);
            };
            let phase = xr.data["status"]["phase"].as_str().unwrap_or("Accepted").to_owned();
            tell_new(&mut told, begun, &format!("GoldenPathDatabase {NAME}: {phase}"))?;
            Ok((objects::condition(&xr, "Ready") == Some("True")).then_some(()))
        })
        .await?;
        tell_new(&mut told, begun, &format!("GoldenPathDatabase {NAME}: Ready"))
    }

    /// Both spellings of every key in Secrets Manager, and the namespace's Secret.
    async fn credentials(&self, instance: &Instance) -> Result<()> {
        heading("The credentials, which only their owner sees")?;
        let secrets = self.plane.aws().state().await?.secrets;
        let stored = secrets.iter().find(|secret| secret.name.ends_with(&format!("{NAMESPACE}/{NAME}")));
        let stored: &SecretRecord = stored.context("Secrets Manager has the secret")?;
        let document = stored.json().context("its value is JSON")?;
        line(&format!("Secrets Manager {}:", stored.name))?;
        for (key, value) in document.as_object().into_iter().flatten() {
            let hidden = key.to_lowercase().contains("password");
            line(&format!("  {key}: {}", if hidden { json!("********") } else { value.clone() }))?;
        }
        for key in ["username", "password", "host", "port", "dbname", "POSTGRES_USER", "POSTGRES_PASSWORD"] {
            ensure!(!document[key].is_null(), "the secret has {key}");
        }
        let password = document["password"].as_str().unwrap_or_default();
        ensure!(
            instance.password.as_ref().is_some_and(|given| given.0 == password),
            "RDS was given that password"
        );

        let xr = objects::get(self.plane.client(), &kinds::database(), NAMESPACE, NAME)
            .await?
            .context("the XR")?;
        let name = xr.data["status"]["secretName"].as_str().unwrap_or(NAME).to_owned();
        let secret = self.plane.secret(NAMESPACE, &name).await?.context("the namespace has its Secret")?;
        ensure!(secret.values().any(|value| value == password), "it has the password");
        line(&format!(
            "Kubernetes Secret {NAMESPACE}/{name}: {}",
            secret.into_keys().collect::<Vec<_>>().join(", ")
        ))?;

        let hits = self.plane.scan(password).await?;
        line(&format!(
            "All of etcd, every log and metric searched for the password; found in {} place:",
            hits.len()
        ))?;
        for hit in &hits {
            line(&format!("  {hit}"))?;
        }
        ensure!(hits.len() == 1, "only the Secret has the password");
        Ok(())
    }

    /// An app takes the credentials, and its pods run; kwok says that they do.
    async fn app(&self) -> Result<()> {
        heading("An app that uses it")?;
        print(APP_XR)?;
        let begun = Instant::now();
        self.plane.apply(APP_XR, NAMESPACE).await?;
        self.plane.until_true(kinds::app(), NAMESPACE, APP, "Ready", LIMIT).await?;
        line(&format!("{:>6.1} s  GoldenPathApp {APP}: Ready", begun.elapsed().as_secs_f32()))?;
        self.kubectl(&["get", "goldenpathapps.goldenpath.io", "--namespace", NAMESPACE])?;
        self.kubectl(&["get", "deployments,services,pods", "--namespace", NAMESPACE])
    }

    /// Somebody changes a setting in AWS; it is put back.
    async fn drift(&self, instance: &Instance) -> Result<()> {
        heading("Somebody changes the database in the AWS console")?;
        let field = "BackupRetentionPeriod";
        let before = instance.fields.get(field).cloned().unwrap_or_default();
        self.plane.aws().drift(&instance.identifier, field, json!(1)).await?;
        line(&format!("{field}: {before} became 1"))?;
        let begun = Instant::now();
        wait::until("the setting is put back", LIMIT, async || {
            let now = self.plane.aws().instance(&instance.identifier).await?;
            Ok(now.filter(|now| now.fields.get(field) == Some(&before) && now.status == "available"))
        })
        .await?;
        line(&format!(
            "{field}: {before} again, {:.1} s later, without a hand",
            begun.elapsed().as_secs_f32()
        ))?;
        let composed = objects::list(self.plane.client(), &kinds::instance(), NAMESPACE).await?;
        let name = composed.first().and_then(|object| object.metadata.name.clone()).unwrap_or_default();
        let events = objects::events(self.plane.client(), NAMESPACE, "Instance", &name).await?;
        for event in events.iter().filter(|event| event.contains("UpdatedExternalResource")) {
            line(&format!("  event {event}"))?;
        }
        Ok(())
    }

    /// Deleting the XR keeps the data.
    async fn deletion(&self, instance: &Instance) -> Result<()> {
        heading("The developer deletes the database, which is protected until they say otherwise")?;
        let refused = self.plane.delete(&kinds::database(), NAMESPACE, NAME).await;
        let refusal = refused.err().context("the protected database was deleted")?;
        line(&format!("refused: {}", refusal.root_cause()))?;
        let unprotected = json!({"spec": {"deletion": {"protection": false}}});
        objects::merge(self.plane.client(), &kinds::database(), NAMESPACE, NAME, &unprotected).await?;
        wait::until("the protection is off in AWS", LIMIT, async || {
            let now = self.plane.aws().instance(&instance.identifier).await?;
            let off = |now: &Instance| now.fields.get("DeletionProtection") == Some(&json!(false));
            Ok(now.filter(|now| off(now) && now.status == "available"))
        })
        .await?;
        line("spec.deletion.protection: false, and so it is in AWS")?;
        self.until_none(&kinds::usage()).await?;
        self.plane.delete(&kinds::database(), NAMESPACE, NAME).await?;
        self.plane.until_gone(kinds::database(), NAMESPACE, NAME, LIMIT).await?;
        for kind in [kinds::instance(), kinds::managed_secret()] {
            self.until_none(&kind).await?;
        }
        let state = self.plane.aws().state().await?;
        ensure!(
            !state.instances.iter().any(|left| left.identifier == instance.identifier),
            "the instance is gone"
        );
        let snapshot =
            state.snapshots.iter().find(|s| s.instance == instance.identifier && s.kind == "manual");
        let snapshot = snapshot.context("there is a final snapshot")?;
        line(&format!(
            "final snapshot {}: {}, encrypted {}",
            snapshot.identifier, snapshot.status, snapshot.encrypted
        ))?;
        let secret = state.secrets.iter().find(|s| s.name.ends_with(&format!("{NAMESPACE}/{NAME}")));
        let secret = secret.context("the secret is still there")?;
        ensure!(secret.deleted_date.is_some(), "the secret is in its recovery window");
        line(&format!("secret {}: in its recovery window", secret.name))?;
        line("no instance is left")
    }

    async fn until_none(&self, kind: &ApiResource) -> Result<()> {
        wait::until(&format!("no {} is left", kind.kind), LIMIT, async || {
            Ok(objects::list(self.plane.client(), kind, NAMESPACE).await?.is_empty().then_some(()))
        })
        .await
    }

    fn look_around(&self) -> Result<()> {
        heading("Look around; Ctrl-C stops everything")?;
        let state = self.plane.state();
        line(&format!("export KUBECONFIG={}", state.kubeconfig.display()))?;
        line(&format!("{} get gpapp,gpdb,instances.rds.aws.m.goldenpath.io -A", state.kubectl.display()))?;
        line(&format!("curl -s {}/_goldenpath/state", state.aws))?;
        line(&format!("logs: {}", state.logs().display()))
    }

    fn kubectl(&self, arguments: &[&str]) -> Result<()> {
        let state = self.plane.state();
        let mut command = std::process::Command::new(&state.kubectl);
        command.env("KUBECONFIG", &state.kubeconfig).args(arguments);
        ensure!(command.status().context("cannot run kubectl")?.success(), "kubectl {arguments:?} failed");
        Ok(())
    }
}

/// One line about a composed resource: where it stands.
fn progress(label: &str, object: &DynamicObject) -> String {
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let ready = objects::condition_of(object, "Ready");
    let text = |field: &str| ready.and_then(|ready| ready[field].as_str()).unwrap_or_default();
    match text("status") {
        "True" => format!("{label} {name}: ready"),
        "" => format!("{label} {name}: made"),
        _ => format!("{label} {name}: {}", text("reason")),
    }
}

/// Tells a line that was not told before.
fn tell_new(told: &mut Vec<String>, begun: Instant, text: &str) -> Result<()> {
    if told.iter().any(|before| before == text) {
        return Ok(());
    }
    told.push(text.to_owned());
    line(&format!("{:>6.1} s  {text}", begun.elapsed().as_secs_f32()))
}

fn heading(text: &str) -> Result<()> {
    line(&format!("\n=== {text}"))
}

fn line(text: &str) -> Result<()> {
    print(&format!("{text}\n"))
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
