//! A fixed history, computed by hand: gaps, nulls, a retired metric, a post younger than its period, and the night in which clocks go back.

use time::{
    Duration, OffsetDateTime, Weekday,
    macros::{date, datetime},
};

use super::*;
use crate::{
    event::EventKind,
    id::PostId,
    metrics::{Metric, Metrics, Numbers, Rated, Slot, Snapshot},
    picture::PictureSource::{Card, Photo},
    zone::Zone,
};

/// 19 to 25 October 2026 in Berlin, whose last day has 25 hours.
fn week() -> Period {
    Period::new(date!(2026 - 10 - 19), date!(2026 - 10 - 25), Zone::parse("Europe/Berlin").unwrap()).unwrap()
}

const NOTHING: Numbers = Numbers {
    likes: None,
    comments: None,
    shares: None,
    impressions: None,
    views: None,
    reach: None,
    saved: None,
    total_interactions: None,
};

fn post(name: &str, sent_at: OffsetDateTime) -> Published {
    Published { post: PostId::new(name), sent_at, picture: None, event: None, metrics: None }
}

/// With numbers that were read at once, so long after it went out.
fn measured(post: Published, numbers: Numbers, after: Duration) -> Published {
    let measured_at = post.sent_at + after;
    let both = numbers.total_interactions.zip(numbers.reach);
    let rated = both.map(|(interactions, reach)| Rated { interactions, reach, told_at: measured_at });
    Published { metrics: Some(Metrics { numbers, measured_at, oldest_at: measured_at, rated }), ..post }
}

/// A post of 9 o'clock on Thursday whose interactions and reach were told after 12 hours; then `total_interactions` was retired, or the
/// permission for insights was not given again, and other numbers were told until day 30.
fn aged(numbers: Numbers) -> Published {
    let post = measured(post("r", datetime!(2026-10-22 7:00 UTC)), numbers, Duration::days(30));
    let rated = Rated { interactions: 20, reach: 100, told_at: post.sent_at + Duration::hours(12) };
    let metrics = post.metrics.map(|metrics| Metrics { rated: Some(rated), oldest_at: rated.told_at, ..metrics });
    Published { metrics, ..post }
}

fn history() -> Vec<Published> {
    let days = Duration::days;
    let birthday =
        |name, at, picture| Published { picture: Some(picture), event: Some(EventKind::Birthday), ..post(name, at) };
    let full = |likes| Numbers {
        likes: Some(likes),
        comments: Some(likes / 5),
        shares: Some(likes / 10),
        views: Some(likes * 20),
        reach: Some(likes * 10),
        saved: Some(likes * 3 / 10),
        total_interactions: Some(likes * 16 / 10),
        ..NOTHING
    };
    vec![
        // Of the week before; the second one by a second.
        measured(birthday("a", datetime!(2026-10-12 8:00 UTC), Card), full(10), days(8)),
        post("g", datetime!(2026-10-18 21:59:59 UTC)),
        // Monday, 10 o'clock there, both; `saved` was retired in between.
        measured(birthday("b", datetime!(2026-10-19 8:00 UTC), Card), full(20), days(7)),
        measured(
            Published { picture: Some(Photo), ..post("c", datetime!(2026-10-19 8:30 UTC)) },
            Numbers {
                likes: Some(5),
                comments: Some(0),
                shares: Some(0),
                views: Some(90),
                reach: Some(50),
                total_interactions: Some(5),
                ..NOTHING
            },
            days(7),
        ),
        // Never read.
        Published {
            picture: Some(Photo),
            event: Some(EventKind::Holiday),
            ..post("d", datetime!(2026-10-21 16:00 UTC))
        },
        // Half past two, and half past two again an hour later; the first reached nobody, the second was read too soon.
        measured(
            Published {
                picture: Some(Card),
                event: Some(EventKind::Anniversary),
                ..post("e", datetime!(2026-10-25 0:30 UTC))
            },
            Numbers { likes: Some(1), reach: Some(0), total_interactions: Some(0), ..NOTHING },
            days(3),
        ),
        measured(
            post("f", datetime!(2026-10-25 1:30 UTC)),
            Numbers { likes: Some(3), views: Some(30), reach: Some(20), total_interactions: Some(4), ..NOTHING },
            Duration::hours(11),
        ),
        // The last second of the week, told with Instagram's own impressions.
        measured(
            birthday("h", datetime!(2026-10-25 22:59:59 UTC), Photo),
            Numbers { impressions: Some(7), views: Some(9), ..NOTHING },
            days(7),
        ),
        post("i", datetime!(2026-10-25 23:00 UTC)),
    ]
}

