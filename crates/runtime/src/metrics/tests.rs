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

#[tokio::test]
async fn lateness_is_from_the_posts_time_to_its_request_and_to_when_it_was_stored() {
    let bench = Bench::new();
    let queue = bench.queue(willing(claim(staged())));
    queue.claim_due(LEASE, 9).await.unwrap();
    assert_eq!(bench.says("rats_posts_in_flight").await.unwrap(), "1");
    bench.clock.turn(750);
    queue.record_published(&post().id, &receipt(ConfirmedBy::Answer), &told("published")).await.unwrap();

    let expected = [
        ("rats_publish_request_lateness_seconds_sum", "0.25"),
        ("rats_publish_request_lateness_seconds_count", "1"),
        ("rats_publish_request_lateness_seconds_bucket{le=\"0.1\"}", "0"),
        ("rats_publish_request_lateness_seconds_bucket{le=\"0.25\"}", "1"),
        ("rats_published_lateness_seconds_sum", "0.75"),
        ("rats_posts_published_total{confirmed_by=\"answer\"}", "1"),
        ("rats_posts_in_flight", "0"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn a_receipt_that_only_learns_an_address_is_no_second_post() {
    let bench = Bench::new();
    let queue = bench.queue(willing(claim(staged())));
    for entries in [&told("identified")[..], &[]] {
        queue.record_published(&post().id, &receipt(ConfirmedBy::Answer), entries).await.unwrap();
    }
    bench.assert_says(&[("rats_posts_published_total{confirmed_by=\"answer\"}", "0")]).await;
}

#[tokio::test]
async fn what_was_stored_before_is_not_counted_again() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    inner.expect_record_published().returning(|_, _, _| Ok(false));
    let receipt = receipt(ConfirmedBy::Answer);
    bench.queue(inner).record_published(&post().id, &receipt, &told("published")).await.unwrap();
    bench.assert_says(&[("rats_posts_published_total{confirmed_by=\"answer\"}", "0")]).await;
}

#[tokio::test]
async fn ends_and_delays_are_counted_by_why() {
    let steps = [
        Step::Fail { attention: note(AttentionKind::ContentRefused) },
        Step::Held { attention: note(AttentionKind::Reconnect) },
        Step::Wait { until: T + LEASE, attention: note(AttentionKind::Moved) },
        Step::TryAgain { at: T + LEASE, attention: Some(note(AttentionKind::Unreachable)) },
        Step::NotYet { due_at: T + LEASE },
    ];
    let bench = Bench::new();
    let claim = claim([scheduled()]);
    let queue = bench.queue(willing(claim.clone()));
    for step in steps {
        queue.record(&claim, &claim.publication.after(step).unwrap(), &[], false).await.unwrap();
    }
    let again = Step::TryAgain { at: T + LEASE, attention: Some(note(AttentionKind::Unreachable)) };
    let claim = Claim { publication: claim.publication.after(again.clone()).unwrap(), ..claim };
    queue.record(&claim, &claim.publication.after(again).unwrap(), &[], false).await.unwrap();
    let expected = [
        ("rats_posts_failed_total{reason=\"content_refused\"}", "1"),
        ("rats_posts_failed_total{reason=\"deadline_passed\"}", "0"),
        ("rats_posts_held_total", "1"),
        ("rats_posts_put_off_total{reason=\"moved\"}", "1"),
        ("rats_posts_put_off_total{reason=\"unreachable\"}", "2"),
        ("rats_posts_put_off_total{reason=\"clock_wrong\"}", "0"),
        ("rats_posts_needs_review_total", "0"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn an_unclear_outcome_is_counted_when_it_begins_and_by_how_it_is_settled() {
    let bench = Bench::new();
    let mut claim = claim(staged());
    let queue = bench.queue(willing(claim.clone()));
    queue.claim_due(LEASE, 9).await.unwrap();
    let again = Step::SendAgain { at: T, may_send_until: T + LEASE };
    for step in [intended(), unclear(), again, unclear()] {
        let next = claim.publication.after(step).unwrap();
        queue.record(&claim, &next, &[], true).await.unwrap();
        claim.publication = next;
    }
    queue.record_published(&post().id, &receipt(ConfirmedBy::Listing), &told("published")).await.unwrap();
    let review = Step::Review { look_at: T, attention: note(AttentionKind::Review) };
    queue.record(&claim, &claim.publication.after(review).unwrap(), &[], false).await.unwrap();

    let expected = [
        ("rats_reconciliations_begun_total", "2"),
        ("rats_reconciliations_settled_total{how=\"sent_again\"}", "1"),
        ("rats_reconciliations_settled_total{how=\"listing\"}", "1"),
        ("rats_reconciliations_settled_total{how=\"needs_review\"}", "1"),
        ("rats_reconciliations_settled_total{how=\"answer\"}", "0"),
        ("rats_posts_needs_review_total", "1"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn a_claim_is_forgotten_when_it_is_given_back_lost_or_over() {
    let bench = Bench::new();
    let claim = claim(staged());
    let mut inner = MockPublicationQueue::new();
    let claimed = claim.clone();
    inner.expect_claim().returning(move |_, _| Ok(Some(claimed.clone())));
    inner.expect_record().returning(|_, next, _, _| if next.attempt > 0 { Err(QueueError::LeaseLost) } else { Ok(()) });
    inner.expect_extend().times(1).returning(|_, _| Ok(T + LEASE));
    inner.expect_extend().returning(|_, _| Err(QueueError::LeaseLost));
    let queue = bench.queue(inner);
    let in_flight = async |expected: &str| bench.assert_says(&[("rats_posts_in_flight", expected)]).await;

    queue.claim(&post().id, LEASE).await.unwrap();
    queue.record(&claim, &claim.publication, &[], true).await.unwrap();
    in_flight("1").await;
    queue.record(&claim, &claim.publication, &[], false).await.unwrap();
    in_flight("0").await;

    queue.claim(&post().id, LEASE).await.unwrap();
    let later = Step::TryAgain { at: T + LEASE, attention: None };
    queue.record(&claim, &claim.publication.after(later).unwrap(), &[], true).await.unwrap_err();
    in_flight("0").await;

    queue.claim(&post().id, LEASE).await.unwrap();
    bench.clock.turn(50_000);
    queue.extend(&claim, LEASE).await.unwrap();
    bench.clock.turn(50_000);
    in_flight("1").await;
    queue.extend(&claim, LEASE).await.unwrap_err();
    in_flight("0").await;

    queue.claim(&post().id, LEASE).await.unwrap();
    bench.clock.turn(60_000);
    in_flight("0").await;
    bench.assert_says(&[("rats_claims_lost_total{reason=\"lease_lost\"}", "2")]).await;
}

#[test]
fn an_older_claim_does_not_end_a_newer_one() {
    let (flight, now) = (Flight::default(), Turned::default().monotonic());
    let older = claim(staged());
    let parts = rats_domain::publication::Parts { epoch: 7, ..(*older.publication).clone() };
    let newer = Claim { publication: Publication::restore(parts).unwrap(), ..older.clone() };
    flight.begin(&newer, now);
    flight.end(&older);
    assert_eq!(flight.count(now), 1);
    flight.end(&newer);
    assert_eq!(flight.count(now), 0);
}

#[test]
fn claims_that_nobody_ends_are_forgotten_some_time() {
    let (flight, clock) = (Flight::default(), Turned::default());
    let begin = |n: u32| {
        let mut parts = (*claim(staged()).publication).clone();
        parts.post = PostId::new(n.to_string());
        let publication = Publication::restore(parts).unwrap();
        flight.begin(&Claim { publication, ..claim([]) }, clock.monotonic());
    };
    (0..4_096).for_each(begin);
    clock.turn(60 * 60 * 1_000);
    begin(9_999);
    assert_eq!(flight.kept(), 1);
}

#[tokio::test]
async fn the_queue_is_asked_for_all_that_is_asked_of_its_decorator() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    inner.expect_claim().times(1).returning(|_, _| Ok(None));
    inner.expect_next_due().times(1).returning(|| Ok(Some(LEASE)));
    inner.expect_changed().times(1).returning(|| ());
    inner.expect_downtime().times(1).returning(|_, _| Ok(None));
    inner.expect_containers().times(1).returning(|_| Ok(vec![ContainerId::new("17")]));
    let queue = bench.queue(inner);
    assert_eq!(queue.claim(&post().id, LEASE).await.unwrap(), None);
    assert_eq!(queue.next_due().await.unwrap(), Some(LEASE));
    queue.changed().await;
    assert_eq!(queue.downtime(T, T).await.unwrap(), None);
    assert_eq!(queue.containers(&post().id).await.unwrap(), [ContainerId::new("17")]);
    for operation in ["claim", "next_due", "downtime", "containers"] {
        let series = format!("rats_database_call_duration_seconds_count{{port=\"queue\",operation=\"{operation}\"}}");
        bench.assert_says(&[(&series, "1")]).await;
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_an_error_and_a_lost_lease_is_not() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    inner.expect_record().times(1).returning(|_, _, _, _| Err(QueueError::LaneTaken));
    inner.expect_record().returning(|_, _, _, _| Err(away().into()));
    let (queue, claim) = (bench.queue(inner), claim(staged()));
    for _ in 0..2 {
        queue.record(&claim, &claim.publication, &[], true).await.unwrap_err();
    }
    let mut history = MockAccountHistory::new();
    history.expect_quota_total().returning(|_| Err(away()));
    let history = MeteredHistory::new(Arc::new(history), bench.watch.clone());
    history.quota_total(&AccountId::new("1784")).await.unwrap_err();
    let expected = [
        ("rats_database_call_errors_total{port=\"queue\",operation=\"record\"}", "1"),
        ("rats_database_call_errors_total{port=\"history\",operation=\"quota_total\"}", "1"),
        ("rats_claims_lost_total{reason=\"lane_taken\"}", "1"),
    ];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn a_call_that_is_dropped_half_way_is_not_counted() {
    let bench = Bench::new();
    let call = bench.watch.database("queue", "record", std::future::pending::<Result<(), StoreError>>());
    tokio::select! {
        biased;
        _ = call => unreachable!("it never ends"),
        () = std::future::ready(()) => {}
    }
    let page = bench.page.render().await;
    assert!(!page.contains("operation=\"record\""), "{page}");
}

#[tokio::test]
async fn instagrams_answers_are_counted_by_call_and_outcome() {
    let bench = Bench::new();
    let mut inner = MockPublisher::new();
    inner.expect_prepare().times(1).returning(|| ());
    let answers = [
        PublishAnswer::Live(MediaId::new("9")),
        PublishAnswer::Refused(error(Some(9007))),
        PublishAnswer::Unclear(error(None)),
        PublishAnswer::NotSent(error(None)),
    ];
    for answer in answers {
        inner.expect_publish().times(1).return_once(move |_, _, _| answer);
    }
    let date = Some(T - Duration::from_secs(3));
    inner.expect_status().times(1).returning(move |_, _| Ok(Dated { value: ContainerStatus::Finished, date }));
    inner.expect_status().times(1).returning(|_, _| Err(error(Some(190))));
    inner.expect_status().times(1).returning(|_, _| Err(error(None)));
    let publisher = MeteredPublisher::new(Arc::new(inner), bench.watch.clone());
    let (access, container) = (access(), ContainerId::new("17"));
    publisher.prepare().await;
    for _ in 0..4 {
        publisher.publish(&access, &container, bench.clock.monotonic()).await;
    }
    for _ in 0..3 {
        let _ = publisher.status(&access, &container).await;
    }
    for outcome in ["live", "refused", "unclear", "not_sent"] {
        bench.assert_says(&[(&format!("rats_publish_requests_total{{outcome=\"{outcome}\"}}"), "1")]).await;
    }
    for (call, outcome) in [("publish", "ok"), ("status", "ok"), ("status", "refused"), ("status", "unclear")] {
        let series = format!("rats_instagram_call_duration_seconds_count{{call=\"{call}\",outcome=\"{outcome}\"}}");
        bench.assert_says(&[(&series, "1")]).await;
    }
    bench.assert_says(&[("rats_clock_offset_seconds{against=\"instagram\"}", "3.0")]).await;
}

#[tokio::test]
async fn what_the_reader_knows_of_rate_limits_is_handed_through() {
    let mut inner = MockMediaReader::new();
    inner.expect_used_percent().returning(|_| 87);
    let reader = MeteredReader::new(Arc::new(inner), Bench::new().watch);
    assert_eq!(reader.used_percent(&AccountId::new("1784")), 87);
}

#[tokio::test]
async fn what_is_left_of_a_quota_is_known_where_instagram_told_it() {
    let bench = Bench::new();
    let mut inner = MockPublicationQueue::new();
    for quota_total in [None, Some(50)] {
        let published = Spent { count: 48, first_at: Some(T) };
        let allowance = Allowance { quota_total, published, ..Allowance::default() };
        inner
            .expect_claim()
            .times(1)
            .returning(move |_, _| Ok(Some(Claim { allowance: allowance.clone(), ..claim(staged()) })));
    }
    let queue = bench.queue(inner);
    for _ in 0..2 {
        queue.claim(&post().id, LEASE).await.unwrap();
    }
    let expected = [("rats_account_quota_left_posts_count", "1"), ("rats_account_quota_left_posts_sum", "2.0")];
    bench.assert_says(&expected).await;
}

#[tokio::test]
async fn the_database_is_asked_once_in_five_seconds_however_often_somebody_looks() {
    let standing = Standing {
        open: vec![(Stage::Staged, 3), (Stage::NeedsReview, 1)],
        claimable: 2,
        behind: 1,
        oldest_due: Some(Duration::from_millis(1_500)),
        resting: vec![(RestCause::Blocked, 1)],
        connections: vec![(Health::Working, 4)],
    };
    let usage = Usage { app_percent: Some(42), ..Usage::default() };
    let bench = Bench::over(Answers { standing: Mutex::new(Some(standing)), usage, ..Answers::default() });
    let expected = [
        ("rats_posts_open{stage=\"staged\"}", "3"),
        ("rats_posts_open{stage=\"needs_review\"}", "1"),
        ("rats_posts_open{stage=\"waiting\"}", "0"),
        ("rats_posts_due{state=\"claimable\"}", "2"),
        ("rats_posts_due{state=\"behind\"}", "1"),
        ("rats_oldest_due_seconds", "1.5"),
        ("rats_accounts_resting{cause=\"blocked\"}", "1"),
        ("rats_connections{health=\"working\"}", "4"),
        ("rats_database_readable", "1"),
        ("rats_instagram_rate_limit_used_ratio{limit=\"app\"}", "0.42"),
    ];
    bench.assert_says(&expected).await;
    assert_eq!(bench.source.asked.load(Ordering::SeqCst), 1);
    bench.clock.turn(5_000);
    bench.page.render().await;
    assert_eq!(bench.source.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_what_it_said_before_is_not() {
    let bench = Bench::new();
    bench.assert_says(&[("rats_database_readable", "1"), ("rats_oldest_due_seconds", "0.0")]).await;
    *bench.source.standing.lock().unwrap() = None;
    bench.clock.turn(5_000);
    bench.assert_says(&[("rats_database_readable", "0"), ("rats_posts_held_total", "0")]).await;
    assert_eq!(bench.says("rats_oldest_due_seconds").await, None);
}

#[tokio::test]
async fn a_database_that_hangs_does_not_hold_the_page_up() {
    let bench = Bench::over(Answers { hangs: true, ..Answers::default() });
    bench.assert_says(&[("rats_database_readable", "0")]).await;
    assert_eq!(bench.source.asked.load(Ordering::SeqCst), 1, "it is asked once at a time");
}
