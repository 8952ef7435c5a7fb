//! What workers store of publications: decisions and facts, of many posts in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{AccountId, MediaId, PostId},
    publication::{Attention, AttentionKind, Publication, Stage, Step},
    receipt::Receipt,
    timeline::Entry,
};

use crate::{
    agenda::Agenda as _,
    backend::{Dialect, json, statements},
    fixed::Fixed,
    metrics::{Begin, Readings as _},
    moment::micros,
    occurrence::Occurrences as _,
    place::Places as _,
    publication::{Publications as _, Write, with_epoch},
    receipt::{Receipts as _, merged},
    timeline::Timelines as _,
    trouble::Trouble,
};

/// What a worker stores about one post.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    /// A decision: stored if its epoch is still the publication's.
    Decision(Box<Decision>),
    /// A fact: the post is live.
    Fact(Fact),
}

/// What a worker decided.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) write: Write,
    pub(crate) entries: Vec<Entry>,
    /// When the lease ends, which hides the account's other posts.
    pub(crate) lease_until: i64,
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
            Self::Decision(decision) => &decision.write.next.post,
            Self::Fact(fact) => &fact.post,
        }
    }

    fn fact(&self) -> Option<&Fact> {
        match self {
            Self::Decision(_) => None,
            Self::Fact(fact) => Some(fact),
        }
    }

    /// What all processes sort by, so that two transactions do not wait for each other's lanes.
    pub(crate) fn order(&self) -> Option<&AccountId> {
        match self {
            Self::Decision(decision) => decision.write.next.account.as_ref(),
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

impl News<'_> {
    /// Whether it was not known before that the post is live.
    fn is_first(&self) -> bool {
        self.next.epoch != self.expected
    }

    fn frees(&self) -> Freed {
        let until = micros(self.receipt.confirmed_at) + LONGEST_LEASE;
        Freed { post_id: self.fact.post.as_str().into(), account: self.account.as_str().into(), until }
    }
}

impl Write {
    /// Which post of which account is hidden no longer, its lease having ended.
    fn frees(&self, until: i64) -> Option<Freed> {
        let account = self.next.account.as_ref().filter(|_| !self.keeps_lease)?;
        Some(Freed { post_id: self.next.post.as_str().into(), account: account.as_str().into(), until })
    }
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Committed {
    /// The posts of which something was written.
    pub(crate) written: BTreeSet<String>,
    /// Whether it gave back leases or lanes that hid other posts of the same accounts.
    pub(crate) frees: bool,
}

/// A post that hides no other of its account any more.
#[derive(serde::Serialize)]
struct Freed {
    post_id: String,
    account: String,
    /// What is due later was never hidden: the end of the lease wakes whoever sleeps.
    until: i64,
}

/// How long after it went live a post may still have been leased, in microseconds.
const LONGEST_LEASE: i64 = 60 * 60 * 1_000_000;

const FREED: [(&str, &str); 3] = [("post_id", "TEXT"), ("account", "TEXT"), ("until", "BIGINT")];

#[derive(diesel::QueryableByName)]
struct Hidden {
    #[diesel(sql_type = BigInt)]
    hidden: i64,
}

statements! {
    /// What workers store.
    pub(crate) trait Commits {
        /// Stores jobs of as many posts. At another place than the known one (`here` is what this process knows of it) only facts are.
        async fn commit(conn, jobs: &[Job], here: &str) -> Result<Committed, Trouble> {
            let (mut written, mut over) = conn.decide(jobs, here).await?;
            let facts: Vec<&Fact> = jobs.iter().filter_map(Job::fact).collect();
            if !facts.is_empty() {
                let (mut learned, mut settled) = conn.learn(&facts).await?;
                written.append(&mut learned);
                over.append(&mut settled);
            }
            let frees = !over.is_empty() && conn.hid_others(&over).await?;
            Ok(Committed { written, frees })
        }
    }
}

statements! {
    /// The parts of it.
    trait Parts {
        /// Stores the decisions among `jobs`.
        async fn decide(conn, jobs: &[Job], here: &str) -> Result<(BTreeSet<String>, Vec<Freed>), Trouble> {
            let (mut writes, mut entries, mut freed) = (vec![], vec![], vec![]);
            for job in jobs {
                let Job::Decision(decision) = job else { continue };
                let Decision { write, entries: told, lease_until } = decision.as_ref();
                writes.push(write);
                entries.extend(told.iter().map(|entry| (&write.next.post, entry)));
                freed.extend(write.frees(*lease_until));
            }
            if writes.is_empty() {
                return Ok((BTreeSet::new(), freed));
            }
            if !conn.is_at_home(here).await? {
                return Ok((BTreeSet::new(), vec![]));
            }
            let written = conn.write(&writes).await?;
            entries.retain(|(post, _)| written.contains(post.as_str()));
            conn.append(&entries).await?;
            Ok((written, freed))
        }

        /// Whether other posts of the accounts are due that these hid.
        async fn hid_others(conn, freed: &[Freed]) -> Result<bool, Trouble> {
            let found: Hidden = Fixed(sql_query(format!(
                "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM {} JOIN publication p ON p.account = v.account \
                 WHERE p.post_id <> v.post_id AND p.due_at <= v.until) THEN 1 ELSE 0 END AS BIGINT) AS hidden",
                Self::records(&FREED)
            ))
            .bind::<Text, _>(json(freed)?))
            .get_result(conn)
            .await?;
            Ok(found.hidden == 1)
        }

        /// Stores facts, at any epoch; answers which changed anything.
        async fn learn(conn, facts: &[&Fact]) -> Result<(BTreeSet<String>, Vec<Freed>), Trouble> {
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
                if !conn.is_own_container(before, fact, known.contains_key(fact.post.as_str())).await? {
                    continue;
                }
                let is_owned = fact.told.media.as_ref().is_some_and(|media| owned.contains(media.as_str()));
                let told = if is_owned { conn.settle_owner(&fact.post, &fact.told).await? } else { fact.told.clone() };
                news.extend(what_is_new(fact, before, &told, known.get(fact.post.as_str()))?);
            }
            let freed = news.iter().filter(|news| news.is_first()).map(News::frees).collect();
            Ok((conn.tell(&news).await?, freed))
        }

        /// Whether the container told of is or was the post's; one that is not told may be anything's while the post is in doubt, and
        /// once it is known to be live.
        async fn is_own_container(conn, before: &Publication, fact: &Fact, is_known: bool) -> Result<bool, Trouble> {
            let Some(told) = &fact.told.container else { return Ok(before.is_in_doubt() || is_known) };
            if before.container.as_ref().is_some_and(|container| container.id == *told) {
                return Ok(true);
            }
            Ok(conn.containers_of(fact.post.as_str(), i64::MIN).await?.iter().any(|id| id == told.as_str()))
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
            // Their events are to say when they went out.
            let live: Vec<&News<'_>> = news.iter().filter(|news| news.is_first()).collect();
            if let Some(at) = live.iter().map(|news| micros(news.receipt.confirmed_at)).max() {
                let posts: Vec<&str> = live.iter().map(|news| news.fact.post.as_str()).collect();
                conn.unsettle(&posts).await?;
                conn.look_at_posted_once(&posts, at).await?;
            }
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
        "This post is live; you need do nothing. Instagram did not tell which of the posts on the profile it is: for a day after it went out we look for it by its text. If it is not found, or another post has the same text, its numbers stay unknown.",
    )
}
