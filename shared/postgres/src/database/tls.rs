//! TLS to the database: the certificate chain and the host's name are always verified.

use std::path::PathBuf;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Trusts the system's certificates, or those of `SSL_CERT_FILE`, and all in `files`: databases
/// often have certificates of a root of their own (for RDS: the region's bundle).
pub(super) fn connector(files: &[PathBuf]) -> Result<MakeRustlsConnect, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    for file in files {
        let unusable = |cause: String| format!("{} cannot be used: {cause}", file.display());
        let certificates: Vec<CertificateDer<'_>> = CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|error| unusable(error.to_string()))?;
        if certificates.is_empty() {
            return Err(unusable("it has no certificate".into()));
        }
        for certificate in certificates {
            roots
                .add(certificate)
                .map_err(|error| unusable(error.to_string()))?;
        }
    }
    if roots.is_empty() {
        return Err(format!(
            "no trusted certificates were found: {:?}",
            found.errors
        ));
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
