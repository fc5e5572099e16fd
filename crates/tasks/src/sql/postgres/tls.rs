//! TLS to PostgreSQL: rustls with ring, and how much of the server's certificate each `sslmode` looks at.
//!
//! `verify-full` is the web's own check. `verify-ca` leaves the name out, `require` and `prefer` only prove that whoever
//! answers holds the key of the certificate that it shows, as libpq has it.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::url::TlsMode;

/// The client's side of TLS for a mode; `None` where there is to be none. `roots` is a file of certificates in PEM; without
/// it those of the system are trusted.
pub(crate) fn config(mode: TlsMode, roots: Option<&Path>) -> Result<Option<Arc<ClientConfig>>, String> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match mode {
        TlsMode::Disable => return Ok(None),
        TlsMode::VerifyFull => chain_verifier(roots, &provider)?,
        TlsMode::VerifyCa => {
            let chain = Some(chain_verifier(roots, &provider)?);
            Arc::new(Lenient { chain, provider: provider.clone() })
        }
        TlsMode::Prefer | TlsMode::Require => Arc::new(Lenient { chain: None, provider: provider.clone() }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Some(Arc::new(config)))
}

fn chain_verifier(
    roots: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, String> {
    let store = match roots {
        Some(file) => roots_of(file)?,
        None => roots_of_system()?,
    };
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone())
        .build()
        .map_err(|error| format!("the root certificates cannot be used: {error}"))
}

fn roots_of(file: &Path) -> Result<RootCertStore, String> {
    let problem = |what: String| format!("`sslrootcert`: the file `{}` {what}", file.display());
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let mut store = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|error| problem(format!("is not PEM: {error}")))?;
        store
            .add(certificate)
            .map_err(|error| problem(format!("has a certificate that cannot be used: {error}")))?;
    }
    if store.is_empty() { Err(problem("has no certificate".into())) } else { Ok(store) }
}

fn roots_of_system() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found.certs);
    if store.is_empty() {
        return Err("the system has no root certificates; name a file with `sslrootcert`".into());
    }
    Ok(store)
}

/// Looks at less than the web does: at the chain, whatever name it is made out to, or at nothing but that whoever answers
/// holds the key.
#[derive(Debug)]
struct Lenient {
    /// Who looks at the chain; `None` if nobody does.
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(verifier) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        // The chain is looked at first, the name last.
        match verifier.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
