//! Two users side by side: no list, filter or cursor of one ever shows what is the other's.

use rats_domain::{
    connection::Connection,
    event::{EventFilter, EventRepository},
    id::PostId,
    post::{PostFilter, PostRepository},
    publication::{PublicationQueue as _, Status, Step},
};
use rats_storage::Store;

use crate::{
    example::{MINUTE, draft, due_post, entry, event, link, note, post, timeline, user},
    world::{Backend, World, runtime},
};

/// splitmix64: the same numbers for the same seed, on any machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }
}

struct Person {
    name: String,
    connection: Connection,
    posts: Vec<String>,
    events: usize,
}

#[test]
fn sec_26_lists_filters_and_cursors_never_cross_users() {
    runtime().block_on(async {
        let world = World::new(Backend::Memory).await;
        for sequence in 0..1_000 {
            run(&world.store, sequence).await;
        }
    });
}

async fn run(store: &Store, sequence: u64) {
    let mut dice = Dice(sequence);
    let mut people = Vec::new();
    for side in ["u", "v"] {
        let name = format!("{side}{sequence}");
        let connection = link(store, &name, &format!("a-{name}")).await;
        people.push(Person { name, connection, posts: vec![], events: 0 });
    }
    for n in 0..6 {
        let who = dice.roll(2);
        act(store, &mut dice, &mut people[who], sequence, n).await;
    }
    for who in 0..2 {
        look(store, &mut dice, &people[who], &people[1 - who]).await;
    }
}

async fn act(store: &Store, dice: &mut Dice, person: &mut Person, sequence: u64, n: usize) {
    let id = format!("p-{sequence:04}-{n}-{}", person.name);
    match dice.roll(4) {
        0 => {
            let post = post(&id, &person.name);
            PostRepository::add(store, &post, &draft(&post), &[entry(&id, "draft")], None).await.unwrap();
            person.posts.push(id);
        }
        1 => {
            due_post(store, &id, &person.connection).await;
            person.posts.push(id);
        }
        2 => {
            EventRepository::add(store, &event(&id, &person.name), None).await.unwrap();
            person.events += 1;
        }
        _ => {
            let Some(last) = person.posts.last() else { return };
            let Some(claim) = store.claim(&PostId::new(last.as_str()), MINUTE).await.unwrap() else { return };
            let failed = claim.publication.after(Step::Fail { attention: note() }).unwrap();
            store.record(&claim, &failed, &[], false).await.unwrap();
        }
    }
}

async fn look(store: &Store, dice: &mut Dice, person: &Person, other: &Person) {
    let me = user(&person.name);
    let statuses = [None, Some(Status::Draft), Some(Status::Scheduled), Some(Status::Failed)];
    // A cursor that someone else's list gave out.
    let cursors = [None, other.posts.last().map(|id| PostId::new(id.as_str()))];
    for status in statuses {
        let filter = PostFilter { status, limit: [None, Some(2)][dice.roll(2)], after: cursors[dice.roll(2)].clone() };
        let listed = PostRepository::list(store, &me, &filter).await.unwrap();
        assert!(listed.iter().all(|record| record.post.user == me && record.publication.user == me));
    }
    let all = PostRepository::list(store, &me, &PostFilter::default()).await.unwrap();
    assert_eq!(all.len(), person.posts.len(), "and all of one's own are there");
    let events = EventRepository::list(store, &me, EventFilter::All).await.unwrap();
    assert_eq!(events.len(), person.events);
    assert!(events.iter().all(|event| event.user == me));
    for id in &other.posts {
        assert_eq!(PostRepository::find(store, &me, &PostId::new(id.as_str())).await.unwrap(), None);
        assert!(timeline(store, &me, &PostId::new(id.as_str())).await.is_empty());
    }
}
