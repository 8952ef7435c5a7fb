//! What must always hold, read from Instagram's ledger and our own tables.

use std::collections::BTreeMap;

use rats_domain::{
    post::Post,
    publication::{AttentionKind, Stage, Status},
};
use rats_instagram_sim::LedgerMedia;

use crate::town::Town;

/// What became of a post.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) stage: Stage,
    /// How often it is live.
    pub(crate) live: usize,
    /// How long after its time, where it is.
    pub(crate) late: time::Duration,
    /// What its person is told.
    pub(crate) attention: Option<AttentionKind>,
}

/// Judges every post; what must never be is an error that says what.
pub(crate) fn judge(town: &Town, posts: &[Post]) -> Result<Vec<Verdict>, String> {
    let ledger = town.network.instagram.ledger(town.now());
    // By their text, which is each post's own: so that a media of a container that we forgot is counted, too.
    let mut by_caption: BTreeMap<&str, Vec<&LedgerMedia>> = BTreeMap::new();
    for media in &ledger.media {
        by_caption.entry(media.caption.as_str()).or_default().push(media);
    }
    let violations = town.network.violations.lock().unwrap();
    if let Some(violation) = violations.first() {
        return Err(violation.clone());
    }
    posts
        .iter()
        .map(|post| judge_one(town, post, by_caption.get(post.caption.as_str()).map_or(&[], Vec::as_slice)))
        .collect()
}

fn judge_one(town: &Town, post: &Post, live: &[&LedgerMedia]) -> Result<Verdict, String> {
    let record = town.find(post);
    let stage = record.publication.stage;
    let told = || format!("{} is {} and {} times live: {:#?}", post.id, stage.as_str(), live.len(), town.story(post));
    let check = |holds: bool, rule: &str| if holds { Ok(()) } else { Err(format!("{rule}: {}", told())) };
    check(live.len() <= 1, "at most once")?;
    check(stage != Stage::Published || live.len() == 1, "what reads published is live")?;
    check(stage.is_unsettled() || stage == Stage::Published || live.is_empty(), "what is live never reads otherwise")?;
    check(stage.status() != Status::Failed || record.publication.attention.is_some(), "a failure is explained")?;
    if let (Some(media), Some(publish_at)) = (live.first(), record.publication.publish_at) {
        // Times are the store's, whose clock may be off Instagram's.
        let off = town.furthest_off();
        check(media.timestamp + off >= publish_at, "never before its time")?;
        let useless = record.publication.useless_after.unwrap_or(publish_at) + off;
        check(media.timestamp <= useless + town.settings.publish.grace, "never once it is useless")?;
        let known = record.receipt.as_ref().and_then(|receipt| receipt.media.as_ref());
        check(
            known.is_none_or(|known| known.as_str() == media.media_id.to_string()),
            "the recorded media is the post's own",
        )?;
    }
    let due = record.publication.publish_at;
    let late = live.first().zip(due).map_or(time::Duration::ZERO, |(media, due)| media.timestamp - due);
    let attention = record.publication.attention.as_ref().map(|attention| attention.kind);
    Ok(Verdict { stage, live: live.len(), late, attention })
}
