//! The settings of a process: environment variables over an optional file (`RATS_CONFIG`), one struct a concern.
//!
//! A wrong value says which, what was read and what is expected, all of them at once, and the process does not start.

mod reader;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use rats_application::PublishSettings;
use rats_domain::secret::Secret;
use url::Url;

pub use reader::{Problem, Reader, Shown, parse_file};

/// The shortest `JWT_SECRET`, in characters.
const MIN_JWT_SECRET: usize = 32;

/// The shortest lease under which there is time to send.
const LEAST_LEASE: Duration = Duration::from_secs(8);

/// How long Instagram's own status and listing may lag at the least.
const LEAST_WITNESS_WINDOW: Duration = Duration::from_mins(1);

/// What grace must exceed twice the publish time-out by.
const MARGIN: Duration = Duration::from_secs(5);

/// Where we listen and who calls us.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 for any that is free.
    pub port: u16,
    /// RATS' frontend.
    pub client_url: Url,
    /// Where others, Instagram above all, reach us.
    pub public_base_url: Url,
    /// Whether a proxy in front of us tells the client's address.
    pub trust_proxy: bool,
    /// How long a request's head may take.
    pub head_timeout: Duration,
    /// How long a body may take; of an upload, the longest time without a byte.
    pub body_timeout: Duration,
    /// Whether we register and sign in users ourselves.
    pub stand_alone: bool,
    /// Requests a minute per user.
    pub requests_per_minute: u32,
    /// Sign-ins a minute per address.
    pub logins_per_minute: u32,
}

/// Where things are kept.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// `sqlite:path` or `postgres://…`; it may hold a password.
    pub database_url: Secret,
    /// `id:base64key,…`, the first is primary.
    pub encryption_keys: Secret,
    /// Connections to PostgreSQL, or readers of SQLite.
    pub pool_size: usize,
    /// Picture files.
    pub media_dir: PathBuf,
}

/// The Instagram app.
#[derive(Clone, Debug)]
pub struct InstagramConfig {
    /// The Instagram app's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// Where Instagram sends people back to; registered with the app.
    pub redirect_uri: Url,
    /// `https://www.instagram.com`, or a simulator.
    pub authorize_base: Url,
    /// `https://api.instagram.com`, or a simulator.
    pub token_base: Url,
    /// `https://graph.instagram.com`, or a simulator.
    pub graph_base: Url,
    /// Whether to ask for comments, too.
    pub manage_comments: bool,
    /// How long a publish call may take.
    pub publish_timeout: Duration,
}

impl InstagramConfig {
    /// Whether it is Instagram itself, not a simulator.
    #[must_use]
    pub fn is_real(&self) -> bool {
        [&self.authorize_base, &self.token_base, &self.graph_base]
            .iter()
            .any(|url| url.host_str().is_some_and(|host| host.ends_with("instagram.com")))
    }
}

/// Pictures and texts.
#[derive(Clone, Debug)]
pub struct ContentConfig {
    /// Fonts for scripts that the bundled ones lack.
    pub font_dir: Option<PathBuf>,
    /// The bundled fonts, where they are not beside the sources.
    pub bundled_fonts: Option<PathBuf>,
    /// The largest upload in bytes.
    pub upload_bytes: usize,
    /// Whether pictures may be fetched by `http`, too.
    pub fetch_http: bool,
    /// Loopback addresses that pictures may be fetched from all the same, `host:port`.
    pub fetch_loopback: Vec<String>,
    /// Hashtags appended to generated texts.
    pub hashtags: Vec<String>,
    /// Above this many hashtags the person is warned.
    pub hashtags_warning: usize,
    /// Gemini, where there is a key.
    pub gemini: Option<GeminiConfig>,
}

/// The model that writes messages.
#[derive(Clone, Debug)]
pub struct GeminiConfig {
    /// The key.
    pub api_key: Secret,
    /// The model.
    pub model: String,
    /// Where it is asked.
    pub base_url: Url,
    /// How long it may take.
    pub timeout: Duration,
}

/// Every setting of a process.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where we listen and who calls us.
    pub http: HttpConfig,
    /// Where things are kept.
    pub storage: StorageConfig,
    /// The Instagram app.
    pub instagram: InstagramConfig,
    /// Pictures and texts.
    pub content: ContentConfig,
    /// The saga's spans.
    pub publish: PublishSettings,
    /// What signs RATS' tokens.
    pub jwt_secret: Secret,
    /// Where metrics are served, if they are.
    pub metrics_address: Option<SocketAddr>,
    /// Names this installation, so that a copy of its database is not taken for it.
    pub installation_id: Option<String>,
}

