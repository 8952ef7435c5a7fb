//! Pictures that Instagram cannot fetch.

use std::time::Duration;

use rats_domain::publication::Stage;
use rats_instagram_sim::{Config, Fault, FaultRule};

use crate::town::{Town, settings};

#[test]
fn a_picture_server_that_is_away_for_minutes_loses_no_post() {
    let mut town = Town::new(1, Config::default(), settings());
    let anna = town.person();
    let away = FaultRule { fault: Fault::DownloadRefused, account: None, times: None, probability: None };
    town.network.instagram.add_fault(away);
    town.start(1);
    let post = town.post(&anna, Duration::from_mins(10));
    town.world.run_until(Duration::from_mins(9));
    town.network.instagram.clear_faults();
    town.world.run_until(Duration::from_mins(11));

    let ledger = town.network.instagram.ledger(town.now());
    assert_eq!(
        (town.find(&post).publication.stage, ledger.media.len()),
        (Stage::Published, 1),
        "{:#?}",
        town.story(&post)
    );
}

#[test]
fn a_picture_that_can_never_be_fetched_fails_with_what_to_change() {
    let mut town = Town::new(1, Config::default(), settings());
    let anna = town.person();
    let gone = FaultRule { fault: Fault::DownloadRefused, account: None, times: None, probability: None };
    town.network.instagram.add_fault(gone);
    town.start(1);
    let post = town.post(&anna, Duration::from_mins(10));
    town.world.run_until(Duration::from_hours(1));

    let publication = town.find(&post).publication;
    assert_eq!(publication.stage, Stage::Failed, "{:#?}", town.story(&post));
    assert!(publication.attention.as_ref().unwrap().message.contains("Another picture"), "{publication:?}");
}
