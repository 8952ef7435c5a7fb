//! Posts beside each other at equal age.

use std::cmp::Ordering;

use time::OffsetDateTime;

use super::{Aged, NoRate, figure::ratio};
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

    /// The value of some numbers of one reading.
    ///
    /// # Errors
    ///
    /// [`NoRate`] says why there is none.
    pub fn value(self, numbers: &Numbers) -> Result<f64, NoRate> {
        match self {
            Self::Metric(metric) => metric.of(numbers).map(|number| ratio(number, 1)).ok_or(NoRate::NotMeasured),
            Self::EngagementRate => match numbers.total_interactions.zip(numbers.reach) {
                None => Err(NoRate::NotMeasured),
                Some((_, 0)) => Err(NoRate::NobodyReached),
                Some((interactions, reach)) => Ok(ratio(interactions, reach)),
            },
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
    /// How many have not reached that age, or so lately that their reading is still to come.
    pub too_young: u64,
    /// How many were not read at that age, or so late that it would not be fair.
    pub not_read: u64,
    /// Of how many Instagram did not tell this number then.
    pub not_told: u64,
    /// How many had reached nobody then, and so have no rate.
    pub nobody_reached: u64,
}

impl Ranking {
    /// Of these posts, at the age of `slot`, `now`.
    #[must_use]
    pub fn of(posts: Vec<Aged>, slot: Slot, by: RankBy, now: OffsetDateTime) -> Self {
        let mut ranking = Self { ranked: vec![], too_young: 0, not_read: 0, not_told: 0, nobody_reached: 0 };
        for Aged { post, sent_at, snapshot } in posts {
            match snapshot.filter(|snapshot| slot.is_met_at(snapshot.age)) {
                Some(snapshot) => match by.value(&snapshot.numbers) {
                    Ok(value) => ranking.ranked.push(Ranked { post, sent_at, place: 0, value, snapshot }),
                    Err(NoRate::NotMeasured) => ranking.not_told += 1,
                    Err(NoRate::NobodyReached) => ranking.nobody_reached += 1,
                },
                // Its reading may still come in time.
                None if slot.is_met_at(now - sent_at) => ranking.too_young += 1,
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
