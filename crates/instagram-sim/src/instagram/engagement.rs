use time::{Duration, OffsetDateTime};

use super::id::MediaId;
use super::random::mix_of;

/// The age at which half of everything that will ever come has come.
const HALF_LIFE_SECONDS: u64 = 6 * 60 * 60;
/// Younger media have no insights yet: Instagram answers an empty list, not zeros.
const FIRST_MEASURED: Duration = Duration::MINUTE;

/// How a media does: numbers that grow with its age and depend on the seed and the media alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engagement {
    views: u64,
    like_rate: u64,
}

impl Engagement {
    pub(super) fn at(seed: u64, media: MediaId, published: OffsetDateTime, now: OffsetDateTime) -> Self {
        let drawn = mix_of(seed, media.0);
        let finally = 400 + drawn % 4_000;
        let age = u64::try_from((now - published).whole_seconds()).unwrap_or(0);
        // Whole numbers only: equal on every machine, and never falling.
        Self { views: finally * age / (age + HALF_LIFE_SECONDS), like_rate: 4 + (drawn >> 32) % 9 }
    }

    /// A metric of a picture in the feed by its name; `None` for a name that it does not have.
    #[must_use]
    pub fn metric(self, name: &str) -> Option<u64> {
        Some(match name {
            "views" => self.views,
            "reach" => self.reach(),
            "likes" => self.likes(),
            "comments" => self.comments(),
            "saved" => self.likes() / 9,
            "shares" => self.likes() / 14,
            "reposts" => self.likes() / 40,
            "total_interactions" => {
                self.likes() + self.comments() + self.likes() / 9 + self.likes() / 14 + self.likes() / 40
            }
            "follows" => self.reach() / 300,
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

    fn reach(self) -> u64 {
        self.views * 7 / 10
    }
}

/// Whether a media is old enough to have insights.
pub(super) fn is_measured(published: OffsetDateTime, now: OffsetDateTime) -> bool {
    now - published >= FIRST_MEASURED
}
