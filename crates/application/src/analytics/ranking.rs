use std::{collections::BTreeMap, sync::Arc};

use rats_domain::{
    analytics::{Period, RankBy, Ranked, Ranking, Shown},
    id::{PostId, UserId},
    metrics::Slot,
};

use super::PeriodRequest;
use crate::{Ports, Refusal};

/// How many days it is of, where that is not said.
const USUAL_DAYS: i64 = 91;

/// Which posts to rank, and how.
#[derive(Clone, Debug)]
pub struct RankRequest {
    /// Those that went out in these days.
    pub period: PeriodRequest,
    /// At which age.
    pub slot: Slot,
    /// By what.
    pub by: RankBy,
    /// At most so many.
    pub limit: usize,
    /// Only those after a post of this value and id.
    pub after: Option<(f64, PostId)>,
}

/// A page of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedPosts {
    /// The period.
    pub period: Period,
    /// The posts of this page, each with what is shown of it.
    pub page: Vec<(Ranked, Shown)>,
    /// Whether more follow.
    pub has_more: bool,
    /// How many posts are ranked in all.
    pub total: usize,
    /// How many are not among them, and why.
    pub left_out: LeftOut,
}

/// How many posts are not ranked, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// They have not reached the age, or so lately that their reading is still to come.
    pub too_young: u64,
    /// They were not read at that age, or so late that it would not be fair.
    pub not_read: u64,
    /// Instagram did not tell the number then.
    pub not_told: u64,
    /// They had reached nobody then, and so have no rate.
    pub nobody_reached: u64,
}

/// Posts beside each other at equal age.
pub struct RankPosts(pub Arc<Ports>);

impl RankPosts {
    /// The last 91 days where no others are asked for.
    pub async fn run(&self, user: &UserId, request: RankRequest) -> Result<RankedPosts, Refusal> {
        let now = self.0.clock.now();
        let (period, _) = request.period.periods(&self.0, user, USUAL_DAYS).await?;
        let posts = self.0.analytics.published_at(user, period.start(), period.end(), request.slot).await?;
        let Ranking { ranked, too_young, not_read, not_told, nobody_reached } =
            Ranking::of(posts, request.slot, request.by, now);
        let total = ranked.len();
        let is_after =
            |ranked: &Ranked| request.after.as_ref().is_none_or(|(value, post)| ranked.is_after(*value, post));
        let mut page: Vec<Ranked> = ranked.into_iter().filter(is_after).take(request.limit + 1).collect();
        let has_more = page.len() > request.limit;
        page.truncate(request.limit);
        let page = self.with_shown(user, page).await?;
        Ok(RankedPosts {
            period,
            page,
            has_more,
            total,
            left_out: LeftOut { too_young, not_read, not_told, nobody_reached },
        })
    }

    async fn with_shown(&self, user: &UserId, page: Vec<Ranked>) -> Result<Vec<(Ranked, Shown)>, Refusal> {
        let ids: Vec<PostId> = page.iter().map(|ranked| ranked.post.clone()).collect();
        let shown = self.0.analytics.shown(user, &ids).await?;
        let mut shown: BTreeMap<PostId, Shown> = shown.into_iter().map(|shown| (shown.post.clone(), shown)).collect();
        Ok(page.into_iter().filter_map(|ranked| shown.remove(&ranked.post).map(|shown| (ranked, shown))).collect())
    }
}
