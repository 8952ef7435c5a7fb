//! A publication and its legal moves.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{Attention, AttentionKind, Stage, Step};
use crate::id::{AccountId, ConnectionId, ContainerId, PostId, UserId};

mod person;

/// A staged post is handed out so much before its time: thousands of connections take seconds to make.
pub const STAND_READY: Duration = Duration::seconds(3);

/// The intent may be stored so much before the post's time, so that at the time of thousands only their requests remain. Who dies in between leaves an
/// outcome that must be looked into, so it is no more than storing them takes.
pub const INTENT_AHEAD: Duration = Duration::seconds(1);

/// Instagram's unpublished media object, made by us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its id.
    pub id: ContainerId,
    /// When it was made; it expires 24 h later.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Whether its status was read as finished and nothing has happened since that puts that in doubt.
    pub ready: bool,
}

/// A publish request that was sent, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// When it was intended, stored before it left. `None` where nobody knows whether there ever was one: the database is a copy that was
    /// adopted, and what the lost one did since is not in it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub intent_at: Option<OffsetDateTime>,
    /// When the first request on this container was intended: where the witnesses' window begins.
    #[serde(with = "time::serde::rfc3339")]
    pub first_intent_at: OffsetDateTime,
    /// No byte of it leaves later; grace and the witness window count from here.
    #[serde(with = "time::serde::rfc3339")]
    pub may_send_until: OffsetDateTime,
    /// When a request on this container first had an unclear outcome.
    #[serde(with = "time::serde::rfc3339::option")]
    pub first_unclear_at: Option<OffsetDateTime>,
}

/// What a publication consists of. Read through [`Publication`]; made by storage when it reads one back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The post that it publishes.
    pub post: PostId,
    /// Whose it is.
    pub user: UserId,
    /// Through which connection; none before it was first scheduled.
    pub connection: Option<ConnectionId>,
    /// To which account; none before it was first scheduled.
    pub account: Option<AccountId>,
    /// Where it stands.
    pub stage: Stage,
    /// Raised by each claim and each change of a person: what fences decisions.
    pub epoch: i64,
    /// Raised by each change of a person, and by each step after which a person may decide otherwise
    /// ([`Stage::standing`]). A worker that only works on it leaves it as it is.
    pub version: i64,
    /// When there is something to do next; none if nothing is.
    #[serde(with = "time::serde::rfc3339::option")]
    pub due_at: Option<OffsetDateTime>,
    /// When it is to be live, the person's time.
    #[serde(with = "time::serde::rfc3339::option")]
    pub publish_at: Option<OffsetDateTime>,
    /// From this moment on nothing is sent.
    #[serde(with = "time::serde::rfc3339::option")]
    pub useless_after: Option<OffsetDateTime>,
    /// Its present container.
    pub container: Option<Container>,
    /// Its unsettled request.
    pub request: Option<Request>,
    /// How many tries went wrong since it was scheduled.
    pub attempt: u32,
    /// What the person should know.
    pub attention: Option<Attention>,
}

/// The saga of one post; see the [module's picture](super).
///
/// Its [`Parts`] can be read through it; it changes only by [`after`](Self::after).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication(Parts);

/// A step that the publication's stage does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a publication that is {} cannot take the step {step:?}", stage.as_str())]
pub struct IllegalStep {
    /// Where it stands.
    pub stage: Stage,
    /// What was tried.
    pub step: Box<Step>,
}

/// Parts that no legal history leads to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a publication that is {} must {rule}", stage.as_str())]
pub struct Inconsistent {
    stage: Stage,
    rule: &'static str,
}

impl Request {
    /// When it was intended, or else could have been at the earliest.
    #[must_use]
    pub fn sent_at(&self) -> OffsetDateTime {
        self.intent_at.unwrap_or(self.first_intent_at)
    }
}

impl std::ops::Deref for Publication {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Publication {
    /// What a new post begins with. It counts as version 0: what a person then does with it, [`Step::Drafted`] or [`Step::Scheduled`],
    /// makes it version 1.
    #[must_use]
    pub fn draft(post: PostId, user: UserId) -> Self {
        Self(Parts {
            post,
            user,
            connection: None,
            account: None,
            stage: Stage::Draft,
            epoch: 0,
            version: 0,
            due_at: None,
            publish_at: None,
            useless_after: None,
            container: None,
            request: None,
            attempt: 0,
            attention: None,
        })
    }

