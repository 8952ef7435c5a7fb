//! The decorators and the page, over mocks of the ports.

mod instagram;
mod queue;
mod standing;

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rats_domain::{
    caption::{Caption, CaptionLimits},
    clock::Monotonic,
    connection::Health,
    id::{AccountId, ConnectionId, ContainerId, MediaId, PictureId, PostId, UserId},
    instagram::{
        Access, Advice, ContainerStatus, Dated, MediaReader as _, MockMediaReader, MockPublisher, PlatformError,
        PublishAnswer, Publisher as _,
    },
    post::{AccountHistory as _, MockAccountHistory, Origin, Post},
    publication::{
        Allowance, Attention, AttentionKind, Claim, Claims, MockPublicationQueue, Publication, PublicationQueue as _,
        QueueError, RestCause, Spent, Stage, Step,
    },
    receipt::{ConfirmedBy, Receipt},
    secret::Secret,
    store::StoreError,
    timeline::Entry,
};
use rats_instagram_adapter::Usage;
use rats_storage::Standing;
use time::{OffsetDateTime, macros::datetime};

use super::{standing::Source, *};

const T: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);
const LEASE: Duration = Duration::from_mins(1);

/// A clock that only the test turns.
#[derive(Default)]
struct Turned(Mutex<Duration>);

impl Turned {
    fn turn(&self, millis: u64) {
        *self.0.lock().unwrap() += Duration::from_millis(millis);
    }
}

#[async_trait]
impl Clock for Turned {
    fn now(&self) -> OffsetDateTime {
        T + *self.0.lock().unwrap()
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start(Duration::from_hours(1) + *self.0.lock().unwrap())
    }

    async fn sleep_until(&self, _: Monotonic) {}
}

/// A database and an Instagram that answer what the test wants.
#[derive(Default)]
struct Answers {
    standing: Mutex<Option<Standing>>,
    usage: Usage,
    asked: AtomicUsize,
    hangs: bool,
}

#[async_trait]
impl Source for Answers {
    async fn standing(&self) -> Result<Standing, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.hangs {
            std::future::pending::<()>().await;
        }
        self.standing.lock().unwrap().clone().ok_or_else(away)
    }

    fn usage(&self) -> Usage {
        self.usage.clone()
    }
}

/// A page, and what fills it.
struct Bench {
    clock: Arc<Turned>,
    flight: Arc<Flight>,
    watch: Watch,
    page: Page,
    source: Arc<Answers>,
}

impl Bench {
    fn new() -> Self {
        Self::over(Answers { standing: Mutex::new(Some(Standing::default())), ..Answers::default() })
    }

    fn over(source: Answers) -> Self {
        let (clock, flight, source) = (Arc::new(Turned::default()), Arc::new(Flight::default()), Arc::new(source));
        let (page, meters) = Page::new(clock.clone(), flight.clone(), source.clone());
        let watch = Watch { meters: Arc::new(meters), clock: clock.clone() };
        Self { clock, flight, watch, page, source }
    }

    fn queue(&self, inner: MockPublicationQueue) -> MeteredQueue {
        MeteredQueue::new(Arc::new(inner), self.watch.clone(), self.flight.clone())
    }

    /// What the page says of a series.
    async fn says(&self, series: &str) -> Option<String> {
        let text = self.page.render().await;
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map(str::to_owned)
    }

    async fn assert_says(&self, expected: &[(&str, &str)]) {
        for (series, value) in expected {
            assert_eq!(self.says(series).await.as_deref(), Some(*value), "{series}\n{}", self.page.render().await);
        }
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("away".into())
}

fn post() -> Post {
    Post {
        id: PostId::new("p"),
        user: UserId::new("u"),
        event: None,
        caption: Caption::parse("Happy day!", &CaptionLimits::default()).unwrap(),
        picture: PictureId::new("picture"),
        origin: Origin::Scheduled,
        scheduled_for: Some(T),
        created_at: T,
        updated_at: T,
    }
}

fn note(kind: AttentionKind) -> Attention {
    Attention::new(kind, "Words.")
}

fn scheduled() -> Step {
    Step::Scheduled {
        connection: ConnectionId::new("c"),
        account: AccountId::new("1784"),
        publish_at: T,
        due_at: T,
        useless_after: T + Duration::from_hours(12),
        content_changed: true,
    }
}

fn staged() -> [Step; 3] {
    [scheduled(), Step::ContainerCreated { id: ContainerId::new("17"), at: T, look_at: T }, Step::ContainerReady]
}

fn intended() -> Step {
    Step::Intended { at: T, may_send_until: T + LEASE }
}

fn unclear() -> Step {
    Step::Unclear { at: T, look_at: T, attention: note(AttentionKind::Unconfirmed) }
}

/// A claim of a post that took these steps.
fn claim(steps: impl IntoIterator<Item = Step>) -> Claim {
    let draft = Publication::draft(post().id, post().user);
    let publication = steps.into_iter().fold(draft, |publication, step| publication.after(step).unwrap());
    Claim {
        publication,
        post: post(),
        connection: None,
        allowance: Allowance::default(),
        now: T,
        lease_until: T + LEASE,
    }
}

fn receipt(by: ConfirmedBy) -> Receipt {
    Receipt {
        container: Some(ContainerId::new("17")),
        media: Some(MediaId::new("9")),
        permalink: None,
        sent_at: T + Duration::from_millis(250),
        confirmed_at: T + Duration::from_millis(700),
        confirmed_by: by,
    }
}

fn told(step: &str) -> [Entry; 1] {
    let id = "e".to_owned();
    let message = String::new();
    [Entry { id, at: T, step: step.into(), attempt: 1, message, code: None, subcode: None, trace_id: None }]
}

fn error(code: Option<i64>) -> PlatformError {
    PlatformError { code, ..PlatformError::unnumbered(Advice::Retry, "No", "We try again.") }
}

fn access() -> Access {
    Access { account: AccountId::new("1784"), token: Secret::new("IGAA") }
}

/// A queue that hands out `claimed` and stores all that it is told.
fn willing(claimed: Claim) -> MockPublicationQueue {
    let mut queue = MockPublicationQueue::new();
    queue.expect_claim_due().returning(move |_, _| Ok(Claims { now: T, claims: vec![claimed.clone()] }));
    queue.expect_record().returning(|_, _, _, _| Ok(()));
    queue.expect_record_published().returning(|_, _, _| Ok(true));
    queue
}
