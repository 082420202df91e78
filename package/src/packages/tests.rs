use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::*;

/// The files of an archive, with their modes.
fn unpacked(archive: impl Read) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = tar::Archive::new(archive);
    let files = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let header = entry.header();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
        let (mode, path) = (header.mode().unwrap(), entry.path().unwrap().to_str().unwrap().to_owned());
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (path, (mode, content))
    });
    files.collect()
}

fn provider() -> Package {
    let registry = "ghcr.io/acme".parse().unwrap();
    let release = Release { registry, version: "0.1.0".parse().unwrap() };
    let program = &PROGRAMS[1];
    Package {
        name: program.name,
        program: Some(b"a program".to_vec()),
        calls: program.calls,
        manifests: manifests::package(program.sources, &release).unwrap(),
    }
}

/// What Crossplane reads and what it runs: one annotated layer with `package.yaml`, and one with a program that is not
/// root's.
#[test]
fn an_image_is_a_program_and_a_package() {
    let files = unpacked(provider().image().unwrap().archive().unwrap().as_slice());
    let manifest: Value = serde_json::from_slice(&files["manifest.json"].1).unwrap();
    let layers: Vec<&str> =
        manifest[0]["Layers"].as_array().unwrap().iter().map(|layer| layer.as_str().unwrap()).collect();
    let [runtime, package] = layers.as_slice() else { panic!("{layers:?}") };

    let runtime = unpacked(GzDecoder::new(files[*runtime].1.as_slice()));
    assert_eq!(runtime["provider-goldenpath-aws"], (0o755, b"a program".to_vec()));
    assert_eq!(runtime.keys().collect::<Vec<_>>(), [AUTHORITIES, "provider-goldenpath-aws"]);

    let stored = package.strip_suffix(".tar.gz").unwrap();
    let package = unpacked(GzDecoder::new(files[*package].1.as_slice()));
    assert_eq!(package.keys().collect::<Vec<_>>(), ["package.yaml"]);

    let configuration: Value =
        serde_json::from_slice(&files[manifest[0]["Config"].as_str().unwrap()].1).unwrap();
    assert_eq!(configuration["config"]["User"], "2000:2000");
    assert_eq!(configuration["config"]["Entrypoint"], serde_json::json!(["/provider-goldenpath-aws"]));
    assert_eq!(configuration["config"]["Labels"][format!("io.crossplane.xpkg:{stored}")], "base");
    assert_eq!(configuration["created"], Value::Null, "an image of a time is another one each time");
}

#[test]
fn the_same_tree_is_the_same_package() {
    let packed = || provider().image().unwrap().archive().unwrap();
    assert!(packed() == packed());
}

/// The provider would trust nobody without them: there is nothing else in its image.
#[test]
fn the_authorities_are_certificates() {
    let authorities = authorities();
    let blocks = authorities.matches("-----BEGIN CERTIFICATE-----").count();
    assert_eq!(blocks, webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
    assert!(authorities.lines().all(|line| line.len() <= 64));
}
