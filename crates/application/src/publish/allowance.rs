//! What an account may do now: its day's containers and posts, and its rest.

use rats_domain::{
    id::AccountId,
    instagram::{Access, Advice, PlatformError},
    publication::{Attention, AttentionKind, MOST_CONTAINERS_A_DAY, Rest, RestCause, Step},
    timeline::Entry,
};
use time::{Duration, OffsetDateTime};

use super::{
    person_time,
    work::{Flow, Stop, Work},
};
use crate::persist::persist;

/// Below this many posts a day no quota can be used up: the lowest that Instagram ever gave is 25.
const ASK_FROM: u32 = 20;

/// So many unclear answers within an hour let an account rest.
const MANY_UNCLEAR: usize = 3;

/// Instagram's code and subcode for what it takes for spam.
const BLOCKED: (i64, i64) = (4, 2_207_051);

/// From this part of a rate limit on nothing is staged that has time: the rest is for publishing.
const RESERVE_PERCENT: u64 = 85;

/// How long staging waits then; at least so much before its time a post is staged all the same.
const RESERVE_WAIT: Duration = Duration::minutes(1);

impl Work<'_> {
    /// When to stage the post instead, if what is left of the rate limits is wanted for publishing.
    pub(super) fn over_reserve(&self, access: &Access) -> Option<OffsetDateTime> {
        let later = self.now() + RESERVE_WAIT + RESERVE_WAIT * self.ports.random.fraction();
        let has_time = self.publication().publish_at.is_some_and(|publish_at| later + RESERVE_WAIT <= publish_at);
        (has_time && self.ports.reader.used_percent(&access.account) >= RESERVE_PERCENT).then_some(later)
    }

    /// Moves the post if its account has made all the containers that it may in a day.
    pub(super) async fn over_creations(&mut self) -> Result<Option<Flow>, Stop> {
        let Some(until) = self.claim.allowance.created.free_at(MOST_CONTAINERS_A_DAY) else { return Ok(None) };
        let what = format!(
            "Instagram lets an account prepare {MOST_CONTAINERS_A_DAY} posts in 24 hours, and yours has done so"
        );
        let reason = Reason { what, then: room_at(until) };
        self.put_off(AttentionKind::Moved, until, reason).await.map(Some)
    }

    /// Moves the post if Instagram wants its account to be left alone; where only outcomes were not known, what comes is prepared all the same.
    pub(super) async fn over_rest(&mut self) -> Result<Option<Flow>, Stop> {
        let rest = self.claim.allowance.rest.filter(|rest| rest.until > self.now());
        let Some(rest) = rest.filter(|rest| rest.cause != RestCause::Unclear) else { return Ok(None) };
        if self.publication().publish_at.is_some_and(|publish_at| rest.until <= publish_at) {
            return self.take(Step::NotYet { due_at: rest.until }, &[]).await.map(Some);
        }
        self.put_off_for(rest).await.map(Some)
    }

    async fn put_off_for(&mut self, rest: Rest) -> Result<Flow, Stop> {
        let (kind, reason) = resting(rest);
        self.put_off(kind, rest.until, reason).await
    }

    /// Moves the post if its account rests, or has published all that it may in a day.
    pub(super) async fn over_publishes(&mut self, access: &Access) -> Result<Option<Flow>, Stop> {
        if let Some(rest) = self.claim.allowance.rest.filter(|rest| rest.until > self.now()) {
            return self.put_off_for(rest).await.map(Some);
        }
        let published = self.claim.allowance.published;
        let total = match self.claim.allowance.quota_total {
            Some(total) => Some(total),
            None if published.count < ASK_FROM => None,
            None => self.ask_quota(access).await?,
        };
        let Some((total, until)) = total.and_then(|total| Some((total, published.free_at(total)?))) else {
            return Ok(None);
        };
        let what = format!("Instagram lets an account publish {total} posts in 24 hours, and yours has done so");
        let reason = Reason { what, then: room_at(until) };
        self.put_off(AttentionKind::Moved, until, reason).await.map(Some)
    }

    /// Asks ahead of the due time how many posts the account may publish in a day, once that may matter.
    pub(super) async fn ask_quota_ahead(&mut self, access: &Access) -> Result<(), Stop> {
        if self.claim.allowance.published.count >= ASK_FROM {
            self.ask_quota(access).await?;
        }
        Ok(())
    }

    /// Asks Instagram for the quota and keeps it; `None` where it does not tell now.
    pub(super) async fn ask_quota(&mut self, access: &Access) -> Result<Option<u32>, Stop> {
        let total = match self.ports.reader.quota(access, self.now()).await {
            Ok(quota) => quota.total,
            Err(_) => None,
        };
        if let Some(total) = total {
            self.ports.history.keep_quota_total(&access.account, total).await?;
            self.claim.allowance.quota_total = Some(total);
        }
        Ok(total)
    }

    /// Lets the account rest where its answers call for it: after a block, after an order to act in the app, after several unclear ones.
    pub(super) async fn rest_after(&mut self, error: &PlatformError, is_unclear: bool) -> Result<(), Stop> {
        let Some(account) = self.publication().account.clone() else { return Ok(()) };
        let Some(cause) = self.cause_of_rest(&account, error, is_unclear) else { return Ok(()) };
        let rest = Rest { until: self.now() + self.ports.settings.publish.rest, cause };
        tracing::warn!(%account, cause = cause.as_str(), until = %rest.until, "an account rests");
        let store = || self.ports.history.rest(&account, rest);
        persist(self.ports.clock.as_ref(), &format!("that account {account} rests"), store).await?;
        self.claim.allowance.rest = Some(rest);
        Ok(())
    }

    fn cause_of_rest(&self, account: &AccountId, error: &PlatformError, is_unclear: bool) -> Option<RestCause> {
        if is_of_spam(error) {
            return Some(RestCause::Blocked);
        }
        if error.advice == Advice::ActInApp {
            return Some(RestCause::ActInApp);
        }
        let many = is_unclear && self.memory.unclear_again(account, self.ports.clock.monotonic()) >= MANY_UNCLEAR;
        many.then_some(RestCause::Unclear)
    }

    /// Moves it to `until`; if it is useless by then, it fails at once, naming the time.
    async fn put_off(&mut self, kind: AttentionKind, until: OffsetDateTime, reason: Reason) -> Result<Flow, Stop> {
        let entry = self.entry("waiting", reason.sentence());
        self.wait_until(kind, Until::Told(until), reason, entry).await
    }

    /// The same, with what Instagram said as `entry`.
    pub(super) async fn wait_until(
        &mut self,
        kind: AttentionKind,
        until: Until,
        reason: Reason,
        entry: Entry,
    ) -> Result<Flow, Stop> {
        let at = until.at();
        if self.publication().useless_after.is_none_or(|end| at <= end) {
            let attention = match until {
                Until::Told(at) => Attention::until(kind, reason.sentence(), at),
                Until::Guessed(_) => Attention::new(kind, reason.sentence()),
            };
            return self.take(Step::Wait { until: at, attention }, &[entry]).await;
        }
        let what = reason.what;
        let (kind, text) = if kind == AttentionKind::ActInApp {
            (
                kind,
                format!(
                    "{what}, and this post's time passes before it is looked at again, so nothing was published. Open the Instagram app and do what it asks for, then try again."
                ),
            )
        } else {
            let then = match until {
                Until::Told(at) => format!("Schedule it for {} or later.", person_time(at)),
                Until::Guessed(_) => {
                    "How long that lasts is not known: try again later, or give it another time.".to_owned()
                }
            };
            let text =
                format!("{what}. When that is over it is too late for this post, so nothing was published. {then}");
            (AttentionKind::DeadlinePassed, text)
        };
        let entry = Entry { step: "failed".into(), message: text.clone(), ..entry };
        self.take(Step::Fail { attention: Attention::new(kind, text) }, &[entry]).await
    }
}

