//! `PostRepository`.

use rats_domain::{
    connection::ConnectionRepository as _,
    id::{EventId, PostId},
    idempotency::Added,
    metrics::Numbers,
    post::{AddPostError, Origin, Post, PostFilter, PostRecord, PostRepository},
    publication::{PublicationQueue as _, QueueError, Stage, Status, Step},
    receipt::ConfirmedBy,
};
use rats_storage::Store;

use crate::{
    example::{
        HOUR, MINUTE, created, draft, due_post, entry, event, key, link, moved, note, post, receipt, request,
        scheduled, timeline, user,
    },
    metrics::{last_told, reading, record, snapshot},
    world::{T, promises},
};

async fn find(store: &Store, owner: &str, id: &str) -> Option<PostRecord> {
    PostRepository::find(store, &user(owner), &PostId::new(id)).await.unwrap()
}

async fn list(store: &Store, owner: &str, filter: PostFilter) -> Vec<String> {
    let posts = PostRepository::list(store, &user(owner), &filter).await.unwrap();
    posts.into_iter().map(|record| record.post.id.as_str().to_owned()).collect()
}

fn test_post(id: &str) -> Post {
    Post { origin: Origin::Test, event: Some(EventId::new("e")), ..post(id, "u") }
}

promises! {
    async fn a_post_is_its_users_alone(world: World) {
        let store = &world.store;
        let added = due_post(store, "p", &link(store, "u", "a").await).await;

        assert_eq!(find(store, "u", "p").await, Some(added));
        assert_eq!(find(store, "v", "p").await, None);
        assert_eq!(timeline(store, &user("u"), &PostId::new("p")).await, [entry("p", "scheduled")]);
        assert!(timeline(store, &user("v"), &PostId::new("p")).await.is_empty());
        assert!(!store.remove(&user("v"), &PostId::new("p"), 0).await.unwrap());
    }

    async fn a_key_adds_a_post_once(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let add = async |id: &str, body: &str| {
            let post = post(id, "u");
            let publication = draft(&post).after(scheduled(&connection)).unwrap();
            PostRepository::add(store, &post, &publication, &[entry(id, "scheduled")], Some(&key("k", body))).await
        };
        let first = add("p1", "body").await.unwrap();
        store.claim(&PostId::new("p1"), MINUTE).await.unwrap();

        let again = add("p2", "body").await.unwrap();
        assert_eq!(again, Added::Before(first.into_inner()), "as it was answered then");
        assert_eq!(find(store, "u", "p2").await, None);
        assert!(timeline(store, &user("u"), &PostId::new("p2")).await.is_empty());
        assert!(matches!(add("p3", "other").await, Err(AddPostError::KeyReused { added }) if added == "p1"));
    }

    async fn a_refused_post_leaves_nothing_behind_nor_its_key(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        store.disconnect(&user("u"), T).await.unwrap();
        let add = async |body: &str| {
            let post = post("p", "u");
            let publication = draft(&post).after(scheduled(&connection)).unwrap();
            PostRepository::add(store, &post, &publication, &[entry("p", "scheduled")], Some(&key("k", body))).await
        };

        assert!(matches!(add("one").await, Err(AddPostError::NotConnected)));
        assert_eq!(find(store, "u", "p").await, None);
        link(store, "u", "a").await;
        assert!(matches!(add("two").await, Ok(Added::New(_))), "refused requests are not remembered");
    }

    async fn one_open_test_post_per_event(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        rats_domain::event::EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        let add_at = async |id: &str, created_at| {
            let post = Post { created_at, ..test_post(id) };
            let publication = draft(&post).after(scheduled(&connection)).unwrap();
            PostRepository::add(store, &post, &publication, &[], Some(&key(id, "b"))).await
        };
        let add = async |id: &str| add_at(id, T + HOUR).await;
        let first = add_at("p1", T).await.unwrap().into_inner();

        assert!(matches!(add("p2").await, Err(AddPostError::TestUnsettled)));
        assert_eq!(find(store, "u", "p2").await, None);
        assert_eq!(store.open_test(&user("u"), &EventId::new("e"), T).await.unwrap(), Some(first));
        assert_eq!(store.open_test(&user("v"), &EventId::new("e"), T).await.unwrap(), None);
        request(store, "p1", "17").await;
        assert!(matches!(add("p2").await, Err(AddPostError::TestUnsettled)), "it is open still");
        store.record_published(&PostId::new("p1"), &receipt("17", None, ConfirmedBy::Status), &[]).await.unwrap();
        assert_eq!(store.open_test(&user("u"), &EventId::new("e"), T + HOUR).await.unwrap(), None);
        assert!(matches!(add_at("p2", T).await, Err(AddPostError::TestUnsettled)), "it was pressed before the first went live");
        let live = store.open_test(&user("u"), &EventId::new("e"), T).await.unwrap();
        assert_eq!(live.map(|live| live.post.id), Some(PostId::new("p1")), "who pressed then gets that one");
        add("p2").await.unwrap();

        let claim = store.claim(&PostId::new("p2"), MINUTE).await.unwrap().unwrap();
        let failed = claim.publication.after(Step::Fail { attention: note() }).unwrap();
        store.record(&claim, &failed, &[], true).await.unwrap();
        add("p3").await.expect("a failed one is not open");
        let mut again = find(store, "u", "p2").await.unwrap();
        again.publication = again.publication.after(scheduled(&connection)).unwrap();
        assert!(!store.change(&again, &[]).await.unwrap(), "nor is it opened beside another");
        assert_eq!(find(store, "u", "p2").await.unwrap().publication.stage, Stage::Failed);
    }

    async fn posts_are_found_by_their_ids_at_once(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["p1", "p2", "p3"] {
            due_post(store, id, &connection).await;
        }
        let found = async |owner: &str, ids: &[PostId]| {
            let mut found = store.find_all(&user(owner), ids).await.unwrap();
            found.sort_by(|one, other| one.post.id.cmp(&other.post.id));
            found
        };
        let wanted = ["p3", "x", "p1"].map(PostId::new);
        let both = [find(store, "u", "p1").await.unwrap(), find(store, "u", "p3").await.unwrap()];
        assert_eq!(found("u", &wanted).await, both);
        assert!(found("v", &wanted).await.is_empty() && found("u", &[]).await.is_empty());
        let many: Vec<PostId> = (0..40_000).map(|number| PostId::new(format!("p{number}"))).collect();
        assert_eq!(found("u", &many).await.len(), 3, "as many as may be asked for");
    }

    async fn a_list_is_newest_first_and_goes_on_where_it_ended(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for id in ["p1", "p2", "p3", "p4"] {
            due_post(store, id, &connection).await;
        }
        let post = post("p5", "u");
        PostRepository::add(store, &post, &draft(&post), &[], None).await.unwrap();

        let all = PostFilter::default();
        assert_eq!(list(store, "u", all.clone()).await, ["p5", "p4", "p3", "p2", "p1"]);
        let page = PostFilter { limit: Some(2), after: Some(PostId::new("p4")), ..all.clone() };
        assert_eq!(list(store, "u", page).await, ["p3", "p2"]);
        let drafts = PostFilter { status: Some(Status::Draft), ..all.clone() };
        assert_eq!(list(store, "u", drafts).await, ["p5"]);
        let later = PostFilter { status: Some(Status::Scheduled), after: Some(PostId::new("p2")), ..all };
        assert_eq!(list(store, "u", later).await, ["p1"]);
    }

    async fn a_post_comes_with_all_that_is_known_of_it(world: World) {
        let store = &world.store;
        rats_domain::event::EventRepository::add(store, &event("e", "u"), None).await.unwrap();
        let connection = link(store, "u", "a").await;
        let with_event = Post { event: Some(EventId::new("e")), ..post("p", "u") };
        let publication = draft(&with_event).after(scheduled(&connection)).unwrap();
        PostRepository::add(store, &with_event, &publication, &[], None).await.unwrap();
        request(store, "p", "17").await;
        let told = receipt("17", Some("m"), ConfirmedBy::Answer);
        store.record_published(&PostId::new("p"), &told, &[]).await.unwrap();
        let snapshot = snapshot(5, Numbers { likes: Some(3), impressions: Some(9), ..Numbers::default() });
        record(store, "p", &reading(snapshot, None)).await;

        let record = find(store, "u", "p").await.unwrap();
        assert_eq!(record.receipt, Some(told));
        assert_eq!(record.metrics, Some(last_told(&snapshot, None)));
        assert_eq!(record.event_title.as_deref(), Some("Title of e"));
        let listed = PostRepository::list(store, &user("u"), &PostFilter::default()).await.unwrap();
        assert_eq!(listed, [record]);
    }

    async fn a_change_raises_version_and_epoch_and_ends_the_lease(world: World) {
        let store = &world.store;
        let read = due_post(store, "p", &link(store, "u", "a").await).await;
        let mut changed = read.clone();
        changed.post.scheduled_for = None;
        changed.publication = read.publication.after(Step::Cancelled).unwrap();
        assert!(store.change(&changed, &[entry("p", "cancelled")]).await.unwrap());

        let found = find(store, "u", "p").await.unwrap();
        assert_eq!((found.publication.version, found.publication.epoch), (read.publication.version + 1, read.publication.epoch + 1));
        assert_eq!((found.post.scheduled_for, found.publication.stage), (None, Stage::Cancelled));
        assert!(!store.change(&changed, &[entry("p", "again")]).await.unwrap(), "it was read before the change");
        assert_eq!(timeline(store, &user("u"), &PostId::new("p")).await.len(), 2);
    }

    async fn a_change_and_a_worker_exclude_each_other(world: World) {
        let store = &world.store;
        let read = due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&PostId::new("p"), MINUTE).await.unwrap().unwrap();
        let mut stale = read.clone();
        stale.publication = read.publication.after(Step::Cancelled).unwrap();
        assert!(!store.change(&stale, &[]).await.unwrap(), "the claim raised the epoch");

        let mut fresh = find(store, "u", "p").await.unwrap();
        fresh.publication = fresh.publication.after(Step::Cancelled).unwrap();
        assert!(store.change(&fresh, &[]).await.unwrap());
        let next = claim.publication.after(created("17")).unwrap();
        assert!(matches!(store.record(&claim, &next, &[], true).await, Err(QueueError::LeaseLost)));
        let mut foreign = find(store, "u", "p").await.unwrap();
        foreign.post.user = user("v");
        assert!(!store.change(&foreign, &[]).await.unwrap());
    }

    async fn a_request_that_left_meanwhile_is_not_changed(world: World) {
        let store = &world.store;
        due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&PostId::new("p"), MINUTE).await.unwrap().unwrap();
        let mut read = find(store, "u", "p").await.unwrap();
        read.publication = read.publication.after(Step::Cancelled).unwrap();
        let at = claim.lease_until;
        let mut next = claim.publication.clone();
        for step in [created("17"), Step::ContainerReady, Step::Intended { at, may_send_until: at }] {
            next = next.after(step).unwrap();
            store.record(&claim, &next, &[], true).await.unwrap();
        }

        assert!(!store.change(&read, &[]).await.unwrap(), "the epoch is the same, but a request has left");
        assert_eq!(find(store, "u", "p").await.unwrap().publication.stage, Stage::PublishRequested);
    }

    async fn what_ended_meanwhile_is_not_changed(world: World) {
        let store = &world.store;
        due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&PostId::new("p"), MINUTE).await.unwrap().unwrap();
        let mut read = find(store, "u", "p").await.unwrap();
        read.publication = read.publication.after(Step::Cancelled).unwrap();
        let failed = claim.publication.after(Step::Fail { attention: note() }).unwrap();
        store.record(&claim, &failed, &[], false).await.unwrap();

        assert!(!store.change(&read, &[]).await.unwrap(), "the epoch is the same, but it has failed");
        assert_eq!(find(store, "u", "p").await.unwrap().publication.stage, Stage::Failed);
    }

    async fn what_begins_anew_needs_a_connection_that_works(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let draft_post = post("d", "u");
        let kept = draft(&draft_post).after(Step::Drafted).unwrap();
        let mut begun = PostRepository::add(store, &draft_post, &kept, &[], None).await.unwrap().into_inner();
        begun.publication = begun.publication.after(scheduled(&connection)).unwrap();
        due_post(store, "p", &connection).await;
        store.disconnect(&user("u"), T).await.unwrap();

        assert!(!store.change(&begun, &[]).await.unwrap());
        assert_eq!(find(store, "u", "d").await.unwrap().publication.stage, Stage::Draft);
        let mut held = find(store, "u", "p").await.unwrap();
        held.publication = held.publication.after(moved(T + HOUR)).unwrap();
        assert!(store.change(&held, &[]).await.unwrap(), "it waits for its connection already");
        link(store, "u", "a").await;
        assert!(store.change(&begun, &[]).await.unwrap());
    }

    async fn the_version_moves_with_the_outcome_and_not_with_a_claim(world: World) {
        let store = &world.store;
        due_post(store, "p", &link(store, "u", "a").await).await;
        let version = async || find(store, "u", "p").await.unwrap().publication.version;
        assert_eq!(version().await, 1);
        let claim = store.claim(&PostId::new("p"), MINUTE).await.unwrap().unwrap();
        store.record(&claim, &claim.publication.after(created("17")).unwrap(), &[], false).await.unwrap();
        store.claim(&PostId::new("p"), MINUTE).await.unwrap().unwrap();
        assert_eq!(version().await, 1, "a worker only worked on it");

        store.disconnect(&user("u"), T).await.unwrap();
        assert_eq!(version().await, 2, "held");
        link(store, "u", "a").await;
        assert_eq!(version().await, 3, "on its way again");
        store.record_published(&PostId::new("p"), &receipt("17", None, ConfirmedBy::Status), &[]).await.unwrap();
        assert_eq!(version().await, 4, "live");
        store.record_published(&PostId::new("p"), &receipt("17", Some("m"), ConfirmedBy::Answer), &[]).await.unwrap();
        assert_eq!(version().await, 4, "and live still");
    }

    async fn a_post_was_last_updated_when_its_timeline_went_on(world: World) {
        let store = &world.store;
        let read = due_post(store, "p", &link(store, "u", "a").await).await;
        assert_eq!(find(store, "u", "p").await.unwrap().updated_at, T);
        let claim = store.claim(&PostId::new("p"), HOUR).await.unwrap().unwrap();
        let late = rats_domain::timeline::Entry { at: T + HOUR, ..entry("p", "late") };
        store.record(&claim, &claim.publication, &[late], true).await.unwrap();
        assert_eq!(find(store, "u", "p").await.unwrap().updated_at, T + HOUR);

        let mut changed = find(store, "u", "p").await.unwrap();
        changed.publication = changed.publication.after(Step::Cancelled).unwrap();
        changed.post.updated_at = T + HOUR * 2;
        assert!(store.change(&changed, &[]).await.unwrap());
        let listed = PostRepository::list(store, &user("u"), &PostFilter::default()).await.unwrap();
        assert_eq!(listed[0].updated_at, T + HOUR * 2, "or when a person changed it");
        assert_eq!(read.post.created_at, T);
    }

    async fn a_removed_post_is_gone_with_all_that_was_known(world: World) {
        let store = &world.store;
        due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = request(store, "p", "17").await;
        store.record_published(&PostId::new("p"), &receipt("17", Some("m"), ConfirmedBy::Answer), &[]).await.unwrap();
        let epoch = find(store, "u", "p").await.unwrap().publication.epoch;

        assert!(!store.remove(&user("u"), &PostId::new("p"), claim.publication.epoch).await.unwrap());
        assert!(store.remove(&user("u"), &PostId::new("p"), epoch).await.unwrap());
        assert_eq!(find(store, "u", "p").await, None);
        assert!(timeline(store, &user("u"), &PostId::new("p")).await.is_empty());
        assert!(store.containers(&PostId::new("p"), time::OffsetDateTime::UNIX_EPOCH).await.unwrap().is_empty());
        let media = [rats_domain::id::MediaId::new("m")];
        let history: &dyn rats_domain::post::AccountHistory = store;
        assert!(history.owned_by_others(&PostId::new("x"), &media).await.unwrap().is_empty());
        let snapshots = rats_domain::metrics::MetricsRepository::history(store, &user("u"), &PostId::new("p")).await;
        assert_eq!(snapshots.unwrap(), None);
    }

    async fn a_timeline_keeps_the_order_of_one_moment(world: World) {
        let store = &world.store;
        let read = due_post(store, "p", &link(store, "u", "a").await).await;
        let claim = store.claim(&PostId::new("p"), HOUR).await.unwrap().unwrap();
        for words in [["z", "b"], ["y", "a"]] {
            let entries = words.map(|word| entry("p", word));
            store.record(&claim, &claim.publication, &entries, true).await.unwrap();
        }

        let entries = timeline(store, &user("u"), &read.post.id).await;
        assert_eq!(entries.iter().map(|entry| entry.step.as_str()).collect::<Vec<_>>(), ["scheduled", "z", "b", "y", "a"]);
    }
}