impl Config {
    /// Reads the process's environment over the file that `RATS_CONFIG` names.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn from_env() -> Result<(Self, Vec<Shown>), Vec<Problem>> {
        let mut values = BTreeMap::new();
        if let Some(path) = std::env::var_os("RATS_CONFIG") {
            let problem = |message| vec![Problem { name: "RATS_CONFIG", message }];
            let text = std::fs::read_to_string(&path)
                .map_err(|error| problem(format!("{} cannot be read: {error}", path.display())))?;
            values = parse_file(&text).map_err(|error| problem(format!("{}: {error}", path.display())))?;
        }
        values.extend(std::env::vars());
        Self::read(values)
    }

    /// Reads from these names and values.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn read(values: BTreeMap<String, String>) -> Result<(Self, Vec<Shown>), Vec<Problem>> {
        let mut reader = Reader::new(values);
        let config = read_all(&mut reader);
        let (shown, problems) = reader.finish();
        match config {
            Some(config) if problems.is_empty() => Ok((config, shown)),
            _ => Err(problems),
        }
    }
}

fn read_all(reader: &mut Reader) -> Option<Config> {
    let http = read_http(reader);
    let storage = read_storage(reader);
    let instagram = read_instagram(reader);
    let content = read_content(reader);
    let publish = read_publish(reader);
    let jwt_secret = needed_secret(
        reader,
        "JWT_SECRET",
        MIN_JWT_SECRET,
        "the secret that signs RATS' tokens, at least 32 characters",
    );
    let metrics_address =
        reader.parse("METRICS_ADDRESS", "an IP address and a port to serve metrics at, like 127.0.0.1:9464");
    let installation_id = reader.text("INSTALLATION_ID");
    let (http, storage, instagram, jwt_secret) = (http?, storage?, instagram?, jwt_secret?);
    if instagram.is_real() && installation_id.is_none() {
        reader.missing(
            "INSTALLATION_ID",
            "a name of your choice for this installation, so that a copy of its database never publishes by accident",
        );
    }
    if publish.lease < LEAST_LEASE {
        reader.problem(
            "LEASE",
            format!("read {} s; expected at least {} s", publish.lease.as_secs(), LEAST_LEASE.as_secs()),
        );
    }
    let least = instagram.publish_timeout * 2 + MARGIN;
    if instagram.is_real() && publish.grace < least {
        let message = format!(
            "read {} s; expected at least {} s, twice PUBLISH_TIMEOUT and 5 s: a dead worker's request may be in flight for so long",
            publish.grace.as_secs(),
            least.as_secs()
        );
        reader.problem("GRACE", message);
    }
    if instagram.is_real() && publish.witness_window < LEAST_WITNESS_WINDOW {
        let message = format!(
            "read {} s; expected at least {} s: Instagram may show for so long that nothing is live although it is",
            publish.witness_window.as_secs(),
            LEAST_WITNESS_WINDOW.as_secs()
        );
        reader.problem("WITNESS_WINDOW", message);
    }
    Some(Config { http, storage, instagram, content, publish, jwt_secret, metrics_address, installation_id })
}

fn read_http(reader: &mut Reader) -> Option<HttpConfig> {
    let host = reader.parse_or("HOST", "an IP address to listen on", IpAddr::from([127, 0, 0, 1]));
    let port = reader.parse_or("PORT", "a port number, 0 to 65535", 5001_u16);
    let client_url = url(reader, "CLIENT_URL", "http://localhost:3000");
    let public_base_url = url(reader, "PUBLIC_BASE_URL", &format!("http://localhost:{port}"));
    Some(HttpConfig {
        host,
        port,
        client_url: client_url?,
        public_base_url: public_base_url?,
        trust_proxy: reader.flag("TRUST_PROXY", false),
        head_timeout: reader.seconds("HEAD_TIMEOUT", Duration::from_secs(10)),
        body_timeout: reader.seconds("BODY_TIMEOUT", Duration::from_secs(15)),
        stand_alone: reader.flag("STAND_ALONE", true),
        requests_per_minute: reader.parse_or("REQUESTS_PER_MINUTE", "a whole number", 300),
        logins_per_minute: reader.parse_or("LOGINS_PER_MINUTE", "a whole number", 10),
    })
}