/// Whether Instagram takes the account's posts for spam.
pub(super) fn is_of_spam(error: &PlatformError) -> bool {
    error.code.zip(error.subcode) == Some(BLOCKED)
}

/// Until when a post waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// As Instagram says, or our own count.
    Told(OffsetDateTime),
    /// Nobody says: it is looked at again then.
    Guessed(OffsetDateTime),
}

impl Until {
    fn at(self) -> OffsetDateTime {
        match self {
            Self::Told(at) | Self::Guessed(at) => at,
        }
    }
}

/// Why a post waits: what happened, a clause, and what comes, a sentence. Where it cannot wait, the first alone is told.
pub(super) struct Reason {
    pub(super) what: String,
    pub(super) then: String,
}

impl Reason {
    pub(super) fn sentence(&self) -> String {
        format!("{}. {}", self.what, self.then)
    }
}

pub(super) fn room_at(until: OffsetDateTime) -> String {
    format!("There is room again at {}, and it goes on by itself then.", person_time(until))
}

/// Why an account rests and until when, in sentences.
pub(crate) fn told_of_rest(rest: Rest) -> String {
    resting(rest).1.sentence()
}

/// What a person is told of a rest.
pub(super) fn resting(rest: Rest) -> (AttentionKind, Reason) {
    let until = person_time(rest.until);
    let (kind, what, then) = match rest.cause {
        RestCause::Blocked => (
            AttentionKind::Moved,
            "Instagram takes this account's posts for spam",
            format!("So that it is not blocked for longer, nothing is published before {until}."),
        ),
        RestCause::Unclear => (
            AttentionKind::Moved,
            "Instagram several times did not say whether it had published for this account",
            format!("So that none is lost or doubled, nothing more is published before {until}."),
        ),
        RestCause::ActInApp => (
            AttentionKind::ActInApp,
            "Instagram has restricted this account",
            format!("Open the Instagram app and follow what it asks. We try again at {until}."),
        ),
    };
    (kind, Reason { what: what.to_owned(), then })
}
