//! Posts beside each other at equal age.

use std::cmp::Ordering;

use time::OffsetDateTime;

use super::{Aged, figure::ratio};
use crate::{
    id::PostId,
    metrics::{Metric, Numbers, Slot, Snapshot},
};

/// By what posts are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankBy {
    /// By one of the numbers.
    Metric(Metric),
    /// By interactions for each account reached.
    EngagementRate,
}

impl RankBy {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        Metric::ALL.into_iter().map(Self::Metric).chain([Self::EngagementRate])
    }

    /// The word used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metric(metric) => metric.as_str(),
            Self::EngagementRate => "engagementRate",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|by| by.as_str() == word)
    }

    /// The value of some numbers; `None` where it is not known.
    #[must_use]
    pub fn value(self, numbers: &Numbers) -> Option<f64> {
        match self {
            Self::Metric(metric) => metric.of(numbers).map(|number| ratio(number, 1)),
            Self::EngagementRate => {
                let reach = numbers.reach.filter(|reach| *reach > 0)?;
                Some(ratio(numbers.total_interactions?, reach))
            }
        }
    }
}

/// A post with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The post.
    pub post: PostId,
    /// When it went out.
    pub sent_at: OffsetDateTime,
    /// Its place, from 1; posts of equal value share one.
    pub place: usize,
    /// What it is ranked by.
    pub value: f64,
    /// The reading that this is from.
    pub snapshot: Snapshot,
}

/// Posts beside each other at equal age, and how many are not among them, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The posts, the highest value first.
    pub ranked: Vec<Ranked>,
    /// How many have not reached that age.
    pub too_young: u64,
    /// How many were not read at that age, or so late that it would not be fair.
    pub not_read: u64,
    /// Of how many Instagram did not tell this number then.
    pub not_told: u64,
}

impl Ranking {
    /// Of these posts, at the age of `slot`, `now`.
    #[must_use]
    pub fn of(posts: Vec<Aged>, slot: Slot, by: RankBy, now: OffsetDateTime) -> Self {
        let mut ranking = Self { ranked: vec![], too_young: 0, not_read: 0, not_told: 0 };
        for Aged { post, sent_at, snapshot } in posts {
            match snapshot.filter(|snapshot| slot.is_met_at(snapshot.age)) {
                Some(snapshot) => match by.value(&snapshot.numbers) {
                    Some(value) => ranking.ranked.push(Ranked { post, sent_at, place: 0, value, snapshot }),
                    None => ranking.not_told += 1,
                },
                None if now - sent_at < slot.age() => ranking.too_young += 1,
                None => ranking.not_read += 1,
            }
        }
        ranking.ranked.sort_by(Ranked::order);
        let mut before: Option<(f64, usize)> = None;
        for (index, ranked) in ranking.ranked.iter_mut().enumerate() {
            let shared = before.filter(|(value, _)| value.total_cmp(&ranked.value).is_eq());
            ranked.place = shared.map_or(index + 1, |(_, place)| place);
            before = Some((ranked.value, ranked.place));
        }
        ranking
    }
}

impl Ranked {
    /// The highest value first; of equal ones the latest post.
    fn order(&self, other: &Self) -> Ordering {
        other.value.total_cmp(&self.value).then_with(|| other.post.cmp(&self.post))
    }

    /// Whether it comes after a post of this value and id.
    #[must_use]
    pub fn is_after(&self, value: f64, post: &PostId) -> bool {
        value.total_cmp(&self.value).then_with(|| post.cmp(&self.post)).is_gt()
    }
}