    /// Takes back what was stored.
    pub fn restore(parts: Parts) -> Result<Self, Inconsistent> {
        let stage = parts.stage;
        let check = |holds: bool, rule| {
            if holds { Ok(()) } else { Err(Inconsistent { stage, rule }) }
        };
        check(parts.request.is_some() == stage.is_unsettled(), "have a request exactly while it is unsettled")?;
        let is_known = parts.request.as_ref().is_some_and(|request| request.intent_at.is_some());
        check(is_known || stage != Stage::PublishRequested, "know when its request was intended")?;
        let needs_container = is_known || matches!(stage, Stage::Staging | Stage::Staged);
        check(!needs_container || parts.container.is_some(), "have a container")?;
        let bound = parts.account.is_some()
            && parts.connection.is_some()
            && parts.publish_at.is_some()
            && parts.useless_after.is_some();
        check(!stage.is_open() || bound, "be bound to a connection and have a time")?;
        Ok(Self(parts))
    }

    /// The account whose lane it holds. What is only in doubt holds none: no request of it is under way.
    #[must_use]
    pub fn lane(&self) -> Option<&AccountId> {
        self.account.as_ref().filter(|_| self.stage.holds_lane() && !self.is_in_doubt())
    }

    /// Whether nobody knows if a request was ever sent: see [`Step::Doubted`].
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.intent_at.is_none())
    }

    /// Whether a request on its container ever had an unclear outcome.
    #[must_use]
    pub fn was_unclear(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.first_unclear_at.is_some())
    }

    /// The publication after `step`.
    ///
    /// # Errors
    ///
    /// [`IllegalStep`] where the stage does not allow it.
    pub fn after(&self, step: Step) -> Result<Self, IllegalStep> {
        let refused = IllegalStep { stage: self.stage, step: Box::new(step.clone()) };
        let is_of_person = step.is_of_person();
        let mut next = self.0.clone();
        if !next.take(step) {
            return Err(refused);
        }
        next.version += i64::from(is_of_person || next.stage.standing() != self.stage.standing());
        Ok(Self(next))
    }
}

impl Parts {
    /// Takes `step` if it is legal; answers whether it was. Where it answers `false`, `self` may be half changed and is thrown away.
    fn take(&mut self, step: Step) -> bool {
        match step {
            step if step.is_of_person() => self.take_of_person(step),
            Step::Reconnected { .. } | Step::Disconnected { .. } => self.take_of_connection(step),
            Step::Published { attention } => {
                self.settle(Stage::Published, None, attention);
                self.account.is_some()
            }
            Step::Doubted { since, may_send_until, at } => self.doubt(since, may_send_until, at),
            _ => match self.stage {
                Stage::Waiting | Stage::Staging | Stage::Staged => self.take_before_request(step),
                Stage::PublishRequested => self.take_after_request(step),
                Stage::Reconciling | Stage::NeedsReview => self.take_while_unclear(step),
                Stage::Held => self.take_while_held(step),
                Stage::Draft | Stage::Published | Stage::Failed | Stage::Cancelled => false,
            },
        }
    }

    fn take_of_connection(&mut self, step: Step) -> bool {
        match (step, self.stage) {
            (Step::Disconnected { .. }, Stage::Waiting | Stage::Staging | Stage::Staged) => self.hold(reconnect()),
            (Step::Disconnected { at }, Stage::PublishRequested) => self.unclear(at, at, unconfirmed_reconnect()),
            (Step::Disconnected { .. }, Stage::Reconciling) => {
                self.attention = Some(unconfirmed_reconnect());
                true
            }
            (Step::Reconnected { at }, Stage::Held) => {
                self.settle(Stage::Waiting, Some(at), None);
                true
            }
            (Step::Reconnected { at }, Stage::Reconciling | Stage::NeedsReview) => {
                self.due_at = Some(at);
                // What was said of the old connection holds no more.
                let asked = |attention: &Attention| attention.kind == AttentionKind::UnconfirmedReconnect;
                let is_known = self.request.as_ref().is_some_and(|request| request.intent_at.is_some());
                if self.attention.as_ref().is_some_and(asked) || self.stage == Stage::Reconciling && is_known {
                    self.attention = Some(Attention::unconfirmed());
                }
                true
            }
            (Step::Reconnected { at }, Stage::Waiting | Stage::Staging | Stage::Staged) => {
                // Neither does a wait that the old one made.
                let of_connection =
                    |told: &Attention| matches!(told.kind, AttentionKind::Reconnect | AttentionKind::Unreachable);
                if self.attention.take_if(|told| of_connection(told)).is_some() {
                    self.due_at = Some(at);
                }
                true
            }
            (Step::Disconnected { .. } | Step::Reconnected { .. }, stage) => stage.is_open(),
            _ => false,
        }
    }

