//! `crossplane render` over every example: the real CLI, the real engine, our function, against checked-in output.
//!
//! `UPDATE=1` writes what is rendered instead of comparing.

mod documented;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, anyhow, bail};
use goldenpath_tests::render::Renderer;
use goldenpath_tests::{Tools, manifest, repository};
use libtest_mimic::{Arguments, Trial};
use similar::TextDiff;
use tokio::runtime::Runtime;

/// Folders of examples, and the composition each is rendered with.
const EXAMPLES: &[(&str, &str)] = &[
    ("app", "compositions/goldenpathapp.yaml"),
    ("appclaim", "compositions/xappclaim.yaml"),
    ("database", "compositions/goldenpathdatabase.yaml"),
    ("databaseclaim", "compositions/xdatabaseclaim.yaml"),
    ("ingressrequest", "compositions/ingressrequest.yaml"),
    ("secretsync", "compositions/secretsync.yaml"),
];

fn main() {
    let arguments = Arguments::from_args();
    let Ok(runtime) = Runtime::new() else { std::process::exit(101) };
    let stage = Arc::new(Stage { runtime, renderer: OnceLock::new() });
    let mut trials = Vec::new();
    for (folder, composition) in EXAMPLES {
        let files = manifest::files(&repository::path("examples").join(folder)).unwrap_or_default();
        trials.extend(files.into_iter().map(|file| trial(&stage, folder, composition, file)));
    }
    trials.push(Trial::test("documented", || {
        tools().and_then(|tools| documented::run(&tools)).map_err(|error| format!("{error:#}").into())
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(stage);
    conclusion.exit();
}

fn tools() -> Result<Tools> {
    Tools::prepare_some(|name| ["crossplane", "crossplane-cli"].contains(&name))
}

/// The function, started by the first example.
struct Stage {
    renderer: OnceLock<Result<Renderer, String>>,
    runtime: Runtime,
}

impl Stage {
    fn renderer(&self) -> Result<&Renderer> {
        let start = async { Renderer::start(&tools()?).await };
        let started =
            self.renderer.get_or_init(|| self.runtime.block_on(start).map_err(|error| format!("{error:#}")));
        started.as_ref().map_err(|error| anyhow!(error.clone()))
    }
}

fn trial(stage: &Arc<Stage>, folder: &str, composition: &str, example: PathBuf) -> Trial {
    let stage = Arc::clone(stage);
    let case = format!("{folder}/{}", example.file_stem().unwrap_or_default().to_string_lossy());
    let expected = repository::path("tests/render/expected").join(format!("{case}.yaml"));
    let composition = repository::path(composition);
    Trial::test(case, move || {
        let rendered = stage.renderer().and_then(|renderer| renderer.render(&example, &composition));
        rendered
            .and_then(|rendered| compare(&rendered, &expected))
            .map_err(|error| format!("{error:#}").into())
    })
}

fn compare(rendered: &str, expected: &Path) -> Result<()> {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(expected.parent().context("a file has a folder")?)?;
        return Ok(std::fs::write(expected, rendered)?);
    }
    let written = std::fs::read_to_string(expected)
        .with_context(|| format!("{} is missing; UPDATE=1 writes it", expected.display()))?;
    if written != rendered {
        let difference = TextDiff::from_lines(written.as_str(), rendered);
        bail!("{} differs; UPDATE=1 rewrites it\n{}", expected.display(), difference.unified_diff());
    }
    Ok(())
}
