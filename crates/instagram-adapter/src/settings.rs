//! What the client is told when it is made.

use std::time::Duration;

use rats_domain::secret::Secret;
use url::{Host, Url};

/// The version of the Graph API that is asked for, pinned in this one place.
///
/// v25.0 lives until 29 July 2028. Source: Graph API, changelog, "Versions".
pub const GRAPH_VERSION: &str = "v25.0";

/// How long a connection may take to be made, TLS included, unless told otherwise.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where Instagram is, and as which app we speak to it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Instagram App ID (not the Meta App ID).
    pub client_id: String,
    /// The Instagram App Secret.
    pub client_secret: Secret,
    /// Where Instagram sends the person back to; exactly as registered in the app's dashboard.
    pub redirect_uri: Url,
    /// The login window's host, `https://www.instagram.com`.
    pub authorize_base: Url,
    /// Where codes are exchanged, `https://api.instagram.com`.
    pub token_base: Url,
    /// Everything else, `https://graph.instagram.com`.
    pub graph_base: Url,
    /// The Graph API's version, [`GRAPH_VERSION`].
    pub version: String,
    /// Whether the person is asked to let us read and answer comments.
    pub manage_comments: bool,
    /// How long a publish request, and the creation of a container, waits for its answer.
    pub publish_timeout: Duration,
    /// How long any other call may take as a whole.
    pub read_timeout: Duration,
    /// How long a connection may take to be made, TLS included; shorter than both others.
    pub connect_timeout: Duration,
    /// How many connections for publish requests are made ahead of their moment, at most; each costs a file descriptor, and some
    /// kilobytes under TLS.
    pub ready_connections: usize,
    /// Certificates (DER) of authorities trusted besides the system's, for a private authority or a test server.
    pub extra_roots: Vec<Vec<u8>>,
}

/// Why the client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A base address is not `https://host` (or `http://` with a loopback host), or holds a user name.
    #[error(
        "{setting} must be an https address without user name and query, or http on this machine itself, not {found}"
    )]
    Base {
        /// Which setting.
        setting: &'static str,
        /// What was read, without what may be secret.
        found: String,
    },
    /// The time to connect must be shorter than the other time-outs: only then a failed connection proves that nothing was sent.
    #[error("the time to connect must be shorter than the time-outs of reads and of publishing")]
    ConnectTimeout,
    /// TLS could not be set up: no trusted certificates on this system, or an unreadable extra one.
    #[error("TLS could not be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Settings {
    /// Instagram itself, with 30 s to publish, 15 s to read and 5 s to connect.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "the addresses are constants")]
    #[must_use]
    pub fn instagram(client_id: impl Into<String>, client_secret: Secret, redirect_uri: Url) -> Self {
        let parse = |text| Url::parse(text).expect("a constant address");
        Self {
            client_id: client_id.into(),
            client_secret,
            redirect_uri,
            authorize_base: parse("https://www.instagram.com"),
            token_base: parse("https://api.instagram.com"),
            graph_base: parse("https://graph.instagram.com"),
            version: GRAPH_VERSION.to_owned(),
            manage_comments: false,
            publish_timeout: Duration::from_secs(30),
            read_timeout: Duration::from_secs(15),
            connect_timeout: CONNECT_TIMEOUT,
            ready_connections: 4_000,
            extra_roots: Vec::new(),
        }
    }

    /// Checks what must hold before a secret is sent anywhere.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        check_base("authorize_base", &self.authorize_base)?;
        check_base("token_base", &self.token_base)?;
        check_base("graph_base", &self.graph_base)?;
        if self.connect_timeout >= self.read_timeout.min(self.publish_timeout) {
            return Err(SettingsError::ConnectTimeout);
        }
        Ok(())
    }

    /// That the Graph API's host has no name that TLS can check.
    pub(crate) fn unusable_graph_base(&self) -> SettingsError {
        unusable("graph_base", &self.graph_base)
    }

    /// Whether any host that secrets are sent to speaks TLS.
    pub(crate) fn uses_tls(&self) -> bool {
        [&self.token_base, &self.graph_base].iter().any(|base| base.scheme() == "https")
    }
}

/// Tokens go to configured hosts over TLS only; without TLS they may not leave the machine.
fn check_base(setting: &'static str, base: &Url) -> Result<(), SettingsError> {
    let plain_allowed = match base.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let scheme_fits = base.scheme() == "https" || (base.scheme() == "http" && plain_allowed);
    let nothing_else =
        base.username().is_empty() && base.password().is_none() && base.query().is_none() && base.fragment().is_none();
    if scheme_fits && base.has_host() && nothing_else { Ok(()) } else { Err(unusable(setting, base)) }
}

fn unusable(setting: &'static str, base: &Url) -> SettingsError {
    SettingsError::Base { setting, found: format!("{}://{}", base.scheme(), base.host_str().unwrap_or("")) }
}
