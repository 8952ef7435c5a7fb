//! What must always hold, read from Instagram's ledger and our own tables.

use std::collections::{BTreeMap, BTreeSet};

use rats_domain::{
    id::MediaId,
    post::{Post, PostRecord},
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

/// Judges these posts; what must never be is an error that says what.
pub(crate) fn judge(town: &Town, posts: &[Post]) -> Result<Vec<Verdict>, String> {
    Books::new(town).judge(town, posts)
}

/// The same for all posts that there are: nothing else is live, and the quota was kept.
pub(crate) fn judge_all(town: &Town, posts: &[Post]) -> Result<Vec<Verdict>, String> {
    let mut books = Books::new(town);
    let verdicts = books.judge(town, posts)?;
    if let Some(media) = books.by_container.into_values().flatten().next() {
        return Err(format!("a media of a container that we do not know of: {media:?}"));
    }
    Ok(verdicts)
}

/// How many of these posts are live more than once.
pub(crate) fn doubled(town: &Town, posts: &[Post]) -> usize {
    let books = Books::new(town);
    let live = |id: &String| books.by_container.get(id).map_or(0, Vec::len);
    posts.iter().filter(|post| town.containers(post).iter().map(live).sum::<usize>() > 1).count()
}

/// What really is live, but for what was made by hand.
struct Books {
    by_container: BTreeMap<String, Vec<LedgerMedia>>,
}

impl Books {
    fn new(town: &Town) -> Self {
        let by_hand: BTreeSet<&str> = town.by_hand.iter().map(|made| made.media.as_str()).collect();
        let mut by_container: BTreeMap<String, Vec<LedgerMedia>> = BTreeMap::new();
        for media in town.network.instagram.ledger(town.now()).media {
            if !by_hand.contains(media.media_id.to_string().as_str()) {
                by_container.entry(media.container_id.to_string()).or_default().push(media);
            }
        }
        Self { by_container }
    }

    fn judge(&mut self, town: &Town, posts: &[Post]) -> Result<Vec<Verdict>, String> {
        if let Some(violation) = town.world.violation() {
            return Err(violation);
        }
        self.quota_is_kept(town)?;
        let mut judge = |post: &Post| {
            let containers = town.containers(post);
            let own: Vec<_> = containers.iter().filter_map(|id| self.by_container.remove(id)).flatten().collect();
            judge_one(town, post, &own)
        };
        posts.iter().map(&mut judge).collect()
    }

    fn quota_is_kept(&self, town: &Town) -> Result<(), String> {
        let total = usize::try_from(town.network.instagram.config().quota_total).unwrap_or(usize::MAX);
        let mut times: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for media in self.by_container.values().flatten() {
            times.entry(media.ig_user_id).or_default().push(media.timestamp);
        }
        for (account, mut times) in times {
            times.sort_unstable();
            let too_many = times.windows(total + 1).any(|window| window[total] - window[0] < time::Duration::DAY);
            if too_many {
                return Err(format!("{account} published more than {total} posts in 24 hours"));
            }
        }
        Ok(())
    }
}

fn judge_one(town: &Town, post: &Post, live: &[LedgerMedia]) -> Result<Verdict, String> {
    let removed = town.promises.removed().contains(&post.id);
    let Some(record) = town.found(post) else {
        return match live {
            [] if removed => {
                Ok(Verdict { stage: Stage::Cancelled, live: 0, late: time::Duration::ZERO, attention: None })
            }
            _ => Err(format!("{} is gone, {} times live", post.id, live.len())),
        };
    };
    let stage = record.publication.stage;
    let told = || format!("{} is {} and {} times live: {:#?}", post.id, stage.as_str(), live.len(), town.story(post));
    let check = |holds: bool, rule: &str| if holds { Ok(()) } else { Err(format!("{rule}: {}", told())) };
    let known = record.receipt.as_ref().and_then(|receipt| receipt.media.as_ref());
    let is_by_hand = known.is_some_and(|known| was_made_by_hand(town, &record, known));
    check(live.len() <= 1, "at most once")?;
    check(!town.promises.cancelled().contains(&post.id) || live.is_empty(), "what was cancelled is never live")?;
    check(stage != Stage::Published || live.len() == 1 || is_by_hand, "what reads published is live")?;
    check(stage.is_unsettled() || stage == Stage::Published || live.is_empty(), "what is live never reads otherwise")?;
    check(
        stage.status() != Status::Failed || is_explained(town, post, &record),
        "a failure is explained once, in one way",
    )?;
    if let (Some(media), Some(publish_at)) = (live.first(), record.publication.publish_at) {
        // Times are the store's, whose clock may be off Instagram's by what is tolerated; Instagram's `Date` is cut to a second.
        let tolerated = town.settings.publish.clock_tolerance + std::time::Duration::from_secs(2);
        let off = town.furthest_off().min(tolerated.try_into().unwrap_or_default());
        check(media.timestamp + off >= publish_at, "never before its time")?;
        let useless = record.publication.useless_after.unwrap_or(publish_at) + off;
        check(media.timestamp <= useless + town.settings.publish.grace, "never once it is useless")?;
        check(media.caption == record.post.caption.as_str(), "what is live says what was last accepted")?;
        let account = record.publication.account.as_ref().map(rats_domain::id::AccountId::as_str);
        check(account == Some(media.ig_user_id.to_string().as_str()), "it is live on its own account")?;
        check(
            is_by_hand || known.is_none_or(|known| known.as_str() == media.media_id.to_string()),
            "the recorded media is the post's own",
        )?;
    }
    let due = record.publication.publish_at;
    let late = live.first().zip(due).map_or(time::Duration::ZERO, |(media, due)| media.timestamp - due);
    let attention = record.publication.attention.as_ref().map(|attention| attention.kind);
    Ok(Verdict { stage, live: live.len(), late, attention })
}

/// Whether the person reads above the post what the last line of its timeline says, and nothing promises another try.
fn is_explained(town: &Town, post: &Post, record: &PostRecord) -> bool {
    let told = town.timeline(post).into_iter().rfind(|entry| entry.step == "failed");
    let attention = record.publication.attention.as_ref();
    let promises =
        |text: &str| ["We try again", "We go on at", "We look again"].iter().any(|words| text.contains(words));
    attention
        .zip(told)
        .is_some_and(|(attention, told)| attention.message == told.message && !promises(&attention.message))
}

/// Whether the media is one of the same text that the account's owner made by hand: nobody can tell it from the post.
fn was_made_by_hand(town: &Town, record: &PostRecord, media: &MediaId) -> bool {
    town.by_hand.iter().any(|made| {
        made.media == *media
            && made.text == record.post.caption.as_str()
            && record.publication.account.as_ref() == Some(&made.account)
    })
}
