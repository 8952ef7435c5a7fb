//! Clones, restores, promotions: a database at another place publishes nothing until it is adopted.

use rats_domain::{
    id::PostId,
    occurrence::{Making, OccurrenceRepository as _},
    post::PostRepository as _,
    publication::{Claim, Downtime, PublicationQueue as _, QueueError, Stage, Step},
    receipt::ConfirmedBy,
};
use rats_storage::{AdoptError, DatabaseUrl, Options, Role, Store};

use crate::{
    example::{
        HOUR, MINUTE, created, due_post, event, intended, link, note, post, receipt, request, scheduled, timeline,
        unclear, user,
    },
    occurrence::{make, make_at},
    world::{Backend, KEY, T, World, options, promises, try_on},
};

/// The same database under another installation's name, which is as good as another place. `None` in memory: that ends with its store.
async fn moved(world: World) -> Option<World> {
    if world.url == DatabaseUrl::SqliteMemory {
        return None;
    }
    let World { store, clock, url, folder } = world;
    drop(store);
    let named = Options { installation: Some("copy".into()), ..options(&url, clock.clone(), KEY) };
    let store = Store::open(named).await.unwrap();
    Some(World { store, clock, url, folder })
}

async fn record(store: &Store, claim: &Claim, step: Step) -> Result<(), QueueError> {
    store.record(claim, &claim.publication.after(step).unwrap(), &[], false).await
}

/// A post of an account of its own that has taken these steps under a claim; the claim is as it was at last.
async fn post_after(store: &Store, id: &str, steps: &[Step]) -> Claim {
    let connection = link(store, &format!("u-{id}"), &format!("a-{id}")).await;
    due_post(store, id, &connection).await;
    let mut claim = store.claim(&PostId::new(id), MINUTE).await.unwrap().expect("it is free");
    for step in steps {
        let next = claim.publication.after(step.clone()).unwrap();
        store.record(&claim, &next, &[], true).await.unwrap();
        claim.publication = next;
    }
    claim
}

async fn stage(store: &Store, id: &str) -> (Stage, bool) {
    let record = store.find(&user(&format!("u-{id}")), &PostId::new(id)).await.unwrap().unwrap();
    (record.publication.stage, record.publication.is_in_doubt())
}

