//! A provider in one file: each `File` object is kept as a file in a folder.
//!
//! ```text
//! files crd | kubectl apply -f -      # the kind, from the type
//! KUBECONFIG=... files /tmp/files     # the provider, until SIGTERM
//! ```
//!
//! ```yaml
//! {apiVersion: files.example.org/v1alpha1, kind: File, metadata: {name: x}, spec: {forProvider: {content: hello}}}
//! ```

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use goldenpath_provider_core::{
    Change, Connect, ConnectionDetails, Drift, Event, External, Fault, Managed, ManagedSpec, ManagedStatus,
    Observation, Present, Readiness,
};
use goldenpath_provider_runtime::{ConfigGroup, Controller, Options, Runtime};
use kube::{Client, CustomResource, CustomResourceExt, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::signal::unix::{SignalKind, signal};

/// A file.
#[derive(CustomResource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[kube(group = "files.example.org", version = "v1alpha1", kind = "File", namespaced, category = "managed")]
#[kube(doc = "A file in the provider's folder.", status = "FileStatus")]
#[serde(rename_all = "camelCase")]
struct FileSpec {
    /// What the file is to be like.
    for_provider: FileParameters,
    #[serde(flatten)]
    managed: ManagedSpec,
}

/// What a file is to be like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct FileParameters {
    /// What is to be in it.
    content: String,
}

/// What is known of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct FileStatus {
    /// Where it is.
    path: Option<String>,
    #[serde(flatten)]
    managed: ManagedStatus,
}

impl Managed for File {
    fn managed_spec(&self) -> &ManagedSpec {
        &self.spec.managed
    }

    fn managed_status(&self) -> Option<&ManagedStatus> {
        self.status.as_ref().map(|status| &status.managed)
    }

    fn managed_status_mut(&mut self) -> &mut ManagedStatus {
        &mut self.status.get_or_insert_default().managed
    }
}

/// The folder that the files are in. There are no credentials, so it is its own connection.
#[derive(Clone)]
struct Folder(PathBuf);

impl Folder {
    fn path(&self, file: &File) -> PathBuf {
        self.0.join(file.namespace().unwrap_or_default()).join(file.external_name())
    }

    async fn write(&self, file: &File) -> Result<ConnectionDetails, Fault> {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap_or(&self.0)).await.map_err(|e| fault(&e))?;
        fs::write(path, &file.spec.for_provider.content).await.map_err(|e| fault(&e))?;
        Ok(ConnectionDetails::new())
    }
}

impl Connect<File> for Folder {
    type External = Self;

    async fn connect(&self, _: &File) -> Result<Self, Fault> {
        Ok(self.clone())
    }
}

impl External<File> for Folder {
    type Inputs = ();

    async fn observe(&self, file: &mut File) -> Result<Observation, Fault> {
        let path = self.path(file);
        let content = match fs::read_to_string(&path).await {
            Ok(content) => content,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Observation::Absent),
            Err(error) => return Err(fault(&error)),
        };
        file.status.get_or_insert_default().path = Some(path.display().to_string());
        let wanted = &file.spec.for_provider.content;
        let change = (content != *wanted).then(|| Change::immediate("content", content, wanted));
        let drift = change.into_iter().fold(Drift::none(), Drift::with);
        Ok(Observation::Present(Present::new(drift, Readiness::Available)))
    }

    async fn prepare(&self, _: &File) -> Result<(), Fault> {
        Ok(())
    }

    async fn create(&self, file: &mut File, (): ()) -> Result<ConnectionDetails, Fault> {
        self.write(file).await
    }

    async fn update(&self, file: &mut File, _: &Drift) -> Result<ConnectionDetails, Fault> {
        self.write(file).await
    }

    async fn delete(&self, file: &mut File) -> Result<Option<Event>, Fault> {
        match fs::remove_file(self.path(file)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(fault(&error)),
            _ => Ok(None),
        }
    }
}

fn fault(error: &io::Error) -> Fault {
    Fault::transient("FolderUnavailable", error.kind().to_string()).remedy("see to the provider's folder")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = match std::env::args().nth(1).ok_or("usage: files crd | files FOLDER")?.as_str() {
        "crd" => return Ok(serde_json::to_writer_pretty(io::stdout(), &File::crd())?),
        folder => PathBuf::from(folder),
    };
    tracing_subscriber::fmt().json().init();
    let mut terminate = signal(SignalKind::terminate())?;
    let options = Options::new("provider-files", ConfigGroup::none());
    let runtime = Runtime::new(Client::try_default().await?, options);
    let shutdown = runtime.shutdown.clone();
    tokio::spawn(async move { terminate.recv().await.inspect(|()| shutdown.cancel()) });
    Controller::<File, _>::new(&runtime, Folder(folder)).run().await;
    Ok(())
}
