//! Serves a simulated Instagram on the address given (default 127.0.0.1:4010), with a registered redirect to itself.

use std::sync::Arc;
use std::time::Duration;

use rats_instagram_sim::{Config, TurnableClock, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:4010".to_owned());
    let listener = std::net::TcpListener::bind(&address)?;
    let config = Config {
        redirect_uris: vec![format!("http://{address}/goldencrust/")],
        processing: Duration::from_secs(1),
        ..Config::default()
    };
    let _simulator = start(config, Arc::new(TurnableClock::real()), listener).await?;
    std::future::pending().await
}