promises! {
    async fn after_adoption_no_event_is_posted_that_the_original_may_have_posted(world: World) {
        rats_domain::event::EventRepository::add(&world.store, &event("e", "u"), None).await.unwrap();
        link(&world.store, "u", "a").await;
        let Some(World { store, clock, url: _url, folder: _folder }) = moved(world).await else { return };
        let connection = rats_domain::connection::ConnectionRepository::find_by_user(&store, &user("u")).await.unwrap().unwrap();
        clock.turn(HOUR);
        store.adopt(&store.home().await.unwrap(), T).await.unwrap();

        assert_eq!(make(&store, 2026, "p", &connection, T).await, Making::MayBeLive, "its time had passed");
        assert!(store.occurrences(&user("u"), None, 0).await.unwrap().is_empty());
        assert_eq!(make_at(&store, 2026, "p", &connection, T + HOUR * 2).await, Making::Made);
    }

    async fn at_another_place_nothing_is_handed_out_or_decided_and_the_rest_goes_on(world: World) {
        let claim = post_after(&world.store, "p", &[created("17")]).await;
        due_post(&world.store, "q", &link(&world.store, "v", "b").await).await;
        let Some(World { store, clock, url: _url, folder: _folder }) = moved(world).await else { return };

        assert!(!store.home().await.unwrap().is_known());
        assert!(store.claim_due(MINUTE, 9).await.unwrap().claims.is_empty());
        assert_eq!(store.claim(&PostId::new("q"), MINUTE).await.unwrap(), None);
        assert_eq!(store.next_due().await.unwrap(), None, "workers sleep");
        assert!(matches!(record(&store, &claim, Step::ContainerReady).await, Err(QueueError::LeaseLost)));
        assert!(matches!(store.extend(&claim, MINUTE).await, Err(QueueError::LeaseLost)));

        let mut read = store.find(&user("v"), &PostId::new("q")).await.unwrap().unwrap();
        read.publication = read.publication.after(Step::Cancelled).unwrap();
        assert!(store.change(&read, &[]).await.unwrap(), "a person's change goes on");
        let live = receipt("17", Some("m"), ConfirmedBy::Answer);
        assert!(store.record_published(&PostId::new("p"), &live, &[]).await.unwrap(), "a fact is a fact");
        clock.turn(HOUR);
    }

    async fn after_adoption_a_claim_of_the_original_decides_nothing(world: World) {
        let claim = post_after(&world.store, "p", &[created("17"), Step::ContainerReady]).await;
        let Some(World { store, clock, url: _url, folder: _folder }) = moved(world).await else { return };
        let home = store.home().await.unwrap();

        let adopted = store.adopt(&home, T).await.unwrap();

        assert!(adopted.generation > home.generation && adopted.doubted == 1);
        assert!(store.home().await.unwrap().is_known());
        assert!(matches!(store.adopt(&home, T).await, Err(AdoptError::AtHome)));
        assert!(matches!(record(&store, &claim, intended()).await, Err(QueueError::LeaseLost)));
        assert!(matches!(store.extend(&claim, MINUTE).await, Err(QueueError::LeaseLost)));
        let new = store.claim_due(MINUTE, 9).await.unwrap().claims.remove(0);
        assert!(new.publication.epoch > adopted.generation << 32);
        clock.turn(HOUR);
        let again = store.adopt(&rats_storage::Home { place: "elsewhere".into(), ..home }, T).await;
        assert!(matches!(again, Err(AdoptError::AtHome)), "it was explained before somebody else adopted it");
    }

    async fn a_claim_of_the_original_decides_nothing_about_what_was_closed_and_opened_again(world: World) {
        let connection = link(&world.store, "u", "a").await;
        let record_of = due_post(&world.store, "p", &connection).await;
        let claim = world.store.claim(&record_of.post.id, MINUTE).await.unwrap().unwrap();
        record(&world.store, &claim, Step::Fail { attention: note() }).await.unwrap();
        let Some(World { store, clock: _clock, url: _url, folder: _folder }) = moved(world).await else { return };
        store.adopt(&store.home().await.unwrap(), T).await.unwrap();

        let mut read = store.find(&user("u"), &record_of.post.id).await.unwrap().unwrap();
        read.publication = read.publication.after(scheduled(&connection)).unwrap();
        assert!(store.change(&read, &[]).await.unwrap());

        for epoch in 0..9 {
            let parts = rats_domain::publication::Parts { epoch, ..(*claim.publication).clone() };
            let publication = rats_domain::publication::Publication::restore(parts).unwrap();
            let of_the_original = Claim { publication, ..claim.clone() };
            assert!(matches!(record(&store, &of_the_original, created("18")).await, Err(QueueError::LeaseLost)));
        }
    }

    async fn what_the_original_may_have_sent_is_in_doubt(world: World) {
        let store = &world.store;
        let requested = [created("17"), Step::ContainerReady, intended()];
        let review = Step::Review { look_at: T, attention: note() };
        post_after(store, "waiting", &[]).await;
        post_after(store, "staged", &requested[..2]).await;
        post_after(store, "held", &[Step::Held { attention: note() }]).await;
        post_after(store, "requested", &requested).await;
        post_after(store, "reconciling", &[&requested[..], &[unclear()]].concat()).await;
        post_after(store, "review", &[&requested[..], &[unclear(), review]].concat()).await;
        post_after(store, "failed", &[Step::Fail { attention: note() }]).await;
        let later = link(store, "u-later", "a-later").await;
        let Step::Scheduled { connection, account, useless_after, .. } = scheduled(&later) else { unreachable!() };
        let at = T + HOUR;
        let step = Step::Scheduled { connection, account, publish_at: at, due_at: T, useless_after, content_changed: false };
        let new = post("later", "u-later");
        let publication = crate::example::draft(&new).after(step.clone()).unwrap();
        store.add(&new, &publication, &[], None).await.unwrap();
        let moved_by_a_person = post("changed", "u-later");
        let publication = crate::example::draft(&moved_by_a_person).after(step.clone()).unwrap();
        store.add(&moved_by_a_person, &publication, &[], None).await.unwrap();
        let Some(World { store, clock, url: _url, folder: _folder }) = moved(world).await else { return };
        clock.turn(MINUTE);
        let mut read = store.find(&user("u-later"), &moved_by_a_person.id).await.unwrap().unwrap();
        read.post.updated_at = T + MINUTE;
        read.publication = read.publication.after(step).unwrap();
        assert!(store.change(&read, &[]).await.unwrap());

        let adopted = store.adopt(&store.home().await.unwrap(), T + MINUTE).await.unwrap();

        assert_eq!(adopted.doubted, 6);
        for (id, expected) in [
            ("waiting", (Stage::Reconciling, true)),
            ("staged", (Stage::Reconciling, true)),
            ("held", (Stage::Reconciling, true)),
            ("requested", (Stage::Reconciling, false)),
            ("reconciling", (Stage::Reconciling, false)),
            ("review", (Stage::NeedsReview, false)),
            ("failed", (Stage::Failed, false)),
            ("later", (Stage::Waiting, false)),
        ] {
            assert_eq!(stage(&store, id).await, expected, "{id}");
        }
        let changed = store.find(&user("u-later"), &moved_by_a_person.id).await.unwrap().unwrap();
        assert!(changed.publication.is_in_doubt(), "moved after the copy was taken: it may have been due before");
        let waiting = store.find(&user("u-waiting"), &PostId::new("waiting")).await.unwrap().unwrap();
        let request = waiting.publication.request.clone().unwrap();
        assert_eq!((request.first_intent_at, request.may_send_until), (T, T + MINUTE));
        let entries = timeline(&store, &user("u-waiting"), &PostId::new("waiting")).await;
        assert_eq!(entries.last().unwrap().step, "doubted");
        assert_eq!(store.claim_due(MINUTE, 99).await.unwrap().claims.len(), 7, "one of each account");
    }

    async fn a_person_names_the_media_of_a_post_without_a_container_only_in_doubt(world: World) {
        post_after(&world.store, "p", &[]).await;
        let Some(World { store, clock: _clock, url: _url, folder: _folder }) = moved(world).await else { return };
        let of_none = rats_domain::receipt::Receipt { container: None, ..receipt("", Some("m"), ConfirmedBy::Person) };
        let post = PostId::new("p");

        assert!(!store.record_published(&post, &of_none, &[]).await.unwrap());
        store.adopt(&store.home().await.unwrap(), T).await.unwrap();
        assert!(store.record_published(&post, &of_none, &[]).await.unwrap());

        let live = store.find(&user("u-p"), &post).await.unwrap().unwrap();
        assert_eq!((live.publication.stage, live.receipt), (Stage::Published, Some(of_none)));
    }

    async fn how_long_no_worker_ran_is_kept(world: World) {
        let (store, clock) = (&world.store, &world.clock);
        store.heartbeat(Role::Worker).await.unwrap();
        clock.turn(MINUTE);
        store.heartbeat(Role::Worker).await.unwrap();
        assert_eq!(store.downtime(T, T).await.unwrap(), None, "a minute is a pause");
        clock.turn(HOUR);
        store.heartbeat(Role::Server).await.unwrap();
        clock.turn(HOUR);
        store.heartbeat(Role::Worker).await.unwrap();

        let down = Downtime { since: T + MINUTE, until: T + MINUTE + HOUR * 2 };
        assert_eq!(store.downtime(down.since, down.until).await.unwrap(), Some(down), "who serves does not work");
        let later = down.until + HOUR;
        clock.jump(HOUR);
        store.heartbeat(Role::Worker).await.unwrap();
        assert_eq!(store.downtime(later, later).await.unwrap(), None, "a clock that is set is no downtime");
        assert_eq!(store.downtime(T, down.until).await.unwrap(), None, "it began later");
        assert_eq!(store.downtime(down.since, down.until + MINUTE).await.unwrap(), None, "it ended sooner");
    }
}

