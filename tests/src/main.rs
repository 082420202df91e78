//! `control-plane`: the harness for people.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};
use goldenpath_tests::progress::say;
use goldenpath_tests::state::{self, State};
use goldenpath_tests::{ControlPlane, Options, Tools, manifest, objects, scan};
use tokio::signal::unix::{SignalKind, signal};

mod bench;
mod demo;

/// A real control plane on this machine: Kubernetes, Crossplane, External Secrets and an AWS endpoint.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Finds or builds everything that the other commands need.
    Tools,
    /// Starts the stack, installs the platform, and stays until Ctrl-C.
    Start {
        /// Without this repository's function and provider.
        #[arg(long)]
        bare: bool,
        /// How many seconds AWS takes to create a database.
        #[arg(long, default_value_t = 5.0)]
        creating_seconds: f64,
    },
    /// Tells the story of one database, from its ten lines of YAML to its final snapshot.
    Demo {
        /// Ends by itself instead of staying for a look around.
        #[arg(long)]
        once: bool,
    },
    /// Measures latency, a thousand steady resources, and memory at rest, each in a stack of its own.
    Bench {
        /// Only these; all three when none is named.
        parts: Vec<bench::Part>,
    },
    /// Stops the newest running stack.
    Stop,
    /// Applies YAML files to the newest running stack.
    Apply {
        /// For namespaced objects that name none.
        #[arg(long, short, default_value = "default")]
        namespace: String,
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Waits for a condition of an object of the newest running stack.
    Wait {
        /// Such as `goldenpathdatabases.goldenpath.io/orders-db`.
        object: String,
        /// The condition that must be True.
        #[arg(long = "for", default_value = "Ready")]
        condition: String,
        /// Where it is.
        #[arg(long, short, default_value = "default")]
        namespace: String,
        /// How many seconds it may take.
        #[arg(long, default_value_t = 120)]
        timeout: u64,
    },
    /// Removes the logs of ended runs.
    Clean,
    /// Tells where in the newest running stack a secret text is found. The text is read from standard input.
    Scan,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Tools => Tools::prepare().map(|_| ()),
        Command::Start { bare, creating_seconds } => start(bare, creating_seconds).await,
        Command::Demo { once } => demo::run(once).await,
        Command::Bench { parts } => bench::run(&parts).await,
        Command::Stop => State::newest()?.stop(Duration::from_secs(30)).await,
        Command::Apply { namespace, files } => apply(&namespace, &files).await,
        Command::Wait { object, condition, namespace, timeout } => {
            wait(&object, &condition, &namespace, timeout)
        }
        Command::Clean => state::clean(),
        Command::Scan => find().await,
    }
}

async fn start(bare: bool, creating: f64) -> Result<()> {
    let tools = Tools::prepare_control_plane()?;
    let mut options = Options { product: !bare, poll: Duration::from_secs(10), ..Options::default() };
    options.timing.creating = creating;
    let Some(plane) = or_interrupted(ControlPlane::start(&tools, &options)).await else { return Ok(()) };
    let plane = plane?;
    let state = plane.state();
    writeln!(
        std::io::stdout(),
        "export KUBECONFIG={}\n# kubectl: {}\n# AWS endpoint: {}\n# logs: {}\n# Ctrl-C stops everything",
        state.kubeconfig.display(),
        state.kubectl.display(),
        state.aws,
        state.logs().display()
    )?;
    interrupted().await;
    plane.stop();
    Ok(())
}

async fn apply(namespace: &str, files: &[PathBuf]) -> Result<()> {
    let client = State::newest()?.client().await?;
    for file in files {
        for object in manifest::read(file)? {
            let applied = objects::apply(&client, &object, Some(namespace)).await?;
            let kind = applied.types.as_ref().map_or("object", |types| types.kind.as_str());
            say(&format!("applied {kind} {}", applied.metadata.name.as_deref().unwrap_or_default()));
        }
    }
    Ok(())
}

/// kubectl waits as well as we could, and knows every way to name an object.
fn wait(object: &str, condition: &str, namespace: &str, timeout: u64) -> Result<()> {
    let state = State::newest()?;
    let status = std::process::Command::new(&state.kubectl)
        .env("KUBECONFIG", &state.kubeconfig)
        .args(["wait", object, "--namespace", namespace])
        .args([format!("--for=condition={condition}"), format!("--timeout={timeout}s")])
        .status()?;
    anyhow::ensure!(status.success(), "{object} did not become {condition} within {timeout} s");
    Ok(())
}

async fn find() -> Result<()> {
    let secret = std::io::read_to_string(std::io::stdin())?;
    let hits = scan::scan(&State::newest()?, secret.trim()).await?;
    for hit in &hits {
        writeln!(std::io::stdout(), "{hit}")?;
    }
    writeln!(std::io::stdout(), "found in {} places", hits.len())?;
    Ok(())
}

/// Ctrl-C, or the signal that `stop` and init systems send.
async fn interrupted() {
    let mut interrupt = signal(SignalKind::interrupt()).ok();
    let mut terminate = signal(SignalKind::terminate()).ok();
    let first = async |signal: &mut Option<tokio::signal::unix::Signal>| match signal {
        Some(signal) => signal.recv().await,
        // Without a handler the signal's default ends us, and the kernel ends the children.
        None => std::future::pending().await,
    };
    tokio::select! {
        _ = first(&mut interrupt) => {}
        _ = first(&mut terminate) => {}
    }
}

/// The result, unless a signal comes first; then what was started is dropped, and so stopped.
async fn or_interrupted<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = interrupted() => None,
    }
}
