//! Ports for unit tests: a mock of each, which refuses every call that a test does not expect.

use std::sync::Arc;

use rats_domain::{
    analytics::MockAnalyticsRepository,
    caption::Caption,
    clock::{MockClock, Monotonic},
    connection::{Connection, Feature, Health, MockConnectFlowRepository, MockConnectionRepository, Token},
    event::{MockEventRepository, MockMessageWriter},
    id::{AccountId, ConnectionId, PictureId, PostId, UserId},
    instagram::{MockAuthorizer, MockMediaReader, MockPublisher},
    metrics::{MockAccountMetricsRepository, MockMetricsRepository},
    occurrence::{MockEventAgenda, MockOccurrenceRepository},
    picture::{MockPictureFetcher, MockPictureFiles, MockPictureMaker, MockPictureRepository},
    post::{MockAccountHistory, MockPostRepository, Origin, Post, PostRecord},
    preference::MockPreferenceRepository,
    publication::{MockPublicationQueue, Publication, Step},
    random::MockRandom,
    secret::Secret,
    session::MockSessionRepository,
    user::{MockPasswordHasher, MockUserRepository},
};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{Ports, Settings};

/// The time in unit tests.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);

/// A connection that works, with what its person allowed.
pub(crate) fn connection(features: Vec<Feature>) -> Connection {
    Connection {
        id: ConnectionId::new("c"),
        user: UserId::new("u"),
        account: AccountId::new("1784"),
        app_scoped_id: "9".into(),
        username: "anna".into(),
        features,
        health: Health::Working,
        token: Some(Token { secret: Secret::new("t"), issued_at: NOW, expires_at: NOW + Duration::days(60) }),
        connected_at: NOW,
    }
}

/// A post is given a time, which lasts for twelve hours.
pub(crate) fn at(publish_at: OffsetDateTime) -> Step {
    Step::Scheduled {
        connection: ConnectionId::new("c"),
        account: AccountId::new("1784"),
        publish_at,
        due_at: NOW,
        useless_after: publish_at + Duration::hours(12),
        content_changed: false,
    }
}

/// A post of a user's, not scheduled.
pub(crate) fn post() -> PostRecord {
    let (id, user) = (PostId::new("p"), UserId::new("u"));
    PostRecord {
        post: Post {
            id: id.clone(),
            user: user.clone(),
            event: None,
            caption: Caption::stored("Happy birthday, Anna!".into()),
            picture: PictureId::new("x"),
            origin: Origin::Scheduled,
            scheduled_for: Some(NOW),
            created_at: NOW,
            updated_at: NOW,
        },
        publication: Publication::draft(id, user),
        receipt: None,
        metrics: None,
        event_title: None,
        behind: None,
        updated_at: NOW,
    }
}

/// Mocks of the ports that unit tests expect calls of.
#[derive(Default)]
pub(crate) struct Mocks {
    pub(crate) sessions: MockSessionRepository,
    pub(crate) events: MockEventRepository,
    pub(crate) agenda: MockEventAgenda,
    pub(crate) occurrences: MockOccurrenceRepository,
    pub(crate) preferences: MockPreferenceRepository,
    pub(crate) writer: MockMessageWriter,
    pub(crate) pictures: MockPictureRepository,
    pub(crate) files: MockPictureFiles,
    pub(crate) maker: MockPictureMaker,
    pub(crate) connections: MockConnectionRepository,
    pub(crate) posts: MockPostRepository,
    pub(crate) history: MockAccountHistory,
    pub(crate) queue: MockPublicationQueue,
    pub(crate) metrics: MockMetricsRepository,
    pub(crate) account_metrics: MockAccountMetricsRepository,
    pub(crate) analytics: MockAnalyticsRepository,
    pub(crate) reader: MockMediaReader,
    pub(crate) authorizer: MockAuthorizer,
}

impl Mocks {
    /// Ports with these, with a clock that stands at [`NOW`] and waits for nothing, and with a mock of every other.
    pub(crate) fn ports(self) -> Arc<Ports> {
        let mut clock = MockClock::new();
        clock.expect_now().return_const(NOW);
        clock.expect_monotonic().return_const(Monotonic::from_start(Duration::ZERO.unsigned_abs()));
        clock.expect_sleep_until().return_const(());
        let mut random = MockRandom::new();
        random.expect_fill().returning(|bytes| bytes.fill(7));
        Arc::new(Ports {
            clock: Arc::new(clock),
            random: Arc::new(random),
            users: Arc::new(MockUserRepository::new()),
            passwords: Arc::new(MockPasswordHasher::new()),
            sessions: Arc::new(self.sessions),
            flows: Arc::new(MockConnectFlowRepository::new()),
            connections: Arc::new(self.connections),
            events: Arc::new(self.events),
            agenda: Arc::new(self.agenda),
            occurrences: Arc::new(self.occurrences),
            preferences: Arc::new(self.preferences),
            writer: Arc::new(self.writer),
            pictures: Arc::new(self.pictures),
            files: Arc::new(self.files),
            maker: Arc::new(self.maker),
            fetcher: Arc::new(MockPictureFetcher::new()),
            posts: Arc::new(self.posts),
            history: Arc::new(self.history),
            queue: Arc::new(self.queue),
            metrics: Arc::new(self.metrics),
            authorizer: Arc::new(self.authorizer),
            account_metrics: Arc::new(self.account_metrics),
            analytics: Arc::new(self.analytics),
            publisher: Arc::new(MockPublisher::new()),
            reader: Arc::new(self.reader),
            settings: Settings::new("https://rats.example".parse().unwrap()),
        })
    }
}