#[test]
fn a_backup_copied_over_the_file_is_noticed() {
    try_on(Backend::File, async |world| {
        let World { store, clock, url, folder } = world;
        let (file, backup) = (folder.path().join("rats.db"), folder.path().join("backup.db"));
        store.heartbeat(Role::Worker).await.unwrap();
        drop(store);
        std::fs::copy(&file, &backup).unwrap();
        let store = Store::open(options(&url, clock.clone(), KEY)).await.unwrap();
        assert!(store.home().await.unwrap().is_known(), "nothing happened since");
        clock.turn(HOUR);
        store.heartbeat(Role::Worker).await.unwrap();
        drop(store);
        std::fs::copy(&backup, &file).unwrap();

        for _ in 0..2 {
            let store = Store::open(options(&url, clock.clone(), KEY)).await.unwrap();
            let home = store.heartbeat(Role::Worker).await.unwrap();
            assert!(!home.is_known());
            assert_eq!(home.last, T);
        }
        let store = Store::open(options(&url, clock.clone(), KEY)).await.unwrap();
        store.adopt(&store.home().await.unwrap(), T + HOUR).await.unwrap();
        drop(store);
        let store = Store::open(options(&url, clock.clone(), KEY)).await.unwrap();
        assert!(store.heartbeat(Role::Worker).await.unwrap().is_known());
    });
}

