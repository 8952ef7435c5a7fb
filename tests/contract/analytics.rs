//! `AnalyticsRepository`.

use std::time::Duration;

use rats_domain::{
    analytics::{Aged, AnalyticsRepository as _, PageEnd, Published, SheetRow},
    connection::{Connection, ConnectionRepository as _},
    event::{EventKind, EventRepository},
    id::{EventId, PictureId, PostId},
    metrics::{Collection, CollectionState, Numbers, Rated, Reading, Slot},
    picture::{PictureRepository, PictureSource},
    post::{Post, PostRepository},
    publication::PublicationQueue as _,
    receipt::{ConfirmedBy, Receipt},
};
use rats_storage::Store;
use time::OffsetDateTime;

use crate::{
    example::{HOUR, MINUTE, draft, event, link, post, receipt, request, scheduled, user},
    metrics::{last_told, reading, record, snapshot},
    picture::picture,
    world::{T, promises},
};

const LIKED: Numbers = Numbers {
    likes: Some(7),
    comments: None,
    shares: None,
    impressions: None,
    views: Some(90),
    reach: Some(40),
    saved: None,
    total_interactions: Some(8),
};

/// A post that went out at `sent_at`.
async fn went_out(store: &Store, connection: &Connection, sent_at: OffsetDateTime, post: Post) {
    let publication = draft(&post).after(scheduled(connection)).unwrap();
    PostRepository::add(store, &post, &publication, &[], None).await.unwrap();
    let id = post.id.as_str();
    request(store, id, &format!("17-{id}")).await;
    let told = receipt(&format!("17-{id}"), Some(&format!("m-{id}")), ConfirmedBy::Answer);
    store.record_published(&post.id, &Receipt { sent_at, ..told }, &[]).await.unwrap();
}

/// Posts of one user, some hours apart.
async fn some(store: &Store, connection: &Connection, ids: &[&str]) {
    for (n, id) in ids.iter().enumerate() {
        let hours = u32::try_from(n).unwrap();
        went_out(store, connection, T + HOUR * hours, post(id, connection.user.as_str())).await;
    }
}

async fn published(store: &Store, owner: &str, from: Duration, until: Duration) -> Vec<Published> {
    store.published(&user(owner), T + from, T + until).await.unwrap()
}

fn names(posts: &[Published]) -> Vec<&str> {
    posts.iter().map(|post| post.post.as_str()).collect()
}

async fn sheet(store: &Store, owner: &str, after: Option<&PageEnd>, limit: usize) -> Vec<SheetRow> {
    store.sheet(&user(owner), after, limit).await.unwrap()
}

