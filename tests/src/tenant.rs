//! An app team: it may do anything in its own namespace, as much as RBAC can give there, and nothing elsewhere.

use std::time::Duration;

use anyhow::Result;
use kube::Client;

use crate::apiserver::ApiServer;
use crate::{identity, kinds, kubeconfig, manifest, objects, wait, workdir::Workdir};

/// The service account, and the role, of the team.
const ACCOUNT: &str = "team";
const LIMIT: Duration = Duration::from_secs(20);

/// A team, and what acts for it: a token of a service account of its namespace.
#[derive(Clone)]
pub struct Tenant {
    /// With the team's rights.
    pub client: Client,
    /// The team's.
    pub namespace: String,
}

// === impl Tenant ===

impl Tenant {
    /// Gives a team everything in a namespace that is there.
    pub(crate) async fn settle(
        admin: &Client,
        api: &ApiServer,
        run: &Workdir,
        namespace: &str,
    ) -> Result<Self> {
        let rights = format!(
            r#"
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {ACCOUNT}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: {ACCOUNT}}}
rules: [{{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: {ACCOUNT}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {ACCOUNT}}}
subjects: [{{kind: ServiceAccount, name: {ACCOUNT}, namespace: {namespace}}}]
"#
        );
        objects::apply_all(admin, &manifest::parse(&rights)?, Some(namespace)).await?;
        let token = identity::token(admin, namespace, ACCOUNT).await?;
        let client = kubeconfig::connect(&api.kubeconfig_for(run, namespace, &token)?).await?;
        wait::until(&format!("the team of {namespace} has its rights"), LIMIT, async || {
            Ok(objects::list(&client, &kinds::secret(), namespace).await.ok())
        })
        .await?;
        Ok(Self { client, namespace: namespace.to_owned() })
    }
}
