//! When to look again, and what is in the way until then.

use rats_domain::{occurrence::Problem, store::StoreError};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// How often a post that was made is compared with its event, at least.
const COMPARE: Duration = Duration::hours(12);
/// How long after its time a post is asked whether it is live, and how often then while it is not.
const SETTLING: Duration = Duration::minutes(1);
/// The same once it has taken an hour.
const SETTLING_SLOWLY: Duration = Duration::minutes(10);
/// How soon what somebody else changed meanwhile is looked at again.
const SOON: Duration = Duration::seconds(5);
/// The longest and the shortest wait after something was in the way.
const RETRY: (Duration, Duration) = (Duration::MINUTE, Duration::HOUR);

/// What a look leaves: when to look again, never if none, and what is in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    pub(super) again: Option<OffsetDateTime>,
    pub(super) problem: Option<Problem>,
}

impl Outlook {
    /// Nothing is left to do.
    pub(super) fn never() -> Self {
        Self::default()
    }

    /// Again at a moment.
    pub(super) fn at(again: OffsetDateTime) -> Self {
        Self { again: Some(again), problem: None }
    }

    /// Again at once: something else came between.
    pub(super) fn soon(now: OffsetDateTime) -> Self {
        Self::at(now + SOON)
    }

    /// Something is in the way of a post that is to be live at `at`: tried again within the hour, and the more often the nearer that is.
    pub(super) fn hindered(ports: &Ports, at: OffsetDateTime, problem: Problem) -> Self {
        let now = ports.clock.now();
        let share: Duration = (at - now) / 8;
        let wait = share.clamp(RETRY.0, RETRY.1);
        Self { again: Some(now + wait * (1.0 + ports.random.fraction() / 2.0)), problem: Some(problem) }
    }

    /// A post that is to be live at `at` is compared with its event now and then; from a minute after that on it is asked whether it is live.
    pub(super) fn on_its_way(ports: &Ports, at: OffsetDateTime) -> Self {
        let (now, chance) = (ports.clock.now(), ports.random.fraction());
        let wait = if now < at {
            COMPARE.min(at + SETTLING - now)
        } else if now < at + Duration::HOUR {
            SETTLING
        } else {
            SETTLING_SLOWLY
        };
        Self::at(now + wait * (1.0 + chance / 4.0))
    }

    /// Both: whichever is sooner, and what is in the way of either.
    pub(super) fn and(self, other: Self) -> Self {
        let again = self.again.into_iter().chain(other.again).min();
        Self { again, problem: self.problem.or(other.problem) }
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
