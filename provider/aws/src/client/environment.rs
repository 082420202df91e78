//! What AWS's own tools read from the environment of the process, under the names that they have there.

use aws_smithy_http_client::tls::TrustStore;
use goldenpath_provider_core::Fault;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// Where AWS is reached, and whose certificates are trusted.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    /// At its addresses with validated cryptography.
    pub(super) fips: bool,
    /// At its addresses for IPv6 as well.
    pub(super) dual_stack: bool,
    /// Instead of the authorities that the image trusts.
    pub(super) trust: Option<TrustStore>,
}

// === impl Environment ===

impl Environment {
    /// Reads the variables. A mistake in one of them is a fault of every call, with its name.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Fault> {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        Ok(Self {
            fips: switch(FIPS, value(FIPS))?,
            dual_stack: switch(DUAL_STACK, value(DUAL_STACK))?,
            trust: value(CA_BUNDLE).map(|path| bundle(&path)).transpose()?,
        })
    }
}

fn switch(name: &str, value: Option<String>) -> Result<bool, Fault> {
    match value.map(|value| value.to_ascii_lowercase()).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(invalid(&format!("{name} is \"{other}\""), "set it to true or false")),
    }
}

/// The certificates of a file, all of them usable: the SDK takes them on trust.
fn bundle(path: &str) -> Result<TrustStore, Fault> {
    let wrong = |why: &str| {
        invalid(&format!("{CA_BUNDLE} is \"{path}\", and {why}"), "name a file of certificates in PEM")
    };
    let pem = std::fs::read(path).map_err(|error| wrong(&format!("it cannot be read: {}", error.kind())))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| wrong("it is no PEM"))?;
        roots.add(certificate).map_err(|_| wrong("one of its certificates cannot be read"))?;
    }
    if roots.is_empty() {
        return Err(wrong("it has no certificate"));
    }
    Ok(TrustStore::empty().with_pem_certificate(pem))
}

fn invalid(what: &str, remedy: &str) -> Fault {
    Fault::user("EnvironmentInvalid", format!("the provider's environment has a mistake: {what}"))
        .remedy(format!("{remedy}, in the DeploymentRuntimeConfig of the provider"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(name: &str, value: &str) -> Result<Environment, String> {
        Environment::of(|asked| (asked == name).then(|| value.to_owned())).map_err(|fault| fault.message)
    }

    #[rstest]
    #[case::unset("", Ok(false))]
    #[case::on("true", Ok(true))]
    #[case::in_any_case("True", Ok(true))]
    #[case::off("false", Ok(false))]
    #[case::neither("yes", Err("the provider's environment has a mistake: AWS_USE_FIPS_ENDPOINT is \"yes\""))]
    fn a_switch_is_on_or_off(#[case] value: &str, #[case] expected: Result<bool, &str>) {
        let read = read(FIPS, value).map(|read| read.fips);
        assert_eq!(read.as_ref().map(|on| *on).map_err(String::as_str), expected);
    }

    #[rstest]
    #[case::nothing("", "it has no certificate")]
    #[case::no_pem("-----BEGIN CERTIFICATE-----\n!\n", "it is no PEM")]
    #[case::no_certificate(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "one of its certificates cannot be read"
    )]
    fn a_bundle_that_holds_no_certificates_is_named(#[case] text: &str, #[case] why: &str) {
        let file = std::env::temp_dir().join(format!("goldenpath-bundle-{}", uuid::Uuid::new_v4()));
        std::fs::write(&file, text).unwrap();
        let told = read(CA_BUNDLE, file.to_str().unwrap()).unwrap_err();
        std::fs::remove_file(&file).unwrap();
        assert!(told.ends_with(why), "{told}");
    }

    #[test]
    fn a_bundle_that_is_not_there_is_named() {
        let told = read(CA_BUNDLE, "/nowhere").unwrap_err();
        assert_eq!(
            told,
            "the provider's environment has a mistake: AWS_CA_BUNDLE is \"/nowhere\", and it cannot be read: entity not found"
        );
    }
}
