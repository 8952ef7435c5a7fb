use std::sync::Arc;

use rats_domain::{analytics::AccountSummary, connection::Connection, id::UserId, quota::SPAN};
use time::Duration;

use crate::{Ports, Refusal, home::Risk, publish::told_of_rest};

/// How many days are summed up besides today.
const LATELY: Duration = Duration::days(27);

/// How an account is.
#[derive(Clone, Debug)]
pub struct AccountHealth {
    /// The account.
    pub connection: Connection,
    /// How many posts of it are known to have gone live within 24 hours.
    pub used: u32,
    /// How many Instagram last said it allows in 24 hours; `None` before it did.
    pub total: Option<u32>,
    /// Why it publishes nothing for a while, and until when, in sentences.
    pub rest: Option<String>,
    /// What its token puts at risk.
    pub risk: Option<Risk>,
    /// Its own numbers of the last 28 days, today (UTC) included.
    pub numbers: AccountSummary,
}

/// Shows how the user's account is.
pub struct ShowAccount(pub Arc<Ports>);

impl ShowAccount {
    /// The user's account, the present one or the last; `None` if there never was one.
    pub async fn run(&self, user: &UserId) -> Result<Option<AccountHealth>, Refusal> {
        let ports = &self.0;
        let Some(connection) = ports.connections.find_by_user(user).await? else { return Ok(None) };
        let count = ports.history.confirmed_since(&connection.account, ports.clock.now() - SPAN).await?;
        let total = ports.history.quota_total(&connection.account).await?;
        let rest = ports.history.resting(&connection.account).await?.map(told_of_rest);
        let risk = Risk::of(ports, &connection).await?;
        let today = ports.clock.now().date();
        let first = today.saturating_sub(LATELY);
        let days = ports.account_metrics.account_days(user, &connection.account, first, today).await?;
        let numbers = AccountSummary::of(&days);
        Ok(Some(AccountHealth { connection, used: count, total, rest, risk, numbers }))
    }
}
