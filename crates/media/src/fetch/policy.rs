use std::net::IpAddr;

use url::{Host, Url};

use super::{Refused, address::allowed};

/// Which addresses are fetched from, beside the rules that always hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether `http` is fetched too. Off by default.
    pub allow_http: bool,
    /// Exemptions, each `host:port` of a server on this very machine, written as it stands in the URL. Empty by default; sandbox and
    /// tests name theirs. Such an address may be `http`, and its name may stand for loopback addresses, for no others.
    pub allowed_loopback: Vec<String>,
}

impl Policy {
    /// Whether this host and port are a named exemption.
    fn exempts(&self, host: &str, port: u16) -> bool {
        self.allowed_loopback.iter().any(|exempt| exempt.rsplit_once(':') == Some((host, port.to_string().as_str())))
    }

    /// Whether a host of this name is exempt at some port.
    fn names(&self, host: &str) -> bool {
        self.allowed_loopback.iter().any(|exempt| exempt.rsplit_once(':').is_some_and(|(name, _)| name == host))
    }

    /// Judges an address that the name `host` stands for.
    pub(super) fn judge(&self, host: &str, ip: IpAddr) -> Result<(), Refused> {
        if allowed(ip) || (ip.is_loopback() && self.names(host)) { Ok(()) } else { Err(Refused::Address(ip)) }
    }
}

/// Judges a URL before anything is sent to it.
///
/// A name's addresses are judged later, inside the connection. Decimal, octal and hexadecimal ways of writing an address are read by
/// [`Url`] as browsers read them, and so judged as the addresses that they are.
///
/// # Errors
///
/// The first rule that it breaks.
pub fn verdict(url: &Url, policy: &Policy) -> Result<(), Refused> {
    let port = url.port_or_known_default().unwrap_or_default();
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Scheme(url.scheme().into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::UserInfo);
    }
    let host = url.host().ok_or(Refused::NoHost)?;
    let name = host.to_string();
    let exempt = policy.exempts(&name, port);
    if url.scheme() == "http" && !policy.allow_http && !exempt {
        return Err(Refused::Scheme("http".into()));
    }
    // An exempt name resolves to this machine, so its other ports are not open either, the default ones included.
    if !exempt && (url.port().is_some() || policy.names(&name)) {
        return Err(Refused::Port(port));
    }
    match host {
        Host::Domain(_) => Ok(()),
        Host::Ipv4(ip) => literal(ip.into(), exempt),
        Host::Ipv6(ip) => literal(ip.into(), exempt),
    }
}

fn literal(ip: IpAddr, exempt: bool) -> Result<(), Refused> {
    if allowed(ip) || (exempt && ip.is_loopback()) { Ok(()) } else { Err(Refused::Address(ip)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(url: &str) -> Result<(), Refused> {
        verdict(&Url::parse(url).unwrap(), &Policy::default())
    }

    fn exempting(exempt: &str) -> Policy {
        Policy { allow_http: false, allowed_loopback: vec![exempt.into()] }
    }

    #[test]
    fn sec_29_only_https_at_its_own_port_is_fetched() {
        assert_eq!(judged("https://example.com/a.jpg"), Ok(()));
        assert_eq!(judged("https://example.com:443/a.jpg"), Ok(()));
        assert_eq!(judged("http://example.com/a.jpg"), Err(Refused::Scheme("http".into())));
        assert_eq!(judged("https://example.com:8443/"), Err(Refused::Port(8443)));
        assert_eq!(judged("https://example.com:22/"), Err(Refused::Port(22)));
        let http = Policy { allow_http: true, ..Policy::default() };
        assert_eq!(verdict(&Url::parse("http://example.com/").unwrap(), &http), Ok(()));
        assert_eq!(verdict(&Url::parse("http://example.com:443/").unwrap(), &http), Err(Refused::Port(443)));
    }

    #[test]
    fn sec_29_user_info_and_other_schemes_are_refused() {
        assert_eq!(judged("https://user@example.com/"), Err(Refused::UserInfo));
        assert_eq!(judged("https://:secret@example.com/"), Err(Refused::UserInfo));
        for url in [
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "data:image/png;base64,",
            "blob:x",
            "ws://e.com/",
        ] {
            assert!(matches!(judged(url), Err(Refused::Scheme(_))), "{url}");
        }
    }

    #[test]
    fn sec_30_every_way_of_writing_a_private_address_is_refused() {
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://169.254.169.254/",
            "https://0xa9fea9fe/",
            "https://2852039166/",
            "https://０１７７.0.0.1/",
            "https://①②⑦.0.0.1/",
            "https://10.0.0.1/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://%31%32%37.0.0.1/",
        ] {
            assert!(matches!(judged(url), Err(Refused::Address(_))), "{url} {:?}", judged(url));
        }
        assert_eq!(judged("https://1.1.1.1/"), Ok(()));
    }

    #[test]
    fn sec_30_an_exemption_opens_one_port_of_one_name_and_nothing_else() {
        let at = |url: &str, exempt: &str| verdict(&Url::parse(url).unwrap(), &exempting(exempt));
        assert_eq!(at("http://127.0.0.1:4000/", "127.0.0.1:4000"), Ok(()));
        assert_eq!(at("http://localhost:4000/", "localhost:4000"), Ok(()));
        assert_eq!(at("http://[::1]:4000/", "[::1]:4000"), Ok(()));
        assert_eq!(at("https://127.0.0.1:4001/", "127.0.0.1:4000"), Err(Refused::Port(4001)));
        assert_eq!(at("https://localhost/", "localhost:4000"), Err(Refused::Port(443)));
        assert!(at("https://example.com:4000/", "127.0.0.1:4000").is_err());
        assert!(at("http://10.0.0.1:4000/", "10.0.0.1:4000").is_err(), "loopback alone can be exempt");
    }

    #[test]
    fn sec_30_a_name_is_judged_by_its_addresses() {
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let private: IpAddr = "10.0.0.1".parse().unwrap();
        let policy = exempting("localhost:4000");
        assert_eq!(policy.judge("localhost", loopback), Ok(()));
        assert_eq!(policy.judge("localhost", private), Err(Refused::Address(private)));
        assert_eq!(policy.judge("evil.example", loopback), Err(Refused::Address(loopback)));
        assert_eq!(policy.judge("example.com", "1.1.1.1".parse().unwrap()), Ok(()));
    }
}
