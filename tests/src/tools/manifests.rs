//! Manifests that ship inside the Go modules: Crossplane's and External Secrets' CRDs, kwok's stages. Taken from the
//! same pinned modules as the binaries, so that the two cannot drift apart. Of Prometheus Operator and KEDA there are
//! only the CRDs: what is composed of them is judged by the real schemas, and nothing acts on it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::build::{check_prerequisites, go};
use super::stamp;
use crate::repository;

/// What is copied: module folder, Go module, its folders, the folder below our manifests, and a filter of file names.
struct Source {
    module: &'static str,
    go_module: &'static str,
    from: &'static [&'static str],
    to: &'static str,
    keep: fn(&str) -> bool,
}

const SOURCES: &[Source] = &[
    Source {
        module: "crossplane",
        go_module: "github.com/crossplane/crossplane/v2",
        from: &["cluster/crds"],
        to: "crossplane/crds",
        keep: |_| true,
    },
    Source {
        module: "crossplane",
        go_module: "github.com/crossplane/crossplane/v2",
        from: &["cluster/webhookconfigurations"],
        to: "crossplane/webhooks",
        keep: |_| true,
    },
    Source {
        module: "external-secrets",
        go_module: "github.com/external-secrets/external-secrets",
        from: &["config/crds/bases"],
        to: "external-secrets",
        // The kinds that our operator reconciles.
        keep: |name| {
            ["_externalsecrets.", "_secretstores.", "_clustersecretstores."]
                .iter()
                .any(|kind| name.contains(kind))
        },
    },
    Source {
        module: "external-secrets",
        go_module: "github.com/external-secrets/external-secrets",
        from: &["config/crds/bases"],
        to: "external-secrets-unreconciled",
        // Kinds that policies speak of, and that nothing here acts on.
        keep: |name| {
            ["_clusterexternalsecrets.", "_pushsecrets.", "_stssessiontokens."]
                .iter()
                .any(|kind| name.contains(kind))
        },
    },
    Source {
        module: "prometheus-operator",
        go_module: "github.com/prometheus-operator/prometheus-operator",
        from: &["example/prometheus-operator-crd"],
        to: "prometheus-operator",
        keep: |name| {
            ["_servicemonitors.", "_podmonitors.", "_prometheusrules."].iter().any(|kind| name.contains(kind))
        },
    },
    Source {
        module: "keda",
        go_module: "github.com/kedacore/keda/v2",
        from: &["config/crd/bases"],
        to: "keda",
        keep: |name| name.contains("_scaledobjects."),
    },
    Source {
        module: "kong",
        go_module: "github.com/kong/kubernetes-configuration",
        from: &["config/crd/ingress-controller"],
        to: "kong",
        // Its controller watches them all.
        keep: |name| name != "kustomization.yaml",
    },
    Source {
        module: "kwok",
        go_module: "sigs.k8s.io/kwok",
        from: &["kustomize/stage/node/fast", "kustomize/stage/pod/fast"],
        to: "kwok",
        keep: |name| name != "kustomization.yaml",
    },
];

/// Copies what is not there or no longer current, and answers with the folder.
pub(super) fn prepare() -> Result<PathBuf> {
    let folder = repository::cache().join("manifests");
    for source in SOURCES {
        let target = folder.join(source.to);
        let pin = repository::path("tests/controlplane").join(source.module).join("go.mod");
        let wanted = stamp::of_files(&[pin], source.from)?;
        if target.is_dir() && stamp::matches(&stamp::file(&target), &wanted) {
            continue;
        }
        check_prerequisites()?;
        let module = module_folder(source)?;
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        fs::create_dir_all(&target)?;
        for from in source.from {
            copy_yaml(&module.join(from), &target, source.keep)?;
        }
        fs::write(stamp::file(&target), wanted)?;
    }
    Ok(folder)
}

fn module_folder(source: &Source) -> Result<PathBuf> {
    // `go list` answers with no folder for a module that is pinned but not downloaded.
    let download =
        go(source.module).args(["mod", "download", source.go_module]).output().context("cannot run go")?;
    if !download.status.success() {
        bail!("cannot download {}: {}", source.go_module, String::from_utf8_lossy(&download.stderr));
    }
    let list = go(source.module).args(["list", "-m", "-f", "{{.Dir}}", source.go_module]).output()?;
    Ok(PathBuf::from(String::from_utf8_lossy(&list.stdout).trim()))
}

fn copy_yaml(from: &Path, to: &Path, keep: fn(&str) -> bool) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "yaml") && keep(&name) {
            // Not `fs::copy`: files in the module cache are read-only and their mode would come along.
            fs::write(to.join(&name), fs::read(&path)?)?;
        }
    }
    Ok(())
}