fn read_storage(reader: &mut Reader) -> Option<StorageConfig> {
    let database_url =
        needed_secret(reader, "DATABASE_URL", 1, "sqlite:path/to/file.db or postgres://user:password@host/database");
    let encryption_keys = needed_secret(
        reader,
        "TOKEN_ENCRYPTION_KEYS",
        1,
        "id:key with a key of 32 random bytes in base64 (`openssl rand -base64 32`)",
    );
    let media_dir = PathBuf::from(reader.parse_or("MEDIA_DIR", "a directory", "data/media".to_owned()));
    let pool_size = reader.parse_or("DATABASE_POOL", "a whole number", 16_usize).max(1);
    Some(StorageConfig { database_url: database_url?, encryption_keys: encryption_keys?, pool_size, media_dir })
}

fn read_instagram(reader: &mut Reader) -> Option<InstagramConfig> {
    let client_id = reader.text("INSTAGRAM_CLIENT_ID");
    if client_id.is_none() {
        reader.missing("INSTAGRAM_CLIENT_ID", "the Instagram app's id (not the Meta app's)");
    }
    let client_secret = needed_secret(reader, "INSTAGRAM_CLIENT_SECRET", 1, "the Instagram app's secret");
    let redirect_uri = reader.parse(
        "INSTAGRAM_REDIRECT_URI",
        "the address registered with the app, like https://rats.example/api/social-auth/instagram/callback",
    );
    if redirect_uri.is_none() {
        reader.missing(
            "INSTAGRAM_REDIRECT_URI",
            "the address registered with the app, like https://rats.example/api/social-auth/instagram/callback",
        );
    }
    let authorize_base = url(reader, "INSTAGRAM_AUTHORIZE_URL", "https://www.instagram.com");
    let token_base = url(reader, "INSTAGRAM_TOKEN_URL", "https://api.instagram.com");
    let graph_base = url(reader, "INSTAGRAM_GRAPH_URL", "https://graph.instagram.com");
    Some(InstagramConfig {
        client_id: client_id?,
        client_secret: client_secret?,
        redirect_uri: redirect_uri?,
        authorize_base: authorize_base?,
        token_base: token_base?,
        graph_base: graph_base?,
        manage_comments: reader.flag("INSTAGRAM_MANAGE_COMMENTS", false),
        publish_timeout: reader.seconds("PUBLISH_TIMEOUT", Duration::from_secs(30)),
    })
}

fn read_content(reader: &mut Reader) -> ContentConfig {
    let gemini_key = reader.secret("GEMINI_API_KEY", 1);
    let model = reader.parse_or("GEMINI_MODEL", "a model's name", "gemini-2.5-flash".to_owned());
    let base_url = url(reader, "GEMINI_URL", "https://generativelanguage.googleapis.com");
    let timeout = reader.seconds("GEMINI_TIMEOUT", Duration::from_secs(20));
    ContentConfig {
        font_dir: reader.text("FONT_DIR").map(PathBuf::from),
        bundled_fonts: reader.text("BUNDLED_FONTS").map(PathBuf::from),
        upload_bytes: reader.parse_or("UPLOAD_BYTES", "a whole number of bytes", 30_000_000),
        fetch_http: reader.flag("FETCH_HTTP", false),
        fetch_loopback: reader.list("FETCH_LOOPBACK"),
        hashtags: reader.list("CAPTION_HASHTAGS"),
        hashtags_warning: reader.parse_or(
            "CAPTION_HASHTAGS_WARNING",
            "a whole number",
            rats_domain::caption::ANNOUNCED_HASHTAGS,
        ),
        gemini: gemini_key.zip(base_url).map(|(api_key, base_url)| GeminiConfig { api_key, model, base_url, timeout }),
    }
}

fn read_publish(reader: &mut Reader) -> PublishSettings {
    let defaults = PublishSettings::default();
    PublishSettings {
        lease: reader.seconds("LEASE", defaults.lease),
        grace: reader.seconds("GRACE", defaults.grace),
        witness_window: reader.seconds("WITNESS_WINDOW", defaults.witness_window),
        lead: reader.seconds("LEAD", defaults.lead),
        useless_after: reader.seconds("USELESS_AFTER", defaults.useless_after),
        rest: reader.seconds("ACCOUNT_REST", defaults.rest),
        safety_poll: reader.seconds("SAFETY_POLL", defaults.safety_poll).max(Duration::from_secs(1)),
        in_flight: reader.parse_or("IN_FLIGHT", "a whole number", defaults.in_flight).max(1),
        ..defaults
    }
}