    fn take_before_request(&mut self, step: Step) -> bool {
        match step {
            Step::NotYet { due_at } => {
                self.due_at = Some(due_at);
                self.stage != Stage::Staging
            }
            Step::ContainerCreated { id, at, look_at } => {
                let legal = self.stage == Stage::Waiting && self.container.is_none();
                self.container = Some(Container { id, created_at: at, ready: false });
                self.settle(Stage::Staging, Some(look_at), None);
                legal
            }
            Step::ContainerPending { look_at } => {
                self.stage = Stage::Staging;
                self.due_at = Some(look_at);
                self.mark_ready(false)
            }
            Step::ContainerReady => {
                let due_at = self.publish_at.map(|publish_at| publish_at - STAND_READY);
                self.settle(Stage::Staged, due_at, None);
                self.mark_ready(true)
            }
            Step::ContainerDiscarded { retry_at } => {
                let had_one = self.container.take().is_some();
                self.attempt += 1;
                self.stage = Stage::Waiting;
                self.due_at = Some(retry_at);
                had_one
            }
            Step::TryAgain { at, attention } => {
                self.attempt += 1;
                self.due_at = Some(at);
                self.attention = attention;
                true
            }
            Step::Intended { at, may_send_until } => {
                let ready = self.stage == Stage::Staged
                    && self.container.as_ref().is_some_and(|container| container.ready)
                    && self.publish_at.is_some_and(|publish_at| publish_at - INTENT_AHEAD <= at)
                    && self.is_useful(at);
                self.stage = Stage::PublishRequested;
                self.due_at = Some(at);
                self.request =
                    Some(Request { intent_at: Some(at), first_intent_at: at, may_send_until, first_unclear_at: None });
                ready
            }
            Step::Wait { until, attention } => self.wait(until, attention),
            Step::Held { attention } => self.hold(attention),
            Step::Fail { attention } => self.fail(attention),
            _ => false,
        }
    }

    /// A definite refusal settles only the request that it answers: once one was unclear, every step but the facts leads to `Reconciling`.
    fn take_after_request(&mut self, step: Step) -> bool {
        let unclear_before = self.request.as_ref().and_then(|request| request.first_unclear_at);
        match (step, unclear_before) {
            (Step::Unclear { at, look_at, attention }, _) => self.unclear(at, look_at, attention),
            (Step::NotPublished { retry_at, attention }, Some(since)) => {
                self.attempt += 1;
                self.unclear(since, retry_at, attention.unwrap_or_else(Attention::unconfirmed))
            }
            (Step::Wait { until, .. }, Some(since)) => self.unclear(since, until, Attention::unconfirmed()),
            (Step::Held { .. }, Some(since)) => self.unclear(since, since, unconfirmed_refused()),
            (Step::Fail { .. }, Some(since)) => self.unclear(since, since, Attention::unconfirmed()),
            (Step::NotPublished { retry_at, attention }, None) => {
                self.attempt += 1;
                self.settle(Stage::Staged, Some(retry_at), attention);
                self.mark_ready(false)
            }
            (Step::Wait { until, attention }, None) => self.wait(until, attention) && self.mark_ready(false),
            (Step::Held { attention }, None) => self.hold(attention) && self.mark_ready(false),
            (Step::Fail { attention }, None) => self.fail(attention),
            _ => false,
        }
    }

    fn take_while_unclear(&mut self, step: Step) -> bool {
        match (step, self.stage) {
            (Step::Cleared { at }, Stage::Reconciling) => {
                let was_in_doubt = self.request.as_ref().is_some_and(|request| request.intent_at.is_none());
                self.settle(Stage::Waiting, Some(at), None);
                was_in_doubt
            }
            (Step::StillUnclear { look_at, attention }, _) => {
                self.due_at = Some(look_at);
                self.attention = Some(attention);
                true
            }
            (Step::Review { look_at, attention }, Stage::Reconciling) => {
                self.stage = Stage::NeedsReview;
                self.due_at = Some(look_at);
                self.attention = Some(attention);
                true
            }
            (Step::SendAgain { at, may_send_until }, Stage::Reconciling) => {
                self.stage = Stage::PublishRequested;
                self.due_at = Some(at);
                self.is_useful(at) && self.send_again(at, may_send_until)
            }
            _ => false,
        }
    }

