//! TLS as both the pooled client and the publish sender use it: 1.2 or newer, HTTP/1.1, never early data.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::CertificateDer};
use rustls_platform_verifier::Verifier;

use crate::settings::{Settings, SettingsError};

/// One configuration for all connections; its session cache is shared by its clones.
pub(crate) fn config(settings: &Settings) -> Result<ClientConfig, SettingsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(refused)?;
    let mut config = if settings.uses_tls() {
        let roots = settings.extra_roots.iter().cloned().map(CertificateDer::from);
        let verifier = Verifier::new_with_extra_roots(roots, provider).map_err(refused)?;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
    } else {
        // A system without certificates can still talk to a server on the machine itself; no TLS connection is trusted then.
        builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn refused(error: rustls::Error) -> SettingsError {
    SettingsError::Tls(Box::new(error))
}
