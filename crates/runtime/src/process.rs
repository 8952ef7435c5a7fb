//! A process: its sockets, its signals, its end.

use std::{
    future::Future,
    net::{IpAddr, SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::web::ServiceConfig;
use async_trait::async_trait;
use rats_application::Ports;
use rats_storage::Store;
use rats_web::{Api, Readiness, WebSettings};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::watch;

use crate::{
    assembly::StartError,
    config::Config,
    home::moved_text,
    loops::{FINISH, StopSignal, stopped},
};

/// Runs `work` on a multi-thread runtime, which is what the store needs, with as many open files as the system allows.
pub fn block_on<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(work))
}

/// How many files this process may have open at once: every connection is one.
pub(crate) fn most_files() -> u64 {
    // Without a limit the system says none.
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Lets this process open as many files as the system allows it to; systems begin with few.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    // Where that is refused it stays as it was, and is told if it is too low.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Listens on an address.
///
/// # Errors
///
/// [`StartError::Machine`] that says what to do if the port is taken.
pub fn bind(host: IpAddr, port: u16, setting: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(SocketAddr::new(host, port)).map_err(|source| {
        let advice = match source.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("; another program uses the port: stop it, or choose another port with {setting}")
            }
            _ => String::new(),
        };
        StartError::Machine { what: format!("cannot listen on {host}:{port}{advice}"), source }
    })
}

/// A signal that is given on SIGTERM, SIGINT or by hand through the sender.
#[must_use]
pub fn stop_signal() -> (watch::Sender<bool>, StopSignal) {
    let (sender, receiver) = watch::channel(false);
    let given = sender.clone();
    tokio::spawn(async move {
        terminated().await;
        let _ = given.send(true);
    });
    (sender, receiver)
}

async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}

/// The HTTP API of an assembled product.
pub struct Server {
    api: Api,
}

impl Server {
    /// Over these ports.
    pub fn new(config: &Config, ports: Arc<Ports>, store: Store) -> Self {
        let settings = WebSettings {
            client_url: config.http.client_url.clone(),
            jwt_secret: config.jwt_secret.clone(),
            jwt_audience: None,
            jwt_issuer: None,
            stand_alone: config.http.stand_alone,
            requests_per_minute: config.http.requests_per_minute,
            logins_per_minute: config.http.logins_per_minute,
            upload_bytes: config.content.upload_bytes,
            head_timeout: config.http.head_timeout,
            body_timeout: config.http.body_timeout,
            trust_proxy: config.http.trust_proxy,
        };
        Self { api: Api::new(ports, settings, Arc::new(DatabaseReadiness(store))) }
    }

    /// Serves until the signal, with `more` routes besides the API's; what people asked to publish now and is in flight is finished.
    pub async fn run(
        &self,
        listener: TcpListener,
        stop: StopSignal,
        more: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> std::io::Result<()> {
        let mut server = rats_web::serve(self.api.clone(), listener, stopped(stop.clone()), more)?;
        let ended = tokio::select! {
            biased;
            () = stopped(stop) => None,
            ended = &mut server => Some(ended),
        };
        // Both from the signal on: requests may wait for what is in flight.
        let last = async {
            match ended {
                Some(ended) => ended,
                None => server.await,
            }
        };
        let (outcome, ()) = tokio::join!(last, self.api.finish(FINISH));
        outcome
    }
}

struct DatabaseReadiness(Store);

#[async_trait]
impl Readiness for DatabaseReadiness {
    async fn ready(&self) -> Result<(), String> {
        let home = self.0.home().await.map_err(|error| {
            tracing::warn!(%error, source = ?std::error::Error::source(&error), "not ready");
            "The database does not answer.".to_owned()
        })?;
        if home.is_known() { Ok(()) } else { Err(moved_text(&home, self.0.is_replaced())) }
    }
}

/// An error with its causes, for people.
pub fn report(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = cause.source();
    }
    text
}
