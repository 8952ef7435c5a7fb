//! Whether what went out is what was last accepted: the year's judge, which knows the calendar's rules and none of the product's.

use std::collections::BTreeSet;

use rats_domain::{
    event::EventDetails,
    id::PostId,
    post::{PostRecord, PostRepository},
    publication::Stage,
};
use rats_instagram_sim::LedgerMedia;
use time::{Date, Duration, OffsetDateTime};

use super::said::{ByHand, Hand, Restless, Said};
use crate::town::Town;

/// How late a post may be: whose process died at the worst moment.
const LATE: Duration = Duration::minutes(30);
/// How long it takes at most until somebody looks who was not asked to.
const LOOKED: Duration = Duration::minutes(100);

/// A media that is live, and the post that it is.
struct Live {
    media: LedgerMedia,
    post: PostRecord,
    /// The year that it is for.
    year: i32,
}

impl Said {
    /// On which day the event takes place and when it is to go out, if it is and does on this one.
    fn due_on(&self, day: Date) -> Option<OffsetDateTime> {
        let (details, _) = self.event.as_ref().filter(|(details, _)| details.posts_itself())?;
        takes_place(details, day).then(|| self.at(day))?
    }

    fn at(&self, day: Date) -> Option<OffsetDateTime> {
        let (details, _) = self.event.as_ref()?;
        self.preferences.zone.first_from(day, details.auto_post.at.unwrap_or(self.preferences.post_at))
    }

    /// The next time after a moment.
    fn next_after(&self, moment: OffsetDateTime) -> Option<(Date, OffsetDateTime)> {
        let (details, _) = self.event.as_ref().filter(|(details, _)| details.posts_itself())?;
        let today = self.preferences.zone.day(moment);
        [today.previous_day()?, today, today.next_day()?].into_iter().find_map(|from| {
            let day = details.next_day(from)?;
            Some((day, self.at(day).filter(|at| *at > moment)?))
        })
    }
}

/// Whether it takes place on a day; it may have moved on since.
fn takes_place(details: &EventDetails, day: Date) -> bool {
    let has_moved_on = details.date.year() == day.year() + 1;
    details.day_in(day.year()) == Some(day) && (details.date <= day || has_moved_on)
}

/// Judges all that became of an event; answers how many of its posts are live.
pub(super) fn judge(town: &Town, one: &Restless) -> usize {
    let name = format!("{} of {}", one.event.id, one.event.user);
    let mut live: Vec<Live> = vec![];
    for known in town.occurrences(&one.event) {
        let found = PostRepository::find(&town.store, &one.event.user, &known.post);
        let Some(post) = town.gates.wait(found).unwrap() else { continue };
        let stage = post.publication.stage;
        assert!(!matches!(stage, Stage::Failed | Stage::NeedsReview), "{name}: {:#?}", town.story(&post.post));
        let containers: BTreeSet<String> = town.containers(&post.post).into_iter().collect();
        let mut media = town.network.instagram.ledger(town.now()).media;
        media.retain(|media| containers.contains(&media.container_id.to_string()));
        assert!(media.len() <= 1, "{name}: one post twice {:#?}", town.story(&post.post));
        assert_eq!(media.len(), usize::from(stage == Stage::Published), "{name}: {:#?}", town.story(&post.post));
        live.extend(media.pop().map(|media| Live { media, post, year: known.year }));
    }
    for live in &live {
        let story = || format!("{name}: {:#?}\n{:#?}\n{:#?}", live.media, one.history(), town.story(&live.post.post));
        assert!(one.allows(live), "on a day or at a time that nobody accepted last: {}", story());
        assert!(one.says(live), "a text that nobody accepted last: {}", story());
        let cancelled = |by_hand: &ByHand| {
            matches!(by_hand.what, Hand::Cancelled) && by_hand.is_told && by_hand.post == live.post.post.id
        };
        assert!(!one.by_hand.iter().any(cancelled), "it was cancelled: {}", story());
    }
    let years: BTreeSet<i32> = live.iter().map(|live| live.year).collect();
    assert_eq!(years.len(), live.len(), "{name}: twice for a year {:#?}", one.history());
    if let Some((year, at)) = one.missed(&live, town.now()) {
        let stories: Vec<_> = town
            .occurrences(&one.event)
            .iter()
            .map(|known| {
                (known.clone(), {
                    let found = PostRepository::find(&town.store, &one.event.user, &known.post);
                    town.gates.wait(found).unwrap().map(|record| town.story(&record.post))
                })
            })
            .collect();
        panic!("{name}: not live for {year} at {at} {:#?} {stories:#?}", one.history());
    }
    if let Some(event) = town.stored_event(&one.event) {
        let sent = live.iter().filter_map(|live| Some(live.post.receipt.as_ref()?.sent_at)).max();
        assert_eq!(event.last_message_sent, sent, "{name}");
        let yesterday = town.now() - Duration::days(2);
        assert!(event.details.date >= yesterday.date(), "{name}: it has not moved on from {}", event.details.date);
    }
    live.len()
}

