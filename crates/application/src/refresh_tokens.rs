//! Keeps tokens alive.

use std::sync::Arc;

use rats_domain::{connection::Connection, instagram::Advice};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// A token is refreshed from this age on; Instagram refuses below 24 h.
const OLD_ENOUGH: Duration = Duration::hours(25);
/// A token is refreshed once it ends within this; that leaves a month of tries.
const ENDS_SOON: Duration = Duration::days(30);
/// After a try that failed, or whose process died.
const NEXT_TRY: Duration = Duration::days(1);
/// The most refreshed in one run.
const BATCH: usize = 100;

/// Refreshes tokens that are at least 25 h old and end within 30 days.
pub struct RefreshTokens(pub Arc<Ports>);

impl RefreshTokens {
    /// One run over what is due; answers how many were refreshed. Of several processes one refreshes a token. Only an answer that the token is
    /// dead marks it so; after any other error the old token stays and is tried again the next day.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let now = self.0.clock.now();
        let due = self.0.connections.due_for_refresh(now - OLD_ENOUGH, now + ENDS_SOON, now - NEXT_TRY, BATCH).await?;
        let mut refreshed = 0;
        for connection in due {
            refreshed += usize::from(self.refresh(&connection, now).await?);
        }
        Ok(refreshed)
    }

    async fn refresh(&self, connection: &Connection, now: OffsetDateTime) -> Result<bool, Refusal> {
        let (ports, Some(token)) = (&self.0, &connection.token) else { return Ok(false) };
        if !ports.connections.begin_refresh(&connection.id, &token.secret, now, now - NEXT_TRY).await? {
            return Ok(false);
        }
        match ports.authorizer.refresh(&token.secret).await {
            Ok(fresh) => Ok(ports.connections.replace_token(&connection.id, &token.secret, &fresh).await?),
            Err(error) if error.code == Some(190) && matches!(error.advice, Advice::Reconnect | Advice::Refresh) => {
                tracing::info!(connection = %connection.id, code = error.code, subcode = error.subcode, "a token is dead; the account must be connected again");
                ports.connections.mark_dead(&connection.id, &token.secret, now).await?;
                Ok(false)
            }
            Err(error) => {
                tracing::warn!(connection = %connection.id, %error, code = error.code, "a token could not be refreshed; it is tried again tomorrow");
                Ok(false)
            }
        }
    }
}
