use kube::runtime::reflector::store;
use kube::runtime::watcher::Event;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Thing, thing};

fn name(name: &str) -> ObjectName {
    ObjectName { namespace: "n".into(), name: name.into() }
}

fn secret(revision: u64) -> Secret {
    let secret =
        json!({"metadata": {"name": "aws", "namespace": "n", "resourceVersion": revision.to_string()}});
    serde_json::from_value(secret).unwrap()
}

/// The size of the thing `x`, if it is known.
fn size(watched: &Watched) -> Option<String> {
    watched.get::<Thing>(&name("x")).and_then(|x| x.spec.size)
}

fn named() -> SecretReference {
    SecretReference { namespace: "n".into(), name: "aws".into() }
}

#[test]
fn an_object_is_read_from_its_watch_while_it_is_kept_up() {
    let (watched, (store, mut writer)) = (Watched::default(), store::<Thing>());
    let readable = watched.share(store, ());
    assert_eq!(size(&watched), None, "a watch that has not begun knows nothing");
    let x: Thing = serde_json::from_value(thing(&json!({"spec": {"size": "a"}}))).unwrap();
    writer.apply_watcher_event(&Event::Apply(x));
    assert_eq!(size(&watched), Some("a".into()));
    assert_eq!(watched.get::<Secret>(&name("x")), None, "it is no Secret");
    drop(readable);
    assert_eq!(size(&watched), None, "what is not watched is not known");
}

#[test]
fn what_is_watched_without_a_type_is_read_as_the_type_that_is_asked_for() {
    let watched = Watched::default();
    let kind = kube::api::ApiResource::erase::<Thing>(&());
    let mut writer = store::Writer::<DynamicObject>::new(kind.clone());
    let _readable = watched.share(writer.as_reader(), kind);
    let apply = |writer: &mut store::Writer<DynamicObject>, object: Value| {
        writer.apply_watcher_event(&Event::Apply(serde_json::from_value(object).unwrap()));
    };
    apply(&mut writer, thing(&json!({"spec": {"size": "a"}})));
    assert_eq!(size(&watched), Some("a".into()));
    apply(&mut writer, thing(&json!({"spec": {"size": 1}})));
    assert_eq!(size(&watched), None, "it does not parse: the API server is asked, and says why");
}

#[test]
fn a_secret_is_known_once_it_was_read_and_until_it_changes() {
    let (watched, read) = (Watched::default(), |watched: &Watched| watched.get::<Secret>(&name("aws")));
    watched.keep(&name("aws"), &secret(1));
    assert_eq!(read(&watched), None, "it is not watched, so that it is not kept");

    watched.follow_secret(&named());
    watched.secret_is_at(&named(), Some(1));
    assert_eq!(read(&watched), None, "a watch of metadata has no data");
    watched.keep(&name("aws"), &secret(1));
    assert_eq!(read(&watched), Some(secret(1)));
    watched.secret_is_at(&named(), Some(2));
    assert_eq!(read(&watched), None, "it has changed");
    watched.keep(&name("aws"), &secret(2));
    assert_eq!(read(&watched), Some(secret(2)));
    watched.secret_is_at(&named(), None);
    assert_eq!(read(&watched), None, "it is gone");
    watched.forget_secret(&named());
    watched.secret_is_at(&named(), Some(2));
    assert_eq!(read(&watched), None, "nothing of it was kept");
}

#[test]
fn no_data_is_printed() {
    let watched = Watched::default();
    watched.follow_secret(&named());
    watched.secret_is_at(&named(), Some(1));
    watched.keep(&name("aws"), &secret(1));
    assert!(!format!("{watched:?}").contains("aws"));
}
