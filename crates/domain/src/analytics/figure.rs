//! Sums over posts.

use time::OffsetDateTime;

use super::Published;
use crate::metrics::{ImpressionsSource, Metric, Rated};

/// A sum, and of how many posts (or days) it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    total: u64,
    /// How many told a number.
    pub count: u64,
}

impl Sum {
    /// The sum; `None` where none told a number.
    #[must_use]
    pub fn value(self) -> Option<u64> {
        (self.count > 0).then_some(self.total)
    }

    /// Adds a number, if it was told.
    pub fn add(&mut self, number: Option<u64>) {
        if let Some(number) = number {
            self.total = self.total.saturating_add(number);
            self.count += 1;
        }
    }
}

/// Interactions and reach of the posts of which one reading told both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Engagement {
    /// Their interactions.
    pub interactions: u64,
    /// Their reach, added up: an account that two posts reached counts twice.
    pub reach: u64,
    /// How many posts that are.
    pub posts: u64,
}

/// Why there is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRate {
    /// Of no post one reading told both numbers.
    NotMeasured,
    /// They reached nobody.
    NobodyReached,
}

impl NoRate {
    /// The word used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotMeasured => "not_measured",
            Self::NobodyReached => "nobody_reached",
        }
    }
}

impl Engagement {
    /// The formula, for people.
    pub const FORMULA: &'static str = "total interactions ÷ reach, over the posts of which one reading told both";

    /// Adds a post.
    pub fn add(&mut self, rated: Rated) {
        self.interactions = self.interactions.saturating_add(rated.interactions);
        self.reach = self.reach.saturating_add(rated.reach);
        self.posts += 1;
    }

    /// Interactions for each account reached.
    ///
    /// # Errors
    ///
    /// [`NoRate`] says why there is none.
    pub fn rate(&self) -> Result<f64, NoRate> {
        match (self.posts, self.reach) {
            (0, _) => Err(NoRate::NotMeasured),
            (_, 0) => Err(NoRate::NobodyReached),
            (_, reach) => Ok(ratio(self.interactions, reach)),
        }
    }
}

/// A span and another one, and all that lies between them.
pub(super) fn widened(
    span: Option<(OffsetDateTime, OffsetDateTime)>,
    (from, to): (OffsetDateTime, OffsetDateTime),
) -> (OffsetDateTime, OffsetDateTime) {
    span.map_or((from, to), |(first, last)| (first.min(from), last.max(to)))
}

/// Numbers of posts stay far below 2⁵³, from where on a float would not hold them exactly.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// What some posts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many posts went out.
    pub posts: u64,
    /// Of how many any number is known.
    pub measured: u64,
    /// Of how many the numbers may lack what had happened when they were read: Instagram's lag by up to 48 hours.
    pub may_still_grow: u64,
    sums: [Sum; Metric::ALL.len()],
    /// Interactions and reach.
    pub engagement: Engagement,
    /// How many posts tell Instagram's own impressions, and how many its views instead.
    pub impressions_of: (u64, u64),
    /// From when to when what they are made of was told.
    pub as_of: Option<(OffsetDateTime, OffsetDateTime)>,
}

impl Figures {
    /// What these posts came to.
    pub fn of<'a>(posts: impl IntoIterator<Item = &'a Published>) -> Self {
        let mut figures = Self::default();
        for post in posts {
            figures.add(post);
        }
        figures
    }

    /// Adds a post.
    pub fn add(&mut self, post: &Published) {
        self.posts += 1;
        self.may_still_grow += u64::from(post.may_still_grow());
        let Some(metrics) = &post.metrics else { return };
        self.measured += 1;
        for (sum, metric) in self.sums.iter_mut().zip(Metric::ALL) {
            sum.add(metric.of(&metrics.numbers));
        }
        if let Some(rated) = metrics.rated {
            self.engagement.add(rated);
        }
        match metrics.numbers.impressions_source() {
            Some(ImpressionsSource::Impressions) => self.impressions_of.0 += 1,
            Some(ImpressionsSource::Views) => self.impressions_of.1 += 1,
            None => {}
        }
        // A number that is told no more is summed up all the same, and a rate may be older than its parts.
        let (from, to) = (metrics.oldest_at.min(metrics.told_at()), metrics.measured_at);
        self.as_of = Some(widened(self.as_of, (from, to)));
    }

    /// The sum of one number.
    #[must_use]
    pub fn sum(&self, metric: Metric) -> Sum {
        Metric::ALL.iter().position(|known| *known == metric).map_or_else(Sum::default, |place| self.sums[place])
    }
}
