//! Kubeconfigs for the processes and for people.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A kubeconfig with a bearer token.
pub(crate) fn with_token(server: &str, authority: &str, token: &str) -> String {
    let authority = STANDARD.encode(authority);
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: goldenpath\n\
         clusters:\n- name: goldenpath\n  cluster: {{server: \"{server}\", certificate-authority-data: {authority}}}\n\
         users:\n- name: admin\n  user: {{token: {token}}}\n\
         contexts:\n- name: goldenpath\n  context: {{cluster: goldenpath, user: admin}}\n"
    )
}
