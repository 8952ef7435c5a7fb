//! Pictures that Instagram cannot fetch, or containers that it does not make.

use std::time::Duration;

use rats_domain::{
    post::Origin,
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::{Call, Config, Fault, FaultRule};

use super::tale::{Tale, error};
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
    assert!(publication.attention.as_ref().unwrap().message.contains("Try another picture"), "{publication:?}");
}

#[test]
fn a_service_that_restarts_loses_no_post_for_now() {
    let mut tale = Tale::new();
    tale.fault(Fault::DownloadRefused, None);
    let anna = tale.anna.clone();
    let post = tale.town.post_now(&anna, Origin::Now).unwrap();
    tale.until(Duration::from_mins(2));
    tale.mended();
    // By then one waits for minutes between two tries.
    tale.until(Duration::from_mins(9));
    tale.is_live_once(&post);
}

#[test]
fn what_may_be_an_outage_of_instagrams_is_tried_for_minutes_before_the_app_is_called_refused() {
    for (minutes, stage, live) in [(1, Stage::Published, 1), (60, Stage::Failed, 0)] {
        let mut tale = Tale::new();
        tale.fault(error(Call::Create, 400, 100, Some(33)), None);
        let anna = tale.anna.clone();
        let post = tale.town.post_now(&anna, Origin::Now).unwrap();
        tale.until(Duration::from_mins(minutes));
        tale.mended();
        tale.until(Duration::from_hours(2));
        tale.is(&[&post], stage, live);
        if stage == Stage::Failed {
            assert_eq!(tale.attention(&post), Some(AttentionKind::AppRefused), "{:#?}", tale.town.story(&post));
        }
    }
}
