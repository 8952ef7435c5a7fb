//! A disk that is full when posts are due: what cannot be stored before it is sent is not sent, and goes out once there is room.

use std::time::Duration;

use rats_domain::{clock::Clock as _, id::PostId, post::PostRepository as _, publication::Stage};
use rats_instagram_sim::{Config, Repeat};
use rats_tests::{Database, World, pictures, seed, until};

use crate::outage;

/// So many that what room is left in the file does not do for all.
const POSTS: usize = 200;
/// How long after it is stored a post is due.
const AHEAD: Duration = Duration::from_secs(12);

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_finds_the_disk_full_sends_nothing() {
    let pictures = pictures::serve();
    let config = Config { repeat: Repeat::Hostile, remember_pictures: true, ..Config::default() };
    let settings = [("PUBLIC_BASE_URL", &*pictures), ("LOG", "off")];
    let world = World::with_simulator(Database::Sqlite, &settings, config).await;
    let due = world.clock.now() + AHEAD;
    let made = world.simulator.state().make_accounts(u32::try_from(POSTS).expect("so many"), world.clock.now());
    for (number, account) in made.iter().enumerate() {
        let id = account.ig_user_id.to_string();
        seed::link(&world.store, number, &id, &account.token).await;
        seed::schedule(&world.store, number, (number, &id), due, AHEAD).await;
    }
    // A last look at each container is stored once it is found ready.
    until(|| async { world.ledger().containers.len() == POSTS && stages(&world).await.into_iter().all(is_staged) })
        .await;
    assert!(world.clock.now() < due, "the machine is too slow for this test");

    world.store.set_full(true).await.expect("it is full");
    let room_again = due + outage(3);
    until(|| async { world.clock.now() > room_again }).await;
    let stages_then = stages(&world).await;
    let asked: Vec<usize> = asked(&world);
    assert!(asked.len() < POSTS, "the disk was not full");
    let without_intent: Vec<&usize> = asked.iter().filter(|number| is_staged(stages_then[**number])).collect();
    assert!(without_intent.is_empty(), "sent, and no intent is stored: {without_intent:?}");

    world.store.set_full(false).await.expect("there is room");
    until(|| async { stages(&world).await.iter().all(|stage| *stage == Stage::Published) }).await;
    let mut live: Vec<usize> =
        world.ledger().media.iter().filter_map(|media| seed::number_in(&media.caption)).collect();
    live.sort_unstable();
    assert_eq!(live, (0..POSTS).collect::<Vec<_>>());
    world.stop().await;
}

fn is_staged(stage: Stage) -> bool {
    stage == Stage::Staged
}

/// Of which posts a publish request has arrived.
fn asked(world: &World) -> Vec<usize> {
    let containers = world.ledger().containers;
    let asked = containers.iter().filter(|container| container.publish_calls > 0);
    asked.filter_map(|container| seed::number_in(&container.caption)).collect()
}

async fn stages(world: &World) -> Vec<Stage> {
    let mut stages = Vec::new();
    for number in 0..POSTS {
        let id = PostId::new(seed::post_id(number));
        let found = world.store.find(&seed::user(number), &id).await.expect("an answer");
        stages.push(found.expect("the post").publication.stage);
    }
    stages
}
