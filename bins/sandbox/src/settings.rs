//! What the sandbox is set to, and what it sets the product and the simulated Instagram to.

use std::{collections::BTreeMap, time::Duration};

use rats_runtime::{StartError, config::Config};

use crate::home::Home;

/// The simulated app.
const CLIENT_ID: &str = "100000000000001";
const CLIENT_SECRET: &str = "simulated-secret";

/// The product's, for a sandbox at `address` beside a simulated Instagram at `instagram`: the sandbox's own, `outside` over them, and over
/// those what is not to be set from outside, since the sandbox never speaks to Instagram itself.
pub(crate) fn product(
    home: &Home,
    address: &str,
    instagram: &str,
    outside: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, StartError> {
    let path = |name: &str| home.path(name).display().to_string();
    let own = [
        ("CLIENT_URL", address.to_owned()),
        ("PUBLIC_BASE_URL", address.to_owned()),
        ("DATABASE_URL", format!("sqlite:{}", path("rats.db"))),
        ("MEDIA_DIR", path("media")),
        ("SAFETY_POLL", "1".to_owned()),
        // The simulated Instagram shows at once what it has: who tries out what an unclear answer leads to need not wait for minutes.
        ("LEASE", "20".to_owned()),
        ("PUBLISH_TIMEOUT", "10".to_owned()),
        ("GRACE", "25".to_owned()),
        ("WITNESS_WINDOW", "30".to_owned()),
    ];
    let mut values: BTreeMap<String, String> = own.map(|(name, value)| (name.to_owned(), value)).into();
    values.extend(home.secrets());
    values.extend(outside);
    let fixed = [
        ("INSTAGRAM_CLIENT_ID", CLIENT_ID.to_owned()),
        ("INSTAGRAM_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("INSTAGRAM_REDIRECT_URI", callback(address)),
        ("INSTAGRAM_AUTHORIZE_URL", instagram.to_owned()),
        ("INSTAGRAM_TOKEN_URL", instagram.to_owned()),
        ("INSTAGRAM_GRAPH_URL", instagram.to_owned()),
    ];
    values.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
    Config::read(values).map(|(config, _)| config).map_err(StartError::Settings)
}

/// The simulated Instagram's, which takes so long to prepare a picture.
pub(crate) fn simulator(
    home: &Home,
    address: &str,
    processing: Duration,
) -> Result<rats_instagram_sim::Config, StartError> {
    let usual = rats_instagram_sim::Config::default();
    Ok(rats_instagram_sim::Config {
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        redirect_uris: vec![callback(address)],
        processing,
        state_file: Some(home.path("instagram.json")),
        quota_total: read("SIMULATOR_QUOTA", usual.quota_total, "a whole number of posts")?,
        ..usual
    })
}

fn callback(address: &str) -> String {
    format!("{address}/api/social-auth/instagram/callback")
}

/// What the environment says; nothing is like an empty text.
pub(crate) fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A port.
pub(crate) fn port(name: &'static str, default: u16) -> Result<u16, StartError> {
    read(name, default, "a port number, 0 to 65535")
}

/// Yes or no.
pub(crate) fn flag(name: &'static str, default: bool) -> Result<bool, StartError> {
    read(name, default, "true or false")
}

fn read<T: std::str::FromStr>(name: &'static str, default: T, expected: &str) -> Result<T, StartError> {
    let Some(text) = given(name) else { return Ok(default) };
    text.parse().map_err(|_| StartError::setting(name, format!("read “{text}”; expected {expected}")))
}
