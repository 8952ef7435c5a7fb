//! The product's HTTP side as a process of its own that counts its statements: nothing goes on in it but what it is asked for.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use actix_web::web;
use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use rats_runtime::{Assembly, Server, StartError, SystemClock, bind, config::Config, stop_signal};

use crate::Outcome;

/// The word by which this program is told to be it.
pub(crate) const ROLE: &str = "served";

/// Where it tells how many statements it has made.
pub(super) const COUNT: &str = "/_statements";

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Serves by the settings of the environment until it is told to stop.
pub(crate) async fn run() -> Outcome {
    set_default_instrumentation(|| {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                STATEMENTS.fetch_add(1, Ordering::Relaxed);
            }
        }))
    })
    .map_err(|_| "statements cannot be counted")?;
    let (config, _) = Config::from_env().map_err(StartError::Settings)?;
    let listener = bind(config.http.host, config.http.port, "PORT")?;
    let assembly = Assembly::new(&config, Arc::new(SystemClock::default())).await?;
    let (_hold, stop) = stop_signal();
    let server = Server::new(&config, assembly.ports.clone(), assembly.store.clone());
    let count = || async { STATEMENTS.load(Ordering::Relaxed).to_string() };
    let more = move |config: &mut web::ServiceConfig| {
        config.route(COUNT, web::get().to(count));
    };
    server.run(listener, stop, more).await?;
    Ok(())
}
