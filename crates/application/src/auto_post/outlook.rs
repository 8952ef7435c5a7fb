//! When to look again, and what is in the way until then.

use rats_domain::{occurrence::Problem, store::StoreError};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// How often a post that was made is compared with its event, at least; once it is live its event is due at once.
const COMPARE: Duration = Duration::hours(12);
/// How soon what somebody else changed meanwhile is looked at again.
const SOON: Duration = Duration::seconds(5);
/// The longest and the shortest wait after something was in the way.
const RETRY: (Duration, Duration) = (Duration::MINUTE, Duration::HOUR);

/// What a look leaves: when to look again, never if none, and what is in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    pub(super) again: Option<OffsetDateTime>,
    pub(super) problem: Option<Problem>,
    /// Whether something was not done, since somebody else changed what was seen.
    pub(super) came_between: bool,
}

impl Outlook {
    /// Nothing is left to do.
    pub(super) fn never() -> Self {
        Self::default()
    }

    /// Again at a moment.
    pub(super) fn at(again: OffsetDateTime) -> Self {
        Self { again: Some(again), ..Self::never() }
    }

    /// Again at once.
    pub(super) fn soon(now: OffsetDateTime) -> Self {
        Self::at(now + SOON)
    }

    /// Again at once: something else came between.
    pub(super) fn came_between(now: OffsetDateTime) -> Self {
        Self { came_between: true, ..Self::soon(now) }
    }

    /// Something is in the way of a post that is to be live at `at`: tried again within the hour, and the more often the nearer that is.
    pub(super) fn hindered(ports: &Ports, at: OffsetDateTime, problem: Problem) -> Self {
        let now = ports.clock.now();
        let share: Duration = (at - now) / 8;
        let wait = share.clamp(RETRY.0, RETRY.1);
        let again = now + wait * (1.0 + ports.random.fraction() / 2.0);
        Self { problem: Some(problem), ..Self::at(again) }
    }

    /// A post is compared with its event now and then.
    pub(super) fn on_its_way(ports: &Ports) -> Self {
        Self::at(ports.clock.now() + COMPARE * (1.0 + ports.random.fraction() / 4.0))
    }

    /// Both: whichever is sooner, and what is in the way of either.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            again: self.again.into_iter().chain(other.again).min(),
            problem: self.problem.or(other.problem),
            came_between: self.came_between || other.came_between,
        }
    }
}

/// What a refusal says to the owner; the refusal itself where it is not theirs to hear.
pub(super) fn in_the_way(refusal: Refusal) -> Result<Problem, Refusal> {
    match refusal {
        Refusal::Conflict { code, message } => Ok(Problem::new(code, message)),
        Refusal::Invalid(problems) => {
            let messages: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            Ok(Problem::new("picture", messages.join(" ")))
        }
        Refusal::NotFound(what) => {
            let message =
                format!("The {what} that it is to be posted with is gone. Choose another one, or none for its card.");
            Ok(Problem::new("picture", message))
        }
        Refusal::Unavailable { message, source: None } => Ok(Problem::new("unreachable", message)),
        // What the store could not do is not theirs to know: it is done a little later.
        Refusal::Unavailable { source: Some(source), .. } if !source.is::<StoreError>() => {
            Ok(Problem::new("picture", "Its picture could not be made. We try again."))
        }
        other => Err(other),
    }
}
