//! What pages show of long lists: `PostRepository`, `EventRepository` and `EventAgenda`, a part at a time.

use rats_domain::{
    connection::Connection,
    event::{Event, EventFilter, EventOrder, EventRepository},
    id::{EventId, PostId},
    occurrence::{EventAgenda as _, Problem},
    part::{Part, Span},
    post::{PostList, PostRecord, PostRepository},
    publication::{Publication, PublicationQueue as _, Step},
    receipt::ConfirmedBy,
    timeline::Entry,
};
use rats_storage::Store;
use time::{Date, OffsetDateTime, macros::date};

use crate::{
    example::{
        HOUR, after, created, draft, due_post, entry, event, intended, link, moved, note, post, receipt, request,
        scheduled, user,
    },
    world::{T, promises},
};

/// Adds a post of `account`'s user for `hours` after T that took some steps more.
async fn add(store: &Store, id: &str, account: &Connection, hours: u32, steps: &[Step]) {
    let post = post(id, account.user.as_str());
    let at = T + HOUR * hours;
    let publication = after(&draft(&post), &[scheduled(account), moved(at)]);
    keep(store, &post, &after(&publication, steps)).await;
}

async fn keep(store: &Store, post: &rats_domain::post::Post, publication: &Publication) {
    let id = post.id.as_str();
    PostRepository::add(store, post, publication, &[entry(id, "scheduled")], None).await.unwrap();
}

/// It failed at `at`, and was edited since.
async fn keep_failed(store: &Store, post: &rats_domain::post::Post, publication: &Publication, at: OffsetDateTime) {
    let last = Entry { at, ..entry(post.id.as_str(), "failed") };
    let since = Entry { at: at + HOUR * 9, ..entry(post.id.as_str(), "edited") };
    PostRepository::add(store, post, publication, &[last, since], None).await.unwrap();
}

/// Adds a post for `planned` hours after T that failed `failed` hours after T.
async fn add_failed(store: &Store, id: &str, account: &Connection, planned: u32, failed: u32) {
    let post = post(id, account.user.as_str());
    let steps = [scheduled(account), moved(T + HOUR * planned), Step::Fail { attention: note() }];
    keep_failed(store, &post, &after(&draft(&post), &steps), T + HOUR * failed).await;
}

fn names(part: &Part<PostRecord>) -> (Vec<&str>, u64) {
    (part.items.iter().map(|record| record.post.id.as_str()).collect(), part.total)
}

async fn part(store: &Store, list: &PostList, span: Span) -> Part<PostRecord> {
    PostRepository::part(store, &user("u"), list, span).await.unwrap()
}

fn titles(part: &Part<Event>) -> (Vec<&str>, u64) {
    (part.items.iter().map(|event| event.id.as_str()).collect(), part.total)
}

