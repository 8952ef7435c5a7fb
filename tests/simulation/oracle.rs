//! What must always hold, read from Instagram's ledger and our own tables.

use std::collections::BTreeMap;

use rats_domain::{
    post::Post,
    publication::{PublicationQueue as _, Stage, Status},
};
use rats_instagram_sim::LedgerMedia;

use crate::town::Town;

/// What became of a post.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) stage: Stage,
    /// How often it is live.
    pub(crate) live: usize,
}

/// Judges every post; what must never be is an error that says what.
pub(crate) fn judge(town: &Town, posts: &[Post]) -> Result<Vec<Verdict>, String> {
    let ledger = town.network.instagram.ledger(town.now());
    let mut by_container: BTreeMap<String, Vec<&LedgerMedia>> = BTreeMap::new();
    for media in &ledger.media {
        by_container.entry(media.container_id.to_string()).or_default().push(media);
    }
    let violations = town.network.violations.lock().unwrap();
    if let Some(violation) = violations.first() {
        return Err(violation.clone());
    }
    posts.iter().map(|post| judge_one(town, post, &by_container)).collect()
}

fn judge_one(town: &Town, post: &Post, by_container: &BTreeMap<String, Vec<&LedgerMedia>>) -> Result<Verdict, String> {
    let record = town.find(post);
    let containers = town.gates.wait(town.store.containers(&post.id)).unwrap();
    let live: Vec<&LedgerMedia> =
        containers.iter().flat_map(|id| by_container.get(id.as_str()).into_iter().flatten().copied()).collect();
    let stage = record.publication.stage;
    let told = format!("{} is {} and {} times live", post.id, stage.as_str(), live.len());
    let check = |holds: bool, rule: &str| if holds { Ok(()) } else { Err(format!("{told}: {rule}")) };
    check(live.len() <= 1, "at most once")?;
    check(stage != Stage::Published || live.len() == 1, "what reads published is live")?;
    check(stage.is_unsettled() || stage == Stage::Published || live.is_empty(), "what is live never reads otherwise")?;
    check(stage.status() != Status::Failed || record.publication.attention.is_some(), "a failure is explained")?;
    if let (Some(media), Some(publish_at)) = (live.first(), record.publication.publish_at) {
        // Times are judged by the store's clock, which may be off Instagram's by as much as is tolerated.
        let tolerance = town.settings.publish.clock_tolerance;
        check(media.timestamp >= publish_at - tolerance, "never before its time")?;
        let known = record.receipt.as_ref().and_then(|receipt| receipt.media.as_ref());
        check(
            known.is_none_or(|known| known.as_str() == media.media_id.to_string()),
            "the recorded media is the post's own",
        )?;
    }
    Ok(Verdict { stage, live: live.len() })
}
