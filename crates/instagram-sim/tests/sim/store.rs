use std::sync::Arc;

use rats_instagram_sim::{Config, NewContainer, Picture, TurnableClock, start};
use reqwest::Method;

use crate::harness::{config, jpeg, listener, sim_with};

#[tokio::test]
async fn the_state_and_its_pictures_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Config { state_file: Some(folder.path().join("state.json")), ..config() };
    let sim = sim_with(kept.clone()).await;
    let media = sim.published("kept").await;
    sim.send(Method::GET, "v25.0/me", &[]).await.unwrap();
    let now = sim.now();
    sim.simulator.stop().await;

    let clock = Arc::new(TurnableClock::manual(now));
    let again = start(kept, clock, listener()).await.unwrap();
    let ledger = again.state().ledger(now);
    assert_eq!((ledger.media.len(), ledger.media[0].caption.as_str()), (1, "kept"));
    let url = again.base_url().join(&format!("_media/{media}.jpg")).unwrap();
    assert_eq!(sim.http.get(url).send().await.unwrap().bytes().await.unwrap(), jpeg(64, 80, false));
    let me = again.base_url().join("v25.0/me").unwrap();
    assert_eq!(sim.http.get(me).bearer_auth(&sim.account.token).send().await.unwrap().status(), 200);
    again.stop().await;
}

#[tokio::test]
async fn a_file_that_is_not_a_state_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    std::fs::write(&file, "nonsense").unwrap();
    let clock = Arc::new(TurnableClock::real());
    let error = start(Config { state_file: Some(file), ..config() }, clock, listener()).await.unwrap_err();
    assert!(error.to_string().contains("state.json is not a state"));
}

#[tokio::test]
async fn a_container_that_was_lost_with_its_process_gives_its_id_to_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Config { state_file: Some(folder.path().join("state.json")), ..config() };
    let mut ids = std::collections::BTreeSet::new();
    // It dies before it has stored anything, twice.
    for _ in 0..3 {
        let clock = Arc::new(TurnableClock::real());
        let now = rats_instagram_sim::SimClock::now(clock.as_ref());
        let sim = start(kept.clone(), clock, listener()).await.unwrap();
        let account = sim.state().account("goldencrust").unwrap().id;
        let new = NewContainer { caption: "lost".into(), alt_text: None, picture: Picture::stand_in() };
        assert!(ids.insert(sim.state().create_container(account, new, now)));
        drop(sim);
    }
}
