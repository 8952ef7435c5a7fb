//! The page that Prometheus reads, at an address of its own: nothing of the API is there, and nothing of it on the API's.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::Server,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web,
};

/// Prometheus' text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(5);
/// The most open connections.
const CONNECTIONS: usize = 64;

/// Serves what `render` answers at `GET /metrics`, and nothing else, on `listener` until `shutdown` is ready.
///
/// Whoever reaches the address reads it: it belongs into the network of who operates the service.
///
/// Nothing is served before the answer is awaited.
pub fn serve_metrics<R>(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    render: impl Fn() -> R + Clone + Send + 'static,
) -> io::Result<Server>
where
    R: Future<Output = String> + 'static,
{
    let server = HttpServer::new(move || {
        let render = render.clone();
        let page = move || {
            let text = render();
            async move {
                HttpResponse::Ok()
                    .insert_header((CONTENT_TYPE, TEXT))
                    .insert_header((CACHE_CONTROL, "no-store"))
                    .body(text.await)
            }
        };
        App::new().route("/metrics", web::get().to(page))
    })
    .workers(1)
    .client_request_timeout(HEAD)
    .max_connections(CONNECTIONS)
    .shutdown_timeout(1)
    .disable_signals()
    .shutdown_signal(shutdown)
    .listen(listener)?
    .run();
    Ok(server)
}
