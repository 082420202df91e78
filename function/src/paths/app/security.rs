//! What pods may do: as little as possible.

use k8s_openapi::api::core::v1::{Capabilities, PodSecurityContext, SeccompProfile, SecurityContext};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::kinds::service_account::ServiceAccount;
use crate::paths::app::api::Security;
use crate::paths::app::identity::Identity;

/// The account that the pods run as. Its token is mounted only where a pod asks for it.
pub(super) fn service_account(security: &Security, identity: &Identity) -> ServiceAccount {
    let annotations = security.service_account_annotations.clone().filter(|all| !all.is_empty());
    ServiceAccount {
        metadata: ObjectMeta { annotations, ..identity.object_meta() },
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// Of a pod: the restricted profile of Kubernetes' pod security standards.
pub(super) fn of_pod(security: &Security, has_volumes: bool) -> PodSecurityContext {
    let user = security.run_as_user;
    // The files of a volume belong to the group that the containers run as.
    let group = user.filter(|_| has_volumes);
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: user,
        fs_group: group,
        fs_group_change_policy: group.map(|_| "OnRootMismatch".into()),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".into(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

/// Of its container: the same profile.
pub(super) fn of_container(security: &Security) -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: Some(security.read_only_root_filesystem),
        run_as_non_root: Some(true),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".into()]), add: None }),
        ..SecurityContext::default()
    }
}
