//! What Instagram, and our own caution, leave an account.

use time::OffsetDateTime;

use crate::quota::SPAN;

/// How many containers an account may make in any 24 h, those of carousels' children too.
///
/// Source: Graph API, `POST /{ig-user-id}/media`, "Rate Limit".
pub const MOST_CONTAINERS_A_DAY: u32 = 400;

/// What the account of a claimed publication has used and has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Containers made in the last 24 h.
    pub created: Spent,
    /// Posts that went out in the last 24 h.
    pub published: Spent,
    /// How many posts in 24 h Instagram last allowed; `None` before it told.
    pub quota_total: Option<u32>,
    /// Its rest, if it rests now.
    pub rest: Option<Rest>,
}

/// How much was used in the last 24 h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// How often.
    pub count: u32,
    /// When first, of those.
    pub first_at: Option<OffsetDateTime>,
}

impl Spent {
    /// When one more is allowed, where `limit` are in any 24 h and so many are used up.
    #[must_use]
    pub fn free_at(&self, limit: u32) -> Option<OffsetDateTime> {
        self.first_at.filter(|_| self.count >= limit).map(|first| first + SPAN)
    }
}

/// A time in which an account publishes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Its end.
    pub until: OffsetDateTime,
    /// Why.
    pub cause: RestCause,
}

/// Why an account rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestCause {
    /// Instagram took it for spam.
    Blocked,
    /// Its owner must act in the Instagram app.
    ActInApp,
    /// Several of its posts were not confirmed.
    Unclear,
}

impl RestCause {
    const ALL: [Self; 3] = [Self::Blocked, Self::ActInApp, Self::Unclear];

    /// The word used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::ActInApp => "act_in_app",
            Self::Unclear => "unclear",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const T: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);

    #[test]
    fn what_is_used_up_is_free_again_a_day_after_the_first() {
        let spent = Spent { count: 3, first_at: Some(T) };
        assert_eq!(spent.free_at(3), Some(T + Duration::days(1)));
        assert_eq!(spent.free_at(4), None);
        assert_eq!(Spent::default().free_at(4), None);
    }
}
