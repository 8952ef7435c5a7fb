//! Puts the adapters behind the ports.

use std::{
    net::{IpAddr, TcpListener},
    sync::Arc,
};

use rats_application::{Ports, Settings};
use rats_captions::{Gemini, GeminiSettings, Style, Templates};
use rats_domain::{caption::CaptionLimits, clock::Clock, connection::Feature, event::MessageWriter};
use rats_instagram_adapter::Instagram;
use rats_storage::{Options, Store, StoreClock};
use url::{Host, Url};

use crate::{
    clock::{SystemClock, SystemRandom},
    config::{Config, ContentConfig, Problem},
    content,
    loops::{LoopEnded, StopSignal},
    metrics::Metrics,
};

/// Why a process did not start, or not go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings are wrong or missing.
    #[error("{}", problems(.0))]
    Settings(Vec<Problem>),
    /// The database was not opened.
    #[error("the database: {0}")]
    Database(#[from] rats_storage::OpenError),
    /// The Instagram client could not be made.
    #[error("the Instagram client: {0}")]
    Instagram(#[from] rats_instagram_adapter::SettingsError),
    /// Something of the machine's is not to be had: a port, a directory.
    #[error("{what}: {source}")]
    Machine {
        /// What.
        what: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A client for HTTP could not be made.
    #[error("{what} could not be set up")]
    Client {
        /// For what.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It ran, and does half of its work no longer.
    #[error(transparent)]
    Ended(#[from] LoopEnded),
}

fn problems(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    format!("these settings are wrong or missing:\n{}", lines.join("\n"))
}

impl StartError {
    /// One wrong setting.
    pub fn setting(name: &'static str, message: impl Into<String>) -> Self {
        Self::Settings(vec![Problem { name, message: message.into() }])
    }
}

/// The whole product, wired.
pub struct Assembly {
    /// Everything the use cases need.
    pub ports: Arc<Ports>,
    /// The database.
    pub store: Store,
    /// The Instagram client.
    pub instagram: Instagram,
    /// What is counted and measured, where `METRICS_ADDRESS` asks for it.
    pub metrics: Option<Metrics>,
}

impl Assembly {
    /// Opens the database, brings its tables up to date and wires the adapters. Needs a multi-thread tokio runtime.
    pub async fn new(config: &Config, clock: Arc<SystemClock>) -> Result<Self, StartError> {
        let store = open(config, clock.clone(), StoreClock::Database).await?;
        let instagram = instagram(config, clock.clone())?;
        let files = content::files(&config.storage.media_dir)?;
        let ports = Ports {
            random: Arc::new(SystemRandom),
            users: Arc::new(store.clone()),
            passwords: Arc::new(rats_web::Argon2Hasher::default()),
            sessions: Arc::new(store.clone()),
            flows: Arc::new(store.clone()),
            connections: Arc::new(store.clone()),
            events: Arc::new(store.clone()),
            agenda: Arc::new(store.clone()),
            occurrences: Arc::new(store.clone()),
            preferences: Arc::new(store.clone()),
            writer: writer(&config.content)?,
            pictures: Arc::new(store.clone()),
            files: Arc::new(files),
            maker: content::maker(&config.content)?,
            fetcher: content::fetcher(&config.content)?,
            posts: Arc::new(store.clone()),
            history: Arc::new(store.clone()),
            queue: Arc::new(store.clone()),
            metrics: Arc::new(store.clone()),
            account_metrics: Arc::new(store.clone()),
            analytics: Arc::new(store.clone()),
            authorizer: Arc::new(instagram.clone()),
            publisher: Arc::new(instagram.clone()),
            reader: Arc::new(instagram.clone()),
            settings: settings(config),
            clock,
        };
        let (ports, metrics) = match config.metrics_address {
            Some(_) => {
                let (ports, metrics) = Metrics::around(ports, store.clone(), instagram.clone());
                (ports, Some(metrics))
            }
            None => (ports, None),
        };
        Ok(Self { ports: Arc::new(ports), store, instagram, metrics })
    }

    /// Serves the metrics, if there are any and somewhere to, until the signal.
    ///
    /// # Errors
    ///
    /// [`StartError::Machine`] if the listener cannot be served.
    pub fn serve_metrics(&self, listener: Option<TcpListener>, stop: StopSignal) -> Result<(), StartError> {
        match (&self.metrics, listener) {
            (Some(metrics), Some(listener)) => metrics.serve(listener, stop),
            _ => Ok(()),
        }
    }
}

/// Opens the database that the settings name.
pub(crate) async fn open(config: &Config, clock: Arc<dyn Clock>, store_clock: StoreClock) -> Result<Store, StartError> {
    let options = Options {
        store_clock,
        installation: config.installation_id.clone(),
        runtime: Some(tokio::runtime::Handle::current()),
        pool_size: config.storage.pool_size,
        safety_poll: Some(config.publish.safety_poll),
        ..Options::new(config.storage.database_url.clone(), config.storage.encryption_keys.clone(), clock)
    };
    Ok(Store::open(options).await?)
}

fn instagram(config: &Config, clock: Arc<dyn Clock>) -> Result<Instagram, StartError> {
    let app = &config.instagram;
    let defaults = rats_instagram_adapter::Settings::instagram(
        app.client_id.clone(),
        app.client_secret.clone(),
        app.redirect_uri.clone(),
    );
    let settings = rats_instagram_adapter::Settings {
        authorize_base: app.authorize_base.clone(),
        token_base: app.token_base.clone(),
        graph_base: app.graph_base.clone(),
        manage_comments: app.manage_comments,
        publish_timeout: app.publish_timeout,
        ready_connections: config.publish.in_flight,
        ..defaults
    };
    Ok(Instagram::new(settings, clock)?)
}

fn writer(content: &ContentConfig) -> Result<Arc<dyn MessageWriter>, StartError> {
    let style = Style { hashtags: content.hashtags.clone(), limits: limits(content) };
    let templates = Templates::new(style);
    let Some(gemini) = content.gemini.clone() else { return Ok(Arc::new(templates)) };
    let settings = GeminiSettings {
        api_key: gemini.api_key,
        model: gemini.model,
        base_url: gemini.base_url,
        timeout: gemini.timeout,
    };
    let gemini = Gemini::new(settings, templates)
        .map_err(|error| StartError::Client { what: "Gemini", source: error.into() })?;
    Ok(Arc::new(gemini))
}

fn limits(content: &ContentConfig) -> CaptionLimits {
    CaptionLimits { hashtags_warning: content.hashtags_warning, ..CaptionLimits::default() }
}

fn settings(config: &Config) -> Settings {
    let comments = config.instagram.manage_comments.then_some(Feature::Comments);
    let defaults = Settings::new(config.http.public_base_url.clone());
    Settings {
        asked: defaults.asked.iter().copied().chain(comments).collect(),
        caption: limits(&config.content),
        unreachable: unreachable(config),
        auto_post_ahead: config.auto_post_ahead,
        publish: config.publish.clone(),
        ..defaults
    }
}

/// Why Instagram itself cannot fetch our pictures from where we say that we are.
pub(crate) fn unreachable(config: &Config) -> Option<String> {
    let url = &config.http.public_base_url;
    (config.instagram.is_real() && is_private(url)).then(|| {
        format!("Instagram cannot fetch pictures from {url}: it is an address of this machine or network only. Set PUBLIC_BASE_URL to an https address that the whole Internet reaches.")
    })
}

fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name == "localhost"
                || !name.contains('.')
                || [".local", ".localhost", ".internal", ".test"].iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(address)) => !rats_media::fetch::allowed(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => !rats_media::fetch::allowed(IpAddr::V6(address)),
        None => true,
    }
}
