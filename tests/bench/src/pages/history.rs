//! What the one who asks has behind them.

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use rats_domain::{
    clock::Clock as _,
    connection::ConnectionRepository as _,
    event::{AutoPost, Contact, Event, EventDetails, EventKind, EventRepository as _, Handles},
    id::EventId,
    metrics::{AccountDay, AccountMetricsRepository as _, AccountNumbers, DueAccount, Slot},
};
use rats_runtime::SystemClock;
use rats_tests::{
    Database, postgres,
    seed::{self, post_id, user},
};
use time::{Duration, OffsetDateTime};

use crate::{Outcome, bed::Bed};

/// Readings of each post.
pub(super) const READINGS: usize = 30;
/// Events, over the year.
pub(super) const EVENTS: usize = 300;
/// Posts that are still to come, one a day.
const OPEN: usize = 50;
/// Over how many days what was is spread, so that a year has all of it.
const DAYS: i64 = 350;

/// The id of an event by its number.
pub(super) fn event_id(number: usize) -> String {
    format!("e{number}")
}

/// So many live posts, and what else there is beside them.
pub(super) async fn write(bed: &Bed, posts: usize) -> Outcome {
    let now = SystemClock::default().now();
    let day = |number: usize| now + Duration::days(i64::try_from(number).unwrap_or(0));
    bed.add_posts(posts + OPEN, std::time::Duration::ZERO, |number| day(number.saturating_sub(posts) + 1)).await?;
    let store = seed::open(&bed.url).await;
    for number in 0..EVENTS {
        store.add(&event(number, now), None).await?;
    }
    let user = user(0);
    let connection = store.find_by_user(&user).await?.ok_or("no account is linked")?;
    let days: Vec<_> = (1..=DAYS).map(|ago| account_day(ago, now)).collect();
    let due = DueAccount { connection: connection.id, user, account: connection.account };
    store.record_account(&due, &days, now + Duration::DAY).await?;
    drop(store);
    run(bed, &statements(posts, now)).await
}

fn event(number: usize, now: OffsetDateTime) -> Event {
    let kind = EventKind::ALL[number % EventKind::ALL.len()];
    let details = EventDetails {
        title: format!("Celebration {number}"),
        kind,
        date: (now + Duration::days(i64::try_from(number).unwrap_or(0))).date(),
        recipient_name: format!("Friend {number}"),
        recipient_relation: "friend".into(),
        contact: Contact::default(),
        handles: Handles::default(),
        notes: None,
        reminder_days: vec![1, 7],
        is_recurring: true,
        is_active: true,
        auto_post: AutoPost { enabled: number.is_multiple_of(3), ..AutoPost::default() },
        on_leap_day: false,
    };
    Event {
        id: EventId::new(event_id(number)),
        user: user(0),
        details,
        message: Some(seed::caption(number)),
        plan: Some("Ring in the morning, bring a cake at noon.".into()),
        last_message_sent: None,
        created_at: now,
        updated_at: now,
    }
}

fn account_day(ago: i64, now: OffsetDateTime) -> AccountDay {
    let day = (now - Duration::days(ago)).date();
    let number = ago.unsigned_abs();
    let numbers = AccountNumbers { reach: Some(900 + number * 37 % 700), views: Some(1_500 + number * 53 % 900) };
    AccountDay { followers: Some(5_000 - number * 4), ..AccountDay::read(day, numbers, now) }
}

async fn run(bed: &Bed, statements: &[String]) -> Outcome {
    match bed.database {
        Database::Postgres => {
            let client = postgres::client(&bed.url).await?;
            for statement in statements {
                client.batch_execute(statement).await?;
            }
            client.batch_execute("VACUUM ANALYZE").await?;
        }
        Database::Sqlite => {
            let path = bed.url.trim_start_matches("sqlite:");
            let mut connection = SqliteConnection::establish(path)?;
            for statement in statements {
                connection.batch_execute(statement)?;
            }
        }
    }
    Ok(())
}

/// Makes the first posts live, one after the other over the last months, with their readings; every third is an event's.
fn statements(posts: usize, now: OffsetDateTime) -> Vec<String> {
    let now = now.unix_timestamp() * 1_000_000;
    let apart = DAYS * 86_400 * 1_000_000 / i64::try_from(posts).unwrap_or(i64::MAX);
    let open = post_id(posts);
    let slots: Vec<String> =
        Slot::all().take(READINGS).map(|slot| format!("SELECT {} AS slot", slot.age().whole_microseconds())).collect();
    let slots = slots.join(" UNION ALL ");
    let numbers = "likes, comments, shares, views, reach, saved, total_interactions";
    let counted = "(SELECT post_id, account, row_number() OVER (ORDER BY post_id DESC) AS n FROM publication WHERE stage = 'published')";
    vec![
        format!("UPDATE publication SET stage = 'published', due_at = NULL WHERE post_id < '{open}'"),
        format!(
            "UPDATE post SET event_id = 'e' || (x.n % {EVENTS}) FROM {counted} x WHERE x.post_id = post.id AND x.n % 3 = 0"
        ),
        format!(
            "INSERT INTO receipt (post_id, account, container_id, media, permalink, sent_at, confirmed_at, confirmed_by) \
             SELECT post_id, account, 'c' || post_id, 'm' || post_id, 'https://www.instagram.com/p/' || post_id || '/', \
             {now} - n * {apart}, {now} - n * {apart} + 300000, 'answer' FROM {counted} x"
        ),
        "UPDATE publication SET publish_at = r.sent_at FROM receipt r WHERE r.post_id = publication.post_id".into(),
        format!(
            "INSERT INTO metrics (post_id, {numbers}, rated_interactions, rated_reach, rated_at, measured_at, user_id, sent_at, picture, event_kind) \
             SELECT r.post_id, x.n % 97, x.n % 11, x.n % 7, 900 + x.n % 1301, 600 + x.n % 801, x.n % 13, x.n % 131, x.n % 131, 600 + x.n % 801, {now}, {now}, u.user_id, r.sent_at, \
             CASE x.n % 3 WHEN 0 THEN 'photo' ELSE 'card' END, CASE x.n % 4 WHEN 0 THEN NULL WHEN 1 THEN 'holiday' ELSE 'birthday' END \
             FROM receipt r JOIN publication u ON u.post_id = r.post_id JOIN {counted} x ON x.post_id = r.post_id"
        ),
        format!(
            "INSERT INTO snapshot (post_id, slot, user_id, taken_at, age, {numbers}) \
             SELECT m.post_id, s.slot, m.user_id, m.sent_at + s.slot, s.slot, m.likes, m.comments, m.shares, m.views, m.reach, m.saved, \
             m.total_interactions FROM metrics m CROSS JOIN ({slots}) s"
        ),
    ]
}
