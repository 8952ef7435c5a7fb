use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::id::MediaId;
use super::random::mix_of;

/// The age at which half of everything that will ever come has come.
const HALF_LIFE_SECONDS: u64 = 6 * 60 * 60;
/// Media made from here on have no impressions, only views.
const IMPRESSIONS_END: OffsetDateTime = datetime!(2024-07-02 0:00 UTC);
/// Younger media have no insights yet: Instagram answers an empty list, not zeros.
const FIRST_MEASURED: Duration = Duration::MINUTE;

/// How a media does: numbers that grow with its age and depend on the seed and the media alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engagement {
    views: u64,
    like_rate: u64,
    has_impressions: bool,
}

/// How an account does in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountEngagement {
    /// Views of its media.
    pub views: u64,
    /// Accounts that saw any of them.
    pub reach: u64,
}

impl Engagement {
    pub(super) fn at(seed: u64, media: MediaId, published: OffsetDateTime, now: OffsetDateTime) -> Self {
        let drawn = mix_of(seed, media.0);
        let finally = 400 + drawn % 4_000;
        let age = u64::try_from((now - published).whole_seconds()).unwrap_or(0);
        // Whole numbers only: equal on every machine, and never falling.
        Self {
            views: finally * age / (age + HALF_LIFE_SECONDS),
            like_rate: 4 + (drawn >> 32) % 9,
            has_impressions: published < IMPRESSIONS_END,
        }
    }

    /// A metric of a picture in the feed by its name; `None` for a name that it does not have.
    #[must_use]
    pub fn metric(self, name: &str) -> Option<u64> {
        Some(match name {
            "views" => self.views,
            "impressions" if self.has_impressions => self.views * 9 / 10,
            "reach" => self.reach(),
            "likes" => self.likes(),
            "comments" => self.comments(),
            "saved" => self.likes() / 9,
            "shares" => self.likes() / 14,
            "reposts" => self.likes() / 40,
            "total_interactions" => {
                self.likes() + self.comments() + self.likes() / 9 + self.likes() / 14 + self.likes() / 40
            }
            "follows" => self.follows(),
            "profile_visits" => self.reach() / 50,
            "profile_activity" => self.reach() / 200,
            _ => return None,
        })
    }

    /// Likes.
    #[must_use]
    pub fn likes(self) -> u64 {
        self.reach() * self.like_rate / 100
    }

    /// Comments.
    #[must_use]
    pub fn comments(self) -> u64 {
        self.likes() / 11
    }

    /// Who began to follow the account because of it.
    #[must_use]
    pub fn follows(self) -> u64 {
        self.reach() / 300
    }

    /// What came since `earlier`.
    pub(super) fn since(self, earlier: Self) -> AccountEngagement {
        AccountEngagement { views: self.views - earlier.views, reach: self.reach() - earlier.reach() }
    }

    fn reach(self) -> u64 {
        self.views * 7 / 10
    }
}

/// Whether a media is old enough to have insights.
pub(super) fn is_measured(published: OffsetDateTime, now: OffsetDateTime) -> bool {
    now - published >= FIRST_MEASURED
}
