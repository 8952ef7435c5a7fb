use time::{Duration, OffsetDateTime};

use super::account::{Account, AccountType};
use super::failure::{Failure, GraphError};
use super::fault::Fault;
use super::id::AccountId;
use super::refusal;
use super::scope::Call;
use super::{Instagram, World};

/// What a Graph call answers, or why there is no ordinary answer.
pub type Answer<T> = Result<T, Failure>;

/// The account that a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// `me`: the token's own.
    Me,
    /// A professional or an app-scoped id; both work.
    Id(u64),
}

impl From<AccountId> for Target {
    fn from(id: AccountId) -> Self {
        Self::Id(id.0)
    }
}

/// What the usage headers of an answer say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Whose.
    pub account: AccountId,
    /// Per cent of the allowed calls.
    pub percent: u32,
}

/// Calls that count as 100 % of an account's day: 4,800 for each impression, with a floor of ten impressions.
const CALLS_A_DAY: u32 = 48_000;

impl Instagram {
    /// The usage to tell in the headers of an answer to this token, if it is one.
    #[must_use]
    pub fn usage(&self, token: &str) -> Option<Usage> {
        let mut world = self.world();
        let account = world.tokens.get(token)?.account;
        let made = world.accounts.get(&account)?.calls_today;
        let forced = world.take_fault(account, |fault| match fault {
            Fault::Usage { percent } => Some(*percent),
            _ => None,
        });
        Some(Usage { account, percent: forced.unwrap_or(made * 100 / CALLS_A_DAY) })
    }
}

impl World {
    /// Judges the token and the faults that meet every call; answers whose token it is.
    pub(super) fn authorise(&mut self, token: &str, call: Call, now: OffsetDateTime) -> Answer<AccountId> {
        let found = self.tokens.get(token).ok_or_else(refusal::unreadable_token)?.clone();
        self.intercept(found.account, call).map_err(|failure| restate(failure, found.expires, now))?;
        if found.expires <= now {
            return Err(refusal::expired_token(found.expires, now).into());
        }
        if !found.scopes.contains(call.scope()) {
            return Err(refusal::no_permission().into());
        }
        let account = self.accounts.get_mut(&found.account).ok_or_else(refusal::unreadable_token)?;
        account.count_call(now);
        if call.is_professional() && account.account_type == AccountType::Personal {
            return Err(refusal::not_a_business().into());
        }
        Ok(account.id)
    }

    /// Like `authorise`, for a path that names an account, which must be the token's.
    pub(super) fn authorise_on(
        &mut self,
        token: &str,
        on: Target,
        call: Call,
        now: OffsetDateTime,
    ) -> Answer<AccountId> {
        let account = self.authorise(token, call, now)?;
        let known = self.accounts.get(&account);
        match on {
            Target::Me if call.method() == "get" => Ok(account),
            Target::Id(id) if known.is_some_and(|known| id == known.id.0 || id == known.app_scoped_id) => Ok(account),
            Target::Me => Err(refusal::missing_object(call.method(), "me").into()),
            Target::Id(id) => Err(refusal::missing_object(call.method(), &id.to_string()).into()),
        }
    }
}

impl Account {
    fn count_call(&mut self, now: OffsetDateTime) {
        if self.calls_since.is_none_or(|since| now - since >= Duration::DAY) {
            self.calls_since = Some(now);
            self.calls_today = 0;
        }
        self.calls_today += 1;
    }
}

// The injected 190/463 tells real times, as the real one does.
fn restate(failure: Failure, expires: OffsetDateTime, now: OffsetDateTime) -> Failure {
    match failure {
        Failure::Refused(GraphError { code: 190, subcode: Some(463), .. }) => {
            refusal::expired_token(expires.min(now), now).into()
        }
        other => other,
    }
}
