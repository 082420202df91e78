//! The consumers of a route: each is known by an API key of the secret store, and is of the group that the route lets in.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::composition::Composition;
use crate::kinds::credential::Secret;
use crate::kinds::external_secret::{Data, ExternalSecret, RemoteRef, SecretStoreRef};
use crate::kinds::kong::KongConsumer;
use crate::paths::gateway::api::Consumer;
use crate::paths::gateway::plugins::group;
use crate::paths::gateway::{CONSUMER, CONSUMER_ACL, CONSUMER_KEY, Route, Subject};
use crate::platform::Platform;

/// The label by which Kong's ingress controller knows what a Secret is a credential for.
const CREDENTIAL: &str = "konghq.com/credential";
/// The annotation that says which controller a consumer is for.
const CLASS: &str = "kubernetes.io/ingress.class";

/// The consumers of a route, with their credentials.
pub(super) fn compose<P>(
    composition: Composition,
    subject: &Subject<'_>,
    route: Option<&Route<'_>>,
    platform: &Platform<P>,
) -> Composition {
    let listed =
        || route.into_iter().flat_map(|route| route.asked.consumers.iter().map(move |one| (route, one)));
    let name = |consumer: &Consumer| consumer.name.as_ref().to_owned();
    composition
        .with_each(CONSUMER, listed().map(|(route, one)| (name(one), consumer(subject, route, one))))
        .with_each(CONSUMER_KEY, listed().map(|(_, one)| (name(one), key(subject, one, platform))))
        .with_each(CONSUMER_ACL, listed().map(|(_, one)| (name(one), acl(subject, one))))
}

/// The names of the Secrets of a consumer: of its key, and of its group.
pub(in crate::paths) fn secret_names(name: &str, consumer: &Consumer) -> [String; 2] {
    let consumer = consumer.name.as_ref();
    [format!("{name}-{consumer}-key"), format!("{name}-{consumer}-acl")]
}

fn consumer(subject: &Subject<'_>, route: &Route<'_>, consumer: &Consumer) -> KongConsumer {
    let name = consumer.name.as_ref();
    let own = (subject.object_meta)(format!("{}-{name}", subject.name));
    let annotations = Some([(CLASS.to_owned(), route.class.clone())].into());
    // No name has a dot, so no two consumers of a gateway have one of these.
    let username = format!("{}.{}.{name}", subject.namespace, subject.name);
    let credentials = secret_names(subject.name, consumer).into();
    KongConsumer::of(ObjectMeta { annotations, ..own }, username, credentials)
}

fn key<P>(subject: &Subject<'_>, consumer: &Consumer, platform: &Platform<P>) -> ExternalSecret {
    let [name, _] = secret_names(subject.name, consumer);
    let Consumer { name: _, source, property } = consumer;
    let remote_ref = RemoteRef { key: source.clone(), property: property.clone(), decoding_strategy: None };
    let data = vec![Data { secret_key: "key".into(), remote_ref }];
    let store = SecretStoreRef::from(platform.secret_store.clone());
    let interval = platform.refresh_interval.to_string();
    ExternalSecret::picking((subject.object_meta)(name.clone()), store, interval, name, data)
        .labelling(credential("key-auth"))
}

fn acl(subject: &Subject<'_>, consumer: &Consumer) -> Secret {
    let [_, name] = secret_names(subject.name, consumer);
    let own = (subject.object_meta)(name);
    let labels = own.labels.unwrap_or_default().into_iter().chain(credential("acl")).collect();
    let group = group(subject.namespace, subject.name);
    Secret {
        metadata: ObjectMeta { labels: Some(labels), ..own },
        // As the API server keeps it: what is written as text is kept as bytes, and would be a difference for ever.
        data: Some([("group".to_owned(), k8s_openapi::ByteString(group.into_bytes()))].into()),
        ..Secret::default()
    }
}

fn credential(of: &str) -> BTreeMap<String, String> {
    [(CREDENTIAL.to_owned(), of.to_owned())].into()
}