promises! {
    async fn what_goes_out_by_itself_and_what_needs_a_look_are_two_lists(world: World) {
        let store = &world.store;
        let account = link(store, "u", "a").await;
        add(store, "p1", &account, 3, &[]).await;
        add(store, "p2", &account, 1, &[]).await;
        add(store, "moved", &account, 2, &[Step::Wait { until: T + HOUR * 9, attention: note() }]).await;
        add(store, "held", &account, 5, &[Step::Held { attention: note() }]).await;
        add_failed(store, "failed", &account, 0, 4).await;
        add_failed(store, "older", &account, 5, 0).await;
        let asked = [created("c"), Step::ContainerReady, intended(), Step::Unclear { at: T, look_at: T, attention: note() }];
        let asked = [&asked[..], &[Step::Review { look_at: T, attention: note() }]].concat();
        add(store, "review", &account, 0, &asked).await;
        let without = post("draft", "u");
        keep(store, &without, &draft(&without)).await;
        due_post(store, "other", &link(store, "v", "b").await).await;

        let all = Span::first(100);
        assert_eq!(names(&part(store, &PostList::OnTheirWay, all).await), (vec!["p2", "p1"], 2), "the soonest first");
        let troubled = PostList::Troubled { failed_since: T + HOUR };
        assert_eq!(names(&part(store, &troubled, all).await), (vec!["review", "moved", "held", "failed"], 4));
        let news = PostList::Troubled { failed_since: T };
        assert_eq!(names(&part(store, &news, Span { skip: 3, limit: 2 }).await), (vec!["failed", "older"], 5));
        assert_eq!(names(&part(store, &PostList::Drafts, all).await), (vec!["draft"], 1));
        assert_eq!(names(&part(store, &PostList::OnTheirWay, Span { skip: 1, limit: 5 }).await), (vec!["p1"], 2));
        assert_eq!(part(store, &PostList::OnTheirWay, Span { skip: 2, limit: 5 }).await, Part::default(), "beyond the end");

        let record = PostRepository::find(store, &user("u"), &PostId::new("p2")).await.unwrap().unwrap();
        assert_eq!(part(store, &PostList::OnTheirWay, Span::first(1)).await.items, [record], "all that is known of it");
    }

    async fn a_post_that_waits_for_another_one_needs_a_look(world: World) {
        let store = &world.store;
        let account = link(store, "u", "a").await;
        add(store, "ready", &account, 0, &[created("c"), Step::ContainerReady]).await;
        assert_eq!(part(store, &PostList::OnTheirWay, Span::first(9)).await.total, 1);
        add(store, "first", &account, 0, &[created("d"), Step::ContainerReady, intended()]).await;
        let troubled = PostList::Troubled { failed_since: T };
        let found = part(store, &troubled, Span::first(9)).await;
        assert_eq!(names(&found), (vec!["ready"], 1));
        assert!(found.items[0].attention().is_some(), "as it says itself");
        assert_eq!(names(&part(store, &PostList::OnTheirWay, Span::first(9)).await), (vec!["first"], 1));
    }

    async fn what_an_account_puts_at_risk_is_counted_from_its_end_on(world: World) {
        let store = &world.store;
        let account = link(store, "u", "a").await;
        for (id, hours) in [("p1", 1), ("p3", 3), ("p2", 2)] {
            add(store, id, &account, hours, &[]).await;
        }
        add(store, "failed", &account, 3, &[Step::Fail { attention: note() }]).await;
        let awaiting = |from| PostList::Awaiting { connection: account.id.clone(), from };
        assert_eq!(names(&part(store, &awaiting(None), Span::first(1)).await), (vec!["p1"], 3));
        assert_eq!(names(&part(store, &awaiting(Some(T + HOUR * 2)), Span::first(1)).await), (vec!["p2"], 2));
        let other = PostList::Awaiting { connection: rats_domain::id::ConnectionId::new("x"), from: None };
        assert_eq!(part(store, &other, Span::first(1)).await.total, 0);
    }

    async fn a_day_shows_its_first_posts_and_how_many_it_has(world: World) {
        let store = &world.store;
        let account = link(store, "u", "a").await;
        // Live: its request left at T, whatever its time was.
        due_post(store, "live", &account).await;
        request(store, "live", "container").await;
        let known = receipt("container", Some("media"), ConfirmedBy::Answer);
        store.record_published(&PostId::new("live"), &known, &[]).await.unwrap();
        for (id, hours) in [("p1", 1), ("p30", 30), ("p2", 2), ("p24", 24)] {
            add(store, id, &account, hours, &[]).await;
        }
        let without = post("draft", "u");
        keep(store, &without, &draft(&without)).await;
        due_post(store, "other", &link(store, "v", "b").await).await;

        let days: Vec<OffsetDateTime> = [0, 24, 48, 72].map(|hours| T + HOUR * hours).into();
        let found = PostRepository::by_day(store, &user("u"), &days, 2).await.unwrap();
        let told: Vec<_> = found.iter().map(names).collect();
        assert_eq!(told, [(vec!["live", "p1"], 3), (vec!["p24", "p30"], 2), (vec![], 0)]);
        assert!(PostRepository::by_day(store, &user("u"), &days[..1], 2).await.unwrap().is_empty(), "no day");
        assert!(PostRepository::by_day(store, &user("u"), &[], 2).await.unwrap().is_empty());
    }

    async fn events_come_a_part_at_a_time_from_either_end(world: World) {
        let store = &world.store;
        let days = [date!(2026 - 12 - 01), date!(2026 - 12 - 02), date!(2026 - 12 - 02), date!(2026 - 12 - 03)];
        for (number, day) in days.into_iter().enumerate() {
            let mut event = event(&format!("e{number}"), "u");
            event.details.date = day;
            EventRepository::add(store, &event, None).await.unwrap();
        }
        EventRepository::add(store, &event("x", "v"), None).await.unwrap();
        let part = async |filter, order, skip, limit| {
            EventRepository::part(store, &user("u"), filter, order, Span { skip, limit }).await.unwrap()
        };
        let from = EventFilter::Between(date!(2026 - 12 - 02), Date::MAX);
        assert_eq!(titles(&part(from, EventOrder::Soonest, 0, 2).await), (vec!["e1", "e2"], 3));
        assert_eq!(titles(&part(from, EventOrder::Soonest, 2, 2).await), (vec!["e3"], 3));
        assert_eq!(titles(&part(EventFilter::All, EventOrder::Latest, 0, 3).await), (vec!["e3", "e2", "e1"], 4));
        assert_eq!(titles(&part(EventFilter::All, EventOrder::Latest, 4, 3).await), (vec![], 4));

        let found = EventRepository::by_day(store, &user("u"), date!(2026 - 12 - 01), date!(2026 - 12 - 02), 1).await.unwrap();
        let told: Vec<_> = found.iter().map(|(day, part)| (*day, titles(part))).collect();
        assert_eq!(told, [(date!(2026 - 12 - 01), (vec!["e0"], 1)), (date!(2026 - 12 - 02), (vec!["e1"], 2))]);
    }

    async fn events_in_whose_way_something_is_are_told_the_nearest_first(world: World) {
        let store = &world.store;
        let problem = Problem::new("not_connected", "Connect an account.");
        for (id, day) in [("e2", date!(2026 - 12 - 02)), ("e1", date!(2026 - 12 - 01)), ("far", date!(2027 - 12 - 01))] {
            let mut event = event(id, "u");
            event.details.date = day;
            EventRepository::add(store, &event, None).await.unwrap();
            let due = store.take_event(&user("u"), &EventId::new(id), T + HOUR).await.unwrap().unwrap();
            assert!(store.looked_at(&due, Some(T + HOUR), Some(&problem)).await.unwrap());
        }
        EventRepository::add(store, &event("fine", "u"), None).await.unwrap();
        let hindered = async |owner: &str, limit| {
            let found = store.hindered(&user(owner), date!(2026 - 11 - 30), date!(2026 - 12 - 31), limit).await.unwrap();
            found.into_iter().map(|(event, told)| (event.id.as_str().to_owned(), told)).collect::<Vec<_>>()
        };
        let told = |id: &str| (id.to_owned(), problem.clone());
        assert_eq!(hindered("u", 5).await, [told("e1"), told("e2")]);
        assert_eq!(hindered("u", 1).await, [told("e1")]);
        assert!(hindered("v", 5).await.is_empty());
    }
}
