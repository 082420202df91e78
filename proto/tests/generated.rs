//! `src/generated` is what `proto/` says. `UPDATE=1` rewrites it. No `protoc` is needed: protox compiles.

use std::fs;
use std::path::Path;

#[test]
fn the_protocol_code_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let descriptors = protox::compile(["changelogs/v1alpha1/changelog.proto"], [root.join("proto")]).unwrap();
    tonic_prost_build::configure().out_dir(out).compile_fds(descriptors).unwrap();

    let file = "changelogs.proto.v1alpha1.rs";
    let fresh = fs::read_to_string(out.join(file)).unwrap();
    let path = root.join("src/generated").join(file);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap_or_default(),
        fresh,
        "{file} is out of date; run `make update`"
    );
}