impl Restless {
    /// What may have been in force when a post went out at a moment: what was last accepted, and whatever was not yet or was not answered.
    fn in_force(&self, at: OffsetDateTime, post: &PostId) -> Vec<usize> {
        let mut found = vec![];
        for (index, said) in self.said.iter().enumerate().rev().filter(|(_, said)| said.begun <= at) {
            found.push(index);
            if said.holds_from.is_some_and(|from| from <= at) && !said.spared.contains(post) {
                break;
            }
        }
        found
    }

    /// What was last done to the post by hand of one kind before a moment, and whatever was not answered.
    fn hands(&self, live: &Live, is_kind: impl Fn(&Hand) -> bool) -> (Vec<&ByHand>, bool) {
        let mut found = vec![];
        let of_post = |by_hand: &&ByHand| by_hand.post == live.post.post.id && is_kind(&by_hand.what);
        for by_hand in self.by_hand.iter().rev().filter(of_post) {
            found.push(by_hand);
            if by_hand.is_told {
                return (found, true);
            }
        }
        (found, false)
    }

    fn allows(&self, live: &Live) -> bool {
        let at = live.media.timestamp;
        let (hands, is_certain) = self.hands(live, |hand| matches!(hand, Hand::Time(_)));
        let in_force = self.in_force(at, &live.post.post.id);
        let is_wanted = |index: &usize| {
            let event = self.said[*index].event.as_ref();
            event.is_some_and(|(details, _)| details.posts_itself())
        };
        let by_hand = hands.iter().any(|by_hand| match by_hand.what {
            Hand::Time(given) => (given..given + LATE).contains(&at),
            _ => false,
        });
        if by_hand && in_force.iter().any(is_wanted) {
            return true;
        }
        // What comes back after it was switched off, or moved out of its year, goes out at its own time where the one that was given has passed.
        let came_back = hands.first().is_some_and(|first| {
            let mut later = self.said.iter().filter(|said| said.begun > first.begun);
            later.any(|said| said.next_after(said.begun).is_none_or(|(day, _)| day.year() != first.year))
        });
        if is_certain && !came_back {
            return false;
        }
        let zones = self.said.iter().map(|said| said.preferences.zone.day(at));
        let days: BTreeSet<Date> = zones.flat_map(|day| [Some(day), day.previous_day()]).flatten().collect();
        in_force.into_iter().any(|index| days.iter().any(|day| self.allows_on(index, *day, at)))
    }

    /// Whether what was said allows a post on a day at a moment. A time that had passed when it was said leaves that day's post where it was.
    fn allows_on(&self, index: usize, day: Date, at: OffsetDateTime) -> bool {
        let said = &self.said[index];
        let Some(due) = said.due_on(day) else { return false };
        let late = if said.holds_from.is_some_and(|from| from + LOOKED < due) { LATE } else { LOOKED };
        if (due..due + late).contains(&at) {
            return true;
        }
        let had_passed = due <= said.holds_from.unwrap_or(said.begun + LOOKED);
        had_passed && index > 0 && self.allows_on(index - 1, day, at)
    }

    fn says(&self, live: &Live) -> bool {
        let text = &live.media.caption;
        let (hands, is_certain) = self.hands(live, |hand| matches!(hand, Hand::Text(_)));
        let by_hand = hands.iter().any(|by_hand| matches!(&by_hand.what, Hand::Text(given) if given == text));
        if is_certain || by_hand {
            return by_hand;
        }
        let in_force = self.in_force(live.media.timestamp, &live.post.post.id);
        in_force.into_iter().any(|index| self.said[index].event.as_ref().is_some_and(|(_, said)| said == text))
    }

    /// What was to go out for a year, at a moment around which nobody changed anything, and did not.
    fn missed(&self, live: &[Live], end: OffsetDateTime) -> Option<(i32, OffsetDateTime)> {
        for (index, said) in self.said.iter().enumerate() {
            let ends = self.said.get(index + 1).map_or(end, |next| next.begun);
            let mut from = said.begun;
            while let Some((day, at)) = said.next_after(from).filter(|(_, at)| *at + LATE < ends) {
                from = at;
                let year = day.year();
                let is_there = live.iter().any(|live| live.year == year && live.media.timestamp < at + LATE);
                let is_by_hand = self.by_hand.iter().any(|by_hand| {
                    by_hand.year == year && by_hand.begun < at + LATE && !matches!(by_hand.what, Hand::Text(_))
                });
                // It is made ahead by whoever looks, at once only by who is asked.
                if at > said.begun + LOOKED && !is_there && !is_by_hand {
                    return Some((year, at));
                }
            }
        }
        None
    }

    /// For a test that fails.
    fn history(&self) -> Vec<String> {
        let said = self.said.iter().map(|said| {
            let event = said.event.as_ref().map(|(details, text)| {
                let auto = &details.auto_post;
                format!("{} {:?} on {} active {} {text:?}", details.date, auto.at, auto.enabled, details.is_active)
            });
            let (zone, at) = (said.preferences.zone.name(), said.preferences.post_at);
            (said.begun, format!("{} from {:?} in {zone} at {at}: {event:?}", said.begun, said.holds_from))
        });
        let by_hand = self.by_hand.iter().map(|by_hand| (by_hand.begun, format!("{by_hand:?}")));
        let mut told: Vec<_> = said.chain(by_hand).collect();
        told.sort();
        told.into_iter().map(|(_, told)| told).collect()
    }
}
