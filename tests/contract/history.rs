//! `AccountHistory`.

use rats_domain::{
    caption::{Caption, CaptionLimits},
    connection::ConnectionRepository as _,
    id::{AccountId, MediaId, PostId},
    post::{AccountHistory as _, Post, PostRepository},
    publication::PublicationQueue as _,
    receipt::ConfirmedBy,
};
use rats_storage::Store;

use crate::{
    example::{HOUR, MINUTE, draft, due_post, link, post, receipt, request, scheduled, user},
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
}
