//! TLS 1.3 with the platform's own authorities and nobody else's.

use crate::ClientError;
use domain::{ids::UnixTime, retry::Obstacle};
use protocol::enrolment::Trust;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
};
use rustls_pki_types::{CertificateDer, ServerName};
use std::{sync::Arc, time::Duration};

/// The times at which a certificate may be valid. A tablet's clock is often wrong by years, in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// It is certainly not earlier than this: the later of the program's build time and the last server time that came
    /// signed. Seconds since 1970 UTC.
    pub floor: UnixTime,
    /// What the system clock says, seconds since 1970 UTC. Before the floor it is known to be wrong: then it may be any time
    /// up to thirteen months after the floor.
    pub now: UnixTime,
}

impl Clock {
    fn latest(self) -> UnixTime {
        let known = domain::clock::Clock {
            machine: self.now,
            server: Some(self.floor),
            built: 0,
        };
        known.latest()
    }
}

/// For calls with something to keep private: only the authorities of `trust`, at the times of `clock`.
pub(crate) fn pinned(trust: &Trust, clock: Clock) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    // One that this program cannot read must not take the other one away.
    roots.add_parsable_certificates(
        trust
            .authorities
            .iter()
            .map(|der| CertificateDer::from(der.0.as_slice())),
    );
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|_| Obstacle::Untrusted)?;
    Ok(config(provider, Arc::new(Pinned { inner, clock })))
}

/// For the very first call, which sends nothing secret and whose answer proves itself by the invitation's root hash.
pub(crate) fn unpinned() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    config(provider.clone(), Arc::new(Unchecked(provider)))
}

fn config(provider: Arc<CryptoProvider>, verifier: Arc<dyn ServerCertVerifier>) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("ring has the cipher suites of TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// Accepts a certificate that is valid at any time from the floor to the latest time it may be.
#[derive(Debug)]
struct Pinned {
    inner: Arc<WebPkiServerVerifier>,
    clock: Clock,
}

/// Validity is an interval, so a chain that is valid at some time in the span is valid at the floor or at the moment
/// when the youngest of its certificates becomes valid. Each try moves on by one certificate of the chain.
const TRIES: usize = 8;

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (floor, latest) = (instant(self.clock.floor), instant(self.clock.latest()));
        let mut at = floor;
        for _ in 0..TRIES {
            match self
                .inner
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at)
            {
                Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }))
                    if at < not_before && not_before <= latest =>
                {
                    at = not_before;
                }
                other => return other,
            }
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYet))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn instant(time: UnixTime) -> rustls_pki_types::UnixTime {
    rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(time).unwrap_or(0)))
}

/// Asks nobody who the server is.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
