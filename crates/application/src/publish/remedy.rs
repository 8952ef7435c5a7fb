//! What is done about an error on the way to, or a definite refusal of, a publish request: one table.

use rats_domain::{
    instagram::{Access, Advice, PlatformError, WE_TRY},
    publication::{Attention, AttentionKind, Stage, Step},
    timeline::Entry,
};
use time::{Duration, OffsetDateTime};

use super::{
    allowance::{Reason, Until, is_of_spam, room_at},
    backoff,
    note::TRIED_ANYWAY,
    person_time,
    send::unsettled,
    work::{Flow, Stop, Work},
};
use crate::refresh_tokens::keep_fresh;

/// How often what may be our picture's fault is tried before it is called so.
const TRIES_BEFORE_FIX: u32 = 3;
/// How often Instagram refuses an account, or a permission of it, with anything but "this token is no more" before it is believed: with back-off
/// some minutes, since outages have made it refuse good tokens.
const TRIES_BEFORE_HOLD: usize = 8;
/// What ends a row of refusals: it was given up, Instagram took what it had refused, or the person changed something.
const ENDS_A_ROW: [&str; 10] = [
    "held",
    "failed",
    "container_created",
    "edited",
    "moved",
    "scheduled",
    "publish_now",
    "retried",
    "republished",
    "reconnected",
];
/// In the timeline: it is tried again.
pub(super) const TRY: &str = "try_again";
/// How often what has been an outage before is tried before Instagram is taken to refuse this app: with back-off some minutes.
const TRIES_BEFORE_STOP: usize = 8;
/// How long after its time a post whose picture cannot be fetched is still tried; half of its time where that is less.
const PATIENCE: Duration = Duration::minutes(10);
/// How long a rate limit lasts where Instagram does not say.
const RATE_LIMIT: Duration = Duration::hours(1);
/// How long a quota is waited for before looking again, where we know of no post of our own that used it.
const QUOTA: Duration = Duration::hours(1);

/// So long before a post is useless it is looked at once more.
const LAST_LOOK: Duration = Duration::seconds(30);

/// A refresh that was begun is not begun again for so long, by whatever process.
const NEXT_REFRESH: Duration = Duration::minutes(1);

/// What mends a refusal for a permission, if it is none of Instagram's outages.
const ALLOW_EVERYTHING: &str = " If you did not allow everything, connect the account again and do so.";

/// Instagram's code for a token that is no more: expired, revoked, or the password changed.
pub(super) const TOKEN_INVALID: i64 = 190;

