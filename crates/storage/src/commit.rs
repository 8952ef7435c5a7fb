//! What workers store of publications: decisions and facts, of many posts in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use rats_domain::{
    id::{AccountId, MediaId, PostId},
    publication::{Attention, AttentionKind, Publication, Stage, Step},
    receipt::Receipt,
    timeline::Entry,
};

use crate::{
    backend::statements,
    metrics::{Begin, Readings as _},
    moment::micros,
    publication::{Publications as _, Write, with_epoch},
    receipt::{Receipts as _, merged},
    timeline::Timelines as _,
    trouble::Trouble,
};

/// What a worker stores about one post.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    /// A decision: stored if its epoch is still the publication's.
    Decision { write: Write, entries: Vec<Entry> },
    /// A fact: the post is live.
    Fact(Fact),
}

/// That a post is live, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) post: PostId,
    pub(crate) told: Receipt,
    pub(crate) entries: Vec<Entry>,
}

impl Job {
    /// The post.
    pub(crate) fn post(&self) -> &PostId {
        match self {
            Self::Decision { write, .. } => &write.next.post,
            Self::Fact(fact) => &fact.post,
        }
    }

    /// What all processes sort by, so that two transactions do not wait for each other's lanes.
    pub(crate) fn order(&self) -> Option<&AccountId> {
        match self {
            Self::Decision { write, .. } => write.next.account.as_ref(),
            Self::Fact(_) => None,
        }
    }
}

/// A fact that changes something.
struct News<'a> {
    fact: &'a Fact,
    next: Publication,
    account: AccountId,
    receipt: Receipt,
    expected: i64,
}

statements! {
    /// What workers store.
    pub(crate) trait Commits {
        /// Stores jobs of as many posts; answers of which something was written.
        async fn commit(conn, jobs: &[Job]) -> Result<BTreeSet<String>, Trouble> {
            let mut written = conn.decide(jobs).await?;
            let facts: Vec<&Fact> = jobs.iter().filter_map(|job| if let Job::Fact(fact) = job { Some(fact) } else { None }).collect();
            if !facts.is_empty() {
                written.append(&mut conn.learn(&facts).await?);
            }
            Ok(written)
        }
    }
}

statements! {
    /// The parts of it.
    trait Parts {
        /// Stores the decisions among `jobs`.
        async fn decide(conn, jobs: &[Job]) -> Result<BTreeSet<String>, Trouble> {
            let (mut writes, mut entries) = (vec![], vec![]);
            for job in jobs {
                let Job::Decision { write, entries: told } = job else { continue };
                writes.push(write);
                entries.extend(told.iter().map(|entry| (&write.next.post, entry)));
            }
            if writes.is_empty() {
                return Ok(BTreeSet::new());
            }
            let written = conn.write(&writes).await?;
            entries.retain(|(post, _)| written.contains(post.as_str()));
            conn.append(&entries).await?;
            Ok(written)
        }

        /// Stores facts, at any epoch; answers which changed anything.
        async fn learn(conn, facts: &[&Fact]) -> Result<BTreeSet<String>, Trouble> {
            let posts: Vec<&str> = facts.iter().map(|fact| fact.post.as_str()).collect();
            let mut publications: BTreeMap<PostId, Publication> = BTreeMap::new();
            for publication in conn.lock_publications(&posts).await? {
                publications.insert(publication.post.clone(), publication);
            }
            let known = conn.receipts(&posts).await?;
            let told: Vec<(&PostId, &MediaId)> =
                facts.iter().filter_map(|fact| Some((&fact.post, fact.told.media.as_ref()?))).collect();
            let owned = conn.owned_by_others(&told).await?;
            let mut news = vec![];
            for fact in facts {
                let Some(before) = publications.get(&fact.post) else { continue };
                if !conn.is_own_container(before, fact).await? {
                    continue;
                }
                let is_owned = fact.told.media.as_ref().is_some_and(|media| owned.contains(media.as_str()));
                let told = if is_owned { conn.settle_owner(&fact.post, &fact.told).await? } else { fact.told.clone() };
                news.extend(what_is_new(fact, before, &told, known.get(fact.post.as_str()))?);
            }
            conn.tell(&news).await
        }

        /// Whether the container told of is or was the post's.
        async fn is_own_container(conn, before: &Publication, fact: &Fact) -> Result<bool, Trouble> {
            let told = &fact.told.container;
            if before.container.as_ref().is_some_and(|container| container.id == *told) {
                return Ok(true);
            }
            Ok(conn.containers_of(fact.post.as_str()).await?.iter().any(|id| id == told.as_str()))
        }

        /// Writes what changes.
        async fn tell(conn, news: &[News<'_>]) -> Result<BTreeSet<String>, Trouble> {
            if news.is_empty() {
                return Ok(BTreeSet::new());
            }
            let writes: Vec<Write> =
                news.iter().map(|news| Write::ending_lease(news.next.clone(), news.expected)).collect();
            let receipts: Vec<_> = news.iter().map(|news| (&news.fact.post, &news.account, &news.receipt)).collect();
            let begin: Vec<Begin> = news
                .iter()
                .map(|news| Begin { post_id: news.fact.post.as_str().into(), next_at: micros(news.receipt.confirmed_at) })
                .collect();
            let entries: Vec<_> =
                news.iter().flat_map(|news| news.fact.entries.iter().map(|entry| (&news.fact.post, entry))).collect();
            let written = conn.write(&writes.iter().collect::<Vec<_>>()).await?;
            conn.put_receipts(&receipts).await?;
            conn.begin_readings(&begin).await?;
            conn.append(&entries).await?;
            Ok(written)
        }
    }
}

/// What the fact changes, if anything.
fn what_is_new<'a>(
    fact: &'a Fact,
    before: &Publication,
    told: &Receipt,
    known: Option<&Receipt>,
) -> Result<Option<News<'a>>, Trouble> {
    let Some(account) = before.account.clone() else { return Ok(None) };
    let receipt = known.map_or_else(|| told.clone(), |known| merged(known, told));
    let is_new = before.stage != Stage::Published;
    if !is_new && known == Some(&receipt) {
        return Ok(None);
    }
    let attention = receipt.media.is_none().then(id_unknown);
    let next = before
        .after(Step::Published { attention })
        .map_err(|error| Trouble::damaged(format!("publication of {}", fact.post), error))?;
    // Decisions taken before this fact was known are of no more worth: the epoch moves.
    let next = with_epoch(&next, before.epoch + i64::from(is_new))?;
    Ok(Some(News { fact, next, account, receipt, expected: before.epoch }))
}

fn id_unknown() -> Attention {
    Attention::new(
        AttentionKind::IdUnknown,
        "This post is live, but Instagram did not tell us its id. We look for it on the profile; until it is found its engagement cannot be read.",
    )
}