    fn take_while_held(&mut self, step: Step) -> bool {
        match step {
            Step::Fail { attention } => self.fail(attention),
            _ => false,
        }
    }

    fn is_useful(&self, at: OffsetDateTime) -> bool {
        self.useless_after.is_some_and(|end| at < end)
    }

    fn wait(&mut self, until: OffsetDateTime, attention: Attention) -> bool {
        self.settle(Stage::Waiting, Some(until), Some(attention));
        true
    }

    /// Held posts are looked at once more when they become useless.
    fn hold(&mut self, attention: Attention) -> bool {
        let due_at = self.useless_after;
        self.settle(Stage::Held, due_at, Some(attention));
        true
    }

    fn fail(&mut self, attention: Attention) -> bool {
        self.container = None;
        self.settle(Stage::Failed, None, Some(attention));
        true
    }

    fn unclear(&mut self, at: OffsetDateTime, look_at: OffsetDateTime, attention: Attention) -> bool {
        let Some(request) = &mut self.request else { return false };
        request.first_unclear_at.get_or_insert(at);
        self.stage = Stage::Reconciling;
        self.due_at = Some(look_at);
        self.attention = Some(attention);
        true
    }

    fn send_again(&mut self, at: OffsetDateTime, may_send_until: OffsetDateTime) -> bool {
        let Some(request) = &mut self.request else { return false };
        let was_known = request.intent_at.replace(at).is_some();
        request.may_send_until = may_send_until;
        was_known && request.first_unclear_at.is_some()
    }

    /// Whatever the lost database did, it did before `may_send_until`. A request that is known stays; where none is, one is assumed.
    fn doubt(&mut self, since: OffsetDateTime, may_send_until: OffsetDateTime, at: OffsetDateTime) -> bool {
        let legal = self.stage.is_open() && self.stage != Stage::NeedsReview;
        let unknown =
            || Request { intent_at: None, first_intent_at: since, may_send_until, first_unclear_at: Some(at) };
        let request = self.request.get_or_insert_with(unknown);
        request.may_send_until = request.may_send_until.max(may_send_until);
        request.first_unclear_at.get_or_insert(at);
        self.mark_ready(false);
        self.stage = Stage::Reconciling;
        self.due_at = Some(at);
        self.attention = Some(doubted());
        legal
    }

    /// Moves to a stage without an unsettled request.
    fn settle(&mut self, stage: Stage, due_at: Option<OffsetDateTime>, attention: Option<Attention>) {
        self.stage = stage;
        self.due_at = due_at;
        self.attention = attention;
        self.request = None;
    }

    fn mark_ready(&mut self, ready: bool) -> bool {
        if let Some(container) = &mut self.container {
            container.ready = ready;
        }
        self.container.is_some()
    }
}

fn reconnect() -> Attention {
    Attention::new(
        AttentionKind::Reconnect,
        "The Instagram account is disconnected. Connect it again and this post goes on by itself unless it is too late for it by then.",
    )
}

fn doubted() -> Attention {
    Attention::new(
        AttentionKind::Unconfirmed,
        "This service was put back from a copy of its data, which does not know whether this post had gone out: it may be live. We ask Instagram. Do not post it yourself meanwhile.",
    )
}

fn unconfirmed_reconnect() -> Attention {
    Attention::new(
        AttentionKind::UnconfirmedReconnect,
        "The account was disconnected before Instagram confirmed this post: it may be live. Connect it again so that we can look; if it stays disconnected we ask you here. Do not post it yourself meanwhile.",
    )
}

fn unconfirmed_refused() -> Attention {
    Attention::new(
        AttentionKind::UnconfirmedReconnect,
        "Instagram stopped letting us publish before it confirmed this post: it may be live. Connect the account again and allow everything that is asked for; then we go on by ourselves, else we ask you here. Do not post it yourself meanwhile.",
    )
}

#[cfg(test)]
mod tests;
