//! What is found out about a token that is refused while numbers are read.

use rats_domain::{
    id::ConnectionId,
    instagram::{Advice, PlatformError},
    secret::Secret,
};
use time::Duration;

use crate::{Ports, Refusal, refresh_tokens::keep_fresh};

/// A refresh that was begun is not begun again for so long, by whatever process.
const NEXT_REFRESH: Duration = Duration::minutes(1);

/// Marks the token dead where it is, so that its person is told to reconnect and nothing is asked with it any more.
///
/// Outages have made Instagram refuse good tokens: only one with which its own profile cannot be read either, nor be refreshed where
/// that could help, is taken for dead. Otherwise nothing is done.
pub(crate) async fn bury_if_dead(
    ports: &Ports,
    connection: &ConnectionId,
    token: &Secret,
    error: &PlatformError,
) -> Result<(), Refusal> {
    let is_refused = |error: &PlatformError| matches!(error.advice, Advice::Reconnect | Advice::Refresh);
    if !is_refused(error) {
        return Ok(());
    }
    let Err(refused) = ports.authorizer.profile(token).await else { return Ok(()) };
    if !is_refused(&refused) || refused.advice == Advice::Refresh && !is_past_refresh(ports, connection, token).await? {
        return Ok(());
    }
    tracing::info!(%connection, code = refused.code, subcode = refused.subcode, "a token is dead; the account must be connected again");
    ports.connections.mark_dead(connection, token, ports.clock.now()).await?;
    Ok(())
}

/// Whether a refresh is refused, too. One that was begun a moment ago is waited for.
async fn is_past_refresh(ports: &Ports, connection: &ConnectionId, token: &Secret) -> Result<bool, Refusal> {
    let now = ports.clock.now();
    if !ports.connections.begin_refresh(connection, token, now, now - NEXT_REFRESH).await? {
        return Ok(false);
    }
    match ports.authorizer.refresh(token).await {
        Ok(fresh) => {
            keep_fresh(ports, connection, token, &fresh).await?;
            Ok(false)
        }
        Err(refused) => Ok(matches!(refused.advice, Advice::Reconnect | Advice::Refresh)),
    }
}
