//! What a person sees first: what goes out next, what needs them, what came of the last.

use std::sync::Arc;

use rats_domain::{
    analytics::SheetRow,
    connection::{Connection, Health},
    event::Event,
    id::UserId,
    occurrence::Problem,
    part::{Part, Span},
    post::{PostList, PostRecord},
};
use time::{Date, Duration, OffsetDateTime};

use crate::{Ports, Refusal};

/// How many of the next posts are shown, and how many beside those that need a look: a page of a hundred kilobytes has room for so many
/// pictures.
const NEXT: usize = 6;
const NEXT_BESIDE: usize = 3;
/// How many of those that need a look are shown.
const ATTENTION: usize = 4;
/// How many of the latest posts are shown.
const LATEST: usize = 4;
/// How many events that cannot be posted are shown.
const HINDERED: usize = 6;
/// For how long a failure is news.
pub(crate) const NEWS: Duration = Duration::days(7);
/// A token is refreshed from 30 days before its end on; with less than this left, that does not succeed.
const ENDING: Duration = Duration::days(10);

/// What a person sees first.
#[derive(Clone, Debug)]
pub struct Home {
    /// The user's account, the present one or the last.
    pub connection: Option<Connection>,
    /// The first posts that go out by themselves, the soonest first.
    pub next: Part<PostRecord>,
    /// The first posts that are not simply on their way, or failed within a week; the most urgent first.
    pub attention: Part<PostRecord>,
    /// The latest posts that went out, with their numbers.
    pub latest: Vec<SheetRow>,
    /// What the account's token puts at risk.
    pub risk: Option<Risk>,
    /// The first events that are to be posted by themselves soon, and what is in their way; the nearest first.
    pub hindered: Vec<Hindered>,
    /// Whether there are more of those than were looked for.
    pub are_more_hindered: bool,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    /// When the token ends; `None` if it is dead already.
    pub ends_at: Option<OffsetDateTime>,
    /// How many posts are to go out after that.
    pub posts: u64,
    /// When the soonest of them is.
    pub first: Option<OffsetDateTime>,
}

impl Risk {
    /// What the user's connection puts at risk, where it does. Two queries where it does.
    pub(crate) async fn of(ports: &Ports, connection: &Connection) -> Result<Option<Self>, Refusal> {
        let Some(ends_at) = endangered(connection, ports.clock.now()) else { return Ok(None) };
        let list = PostList::Awaiting { connection: connection.id.clone(), from: ends_at };
        let found = ports.posts.part(&connection.user, &list, Span::first(1)).await?;
        let first = found.items.first().and_then(|record| record.publication.publish_at);
        Ok(Some(Self { ends_at, posts: found.total, first }))
    }
}

/// From when on an account's posts are in danger, where they are; from now on, if there is no time.
#[expect(clippy::option_option, reason = "no danger, and danger from now on, are two things")]
pub(crate) fn endangered(connection: &Connection, now: OffsetDateTime) -> Option<Option<OffsetDateTime>> {
    match (connection.health, &connection.token) {
        (Health::Working, Some(token)) => (token.expires_at <= now + ENDING).then_some(Some(token.expires_at)),
        (Health::NeedsReconnect, _) => Some(None),
        _ => None,
    }
}

/// Shows what a person sees first.
pub struct ShowHome(pub Arc<Ports>);

impl ShowHome {
    /// A query or two for each part, however many posts and events there are.
    pub async fn run(&self, user: &UserId) -> Result<Home, Refusal> {
        let (ports, now) = (&self.0, self.0.clock.now());
        let connection = ports.connections.find_by_user(user).await?;
        let troubled = PostList::Troubled { failed_since: now - NEWS };
        let attention = ports.posts.part(user, &troubled, Span::first(ATTENTION)).await?;
        let room = if attention.items.is_empty() { NEXT } else { NEXT_BESIDE };
        let next = ports.posts.part(user, &PostList::OnTheirWay, Span::first(room)).await?;
        let latest = ports.analytics.sheet(user, None, LATEST).await?;
        let risk = match &connection {
            Some(connection) => Risk::of(ports, connection).await?,
            None => None,
        };
        let (hindered, are_more_hindered) = self.hindered(user, now).await?;
        Ok(Home { connection, next, attention, latest, risk, hindered, are_more_hindered })
    }

    /// Of the days for which posts are made by now.
    async fn hindered(&self, user: &UserId, now: OffsetDateTime) -> Result<(Vec<Hindered>, bool), Refusal> {
        let ports = &self.0;
        let ahead = Duration::try_from(ports.settings.auto_post_ahead).unwrap_or(Duration::MAX);
        let last = now.checked_add(ahead).and_then(|last| last.date().next_day()).unwrap_or(Date::MAX);
        let first = now.date().previous_day().unwrap_or(Date::MIN);
        let found = ports.agenda.hindered(user, first, last, HINDERED + 1).await?;
        let are_more = found.len() > HINDERED;
        // One that was switched off a moment ago has not been looked at since.
        let switched = found.into_iter().filter(|(event, _)| event.details.posts_itself());
        let hindered = switched.take(HINDERED).map(|(event, problem)| Hindered { event, problem }).collect();
        Ok((hindered, are_more))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::connection::Feature;

    use super::*;
    use crate::mock::{Mocks, NOW, connection};

    #[test]
    fn a_token_that_ends_puts_at_risk_what_is_to_go_out_later() {
        let mut account = connection(vec![Feature::Publish]);
        assert_eq!(endangered(&account, NOW), None, "it has 60 days");
        account.token.as_mut().unwrap().expires_at = NOW + Duration::days(5);
        assert_eq!(endangered(&account, NOW), Some(Some(NOW + Duration::days(5))));
        account.health = Health::NeedsReconnect;
        assert_eq!(endangered(&account, NOW), Some(None), "all that waits");
        account.health = Health::Disconnected;
        assert_eq!(endangered(&account, NOW), None, "the person wanted it so");
    }

    #[test]
    fn what_is_at_risk_is_counted_by_the_store() {
        let mut mocks = Mocks::default();
        let mut account = connection(vec![Feature::Publish]);
        account.token.as_mut().unwrap().expires_at = NOW + Duration::days(5);
        let from = Some(NOW + Duration::days(5));
        mocks.posts.expect_part().times(1).returning(move |_, list, span| {
            assert_eq!(*list, PostList::Awaiting { connection: connection(vec![]).id, from });
            assert_eq!(span.limit, 1);
            Ok(Part { items: vec![], total: 10_000 })
        });
        let ports = mocks.ports();
        let risk = Risk::of(&ports, &account).now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(risk, Risk { ends_at: from, posts: 10_000, first: None });
    }
}
