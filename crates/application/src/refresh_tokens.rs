//! Keeps tokens alive.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use rats_domain::{connection::Connection, id::ConnectionId, instagram::Advice};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// A token is refreshed from this age on; Instagram refuses below 24 h.
const OLD_ENOUGH: Duration = Duration::hours(25);
/// A token is refreshed once it ends within this; that leaves a month of tries.
const ENDS_SOON: Duration = Duration::days(30);
/// After a failed try.
const NEXT_TRY: Duration = Duration::days(1);
/// The most refreshed in one run.
const BATCH: usize = 100;

/// Refreshes tokens that are at least 25 h old and end within 30 days.
pub struct RefreshTokens {
    ports: Arc<Ports>,
    /// Connections whose refresh failed, and when to try again. Lost in a restart, which only means an earlier try.
    put_off: Mutex<BTreeMap<ConnectionId, OffsetDateTime>>,
}

impl RefreshTokens {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { ports, put_off: Mutex::default() }
    }

    /// One run over what is due; answers how many were refreshed. Only an answer that the token is dead marks it so; after any other error the old
    /// token stays and is tried again the next day.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let now = self.ports.clock.now();
        // As many more as are put off: those come first in the list and must not keep the others from their turn.
        let most = BATCH + self.put_off.lock().unwrap_or_else(PoisonError::into_inner).len();
        let due = self.ports.connections.due_for_refresh(now - OLD_ENOUGH, now + ENDS_SOON, most).await?;
        let mut refreshed = 0;
        for connection in due.into_iter().filter(|connection| !self.is_put_off(&connection.id, now)) {
            refreshed += usize::from(self.refresh(&connection, now).await?);
        }
        Ok(refreshed)
    }

    async fn refresh(&self, connection: &Connection, now: OffsetDateTime) -> Result<bool, Refusal> {
        let Some(token) = &connection.token else { return Ok(false) };
        match self.ports.authorizer.refresh(&token.secret).await {
            Ok(fresh) => Ok(self.ports.connections.replace_token(&connection.id, &token.secret, &fresh).await?),
            Err(error) if error.code == Some(190) && matches!(error.advice, Advice::Reconnect | Advice::Refresh) => {
                tracing::info!(connection = %connection.id, code = error.code, subcode = error.subcode, "a token is dead; the account must be connected again");
                self.ports.connections.mark_dead(&connection.id, &token.secret, now).await?;
                Ok(false)
            }
            Err(error) => {
                tracing::warn!(connection = %connection.id, %error, code = error.code, "a token could not be refreshed; it is tried again tomorrow");
                self.put_off
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(connection.id.clone(), now + NEXT_TRY);
                Ok(false)
            }
        }
    }

    fn is_put_off(&self, id: &ConnectionId, now: OffsetDateTime) -> bool {
        let mut put_off = self.put_off.lock().unwrap_or_else(PoisonError::into_inner);
        put_off.retain(|_, until| *until > now);
        put_off.contains_key(id)
    }
}
