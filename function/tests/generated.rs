//! The XRDs in `xrds` are what the types say, with the annotations of `package/xrd-annotations.yaml`. `UPDATE=1` rewrites
//! them.

#![allow(clippy::disallowed_methods, reason = "tests read and write files; the library may not")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use goldenpath_function::paths::ALL;

#[test]
fn the_xrds_are_current() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("xrds");
    let annotations = fs::read_to_string(root.join("package/xrd-annotations.yaml")).unwrap();
    let annotations: BTreeMap<String, String> = serde_saphyr::from_str(&annotations).unwrap();
    let mut stale = Vec::new();
    let mut expected = Vec::new();
    for path in ALL {
        let definition = (path.definition)().annotated(annotations.clone());
        let file = format!("{}.yaml", definition.name());
        // Whether serde_json keeps the order of keys depends on which crates are built together; sorted, it does not.
        let mut value = serde_json::to_value(&definition).unwrap();
        value.sort_all_objects();
        let yaml = serde_saphyr::to_string(&value).unwrap();
        let target = folder.join(&file);
        if fs::read_to_string(&target).ok().as_deref() != Some(&yaml) {
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&target, &yaml).unwrap();
            } else {
                stale.push(file.clone());
            }
        }
        expected.push(file);
    }
    let mut present: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    present.sort();
    expected.sort();
    assert_eq!(stale, Vec::<String>::new(), "out of date; run `make update`");
    assert_eq!(present, expected, "the folder holds exactly the generated files");
}