fn url(reader: &mut Reader, name: &'static str, default: &str) -> Option<Url> {
    let text = reader.parse_or(name, "an address like https://rats.example", default.to_owned());
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if url.is_none() {
        reader.problem(name, format!("read “{text}”; expected an address like https://rats.example"));
    }
    url
}

fn needed_secret(reader: &mut Reader, name: &'static str, min: usize, expected: &str) -> Option<Secret> {
    let secret = reader.secret(name, min);
    if secret.is_none() {
        reader.missing(name, expected);
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> BTreeMap<String, String> {
        [
            ("JWT_SECRET", "0123456789abcdef0123456789abcdef"),
            ("DATABASE_URL", "sqlite:rats.db"),
            ("TOKEN_ENCRYPTION_KEYS", "k1:AAAA"),
            ("INSTAGRAM_CLIENT_ID", "123"),
            ("INSTAGRAM_CLIENT_SECRET", "s"),
            ("INSTAGRAM_REDIRECT_URI", "https://rats.example/api/social-auth/instagram/callback"),
            ("INSTALLATION_ID", "production"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn the_defaults_are_instagram_itself() {
        let (config, _) = Config::read(complete()).unwrap();
        assert!(config.instagram.is_real());
        assert_eq!(config.http.port, 5001);
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let problems = Config::read(BTreeMap::new()).unwrap_err();
        let names: Vec<_> = problems.iter().map(|problem| problem.name).collect();
        for name in [
            "JWT_SECRET",
            "DATABASE_URL",
            "TOKEN_ENCRYPTION_KEYS",
            "INSTAGRAM_CLIENT_ID",
            "INSTAGRAM_CLIENT_SECRET",
            "INSTAGRAM_REDIRECT_URI",
        ] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
    }

    #[test]
    fn an_installation_on_instagram_itself_has_a_name() {
        let mut values = complete();
        values.remove("INSTALLATION_ID");
        assert_eq!(Config::read(values).unwrap_err()[0].name, "INSTALLATION_ID");
    }

    #[test]
    fn a_grace_shorter_than_a_request_may_fly_is_refused() {
        let mut values = complete();
        values.insert("GRACE".to_owned(), "30".to_owned());
        assert_eq!(Config::read(values).unwrap_err()[0].name, "GRACE");
    }

    #[test]
    fn a_witness_window_shorter_than_instagram_may_lag_is_refused() {
        let mut values = complete();
        values.insert("WITNESS_WINDOW".to_owned(), "59".to_owned());
        assert_eq!(
            Config::read(values.clone()).unwrap_err()[0].to_string(),
            "WITNESS_WINDOW: read 59 s; expected at least 60 s: Instagram may show for so long that nothing is live although it is"
        );
        let simulator = ["AUTHORIZE", "TOKEN", "GRAPH"]
            .map(|host| (format!("INSTAGRAM_{host}_URL"), "http://localhost:5002".to_owned()));
        values.extend(simulator);
        assert!(Config::read(values).is_ok(), "a simulator lags as it is told");
    }

    #[test]
    fn metrics_are_off_unless_an_address_is_given() {
        let mut values = complete();
        assert_eq!(Config::read(values.clone()).unwrap().0.metrics_address, None);
        values.insert("METRICS_ADDRESS".to_owned(), "127.0.0.1:0".to_owned());
        let address = Config::read(values.clone()).unwrap().0.metrics_address;
        assert_eq!(address, Some(SocketAddr::from(([127, 0, 0, 1], 0))));
        values.insert("METRICS_ADDRESS".to_owned(), "9464".to_owned());
        let problem = Config::read(values).unwrap_err()[0].to_string();
        assert_eq!(
            problem,
            "METRICS_ADDRESS: read “9464”; expected an IP address and a port to serve metrics at, like 127.0.0.1:9464"
        );
    }

    #[test]
    fn sec_18_secrets_are_hidden_in_what_is_shown() {
        let (_, shown) = Config::read(complete()).unwrap();
        let text = format!("{shown:?}");
        assert!(!text.contains("0123456789abcdef") && !text.contains("sqlite:rats.db"), "{text}");
    }
}