fn sums(figures: &Figures) -> [(Option<u64>, u64); 7] {
    Metric::ALL.map(|metric| (figures.sum(metric).value(), figures.sum(metric).count))
}

#[test]
fn a_week_is_summed_up_and_says_of_how_many_posts() {
    let summary = Summary::of(&history(), &week(), &week().before().unwrap());
    let whole = summary.whole;
    assert_eq!((whole.posts, whole.measured, whole.may_still_grow), (6, 5, 2));
    let [impressions, reach, likes, comments, shares, saved, interactions] = sums(&whole);
    assert_eq!(impressions, (Some(527), 4), "400 + 90 + 30 views, 7 impressions");
    assert_eq!(reach, (Some(270), 4), "200 + 50 + 0 + 20");
    assert_eq!(likes, (Some(29), 4), "20 + 5 + 1 + 3");
    assert_eq!(comments, (Some(4), 2), "4 + 0");
    assert_eq!(shares, (Some(2), 2), "2 + 0");
    assert_eq!(saved, (Some(6), 1), "of the one that was told before it was retired");
    assert_eq!(interactions, (Some(41), 4), "32 + 5 + 0 + 4");
    assert_eq!(whole.engagement, Engagement { interactions: 41, reach: 270, posts: 4 });
    assert!((whole.engagement.rate().unwrap() - 0.151_851_85).abs() < 1e-6);
    assert_eq!(whole.impressions_of, (1, 3));
    assert_eq!(whole.as_of, Some((datetime!(2026-10-25 12:30 UTC), datetime!(2026-11-01 22:59:59 UTC))));

    let before = summary.previous;
    assert_eq!((before.posts, before.measured, before.may_still_grow), (2, 1, 1));
    let once = |value| (Some(value), 1);
    assert_eq!(sums(&before), [once(200), once(100), once(10), once(2), once(1), once(3), once(16)]);
}

#[test]
fn where_nothing_is_known_nothing_is_said() {
    let none = Figures::of(&[]);
    assert_eq!(sums(&none), [(None, 0); 7]);
    assert_eq!((none.engagement.rate(), none.as_of), (Err(NoRate::NotMeasured), None));
    let unread = Figures::of(&[post("d", datetime!(2026-10-21 16:00 UTC))]);
    assert_eq!((unread.posts, unread.measured, sums(&unread)), (1, 0, [(None, 0); 7]));
    let nobody = Figures::of(&history()[5..6]);
    assert_eq!(nobody.sum(Metric::Reach).value(), Some(0), "0 that was told is 0");
    assert_eq!(nobody.engagement.rate(), Err(NoRate::NobodyReached));
}

#[test]
fn a_rate_is_of_one_reading_and_is_as_old_as_that() {
    let retired = Numbers { reach: Some(1_000), total_interactions: Some(20), ..NOTHING };
    let without_insights = Numbers { likes: Some(15), ..retired };
    for numbers in [retired, without_insights] {
        let post = aged(numbers);
        let figures = Figures::of([&post]);
        assert_eq!(figures.sum(Metric::Reach).value(), Some(1_000), "a sum has each number as it was last told");
        assert!((figures.engagement.rate().unwrap() - 0.2).abs() < f64::EPSILON, "0.02 was never told");
        assert_eq!((post.may_still_grow(), figures.may_still_grow), (true, 1), "it was told at half a day");
        let told = datetime!(2026-10-22 19:00 UTC);
        assert_eq!(figures.as_of, Some((told, datetime!(2026-11-21 7:00 UTC))));
        let times = BestTimes::of(&[post], &week());
        assert_eq!((times.too_young, times.not_measured), (1, 0));
        assert!(times.cells.iter().all(|cell| cell.engagement.posts == 0));
    }
}

#[test]
fn figures_are_as_old_as_the_oldest_number_in_them() {
    let post =
        measured(post("s", datetime!(2026-10-22 7:00 UTC)), Numbers { saved: Some(3), ..NOTHING }, Duration::days(30));
    let saves_retired = datetime!(2026-10-24 7:00 UTC);
    let metrics = post.metrics.map(|metrics| Metrics { oldest_at: saves_retired, ..metrics });
    let figures = Figures::of([&Published { metrics, ..post }]);
    assert_eq!(figures.as_of, Some((saves_retired, datetime!(2026-11-21 7:00 UTC))));
}

