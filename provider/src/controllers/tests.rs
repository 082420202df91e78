//! The CRDs in `package/provider/crds` are those of the list, as the types say. `UPDATE=1` rewrites them.

use std::fs;
use std::path::PathBuf;

use super::*;

#[test]
fn the_crds_are_current() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../package/provider/crds");
    let mut stale = Vec::new();
    let mut expected = Vec::new();
    for crd in config::crds().into_iter().chain(managed_resources().crds()) {
        let file = format!("{}_{}.yaml", crd.spec.group, crd.spec.names.plural);
        let yaml = serde_saphyr::to_string(&crd).unwrap();
        let path = folder.join(&file);
        if fs::read_to_string(&path).ok().as_deref() != Some(&yaml) {
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&path, &yaml).unwrap();
            } else {
                stale.push(file.clone());
            }
        }
        expected.push(file);
    }
    let mut present: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    present.sort();
    expected.sort();
    assert_eq!(stale, Vec::<String>::new(), "out of date; run `make update`");
    assert_eq!(present, expected, "the folder holds exactly the generated files");
}
