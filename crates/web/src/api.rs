use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest,
    web::{self, Data, ServiceConfig},
};
use async_trait::async_trait;
use rats_application::Ports;

use crate::{
    account, analytics, connect,
    dashboard::{self, Places},
    event, health,
    http::{address, idempotency::fingerprint, limit::Limiter, problem::Problem, upload::Uploads},
    openapi, picture,
    post::{self, Beside},
    preferences,
    settings::WebSettings,
    token::Tokens,
};

/// From so many addresses at once a password may be guessed at full speed.
const ADDRESSES: u32 = 10;

/// Whether the process can serve at present.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Looks, quickly.
    ///
    /// # Errors
    ///
    /// Why not, in words that anyone may read.
    async fn ready(&self) -> Result<(), String>;
}

/// The HTTP side over the use cases. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    ports: Arc<Ports>,
    settings: WebSettings,
    readiness: Arc<dyn Readiness>,
    tokens: Tokens,
    limiter: Limiter,
    uploads: Uploads,
    beside: Beside,
    live: Places,
}

impl Api {
    /// Over these ports. Called on the runtime that outlives the server: what goes on beside requests runs there.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn new(ports: Arc<Ports>, settings: WebSettings, readiness: Arc<dyn Readiness>) -> Self {
        let tokens = Tokens::new(&settings);
        let beside = Beside::new(Arc::clone(&ports));
        Self(Arc::new(Inner {
            ports,
            settings,
            readiness,
            tokens,
            limiter: Limiter::default(),
            uploads: Uploads::default(),
            beside,
            live: Places::default(),
        }))
    }

    /// Registers every route. [`app`](crate::app) adds what they need around them: CORS, security headers, request ids.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config.app_data(Data::new(self.clone()));
        if self.0.settings.stand_alone {
            account::configure(config);
        }
        connect::configure(config);
        event::configure(config);
        preferences::configure(config);
        picture::configure(config);
        post::configure(config);
        analytics::configure(config);
        health::configure(config);
        openapi::configure(config);
        dashboard::configure(self, config);
        config.default_service(web::to(dashboard::nothing_here));
    }

    /// Lets the publish requests in flight that people wait for get their answers, for so long at most. To be awaited as soon as the process is
    /// told to stop, beside the server's own end; posts that are not in flight are left to whoever comes next.
    pub async fn finish(&self, within: Duration) {
        self.0.beside.finish(within).await;
    }

    /// The ports it stands on.
    #[must_use]
    pub fn ports(&self) -> &Arc<Ports> {
        &self.0.ports
    }

    /// What it was told.
    #[must_use]
    pub fn settings(&self) -> &WebSettings {
        &self.0.settings
    }

    /// Issues and checks its tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Posts that go on beside the requests.
    pub(crate) fn beside(&self) -> &Beside {
        &self.0.beside
    }

    /// Whether what goes out now can: a database that was moved and is not adopted yet publishes nothing.
    ///
    /// # Errors
    ///
    /// 503, before anything is stored.
    pub(crate) async fn publishes(&self) -> Result<(), Problem> {
        self.0.readiness.ready().await.map_err(|reason| {
            tracing::warn!(%reason, "asked to publish now, which is not possible");
            Problem::unavailable(
                "Nothing can be published at present; whoever runs this service has been told why. Nothing was stored or sent: try again in some minutes.",
            )
        })
    }

    /// Uploads that are under way.
    pub(crate) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    /// Pages that wait for what happens.
    pub(crate) fn live(&self) -> &Places {
        &self.0.live
    }

    pub(crate) fn readiness(&self) -> &dyn Readiness {
        self.0.readiness.as_ref()
    }

    /// Whether people reach us by https.
    pub(crate) fn https(&self) -> bool {
        self.0.ports.settings.public_base_url.scheme() == "https"
    }

    /// The client's network address.
    pub(crate) fn address(&self, request: &HttpRequest) -> String {
        address::of(request, self.0.settings.trust_proxy)
    }

    /// Counts one more for `key`, at most `most` a minute.
    pub(crate) fn limit(&self, key: String, most: u32) -> Result<(), Problem> {
        self.0.limiter.count(key, most, self.0.ports.clock.monotonic()).map_err(Problem::too_many)
    }

    /// Counts one more registration or login from the request's address.
    pub(crate) fn limit_logins(&self, request: &HttpRequest) -> Result<(), Problem> {
        self.limit(format!("login {}", self.address(request)), self.0.settings.logins_per_minute)
    }

    /// Counts one more login of an account, from wherever: more of them than one address may try, which would keep its owner out.
    pub(crate) fn limit_account(&self, email: &str) -> Result<(), Problem> {
        let account = fingerprint(email.trim().to_lowercase().as_bytes());
        self.limit(format!("account {account}"), self.0.settings.logins_per_minute.saturating_mul(ADDRESSES))
    }

    /// Counts one more for the request's address.
    pub(crate) fn limit_address(&self, request: &HttpRequest) -> Result<(), Problem> {
        self.limit(format!("address {}", self.address(request)), self.0.settings.requests_per_minute)
    }
}