impl Work<'_> {
    /// Does what can be done about `error`.
    pub(super) async fn remedy(&mut self, access: &Access, error: &PlatformError) -> Result<Flow, Stop> {
        match error.advice {
            Advice::Retry | Advice::Verify | Advice::NotReady | Advice::NoData => self.try_again(error).await,
            Advice::RetryThenFix if !self.was_patient() => self.try_again(error).await,
            Advice::RetryThenFix | Advice::Fix => self.fail(AttentionKind::ContentRefused, error).await,
            Advice::RetryThenStop if self.told_alike(TRY, error).await? < TRIES_BEFORE_STOP => {
                self.try_again(error).await
            }
            Advice::RetryThenStop | Advice::Stop => self.fail(AttentionKind::AppRefused, error).await,
            Advice::ContainerLost => self.container_lost(error).await,
            Advice::Wait => {
                // Where it takes posts for spam, wherever it says so.
                self.rest_after(error, false).await?;
                let rest = self.claim.allowance.rest.filter(|_| is_of_spam(error)).map(|rest| rest.until);
                let told = error.retry_after.and_then(|span| self.now().checked_add(span.try_into().ok()?));
                let until = told.max(rest).map_or_else(|| self.guess(RATE_LIMIT), Until::Told);
                self.wait(AttentionKind::Moved, until, error).await
            }
            Advice::WaitForQuota => self.wait_for_quota(access, error).await,
            Advice::ActInApp => self.act_in_app(error).await,
            Advice::Refresh => self.refresh_or_hold(access, error).await,
            Advice::Reconnect => self.hold_if_dead(access, error).await,
        }
    }

    /// Whether what may be our picture's fault, or only that of its host for some minutes, was tried often and for long enough.
    fn was_patient(&self) -> bool {
        let publication = self.publication();
        let is_over = publication.publish_at.is_none_or(|publish_at| {
            let patience = publication.useless_after.map_or(PATIENCE, |end| PATIENCE.min((end - publish_at) / 2));
            self.now() >= publish_at + patience
        });
        publication.attempt + 1 >= TRIES_BEFORE_FIX && is_over
    }

    /// How often in a row this was answered to the post before; a failure of another kind begins the row anew, and so does what [`ENDS_A_ROW`].
    /// `word`: whether it was tried, or only read.
    async fn told_alike(&self, word: &str, error: &PlatformError) -> Result<usize, Stop> {
        let post = &self.claim.post;
        let found = self.ports.posts.find_with_timeline(&post.user, &post.id).await?;
        let timeline = found.map(|(_, timeline)| timeline).unwrap_or_default();
        let since = timeline.iter().rev().take_while(|entry| !ENDS_A_ROW.contains(&entry.step.as_str()));
        let tries = since.filter(|entry| entry.step == word);
        let is_alike = |entry: &&Entry| (entry.code, entry.subcode) == (error.code, error.subcode);
        Ok(tries.take_while(is_alike).count())
    }

    /// Tries again after a back-off.
    pub(super) async fn try_again(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        let (now, publish_at) = (self.now(), self.publication().publish_at);
        let at = now + backoff::retry(self.publication().attempt, self.ports.random.fraction());
        // A long back-off ahead of its time must not make it late.
        let at = publish_at.filter(|publish_at| *publish_at > now).map_or(at, |publish_at| at.min(publish_at));
        if self.publication().useless_after.is_some_and(|end| at > end) && !self.publication().was_unclear() {
            return self.fail(AttentionKind::DeadlinePassed, error).await;
        }
        let text = match error.advice {
            // What the person might change meanwhile.
            Advice::RetryThenFix => format!("{} {WE_TRY}", error.message),
            _ => format!("{}. {WE_TRY}", error.what),
        };
        let is_requested = self.publication().stage == Stage::PublishRequested;
        // Who was asked about what it prepares has refused nothing: that belongs to no row.
        let is_read = !is_requested && self.publication().container.is_some();
        let word = if is_read { "read_failed" } else { TRY };
        let entry = Entry { message: text.clone(), ..self.entry_because(word, error) };
        let attention = if is_requested && self.publication().was_unclear() {
            let mend = if error.advice == Advice::Reconnect { ALLOW_EVERYTHING } else { "" };
            unsettled(&format!("{}.{mend}", error.what))
        } else if is_read
            && error.advice == Advice::Reconnect
            && self.told_alike(word, error).await? >= TRIES_BEFORE_HOLD
        {
            // It may be an outage, so it goes on; but it may as well be for the person to mend.
            Attention::new(AttentionKind::Reconnect, format!("{}.{ALLOW_EVERYTHING} {TRIED_ANYWAY}", error.what))
        } else {
            Attention::until(AttentionKind::Unreachable, text, at)
        };
        let step = if is_requested {
            Step::NotPublished { retry_at: at, attention: Some(attention) }
        } else {
            Step::TryAgain { at, attention: Some(attention) }
        };
        self.take(step, &[entry]).await
    }

    async fn container_lost(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        if self.publication().stage == Stage::PublishRequested || self.publication().container.is_none() {
            return self.try_again(error).await;
        }
        let entry = self.entry_because("container_discarded", error);
        let at = self.now() + backoff::retry(self.publication().attempt, self.ports.random.fraction());
        self.take(Step::ContainerDiscarded { retry_at: at }, &[entry]).await
    }

    /// When to look again, where nobody tells how long something lasts: after `span`, or once more just before the post is useless.
    fn guess(&self, span: Duration) -> Until {
        let (then, last) = (self.now() + span, self.publication().useless_after.map(|end| end - LAST_LOOK));
        Until::Guessed(last.filter(|last| *last > self.now() && *last < then).unwrap_or(then))
    }

    /// When we look again, and what to do where that is the last time.
    fn look_at(&self, at: OffsetDateTime) -> String {
        let is_last = self.publication().useless_after.is_some_and(|end| at >= end - LAST_LOOK);
        let longer =
            if is_last { ", just before it is too late; if it should wait longer, give it a later time" } else { "" };
        format!("We look again at {}{longer}.", person_time(at))
    }

    /// Moves it to `until`.
    async fn wait(&mut self, kind: AttentionKind, until: Until, error: &PlatformError) -> Result<Flow, Stop> {
        let entry = self.entry_because("waiting", error);
        let (act, done) = match kind {
            AttentionKind::ActInApp => {
                ("Open the Instagram app and do what it asks for. ", " Once you have, “Publish now” sends it at once.")
            }
            _ => ("", ""),
        };
        let then = match until {
            Until::Told(at) => format!("{act}We go on at {}.{done}", person_time(at)),
            Until::Guessed(at) => format!("{act}{}{done}", self.look_at(at)),
        };
        self.wait_until(kind, until, Reason { what: error.what.to_string(), then }, entry).await
    }

    /// The account rests, and its person is told to act in the Instagram app.
    async fn act_in_app(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        if self.publication().stage == Stage::PublishRequested && self.publication().was_unclear() {
            // Nothing is sent for hours, but what may be live is looked for at once.
            return self.refused_again(error).await;
        }
        self.rest_after(error, false).await?;
        let until = self.now() + self.ports.settings.publish.rest;
        self.wait(AttentionKind::ActInApp, Until::Guessed(until), error).await
    }

    /// The quota is used up: by our own count until its first place is given back, where all of it is ours. When others give theirs back, nobody tells.
    async fn wait_for_quota(&mut self, access: &Access, error: &PlatformError) -> Result<Flow, Stop> {
        self.ask_quota(access).await?;
        let allowance = &self.claim.allowance;
        let free_at = allowance.quota_total.and_then(|total| allowance.published.free_at(total));
        let until = free_at.filter(|free_at| *free_at > self.now()).map_or_else(|| self.guess(QUOTA), Until::Told);
        let then = match until {
            Until::Told(at) => room_at(at),
            Until::Guessed(at) => self.look_at(at),
        };
        let reason = Reason { what: error.what.to_string(), then };
        let entry = self.entry_because("waiting", error);
        self.wait_until(AttentionKind::Moved, until, reason, entry).await
    }

    /// Fails with what to change.
    pub(super) async fn fail(&mut self, kind: AttentionKind, error: &PlatformError) -> Result<Flow, Stop> {
        let text = match kind {
            AttentionKind::DeadlinePassed => format!(
                "It could not go out in time, so nothing was published. The last reason: {}. Try again, or give it another time.",
                error.what
            ),
            _ => error.message.clone(),
        };
        let entry = Entry { message: text.clone(), ..self.entry_because("failed", error) };
        self.take(Step::Fail { attention: Attention::new(kind, text) }, &[entry]).await
    }

    /// One try to refresh the token; if that fails for good, the account must be connected again.
    async fn refresh_or_hold(&mut self, access: &Access, error: &PlatformError) -> Result<Flow, Stop> {
        match self.refresh(access).await? {
            None => self.try_again(error).await,
            // The token is good again once its person has done that.
            Some(refused) if refused.advice == Advice::ActInApp => self.act_in_app(&refused).await,
            Some(_) => self.hold(access, error).await,
        }
    }

    /// One try to refresh the token, whoever began the last one, in the background or here; answers why Instagram refuses it for good. `None`: it is
    /// fresh, or it is tried again later.
    pub(super) async fn refresh(&self, access: &Access) -> Result<Option<PlatformError>, Stop> {
        let Some(id) = &self.publication().connection else { return Ok(None) };
        let now = self.now();
        if !self.ports.connections.begin_refresh(id, &access.token, now, now - NEXT_REFRESH).await? {
            return Ok(None);
        }
        match self.ports.authorizer.refresh(&access.token).await {
            Ok(fresh) => {
                keep_fresh(self.ports, id, &access.token, &fresh).await?;
                Ok(None)
            }
            Err(refused) if is_dead(&refused) || refused.advice == Advice::ActInApp => Ok(Some(refused)),
            Err(refused) if matches!(refused.advice, Advice::Retry | Advice::Wait | Advice::RetryThenFix) => Ok(None),
            // It makes no token fresh that is younger than a day: that says nothing against the token.
            Err(_) => Ok(self.ports.authorizer.profile(&access.token).await.err().filter(is_dead)),
        }
    }

    /// Outages have made Instagram refuse good tokens: only one that cannot read its own profile either is taken for dead.
    /// One that can, but is refused again and again, lacks a permission: this post is held, the connection stays.
    async fn hold_if_dead(&mut self, access: &Access, error: &PlatformError) -> Result<Flow, Stop> {
        if error.code == Some(TOKEN_INVALID) {
            return self.hold(access, error).await;
        }
        let is_believed = self.told_alike(TRY, error).await? >= TRIES_BEFORE_HOLD;
        match self.ports.authorizer.profile(&access.token).await {
            Err(refused) if refused.advice == Advice::ActInApp => self.act_in_app(&refused).await,
            Err(refused) if refused.advice == Advice::Refresh => self.refresh_or_hold(access, error).await,
            Err(refused) if refused.code == Some(TOKEN_INVALID) => self.hold(access, &refused).await,
            Err(refused) if is_believed && refused.advice == Advice::Reconnect => self.hold(access, &refused).await,
            Ok(_) if is_believed => self.hold_this(error).await,
            _ => self.try_again(error).await,
        }
    }

    /// Marks the token dead, which holds every post of the account that has no unclear request; tries again if it was replaced meanwhile.
    async fn hold(&mut self, access: &Access, error: &PlatformError) -> Result<Flow, Stop> {
        let Some(id) = self.publication().connection.clone() else { return self.release().await };
        let is_requested = self.publication().stage == Stage::PublishRequested;
        if !is_requested {
            // What holds all posts of the account says nothing of what Instagram said.
            let entry = self.entry_because("refused", error);
            self.record(self.publication().clone(), &[entry], true).await?;
        }
        if !self.ports.connections.mark_dead(&id, &access.token, self.now()).await? {
            return self.try_again(error).await;
        }
        if is_requested { self.hold_this(error).await } else { Ok(Flow::Done) }
    }

    async fn hold_this(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        let text = format!(
            "{}. Connect the account again and allow everything that is asked for; then this post goes on by itself unless it is too late for it by then.",
            error.what
        );
        let entry = self.entry_because("held", error);
        self.take(Step::Held { attention: Attention::new(AttentionKind::Reconnect, text) }, &[entry]).await
    }
}

/// Whether Instagram says that a token is no more.
fn is_dead(error: &PlatformError) -> bool {
    error.code == Some(TOKEN_INVALID) && matches!(error.advice, Advice::Reconnect | Advice::Refresh)
}