#[test]
fn parts_add_up_to_the_whole() {
    let history = history();
    let summary = Summary::of(&history, &week(), &week().before().unwrap());
    let pictures: Vec<_> = summary.by_picture.iter().map(|(picture, figures)| (*picture, figures.posts)).collect();
    assert_eq!(pictures, [(Some(Card), 2), (Some(Photo), 3), (None, 1)]);
    let events: Vec<_> = summary.by_event.iter().map(|(event, figures)| (*event, figures.posts)).collect();
    let expected =
        [(Some(EventKind::Birthday), 2), (Some(EventKind::Anniversary), 1), (Some(EventKind::Holiday), 1), (None, 2)];
    assert_eq!(events, expected);

    let steps =
        Step::ALL.map(|step| buckets(&history, &week(), step).into_iter().map(|bucket| bucket.figures).collect());
    let [days, weeks, months]: [Vec<Figures>; 3] = steps;
    let by_picture = summary.by_picture.iter().map(|(_, figures)| *figures).collect();
    let by_event = summary.by_event.iter().map(|(_, figures)| *figures).collect();
    for parts in [days, weeks, months, by_picture, by_event] {
        let together = |of: fn(&Figures) -> u64| parts.iter().map(of).sum::<u64>();
        assert_eq!(together(|part| part.posts), summary.whole.posts);
        assert_eq!(together(|part| part.measured), summary.whole.measured);
        assert_eq!(together(|part| part.may_still_grow), summary.whole.may_still_grow);
        assert_eq!(together(|part| part.engagement.reach), summary.whole.engagement.reach);
        for metric in Metric::ALL {
            let value = parts.iter().filter_map(|part| part.sum(metric).value()).sum::<u64>();
            assert_eq!(Some(value), summary.whole.sum(metric).value(), "{metric:?}");
        }
    }
}

#[test]
fn every_day_has_a_place_and_local_midnight_parts_them() {
    // Half past midnight on Thursday there, still Wednesday in UTC.
    let posts = [history(), vec![post("j", datetime!(2026-10-21 22:30 UTC))]].concat();
    let days = buckets(&posts, &week(), Step::Day);
    assert_eq!(days.iter().map(|day| day.figures.posts).collect::<Vec<_>>(), [2, 0, 1, 1, 0, 0, 3]);
    assert_eq!((days[0].first, days[6].last), (date!(2026 - 10 - 19), date!(2026 - 10 - 25)));
    assert_eq!(days[1].figures.sum(Metric::Likes).value(), None, "no post is not 0 likes");
}

#[test]
fn weeks_begin_on_monday_and_the_outer_ones_are_cut_at_the_period() {
    let period = Period::new(date!(2026 - 10 - 15), date!(2026 - 11 - 03), Zone::utc()).unwrap();
    let cut = |step| -> Vec<_> {
        buckets(&history(), &period, step).iter().map(|part| (part.first, part.last, part.figures.posts)).collect()
    };
    let weeks = [
        (date!(2026 - 10 - 15), date!(2026 - 10 - 18), 1),
        (date!(2026 - 10 - 19), date!(2026 - 10 - 25), 7),
        (date!(2026 - 10 - 26), date!(2026 - 11 - 01), 0),
        (date!(2026 - 11 - 02), date!(2026 - 11 - 03), 0),
    ];
    assert_eq!(cut(Step::Week), weeks);
    let months = [(date!(2026 - 10 - 15), date!(2026 - 10 - 31), 8), (date!(2026 - 11 - 01), date!(2026 - 11 - 03), 0)];
    assert_eq!(cut(Step::Month), months);
}

#[test]
fn an_hour_of_the_week_says_on_how_many_posts_it_rests() {
    let times = BestTimes::of(&history(), &week());
    assert_eq!(times.cells.len(), 168);
    let cell = |weekday, hour| *times.cells.iter().find(|cell| (cell.weekday, cell.hour) == (weekday, hour)).unwrap();
    let monday = cell(Weekday::Monday, 10);
    assert_eq!((monday.posts, monday.engagement), (2, Engagement { interactions: 37, reach: 250, posts: 2 }));
    let sunday = cell(Weekday::Sunday, 2);
    assert_eq!((sunday.posts, sunday.engagement.posts), (2, 1), "both half past twos, one of them too young");
    assert_eq!((times.too_young, times.not_measured), (1, 2));
    assert_eq!(times.cells.iter().map(|cell| cell.posts).sum::<u64>(), times.whole.posts);
    assert!(!monday.is_enough() && times.best().is_empty(), "two posts are too few");
}

