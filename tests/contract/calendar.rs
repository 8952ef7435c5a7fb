//! `PostRepository`, as calendars and pages that follow see it.

use rats_domain::{
    connection::ConnectionRepository as _,
    id::PostId,
    part::Span,
    post::{Post, PostList, PostRepository},
    publication::PublicationQueue as _,
    receipt::ConfirmedBy,
};
use rats_storage::Store;
use time::OffsetDateTime;

use crate::{
    example::{HOUR, draft, due_post, entry, link, moved, post, receipt, request, scheduled, user},
    world::{T, promises},
};

/// The posts of a span, in the order in which they come.
async fn between(store: &Store, owner: &str, from: OffsetDateTime, until: OffsetDateTime) -> Vec<String> {
    let list = PostList::Between { from, until };
    let found = store.part(&user(owner), &list, Span::first(100)).await.unwrap();
    found.items.into_iter().map(|record| record.post.id.as_str().to_owned()).collect()
}

promises! {
    async fn a_post_is_where_it_went_out_or_else_is_to(world: World) {
        let store = &world.store;
        let account = link(store, "u", "a").await;
        // Live: its request left at T, whatever its time was.
        due_post(store, "live", &account).await;
        request(store, "live", "container").await;
        let known = receipt("container", Some("media"), ConfirmedBy::Answer);
        store.record_published(&PostId::new("live"), &known, &[]).await.unwrap();
        // To go out three hours later.
        let later = post("later", "u");
        let publication = draft(&later).after(scheduled(&account)).unwrap().after(moved(T + HOUR * 3)).unwrap();
        store.add(&later, &publication, &[entry("later", "scheduled")], None).await.unwrap();
        let without: Post = post("draft", "u");
        PostRepository::add(store, &without, &draft(&without), &[entry("draft", "draft")], None).await.unwrap();
        due_post(store, "other", &link(store, "v", "b").await).await;

        assert_eq!(between(store, "u", T, T + HOUR * 4).await, ["live", "later"], "soonest first, none without a time");
        assert_eq!(between(store, "u", T + HOUR, T + HOUR * 3).await, [""; 0], "the end is not in it");
        assert_eq!(between(store, "u", T + HOUR * 3, T + HOUR * 4).await, ["later"], "the beginning is");
        assert_eq!(between(store, "v", T, T + HOUR * 4).await, ["other"]);
    }

    async fn the_pulse_moves_with_what_a_person_wants_to_see_and_with_nothing_else(world: World) {
        let store = &world.store;
        let pulse = async || store.pulse(&user("u")).await.unwrap();
        let nothing = pulse().await;
        due_post(store, "other", &link(store, "v", "b").await).await;
        assert_eq!(pulse().await, nothing, "somebody else's");

        let account = link(store, "u", "a").await;
        let linked = pulse().await;
        assert_ne!(linked, nothing);
        due_post(store, "p", &account).await;
        let planned = pulse().await;
        assert_ne!(planned, linked);
        request(store, "p", "container").await;
        assert_eq!(pulse().await, planned, "a worker at work");
        let known = receipt("container", Some("media"), ConfirmedBy::Answer);
        store.record_published(&PostId::new("p"), &known, &[]).await.unwrap();
        assert_ne!(pulse().await, planned, "it is live");
        let live = pulse().await;
        assert_ne!(live, linked, "also for who did not look while it was on its way");
        store.disconnect(&user("u"), T).await.unwrap();
        assert_ne!(pulse().await, live, "the account");
    }
}
