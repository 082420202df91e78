//! The programs, their packages, and which ready binaries will do.

/// When a binary that is already on the machine may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Any version does.
    Any,
    /// The version line must contain this.
    Version(&'static str),
    /// Only our own build: the version is part of what is tested.
    Pinned,
}

/// One program.
#[derive(Debug)]
pub struct Tool {
    /// Its file name in the cache.
    pub name: &'static str,
    /// The folder below `tests/controlplane/` with its `go.mod`.
    pub module: &'static str,
    /// The Go package.
    pub package: &'static str,
    /// Version stamps for the linker, beyond stripping.
    pub stamps: &'static str,
    /// What is left out of it, or brought in.
    pub tags: &'static str,
    /// Which ready binaries will do.
    pub accept: Accept,
}

const KUBERNETES: &str = "-X k8s.io/component-base/version.gitVersion=v1.36.2 \
                          -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";
// Unstamped, packages that ask for a version of Crossplane are refused.
// The RBAC manager has no flag for its metrics' address, which would be port 8080 of the machine; 0 is none. Core has one.
const CROSSPLANE: &str = "-X github.com/crossplane/crossplane-runtime/v2/pkg/version.version=v2.3.4 \
                          -X sigs.k8s.io/controller-runtime/pkg/metrics/server.DefaultBindAddress=0";

/// All programs, the slowest builds last so that a failure early costs little.
pub const CATALOG: &[Tool] = &[
    tool("crane", "crane", "github.com/google/go-containerregistry/cmd/crane", "", Accept::Any),
    tool("helm", "helm", "helm.sh/helm/v3/cmd/helm", "", Accept::Any),
    tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", "", Accept::Version("etcd Version: 3.")),
    tool("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", "", Accept::Version("v0.8.")),
    tool("kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl", KUBERNETES, Accept::Any),
    tool(
        "kube-scheduler",
        "kubernetes",
        "k8s.io/kubernetes/cmd/kube-scheduler",
        KUBERNETES,
        Accept::Version("v1.36."),
    ),
    tool(
        "kube-apiserver",
        "kubernetes",
        "k8s.io/kubernetes/cmd/kube-apiserver",
        KUBERNETES,
        Accept::Version("v1.36."),
    ),
    tool(
        "kube-controller-manager",
        "kubernetes",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        KUBERNETES,
        Accept::Version("v1.36."),
    ),
    tool(
        "crossplane",
        "crossplane",
        "github.com/crossplane/crossplane/v2/cmd/crossplane",
        CROSSPLANE,
        Accept::Pinned,
    ),
    tool(
        "crossplane-cli",
        "crossplane-cli",
        "github.com/crossplane/cli/v2/cmd/crossplane",
        "",
        Accept::Pinned,
    ),
    tool(
        "kong-ingress-controller",
        "kong-ingress-controller",
        "github.com/kong/kubernetes-ingress-controller/v3/internal/cmd",
        "",
        Accept::Pinned,
    ),
    tool("external-secrets", "external-secrets", ".", "", Accept::Pinned),
    tool("actionlint", "actionlint", "github.com/rhysd/actionlint/cmd/actionlint", "", Accept::Any),
    tool("amtool", "alertmanager", "github.com/prometheus/alertmanager/cmd/amtool", "", Accept::Any),
    // Without the clients of clouds, in which Prometheus looks for what it reads.
    tool("promtool", "prometheus", "github.com/prometheus/prometheus/cmd/promtool", "", Accept::Any)
        .with_tags("remove_all_sd"),
    tool("kyverno", "kyverno", "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno", "", Accept::Pinned),
];

/// Those that judge what no control plane needs: fifteen minutes of a processor to build, so only where they are asked for.
pub(super) const JUDGES: [&str; 4] = ["actionlint", "amtool", "kyverno", "promtool"];

const fn tool(
    name: &'static str,
    module: &'static str,
    package: &'static str,
    stamps: &'static str,
    accept: Accept,
) -> Tool {
    Tool { name, module, package, stamps, tags: "", accept }
}

// === impl Tool ===

impl Tool {
    const fn with_tags(self, tags: &'static str) -> Self {
        Self { tags, ..self }
    }
}