#[test]
fn a_file_replaced_under_a_running_process_ends_its_claims() {
    try_on(Backend::File, async |world| {
        let claim = post_after(&world.store, "p", &[created("17")]).await;
        due_post(&world.store, "q", &link(&world.store, "v", "b").await).await;
        assert!(!world.store.is_replaced());
        let file = world.folder.path().join("rats.db");
        std::fs::copy(&file, world.folder.path().join("copy.db")).unwrap();
        std::fs::rename(world.folder.path().join("copy.db"), &file).unwrap();

        assert!(world.store.is_replaced());
        assert!(world.store.claim_due(MINUTE, 9).await.unwrap().claims.is_empty());
        assert!(matches!(record(&world.store, &claim, Step::ContainerReady).await, Err(QueueError::LeaseLost)));
    });
}

#[test]
fn a_dump_restored_beside_or_over_the_original_is_noticed() {
    try_on(Backend::Postgres, async |world| {
        let World { store, clock, url, folder: _folder } = world;
        request(&store, &{ due_post(&store, "p", &link(&store, "u", "a").await).await.post.id.to_string() }, "17")
            .await;
        let DatabaseUrl::Postgres(address) = &url else { unreachable!() };
        let client = rats_tests::postgres::client(address.expose()).await.unwrap();
        // What `pg_restore --clean` does to a table.
        let restored = "CREATE TABLE copy (LIKE installation INCLUDING ALL); INSERT INTO copy SELECT * FROM installation; \
                        DROP TABLE installation; ALTER TABLE copy RENAME TO installation";
        client.batch_execute(restored).await.unwrap();

        assert!(!store.home().await.unwrap().is_known());
        drop(store);
        let store = Store::open(options(&url, clock.clone(), KEY)).await.unwrap();
        assert!(!store.home().await.unwrap().is_known());
        let beside = rats_tests::postgres::copy_database(address.expose()).await.unwrap();
        let home = store.home().await.unwrap();
        store.adopt(&home, T).await.unwrap();
        drop(store);
        let copy = DatabaseUrl::Postgres(rats_domain::secret::Secret::new(beside));
        let copy = Store::open(options(&copy, clock, KEY)).await.unwrap();
        assert!(!copy.home().await.unwrap().is_known());
    });
}
