//! What a person sees first: what goes out next, what needs them, what came of the last.

use std::{collections::BTreeMap, sync::Arc};

use rats_domain::{
    analytics::SheetRow,
    connection::{Connection, Health},
    event::{Event, EventFilter},
    id::UserId,
    occurrence::Problem,
    post::{PostFilter, PostRecord},
    publication::{Stage, Status},
};
use time::{Date, Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// How many of the latest posts are shown.
const LATEST: usize = 4;
/// For how long a failure is news.
const NEWS: Duration = Duration::days(7);
/// A token is refreshed from 30 days before its end on; with less than this left, that does not succeed.
const ENDING: Duration = Duration::days(10);

/// What a person sees first.
#[derive(Clone, Debug)]
pub struct Home {
    /// The user's account, the present one or the last.
    pub connection: Option<Connection>,
    /// Posts that go out by themselves, the soonest first.
    pub next: Vec<PostRecord>,
    /// Posts that are not simply on their way, or failed within a week; the most urgent first.
    pub attention: Vec<PostRecord>,
    /// The latest posts that went out, with their numbers.
    pub latest: Vec<SheetRow>,
    /// What the account's token puts at risk.
    pub risk: Option<Risk>,
    /// Events that are to be posted by themselves soon, and what is in their way; the nearest first.
    pub hindered: Vec<Hindered>,
}

/// An event that is to be posted by itself, and cannot be.
#[derive(Clone, Debug)]
pub struct Hindered {
    /// The event.
    pub event: Event,
    /// What is in its way, and what to do.
    pub problem: Problem,
}

/// Posts that will not go out if the account is not connected again.
#[derive(Clone, Debug)]
pub struct Risk {
    /// When the token ends; `None` if it is dead already.
    pub ends_at: Option<OffsetDateTime>,
    /// The posts that are to go out after that, the soonest first.
    pub posts: Vec<PostRecord>,
}

impl Risk {
    /// What the connection puts at risk among the open posts, where it does.
    #[must_use]
    pub fn of(connection: &Connection, open: &[PostRecord], now: OffsetDateTime) -> Option<Self> {
        let ends_at = match (connection.health, &connection.token) {
            (Health::Working, Some(token)) if token.expires_at > now + ENDING => return None,
            (Health::Working, Some(token)) => Some(token.expires_at),
            (Health::NeedsReconnect, _) => None,
            _ => return None,
        };
        let waits = |record: &&PostRecord| {
            let publication = &record.publication;
            let is_its = publication.connection.as_ref() == Some(&connection.id);
            is_its && ends_at.is_none_or(|end| publication.publish_at.is_some_and(|at| at >= end))
        };
        Some(Self { ends_at, posts: open.iter().filter(waits).cloned().collect() })
    }
}

/// Shows what a person sees first.
pub struct ShowHome(pub Arc<Ports>);

impl ShowHome {
    /// A query for each part, however many posts and events there are.
    pub async fn run(&self, user: &UserId) -> Result<Home, Refusal> {
        let (ports, now) = (&self.0, self.0.clock.now());
        let connection = ports.connections.find_by_user(user).await?;
        let mut open = ports.posts.list(user, &of(Status::Scheduled)).await?;
        open.sort_by_key(|record| record.publication.publish_at);
        let failed = ports.posts.list(user, &of(Status::Failed)).await?;
        let latest = ports.analytics.sheet(user, None, LATEST).await?;
        let risk = connection.as_ref().and_then(|connection| Risk::of(connection, &open, now));
        let (mut attention, next): (Vec<_>, Vec<_>) = open.into_iter().partition(|record| record.attention().is_some());
        attention.sort_by_key(|record| record.publication.stage != Stage::NeedsReview);
        attention.extend(failed.into_iter().filter(|record| now - record.updated_at < NEWS));
        let hindered = self.hindered(user, now).await?;
        Ok(Home { connection, next, attention, latest, risk, hindered })
    }

    /// Of the days for which posts are made by now.
    async fn hindered(&self, user: &UserId, now: OffsetDateTime) -> Result<Vec<Hindered>, Refusal> {
        let ports = &self.0;
        let mut problems: BTreeMap<_, _> = ports.agenda.problems(user).await?.into_iter().collect();
        if problems.is_empty() {
            return Ok(vec![]);
        }
        let ahead = Duration::try_from(ports.settings.auto_post_ahead).unwrap_or(Duration::MAX);
        let last = now.checked_add(ahead).and_then(|last| last.date().next_day()).unwrap_or(Date::MAX);
        let first = now.date().previous_day().unwrap_or(Date::MIN);
        let near = ports.events.list(user, EventFilter::Between(first, last)).await?;
        let hindered = |event: Event| {
            let problem = problems.remove(&event.id).filter(|_| event.details.posts_itself())?;
            Some(Hindered { event, problem })
        };
        Ok(near.into_iter().filter_map(hindered).collect())
    }
}

fn of(status: Status) -> PostFilter {
    PostFilter { status: Some(status), limit: None, after: None }
}

#[cfg(test)]
mod tests {
    use rats_domain::{
        connection::Feature,
        id::{AccountId, ConnectionId},
        publication::Step,
    };

    use super::*;
    use crate::mock::{NOW, connection, post};

    fn scheduled(at: OffsetDateTime) -> PostRecord {
        let record = post();
        let step = Step::Scheduled {
            connection: ConnectionId::new("c"),
            account: AccountId::new("1784"),
            publish_at: at,
            due_at: at,
            useless_after: at,
            content_changed: false,
        };
        PostRecord { publication: record.publication.after(step).unwrap(), ..record }
    }

    #[test]
    fn a_token_that_ends_puts_at_risk_what_is_to_go_out_later() {
        let open = [scheduled(NOW + Duration::days(2)), scheduled(NOW + Duration::days(6))];
        let mut account = connection(vec![Feature::Publish]);
        assert!(Risk::of(&account, &open, NOW).is_none(), "it has 60 days");

        account.token.as_mut().unwrap().expires_at = NOW + Duration::days(5);
        let risk = Risk::of(&account, &open, NOW).unwrap();
        assert_eq!((risk.ends_at, risk.posts.len()), (Some(NOW + Duration::days(5)), 1));

        account.health = Health::NeedsReconnect;
        let risk = Risk::of(&account, &open, NOW).unwrap();
        assert_eq!((risk.ends_at, risk.posts.len()), (None, 2));

        account.health = Health::Disconnected;
        assert!(Risk::of(&account, &open, NOW).is_none(), "the person wanted it so");
    }
}