promises! {
    async fn a_span_has_the_users_posts_that_went_out_in_it_the_oldest_first(world: World) {
        let store = &world.store;
        let (ours, theirs) = (link(store, "u", "a").await, link(store, "v", "b").await);
        some(store, &ours, &["p3", "p2", "p1"]).await;
        some(store, &theirs, &["q1"]).await;
        crate::example::due_post(store, "waits", &ours).await;
        let all = published(store, "u", Duration::ZERO, HOUR * 9).await;
        assert_eq!(names(&all), ["p3", "p2", "p1"]);
        assert_eq!(all[1].sent_at, T + HOUR);
        assert_eq!(names(&published(store, "u", HOUR, HOUR * 2).await), ["p2"], "its end is not in it");
        assert_eq!(published(store, "w", Duration::ZERO, HOUR * 9).await, []);
    }

    async fn a_post_stays_what_it_was_when_it_went_out(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let mut celebrated = event("e", "u");
        celebrated.details.kind = EventKind::Anniversary;
        EventRepository::add(store, &celebrated, None).await.unwrap();
        let card = rats_domain::picture::Picture { source: PictureSource::Card, original: None, ..picture("card", "u") };
        PictureRepository::add(store, &card, None).await.unwrap();
        let of_event = Post { event: Some(EventId::new("e")), picture: PictureId::new("card"), ..post("p", "u") };
        went_out(store, &connection, T, of_event).await;
        went_out(store, &connection, T, Post { picture: PictureId::new("gone"), ..post("q", "u") }).await;

        let expected = [(Some(PictureSource::Card), Some(EventKind::Anniversary)), (None, None)];
        let kinds = async || {
            let posts = published(store, "u", Duration::ZERO, HOUR).await;
            posts.iter().map(|post| (post.picture, post.event)).collect::<Vec<_>>()
        };
        assert_eq!(kinds().await, expected);
        EventRepository::delete(store, &user("u"), &EventId::new("e")).await.unwrap();
        assert_eq!(kinds().await, expected, "what is deleted was there");
    }

    async fn numbers_are_the_last_ones_or_those_of_an_age(world: World) {
        let store = &world.store;
        some(store, &link(store, "u", "a").await, &["p", "q"]).await;
        let (first, second) = (snapshot(5, Numbers { likes: Some(1), ..Numbers::default() }), snapshot(15, LIKED));
        record(store, "p", &reading(first, None)).await;
        record(store, "p", &reading(second, None)).await;

        let posts = published(store, "u", Duration::ZERO, HOUR * 9).await;
        let rated = Rated { interactions: 8, reach: 40, told_at: second.taken_at };
        assert_eq!(posts[0].metrics, Some(last_told(&second, Some(rated))));
        assert_eq!(posts[1].metrics, None);
        let at = async |minutes: i64| {
            let slot = Slot::of_age(time::Duration::minutes(minutes)).unwrap();
            let posts = store.published_at(&user("u"), T, T + HOUR * 9, slot).await.unwrap();
            posts.into_iter().map(|Aged { post, snapshot, .. }| (post.as_str().to_owned(), snapshot)).collect::<Vec<_>>()
        };
        assert_eq!(at(5).await, [("p".into(), Some(first)), ("q".into(), None)]);
        assert_eq!(at(15).await[0].1, Some(second));
        assert_eq!(at(30).await[0].1, None);
        let slot = Slot::of_age(time::Duration::minutes(5)).unwrap();
        assert_eq!(store.published_at(&user("v"), T, T + HOUR * 9, slot).await.unwrap(), []);
    }

    async fn what_is_shown_of_posts_is_only_of_the_users_own(world: World) {
        let store = &world.store;
        EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        let connection = link(store, "u", "a").await;
        went_out(store, &connection, T, Post { event: Some(EventId::new("e")), ..post("p", "u") }).await;
        some(store, &link(store, "v", "b").await, &["q"]).await;
        let ids = ["p", "q", "none"].map(PostId::new);
        let shown = store.shown(&user("u"), &ids).await.unwrap();
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].post.as_str(), shown[0].caption.as_str()), ("p", "Happy day, p!"));
        assert_eq!(shown[0].event, Some((EventId::new("e"), "Title of e".into())));
        assert_eq!(shown[0].permalink.as_deref(), Some("https://www.instagram.com/p/m-p/"));
        assert_eq!(store.shown(&user("u"), &[]).await.unwrap(), []);
    }

    async fn a_sheet_has_every_post_once_the_newest_first_page_by_page(world: World) {
        let store = &world.store;
        let (ours, theirs) = (link(store, "u", "a").await, link(store, "v", "b").await);
        some(store, &ours, &["p1", "p2"]).await;
        // Two of one moment are told apart by their ids.
        for id in ["p4", "p3"] {
            went_out(store, &ours, T + HOUR * 2, post(id, "u")).await;
        }
        some(store, &theirs, &["q1", "q2", "q3", "q4", "q5"]).await;
        let gone = Collection { gone_at: Some(T + MINUTE), ..Collection::default() };
        record(store, "p1", &Reading { snapshot: Some(snapshot(5, LIKED)), collection: gone, entries: vec![] }).await;

        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = sheet(store, "u", after.as_ref(), 3).await;
            assert!(page.len() <= 3);
            let Some(last) = page.last() else { break };
            after = Some(PageEnd { sent_at: last.published.sent_at, post: last.published.post.clone() });
            all.extend(page);
        }
        let ids: Vec<&str> = all.iter().map(|row| row.published.post.as_str()).collect();
        assert_eq!(ids, ["p4", "p3", "p2", "p1"]);
        assert_eq!((all[3].state, all[2].state), (CollectionState::Gone, CollectionState::Collecting));
        assert_eq!(all[3].published.metrics.unwrap().numbers, LIKED);
        assert_eq!(all[3].shown.caption, "Happy day, p1!");

        record(store, "p2", &Reading::default()).await;
        store.disconnect(&user("u"), T).await.unwrap();
        let states: Vec<_> = sheet(store, "u", None, 9).await.iter().map(|row| row.state).collect();
        let paused = CollectionState::Paused;
        assert_eq!(states, [paused, paused, CollectionState::Ended, CollectionState::Gone]);

        // Where another's page ended is a moment, and nothing else.
        let theirs = PageEnd { sent_at: T + HOUR * 2, post: PostId::new("q3") };
        let rows = sheet(store, "u", Some(&theirs), 9).await;
        let ids: Vec<&str> = rows.iter().map(|row| row.published.post.as_str()).collect();
        assert_eq!(ids, ["p4", "p3", "p2", "p1"]);
    }
}
