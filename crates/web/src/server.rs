//! The application around the routes, and the server around the application.

use std::{io, net::TcpListener, time::Duration};

use actix_cors::Cors;
use actix_web::{
    App, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    http::header,
    middleware::from_fn,
    web::ServiceConfig,
};

use crate::{Api, http::edge};

/// How long a connection whose request was refused half way may still send.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long requests in flight may take to end when the server stops.
const LAST_SECONDS: u64 = 10;
/// The most open connections of one worker.
const CONNECTIONS: usize = 10_000;

/// The routes of `api` and of `extra`, with CORS for the frontend, security headers and request ids around them.
pub fn app<F: FnOnce(&mut ServiceConfig)>(
    api: &Api,
    extra: F,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<F>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<F>,
> {
    App::new().configure(extra).configure(|config| api.configure(config)).wrap(cors(api)).wrap(from_fn(edge::edge))
}

/// Serves `api`, and the routes of `extra`, on `listener` until `shutdown` is ready, then lets what is in flight end.
///
/// Slow heads and bodies are cut; a slow connection takes no worker, so a thousand of them do not stop the health check.
///
/// Nothing is served before the answer is awaited.
pub fn serve<F>(
    api: Api,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    extra: F,
) -> io::Result<Server>
where
    F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let (head, body) = (api.settings().head_timeout, api.settings().body_timeout);
    let server = HttpServer::new(move || app(&api, extra.clone()))
        .client_request_timeout(head)
        .client_disconnect_timeout(body.min(LONGEST_GOODBYE))
        .keep_alive(KEEP_ALIVE)
        .max_connections(CONNECTIONS)
        .shutdown_timeout(LAST_SECONDS)
        .disable_signals()
        .shutdown_signal(shutdown)
        .listen(listener)?
        .run();
    Ok(server)
}

fn cors(api: &Api) -> Cors {
    Cors::default()
        .allowed_origin(&api.settings().client_url.origin().ascii_serialization())
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
        .allowed_headers(["authorization", "content-type", "idempotency-key", "if-match", "accept"])
        .expose_headers([header::ETAG, header::RETRY_AFTER])
        .block_on_origin_mismatch(false)
        .max_age(600)
}