#[test]
fn the_best_hours_are_those_with_the_highest_rate_of_those_with_enough_posts() {
    let at = |name: &str, day: u8, hour: u8, interactions| {
        let sent_at = datetime!(2026-10-01 0:00 UTC) + Duration::days(day.into()) + Duration::hours(hour.into());
        let numbers = Numbers { reach: Some(100), total_interactions: Some(interactions), ..NOTHING };
        measured(post(name, sent_at), numbers, Duration::days(3))
    };
    let mut posts: Vec<Published> = (0..3).map(|n| at(&format!("p{n}"), n * 7, 9, 5)).collect();
    posts.extend((0..4).map(|n| at(&format!("q{n}"), n * 7, 18, 8)));
    posts.extend((0..2).map(|n| at(&format!("r{n}"), n * 7, 20, 90)));
    let nobody = |post: &Published| {
        let numbers = Numbers { reach: Some(0), total_interactions: Some(0), ..NOTHING };
        measured(post.clone(), numbers, Duration::days(3))
    };
    let october = Period::new(date!(2026 - 10 - 01), date!(2026 - 10 - 31), Zone::utc()).unwrap();
    let reached_nobody = BestTimes::of(&posts.iter().map(nobody).collect::<Vec<_>>(), &october);
    assert!(reached_nobody.best().is_empty() && reached_nobody.is_any_enough());
    assert!(!BestTimes::of(&posts[..2], &october).is_any_enough());
    let best: Vec<_> = BestTimes::of(&posts, &october).best().iter().map(|cell| (cell.weekday, cell.hour)).collect();
    assert_eq!(best, [(Weekday::Thursday, 18), (Weekday::Thursday, 9)]);
}

#[test]
fn posts_are_ranked_at_equal_age_and_who_is_left_out_is_counted() {
    let now = datetime!(2026-11-01 0:00 UTC);
    let day = Slot::of_age(Duration::DAY).unwrap();
    let aged = |name: &str, sent_days_ago: i64, read: Option<(Duration, Option<u64>)>| Aged {
        post: PostId::new(name),
        sent_at: now - Duration::days(sent_days_ago),
        snapshot: read.map(|(age, likes)| Snapshot {
            slot: day,
            taken_at: now,
            age,
            numbers: Numbers { likes, reach: Some(50), total_interactions: likes, ..NOTHING },
        }),
    };
    let posts = vec![
        aged("a", 9, Some((Duration::hours(24), Some(5)))),
        aged("b", 8, Some((Duration::hours(26), Some(9)))),
        aged("c", 7, Some((Duration::hours(25), Some(5)))),
        aged("late", 6, Some((Duration::hours(30), Some(99)))),
        aged("unread", 5, None),
        aged("untold", 4, Some((Duration::hours(24), None))),
        aged("young", 0, None),
        // Its reading is due by 26.4 hours.
        Aged { sent_at: now - Duration::hours(26), ..aged("about to be read", 0, None) },
    ];
    let ranking = Ranking::of(posts.clone(), day, RankBy::Metric(Metric::Likes), now);
    let places: Vec<_> = ranking.ranked.iter().map(|ranked| (ranked.place, ranked.post.as_str())).collect();
    assert_eq!(places, [(1, "b"), (2, "c"), (2, "a")]);
    assert_eq!((ranking.too_young, ranking.not_read, ranking.not_told), (2, 2, 1));
    let after: Vec<_> = ranking.ranked.iter().filter(|ranked| ranked.is_after(5.0, &PostId::new("c"))).collect();
    assert_eq!(after.len(), 1, "goes on after what a page ended with");

    let nobody = Aged {
        snapshot: posts[0].snapshot.map(|one| Snapshot { numbers: Numbers { reach: Some(0), ..one.numbers }, ..one }),
        ..posts[0].clone()
    };
    let of_nobody = Ranking::of(vec![nobody.clone()], day, RankBy::EngagementRate, now);
    assert_eq!((of_nobody.ranked.len(), of_nobody.not_told, of_nobody.nobody_reached), (0, 0, 1), "it was told");
    assert_eq!(Ranking::of(vec![nobody], day, RankBy::Metric(Metric::Reach), now).ranked.len(), 1, "0 is a number");

    let by_rate = Ranking::of(posts, day, RankBy::EngagementRate, now);
    assert_eq!((by_rate.not_told, by_rate.nobody_reached), (1, 0));
    assert!((by_rate.ranked[0].value - 9.0 / 50.0).abs() < f64::EPSILON);
    assert!(RankBy::all().all(|by| RankBy::parse(by.as_str()) == Some(by)));
}
