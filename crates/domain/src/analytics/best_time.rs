//! At which hours of the week posts did well.

use time::{OffsetDateTime, Weekday};

use super::{Engagement, Figures, Period, Published, figure::widened};
use crate::metrics::Metrics;

/// With fewer posts an hour says nothing.
pub const ENOUGH_POSTS: u64 = 3;

/// How many hours are named as the best.
const BEST: usize = 3;

const HOURS: usize = 24;

/// An hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The day of the week there.
    pub weekday: Weekday,
    /// The hour of the day there, 0 to 23.
    pub hour: u8,
    /// How many posts went out in it.
    pub posts: u64,
    /// Interactions and reach of those of them whose numbers have settled.
    pub engagement: Engagement,
}

impl Cell {
    /// Whether it rests on enough posts to say anything.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.engagement.posts >= ENOUGH_POSTS
    }
}

/// At which hours of the week posts did well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestTimes {
    /// Every hour of the week, Monday's first hour first: 168.
    pub cells: Vec<Cell>,
    /// What all the posts came to.
    pub whole: Figures,
    /// How many posts are left out of the rates because they are too young: their interactions and reach were told within 48 hours.
    pub too_young: u64,
    /// How many are left out because no reading told both interactions and reach.
    pub not_measured: u64,
    /// From when to when what the rates are made of was told; `None` where there are none.
    pub as_of: Option<(OffsetDateTime, OffsetDateTime)>,
}

impl BestTimes {
    /// Of those of `posts` that went out in `period`, by the clocks of its zone.
    #[must_use]
    pub fn of(posts: &[Published], period: &Period) -> Self {
        let mut cells = empty();
        let (mut too_young, mut not_measured, mut as_of) = (0, 0, None);
        let within = || posts.iter().filter(|post| period.contains(post.sent_at));
        for post in within() {
            let local = period.zone().local(post.sent_at);
            let place = usize::from(local.weekday().number_days_from_monday()) * HOURS + usize::from(local.hour());
            let cell = &mut cells[place];
            cell.posts += 1;
            match &post.metrics {
                Some(_) if post.may_still_grow() => too_young += 1,
                Some(Metrics { rated: Some(rated), .. }) => {
                    cell.engagement.add(*rated);
                    as_of = Some(widened(as_of, (rated.told_at, rated.told_at)));
                }
                _ => not_measured += 1,
            }
        }
        Self { cells, whole: Figures::of(within()), too_young, not_measured, as_of }
    }

    /// Whether hours rest on enough posts to say something, which therefore is that they reached nobody; asked where none is the best.
    #[must_use]
    pub fn is_any_enough(&self) -> bool {
        self.cells.iter().any(Cell::is_enough)
    }

    /// The hours with the highest engagement rates of those that rest on enough posts, the best first; none where no hour does.
    #[must_use]
    pub fn best(&self) -> Vec<Cell> {
        let rated = self.cells.iter().filter(|cell| cell.is_enough());
        let mut rated: Vec<(f64, Cell)> =
            rated.filter_map(|cell| Some((cell.engagement.rate().ok()?, *cell))).collect();
        rated.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(b.engagement.posts.cmp(&a.engagement.posts)));
        rated.into_iter().map(|(_, cell)| cell).take(BEST).collect()
    }
}

fn empty() -> Vec<Cell> {
    let mut weekday = Weekday::Monday;
    let mut cells = Vec::with_capacity(7 * HOURS);
    for _ in 0..7 {
        cells.extend((0_u8..24).map(|hour| Cell { weekday, hour, posts: 0, engagement: Engagement::default() }));
        weekday = weekday.next();
    }
    cells
}
