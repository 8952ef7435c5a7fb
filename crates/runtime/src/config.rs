//! The settings of a process: environment variables over an optional file (`RATS_CONFIG`), one struct a concern.
//!
//! A wrong value says which, what was read and what is expected, all of them at once, and the process does not start.

mod limits;
mod reader;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use rats_application::PublishSettings;
use rats_domain::secret::Secret;
use rats_storage::{DatabaseUrl, KeyRing, crypto::KeyError};
use url::Url;

pub use reader::{Problem, Reader, Shown, parse_file};

/// The shortest `JWT_SECRET`, in characters.
const MIN_JWT_SECRET: usize = 32;

const DATABASE_URL: &str = "DATABASE_URL";
const ADDRESSES: &str = "sqlite:path/to/file.db or postgres://user:password@host/database";

/// The setting of the keys, which their errors name, too.
const KEYS: &str = "TOKEN_ENCRYPTION_KEYS";

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
    pub database_url: DatabaseUrl,
    /// `id:base64key,…`, the first is primary.
    pub encryption_keys: KeyRing,
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
        is_real([&self.authorize_base, &self.token_base, &self.graph_base])
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
    /// How long before its time an event that posts itself becomes a post.
    pub auto_post_ahead: Duration,
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
        let environment = std::env::vars();
        let Some(path) = std::env::var_os("RATS_CONFIG").map(PathBuf::from) else {
            return Self::read(environment.collect());
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::read_over(&path, &text, environment),
            Err(error) => Err(vec![in_file(&path, &format!("cannot be read: {error}"))]),
        }
    }

    /// Reads `environment` over a file of this text.
    fn read_over(
        path: &Path,
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<(Self, Vec<Shown>), Vec<Problem>> {
        let (mut values, wrong) = parse_file(text);
        let is_empty = values.is_empty() && wrong.is_empty();
        let named: Vec<String> = values.keys().cloned().collect();
        values.extend(environment);
        let mut reader = Reader::new(values);
        let config = read_all(&mut reader);
        let (shown, more) = reader.finish();
        let is_known = |name: &str| shown.iter().any(|shown| shown.name == name);
        let unknown = named.iter().filter(|name| !is_known(name));
        let unknown = unknown.map(|name| match name.as_str() {
            "LOG" | "LOG_FORMAT" => format!("sets {name}, which is read from the environment alone"),
            _ => format!("sets {name}, which is no setting (docs/operations.md lists them all)"),
        });
        let in_text = wrong.into_iter().chain(unknown).map(|what| in_file(path, &what));
        let empty = (is_empty && !more.is_empty()).then_some("is empty; expected lines of the form NAME=value");
        let problems: Vec<Problem> = in_text.chain(empty.map(|what| in_file(path, what))).chain(more).collect();
        match config {
            Some(config) if problems.is_empty() => Ok((config, shown)),
            _ => Err(problems),
        }
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

fn in_file(path: &Path, what: &str) -> Problem {
    Problem { name: "RATS_CONFIG", message: format!("{} {what}", path.display()) }
}

/// Reads on whatever is wrong, so that everything is told at once.
fn read_all(reader: &mut Reader) -> Option<Config> {
    let http = read_http(reader);
    let storage = read_storage(reader);
    let hosts = read_hosts(reader);
    let is_real = hosts.as_ref().is_some_and(|hosts| is_real(hosts.each_ref()));
    let publish_timeout = reader.seconds("PUBLISH_TIMEOUT", Duration::from_secs(30));
    let instagram = read_instagram(reader, hosts, publish_timeout);
    let content = read_content(reader);
    let publish = read_publish(reader);
    let auto_post_ahead = reader.seconds("AUTO_POST_AHEAD", Duration::from_hours(7 * 24));
    let jwt_secret = needed_secret(
        reader,
        "JWT_SECRET",
        MIN_JWT_SECRET,
        "the secret that signs RATS' tokens, at least 32 characters",
    );
    let metrics_address =
        reader.parse("METRICS_ADDRESS", "an IP address and a port to serve metrics at, like 127.0.0.1:9464");
    let installation_id = reader.text("INSTALLATION_ID");
    if is_real && installation_id.is_none() {
        reader.missing(
            "INSTALLATION_ID",
            "a name of your choice for this installation, so that a copy of its database never publishes by accident",
        );
    }
    limits::check(reader, &publish, publish_timeout, is_real);
    limits::check_ahead(reader, auto_post_ahead);
    let (http, storage, instagram, jwt_secret) = (http?, storage?, instagram?, jwt_secret?);
    Some(Config {
        http,
        storage,
        instagram,
        content,
        auto_post_ahead,
        publish,
        jwt_secret,
        metrics_address,
        installation_id,
    })
}

fn read_http(reader: &mut Reader) -> Option<HttpConfig> {
    let host = reader.parse_or("HOST", "an IP address to listen on", IpAddr::from([127, 0, 0, 1]));
    let port = reader.parse_or("PORT", "a port number, 0 to 65535", 5001_u16);
    let client_url = url(reader, "CLIENT_URL", "http://localhost:3000");
    let public_base_url = url(reader, "PUBLIC_BASE_URL", &format!("http://localhost:{port}"));
    let trust_proxy = reader.flag("TRUST_PROXY", false);
    let head_timeout = reader.seconds("HEAD_TIMEOUT", Duration::from_secs(10));
    let body_timeout = reader.seconds("BODY_TIMEOUT", Duration::from_secs(15));
    let stand_alone = reader.flag("STAND_ALONE", true);
    let requests_per_minute = reader.parse_or("REQUESTS_PER_MINUTE", "a whole number", 300);
    let logins_per_minute = reader.parse_or("LOGINS_PER_MINUTE", "a whole number", 10);
    Some(HttpConfig {
        host,
        port,
        client_url: client_url?,
        public_base_url: public_base_url?,
        trust_proxy,
        head_timeout,
        body_timeout,
        stand_alone,
        requests_per_minute,
        logins_per_minute,
    })
}

fn read_storage(reader: &mut Reader) -> Option<StorageConfig> {
    let database_url = needed_secret(reader, DATABASE_URL, 1, ADDRESSES).and_then(|url| {
        let parsed = url.expose().parse().ok();
        if parsed.is_none() {
            reader.problem(DATABASE_URL, format!("expected {ADDRESSES} (the value read is hidden)"));
        }
        parsed
    });
    let expected = "id:key with a key of 32 random bytes in base64 (`openssl rand -base64 32`)";
    let encryption_keys = needed_secret(reader, KEYS, 1, expected).and_then(|keys| {
        let told = |error: &KeyError| {
            let text = error.to_string();
            reader.problem(KEYS, text.trim_start_matches(KEYS).trim_start_matches(':').trim_start());
        };
        KeyRing::parse(keys.expose()).inspect_err(told).ok()
    });
    let media_dir = PathBuf::from(reader.parse_or("MEDIA_DIR", "a directory", "data/media".to_owned()));
    let pool_size = reader.parse_or("DATABASE_POOL", "a whole number", 16_usize).max(1);
    Some(StorageConfig { database_url: database_url?, encryption_keys: encryption_keys?, pool_size, media_dir })
}

/// Where people log in, where codes are exchanged, and everything else.
fn read_hosts(reader: &mut Reader) -> Option<[Url; 3]> {
    let authorize = url(reader, "INSTAGRAM_AUTHORIZE_URL", "https://www.instagram.com");
    let token = url(reader, "INSTAGRAM_TOKEN_URL", "https://api.instagram.com");
    let graph = url(reader, "INSTAGRAM_GRAPH_URL", "https://graph.instagram.com");
    Some([authorize?, token?, graph?])
}

/// Whether it is Instagram itself, not a simulator.
fn is_real(hosts: [&Url; 3]) -> bool {
    hosts.iter().any(|url| url.host_str().is_some_and(|host| host.ends_with("instagram.com")))
}

fn read_instagram(reader: &mut Reader, hosts: Option<[Url; 3]>, publish_timeout: Duration) -> Option<InstagramConfig> {
    let client_id = reader.text("INSTAGRAM_CLIENT_ID");
    if client_id.is_none() {
        reader.missing("INSTAGRAM_CLIENT_ID", "the Instagram app's id (not the Meta app's)");
    }
    let client_secret = needed_secret(reader, "INSTAGRAM_CLIENT_SECRET", 1, "the Instagram app's secret");
    let expected = "the address registered with the app, like https://rats.example/api/social-auth/instagram/callback";
    let redirect_uri = reader.parse("INSTAGRAM_REDIRECT_URI", expected);
    if redirect_uri.is_none() {
        reader.missing("INSTAGRAM_REDIRECT_URI", expected);
    }
    let manage_comments = reader.flag("INSTAGRAM_MANAGE_COMMENTS", false);
    let [authorize_base, token_base, graph_base] = hosts?;
    Some(InstagramConfig {
        client_id: client_id?,
        client_secret: client_secret?,
        redirect_uri: redirect_uri?,
        authorize_base,
        token_base,
        graph_base,
        manage_comments,
        publish_timeout,
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
mod tests;
