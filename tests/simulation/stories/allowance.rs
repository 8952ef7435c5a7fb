//! What an account may do in a day, and what of its rate limits is kept for publishing.

use std::{sync::atomic::Ordering, time::Duration};

use rats_domain::{
    post::Post,
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::Config;

use super::tale::{DUE, SCHEDULER, Tale};
use crate::town::{Town, hostile, settings};

#[test]
fn the_last_place_of_a_day_is_counted_by_us() {
    const TOTAL: u32 = 21;
    let mut town = Town::new(1, Config { quota_total: TOTAL, ..hostile() }, settings());
    let anna = town.person();
    let at = |number: u32| DUE + Duration::from_mins(number.into());
    let posts: Vec<Post> = (0..=TOTAL).map(|number| town.post(&anna, at(number))).collect();
    town.start(SCHEDULER);
    let mut tale = Tale { town, anna };
    tale.until(at(TOTAL) + Duration::from_mins(5));
    let (last, others) = posts.split_last().unwrap();
    tale.is(&others.iter().collect::<Vec<_>>(), Stage::Published, 1);
    // A day after the first is too late for it.
    tale.is(&[last], Stage::Failed, 0);
    assert_eq!(tale.attention(last), Some(AttentionKind::DeadlinePassed));
    let (first_sent, story) = (tale.town.find(&posts[0]).receipt.unwrap().sent_at, tale.town.story(last));
    let free = format!("{:02}:{:02} UTC or later", first_sent.hour(), first_sent.minute());
    assert!(story.iter().any(|told| told.contains("5 December 2026") && told.contains(&free)), "{free}: {story:#?}");
    assert_eq!(tale.requests(), 21, "nothing is sent to be refused");
}

#[test]
fn what_is_left_of_a_rate_limit_is_kept_for_publishing() {
    let mut tale = Tale::new();
    let early = tale.ready_post();
    tale.town.network.used.store(90, Ordering::Relaxed);
    let later = tale.town.post(&tale.anna, Duration::from_mins(10));
    let end = DUE + Duration::from_mins(10);
    tale.until_after_due(Duration::from_secs(5));
    tale.is_live_once(&early);
    tale.until(end.saturating_sub(Duration::from_mins(3)));
    assert!(tale.town.containers(&later).is_empty(), "{:#?}", tale.town.story(&later));
    tale.until(end.saturating_sub(Duration::from_secs(30)));
    assert_eq!(tale.stage(&later), Stage::Staged, "{:#?}", tale.town.story(&later));
    tale.until(end + Duration::from_secs(5));
    tale.is_live_once(&later);
}
