//! `AccountHistory`.

use rats_domain::{
    caption::{Caption, CaptionLimits},
    connection::ConnectionRepository as _,
    id::{AccountId, MediaId, PostId},
    post::{AccountHistory as _, Post, PostRepository},
    publication::{PublicationQueue as _, Step},
    receipt::ConfirmedBy,
};
use rats_storage::Store;

use crate::{
    example::{
        HOUR, MINUTE, after, draft, due_post, link, moved, note, post, receipt, request, scheduled, unclear, user,
    },
    world::{T, promises},
};

fn said(text: &str) -> Caption {
    Caption::parse(text, &CaptionLimits::default()).unwrap()
}

async fn repeats(store: &Store, account: &str, but: &str, text: &str) -> bool {
    store.caption_repeats(&AccountId::new(account), &PostId::new(but), &said(text).normalised()).await.unwrap()
}

promises! {
    async fn a_caption_repeats_among_all_posts_of_the_account(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let first = Post { caption: said("Happy day @anna"), ..post("p1", "u") };
        let publication = draft(&first).after(scheduled(&connection)).unwrap();
        store.add(&first, &publication, &[], None).await.unwrap();

        assert!(!repeats(store, "a", "p1", "Happy day anna").await, "it is the post itself");
        assert!(repeats(store, "a", "p2", "Happy  day anna").await, "compared as Instagram lists it");
        assert!(!repeats(store, "b", "p2", "Happy day anna").await);
        store.disconnect(&user("u"), T).await.unwrap();
        link(store, "v", "a").await;
        assert!(repeats(store, "a", "p2", "Happy day anna").await, "any user's, any stage");

        let mut record = PostRepository::find(store, &user("u"), &first.id).await.unwrap().unwrap();
        record.post.caption = said("Something else");
        record.publication = record.publication.after(moved(T + HOUR)).unwrap();
        assert!(store.change(&record, &[]).await.unwrap());
        assert!(!repeats(store, "a", "p2", "Happy day anna").await);
        assert!(repeats(store, "a", "p2", "Something else").await);
    }

    async fn media_of_other_posts_are_known(world: World) {
        let store = &world.store;
        due_post(store, "p", &link(store, "u", "a").await).await;
        request(store, "p", "17").await;
        let told = receipt("17", Some("m1"), ConfirmedBy::Answer);
        store.record_published(&PostId::new("p"), &told, &[]).await.unwrap();
        let media = ["m0", "m1", "m2"].map(MediaId::new);

        assert_eq!(store.owned_by_others(&PostId::new("q"), &media).await.unwrap(), [MediaId::new("m1")]);
        assert!(store.owned_by_others(&PostId::new("p"), &media).await.unwrap().is_empty());
        assert!(store.owned_by_others(&PostId::new("q"), &[]).await.unwrap().is_empty());
    }

    async fn confirmed_publications_are_counted(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        for (n, hours) in [(1, 0), (2, 1), (3, 2)] {
            due_post(store, &format!("p{n}"), &connection).await;
            request(store, &format!("p{n}"), &format!("{n}")).await;
            let mut told = receipt(&format!("{n}"), None, ConfirmedBy::Status);
            told.sent_at = T + HOUR * hours;
            store.record_published(&PostId::new(format!("p{n}")), &told, &[]).await.unwrap();
        }
        let count = async |account: &str, since| store.confirmed_since(&AccountId::new(account), since).await.unwrap();

        assert_eq!(count("a", T).await, 3);
        assert_eq!(count("a", T + HOUR).await, 2);
        assert_eq!(count("a", T + HOUR * 2 + MINUTE).await, 0);
        assert_eq!(count("b", T).await, 0);
    }
    async fn places_are_those_of_what_went_out_and_of_what_is_open(world: World) {
        let store = &world.store;
        let connection = link(store, "u", "a").await;
        let other = link(store, "v", "b").await;
        for id in ["live", "long-ago", "unclear", "planned", "moved", "kept-back", "held", "cancelled", "failed"] {
            due_post(store, id, &connection).await;
        }
        due_post(store, "other", &other).await;
        let draft_post = post("draft", "u");
        store.add(&draft_post, &draft(&draft_post).after(Step::Drafted).unwrap(), &[], None).await.unwrap();

        for (id, sent_at) in [("live", T), ("long-ago", T - HOUR * 25)] {
            request(store, id, id).await;
            let told = rats_domain::receipt::Receipt { sent_at, ..receipt(id, None, ConfirmedBy::Status) };
            store.record_published(&PostId::new(id), &told, &[]).await.unwrap();
        }
        let claim = request(store, "unclear", "17").await;
        store.record(&claim, &claim.publication.after(unclear()).unwrap(), &[], false).await.unwrap();
        worked(store, "kept-back", Step::Wait { until: T + HOUR * 30, attention: note() }).await;
        worked(store, "held", Step::Held { attention: note() }).await;
        worked(store, "failed", Step::Fail { attention: note() }).await;
        changed(store, "moved", moved(T + HOUR * 40)).await;
        changed(store, "cancelled", Step::Cancelled).await;

        let places = async |since| {
            let places = store.places(&AccountId::new("a"), since).await.unwrap();
            places.into_iter().map(|place| (place.post.to_string(), place.at)).collect::<Vec<_>>()
        };
        let place = |id: &str, at| (id.to_owned(), at);
        let later = [place("kept-back", T + HOUR * 30), place("moved", T + HOUR * 40)];
        assert_eq!(
            places(T).await,
            [vec![place("held", T), place("live", T), place("planned", T), place("unclear", T)], later.to_vec()].concat()
        );
        assert_eq!(places(T + MINUTE).await, later);
        assert_eq!(places(T - HOUR * 25).await[0], place("long-ago", T - HOUR * 25));
        assert!(store.places(&AccountId::new("c"), T).await.unwrap().is_empty());
    }

    async fn a_quota_total_is_kept_as_it_was_last_told(world: World) {
        let (store, account) = (&world.store, AccountId::new("a"));
        assert_eq!(store.quota_total(&account).await.unwrap(), None);
        for total in [50, 100] {
            store.keep_quota_total(&account, total).await.unwrap();
            assert_eq!(store.quota_total(&account).await.unwrap(), Some(total));
        }
        assert_eq!(store.quota_total(&AccountId::new("b")).await.unwrap(), None);
    }
}

/// Lets a worker take a step of the post's.
async fn worked(store: &Store, id: &str, step: Step) {
    let claim = store.claim(&PostId::new(id), MINUTE).await.unwrap().unwrap();
    store.record(&claim, &after(&claim.publication, &[step]), &[], false).await.unwrap();
}

/// Lets its person take a step of the post's.
async fn changed(store: &Store, id: &str, step: Step) {
    let mut record = PostRepository::find(store, &user("u"), &PostId::new(id)).await.unwrap().unwrap();
    record.publication = record.publication.after(step).unwrap();
    assert!(store.change(&record, &[]).await.unwrap());
}
