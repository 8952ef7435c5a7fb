//! Everything on one page.

use std::sync::{Arc, atomic::AtomicU64};

use prometheus_client::{
    encoding::prometheus_text::encode,
    metrics::{gauge::Gauge, info::Info},
    registry::{Registry, Unit},
};
use rats_domain::clock::Clock;

use super::{
    flight::Flight,
    meters::Meters,
    standing::{Board, Shown, Source},
};

/// What is registered, and how it is written down.
pub(super) struct Page {
    registry: Registry,
    board: Arc<Board>,
}

impl Page {
    /// A page over what this process counts, what it has claimed, and what `source` knows.
    pub(super) fn new(clock: Arc<dyn Clock>, flight: Arc<Flight>, source: Arc<dyn Source>) -> (Self, Meters) {
        let mut registry = Registry::default();
        let started = Gauge::<f64, AtomicU64>::default();
        started.set((clock.now() - time::OffsetDateTime::UNIX_EPOCH).as_seconds_f64());
        let help = "When this process started, since 1970";
        registry.register_with_unit("process_start_time", help, Unit::Seconds, started);
        let ours = registry.sub_registry_with_prefix("rats");
        ours.register("build", "Which version this is", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let meters = Meters::new(ours);
        let board = Arc::new(Board::new(source, clock, flight));
        ours.register_collector(Box::new(Shown(board.clone())));
        (Self { registry, board }, meters)
    }

    /// The page as it is now.
    pub(super) async fn render(&self) -> String {
        self.board.refresh().await;
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
