//! Keeps tokens alive.

use std::sync::Arc;

use rats_domain::{
    connection::{Connection, Token},
    id::ConnectionId,
    instagram::Advice,
    secret::Secret,
    store::StoreError,
};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal, persist::persist};

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
            Ok(fresh) => Ok(keep_fresh(ports, &connection.id, &token.secret, &fresh).await?),
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

/// Puts `fresh` in the place of `old`, trying hard: Instagram may take the old one no more. Answers whether it did so; not where another
/// token had taken its place, or where a try that was not answered had done it already.
pub(crate) async fn keep_fresh(
    ports: &Ports,
    id: &ConnectionId,
    old: &Secret,
    fresh: &Token,
) -> Result<bool, StoreError> {
    persist(ports.clock.as_ref(), "a fresh token", || ports.connections.replace_token(id, old, fresh)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{Mocks, NOW, connection};
    use futures_util::FutureExt as _;

    /// A connection that is due, whose fresh token the store takes at the try of this number.
    fn stored_at(tries: usize) -> Mocks {
        let mut mocks = Mocks::default();
        mocks.connections.expect_due_for_refresh().returning(|_, _, _, _| Ok(vec![connection(vec![])]));
        mocks.connections.expect_begin_refresh().returning(|_, _, _, _| Ok(true));
        let fresh = Token { secret: Secret::new("fresh"), issued_at: NOW, expires_at: NOW + Duration::days(60) };
        let token = fresh.clone();
        mocks.authorizer.expect_refresh().times(1).returning(move |_| Ok(token.clone()));
        let mut calls = 0;
        let replaced = mocks.connections.expect_replace_token().withf(move |_, _, stored| *stored == fresh);
        replaced.returning(move |_, _, _| {
            calls += 1;
            if calls < tries { Err(StoreError::Unavailable("away".into())) } else { Ok(true) }
        });
        mocks
    }

    #[test]
    fn a_fresh_token_is_stored_although_the_store_is_away_for_a_moment() {
        let run = RefreshTokens(stored_at(3).ports());
        assert_eq!(run.run().now_or_never().unwrap().unwrap(), 1);
    }

    #[test]
    fn a_store_that_stays_away_ends_it() {
        let run = RefreshTokens(stored_at(usize::MAX).ports());
        assert!(run.run().now_or_never().unwrap().is_err());
    }
}
