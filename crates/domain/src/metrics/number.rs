//! The numbers themselves.

use time::OffsetDateTime;

/// A post's numbers, counted from its beginning. What Instagram did not tell is `None`, never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Likes.
    pub likes: Option<u64>,
    /// Comments.
    pub comments: Option<u64>,
    /// Shares.
    pub shares: Option<u64>,
    /// How often it was on a screen: told only of media made until 1 July 2024.
    pub impressions: Option<u64>,
    /// Views, which replaced impressions.
    pub views: Option<u64>,
    /// Accounts reached.
    pub reach: Option<u64>,
    /// Saves.
    pub saved: Option<u64>,
    /// Likes, saves, comments and shares together, less their undoing, as Instagram adds them up.
    pub total_interactions: Option<u64>,
}

impl Numbers {
    /// These numbers, with what they lack taken from `older`.
    #[must_use]
    pub fn or(self, older: Self) -> Self {
        Self {
            likes: self.likes.or(older.likes),
            comments: self.comments.or(older.comments),
            shares: self.shares.or(older.shares),
            impressions: self.impressions.or(older.impressions),
            views: self.views.or(older.views),
            reach: self.reach.or(older.reach),
            saved: self.saved.or(older.saved),
            total_interactions: self.total_interactions.or(older.total_interactions),
        }
    }

    /// Which of Instagram's two numbers RATS' `impressions` is here, where there is one.
    #[must_use]
    pub fn impressions_source(&self) -> Option<ImpressionsSource> {
        match (self.impressions, self.views) {
            (Some(_), _) => Some(ImpressionsSource::Impressions),
            (None, Some(_)) => Some(ImpressionsSource::Views),
            (None, None) => None,
        }
    }
}

/// Which of Instagram's numbers RATS' `impressions` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImpressionsSource {
    /// Instagram's `impressions`, where it still has them.
    Impressions,
    /// Instagram's `views`, which count otherwise: each play and each look.
    Views,
}

impl ImpressionsSource {
    /// The word used on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Impressions => "impressions",
            Self::Views => "views",
        }
    }
}

/// One of the numbers, as RATS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Impressions, where Instagram still has them, else views.
    Impressions,
    /// Accounts reached.
    Reach,
    /// Likes.
    Likes,
    /// Comments.
    Comments,
    /// Shares.
    Shares,
    /// Saves.
    Saved,
    /// Interactions of all kinds together.
    TotalInteractions,
}

impl Metric {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Impressions,
        Self::Reach,
        Self::Likes,
        Self::Comments,
        Self::Shares,
        Self::Saved,
        Self::TotalInteractions,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Impressions => "impressions",
            Self::Reach => "reach",
            Self::Likes => "likes",
            Self::Comments => "comments",
            Self::Shares => "shares",
            Self::Saved => "saved",
            Self::TotalInteractions => "totalInteractions",
        }
    }

    /// Its value among `numbers`.
    #[must_use]
    pub fn of(self, numbers: &Numbers) -> Option<u64> {
        match self {
            Self::Impressions => numbers.impressions.or(numbers.views),
            Self::Reach => numbers.reach,
            Self::Likes => numbers.likes,
            Self::Comments => numbers.comments,
            Self::Shares => numbers.shares,
            Self::Saved => numbers.saved,
            Self::TotalInteractions => numbers.total_interactions,
        }
    }
}

/// What Instagram last told of a post's engagement: each number as it last told that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// The numbers.
    pub numbers: Numbers,
    /// When it last answered.
    pub measured_at: OffsetDateTime,
    /// When that one of them was last told which it has not repeated for longest; `measured_at` where its last answer told them all.
    pub oldest_at: OffsetDateTime,
    /// Interactions and reach as one reading last told both; `None` where none did.
    pub rated: Option<Rated>,
}

/// Interactions and reach that one reading told: what a rate is made of. Taken from two, they would make one that never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// Interactions.
    pub interactions: u64,
    /// Accounts reached.
    pub reach: u64,
    /// When Instagram told them.
    pub told_at: OffsetDateTime,
}

impl Metrics {
    /// How old what figures are made of is: when interactions and reach were last told, else when anything was.
    #[must_use]
    pub fn told_at(&self) -> OffsetDateTime {
        self.rated.map_or(self.measured_at, |rated| rated.told_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impressions_are_instagrams_own_where_it_has_them_else_views() {
        let both = Numbers { impressions: Some(7), views: Some(9), ..Numbers::default() };
        let views = Numbers { views: Some(9), ..Numbers::default() };
        let told = |numbers: Numbers| (Metric::Impressions.of(&numbers), numbers.impressions_source());

        assert_eq!(told(both), (Some(7), Some(ImpressionsSource::Impressions)));
        assert_eq!(told(views), (Some(9), Some(ImpressionsSource::Views)));
        assert_eq!(told(Numbers::default()), (None, None));
    }
}
