//! How many statements a page of figures takes, and what leads the database to its rows.
//!
//! A binary of its own: what counts statements is asked by every connection of a process.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::{InstrumentationEvent, set_default_instrumentation},
    sql_query,
    sql_types::Text,
};
use futures_util::FutureExt as _;
use rats_domain::{
    analytics::{AnalyticsRepository as _, PageEnd},
    clock::{Clock, Monotonic},
    event::{EventFilter, EventOrder, EventRepository},
    id::{AccountId, ConnectionId, PostId, UserId},
    metrics::{AccountMetricsRepository as _, MetricsRepository as _, Slot},
    occurrence::EventAgenda as _,
    part::Span,
    post::{PostList, PostRepository},
};
use rats_storage::{DatabaseUrl, KeyRing, Options, Store};
use time::{Date, Duration, OffsetDateTime};

/// Every statement that was made.
static MADE: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Standing;

#[async_trait]
impl Clock for Standing {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }

    fn monotonic(&self) -> Monotonic {
        Monotonic::from_start(std::time::Duration::ZERO)
    }

    async fn sleep_until(&self, _: Monotonic) {}
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

fn made() -> MutexGuard<'static, Vec<String>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `call` makes; without a runtime SQLite's calls are inline.
fn statements<T>(call: impl Future<Output = T>) -> Vec<String> {
    made().clear();
    call.now_or_never().expect("it does not wait");
    let mut made = std::mem::take(&mut *made());
    // A connection that is opened for it sets itself up first.
    made.retain(|statement| !statement.starts_with("PRAGMA"));
    made
}

/// How SQLite comes to the rows of a statement.
fn plan(file: &Path, statement: &str) -> Vec<String> {
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut conn).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn a_page_of_figures_is_one_statement_each_and_reads_no_table_from_end_to_end() {
    set_default_instrumentation(|| {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                made().push(query.to_string());
            }
        }))
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rats.db");
    let keys = KeyRing::parse("k1:n3pP0rC5xG0wq1mB0mYy8mH3sJm2c3Uj1kq9Wf0Q7dE=").unwrap();
    let options =
        Options { runtime: None, ..Options::new(DatabaseUrl::SqliteFile(file.clone()), keys, Arc::new(Standing)) };
    let store = Store::open(options).now_or_never().unwrap().unwrap();

    let (user, account, now) = (UserId::new("u"), AccountId::new("a"), OffsetDateTime::UNIX_EPOCH);
    let (post, slot) = (PostId::new("p"), Slot::of_age(Duration::DAY).unwrap());
    let end = PageEnd { sent_at: now, post: post.clone() };
    let calls = BTreeMap::from([
        ("published", statements(store.published(&user, now, now + Duration::WEEK))),
        ("published_at", statements(store.published_at(&user, now, now + Duration::WEEK, slot))),
        ("find_all", statements(store.find_all(&user, &[post.clone(), PostId::new("q")]))),
        ("shown", statements(store.shown(&user, &[post.clone(), PostId::new("q")]))),
        ("sheet", statements(store.sheet(&user, Some(&end), 500))),
        ("account_days", statements(store.account_days(&user, &account, Date::MIN, Date::MAX))),
        // One more for the readings, where there is such a post.
        ("history", statements(store.history(&user, &post))),
    ]);
    let (user, first, last) = (&user, Date::MIN, Date::MAX);
    let days = [now, now + Duration::DAY, now + Duration::DAY * 2];
    let asked = |posts: PostList| statements(PostRepository::part(&store, user, &posts, Span::first(6)));
    // Each would ask for what is known of its posts, where it found any.
    let lists = [
        asked(PostList::OnTheirWay),
        asked(PostList::Troubled { failed_since: now }),
        asked(PostList::Awaiting { connection: ConnectionId::new("c"), from: None }),
        asked(PostList::Drafts),
        asked(PostList::Between { from: now, until: now + Duration::DAY }),
        statements(PostRepository::by_day(&store, user, &days, 4)),
        statements(EventRepository::part(&store, user, EventFilter::All, EventOrder::Latest, Span::first(24))),
        statements(EventRepository::by_day(&store, user, first, last, 4)),
        statements(store.hindered(user, first, last, 7)),
    ];
    for statement in lists.iter().flatten() {
        for step in plan(&file, statement) {
            // What is between two parts of a statement is gone through; tables are not.
            let is_between = ["SCAN w", "SCAN q", "SCAN v", "SCAN jsonb_each", "SCAN (subquery"]
                .iter()
                .any(|name| step.starts_with(name));
            assert!(!step.starts_with("SCAN") || is_between, "a table is read from end to end: {step}\n{statement}");
        }
    }
    assert_eq!(lists.map(|made| made.len()), [1, 1, 1, 1, 1, 1, 2, 1, 1]);
    let at_one_age = plan(&file, &calls["published_at"][0]);
    let in_order = "snapshot USING PRIMARY KEY (user_id=? AND slot=? AND post_id=?)";
    assert!(at_one_age.iter().any(|step| step.contains(in_order)), "{at_one_age:#?}");
    for (call, made) in calls {
        assert_eq!(made.len(), 1, "{call}: {made:#?}");
        let steps = plan(&file, &made[0]);
        assert!(!steps.is_empty(), "{call}");
        for step in steps {
            // The ids that are given are gone through, of course.
            let is_table = step.starts_with("SCAN") && !step.contains("jsonb_each");
            assert!(!is_table, "{call} reads a table from end to end: {step}\n{}", made[0]);
            assert!(!step.contains("TEMP B-TREE"), "{call} sorts what an index has in order: {step}\n{}", made[0]);
        }
    }
}
