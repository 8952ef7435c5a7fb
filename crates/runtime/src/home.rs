//! Whether the database lives where it did, told to operators; and the heartbeats that it keeps.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use rats_domain::store::StoreError;
use rats_storage::{Home, Role, Store};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::loops::{StopSignal, stopped};

/// How soon the first heartbeat is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Tells the database that this process lives, and operators when nothing is published because the database was moved.
pub(crate) struct Heart {
    store: Store,
    role: Role,
    told: AtomicBool,
}

impl Heart {
    pub(crate) fn new(store: Store, role: Role) -> Self {
        Self { store, role, told: AtomicBool::new(false) }
    }

    /// One heartbeat.
    pub(crate) async fn beat(&self) -> Result<(), StoreError> {
        let home = self.store.heartbeat(self.role).await?;
        let moved = !home.is_known();
        match (moved, self.told.swap(moved, Ordering::Relaxed)) {
            (true, false) => tracing::error!("{}", moved_text(&home, self.store.is_replaced())),
            (false, true) => tracing::info!("the database was adopted: publishing goes on"),
            _ => {}
        }
        Ok(())
    }

    /// The first heartbeat, which finds out for how long there was none before work begins; tried until it succeeds or the signal is given.
    pub(crate) async fn begin(&self, stop: StopSignal) {
        while let Err(error) = self.beat().await {
            tracing::warn!(%error, source = ?std::error::Error::source(&error), "the first heartbeat could not be stored");
            tokio::select! {
                () = stopped(stop.clone()) => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }
}

/// Why nothing is published, and what to do.
pub(crate) fn moved_text(home: &Home, is_replaced: bool) -> String {
    let first = if is_replaced {
        "The file was replaced while this process has the old one open, so what is stored now is lost: stop it at once. Then make"
    } else {
        "Make"
    };
    format!(
        "Nothing is published: the database lives at “{}”, but was last in use ({}) at “{}”. It may be a copy, a restored backup or a \
         promoted standby, which does not know what its original published since. {first} sure that no process uses the original any more, \
         then run: rats-api adopt-database",
        home.place,
        rfc3339(home.last),
        home.known_place
    )
}

/// A time for operators, to the second.
pub(crate) fn rfc3339(at: OffsetDateTime) -> String {
    let at = at.replace_nanosecond(0).unwrap_or(at);
    at.format(&Rfc3339).unwrap_or_else(|_| at.to_string())
}
