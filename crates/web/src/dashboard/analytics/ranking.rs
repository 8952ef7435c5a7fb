use rats_application::analytics::RankedPosts;
use rats_domain::analytics::{RankBy, Ranked, Shown};
use time::OffsetDateTime;

use super::figure::{percent, span};
use crate::dashboard::{
    local::When,
    number::{grouped, rounded, some_of},
    thumb,
    tile::title,
    visitor::Visitor,
};

/// Posts beside each other at equal age.
pub(super) struct RankingView {
    pub(super) posts: Vec<RankedView>,
    pub(super) ranked: String,
    pub(super) left_out: String,
    /// From when to when those that are shown were read.
    pub(super) as_of: Option<(When, When)>,
}

/// One of them.
pub(super) struct RankedView {
    pub(super) place: usize,
    pub(super) path: String,
    pub(super) picture: String,
    pub(super) title: String,
    pub(super) value: String,
    pub(super) sent: When,
}

impl RankingView {
    pub(super) fn new(ranking: &RankedPosts, by: RankBy, visitor: &Visitor, now: OffsetDateTime) -> Self {
        let left = ranking.left_out;
        let left_out = some_of(&[
            (left.too_young, "too young for that age"),
            (left.not_read, "not read at that age"),
            (left.not_told, "without that number"),
            (left.nobody_reached, "without anybody reached"),
        ]);
        let view = |(ranked, shown): &(Ranked, Shown)| RankedView {
            place: ranked.place,
            path: format!("/posts/{}", ranked.post),
            picture: thumb::path(shown.picture.as_str()),
            title: title(shown.event.as_ref().map(|(_, title)| title.as_str()), &shown.caption),
            value: match by {
                RankBy::EngagementRate => percent(ranked.value),
                RankBy::Metric(_) => rounded(ranked.value),
            },
            sent: When::new(ranked.sent_at, visitor.zone(), now),
        };
        let ranked = grouped(u64::try_from(ranking.total).unwrap_or(u64::MAX));
        let read = || ranking.page.iter().map(|(ranked, _)| ranked.snapshot.taken_at);
        Self {
            posts: ranking.page.iter().map(view).collect(),
            ranked,
            left_out: left_out.join(", "),
            as_of: span(read().min().zip(read().max()), visitor, now),
        }
    }
}
