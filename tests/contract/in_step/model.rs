//! What the queue promises, in the simplest words: posts in a map, and every rule a loop over it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rats_domain::{
    id::{AccountId, ContainerId, PostId, UserId},
    publication::{Claim, Parts, Publication, Stage, Step},
};
use time::OffsetDateTime;

/// One publication.
struct Entry {
    publication: Publication,
    lease: Option<OffsetDateTime>,
    containers: BTreeSet<ContainerId>,
}

/// All of them, and who is connected.
#[derive(Default)]
pub(super) struct Model {
    entries: BTreeMap<PostId, Entry>,
    pub(super) connected: BTreeSet<String>,
}

impl Entry {
    /// The publication moves to `next` under the epoch.
    fn put(&mut self, next: &Publication, epoch: i64, keeps_lease: bool) {
        self.publication = Publication::restore(Parts { epoch, ..(**next).clone() }).expect("legal");
        self.containers.extend(next.container.iter().map(|container| container.id.clone()));
        if !keeps_lease || !next.stage.is_open() {
            self.lease = None;
        }
    }

    fn is_leased(&self, now: OffsetDateTime) -> bool {
        self.lease.is_some_and(|until| until > now)
    }
}

impl Model {
    pub(super) fn add(&mut self, owner: &str, publication: &Publication) -> bool {
        if !self.connected.contains(owner) {
            return false;
        }
        let entry = Entry { publication: publication.clone(), lease: None, containers: BTreeSet::new() };
        self.entries.insert(publication.post.clone(), entry);
        true
    }

    pub(super) fn open(&self) -> usize {
        self.entries.values().filter(|entry| entry.publication.stage.is_open()).count()
    }

    pub(super) fn posts(&self) -> Vec<PostId> {
        self.entries.keys().cloned().collect()
    }

    pub(super) fn user(&self, post: &PostId) -> UserId {
        self.entries[post].publication.user.clone()
    }

    pub(super) fn containers(&self, post: &PostId) -> Vec<ContainerId> {
        self.entries[post].containers.iter().cloned().collect()
    }

    pub(super) fn forget(&mut self, post: &PostId) {
        self.entries.remove(post);
    }

    /// Staged, in time, and another post of the account holds its lane.
    fn is_behind(&self, entry: &Entry, now: OffsetDateTime) -> bool {
        let publication = &entry.publication;
        publication.stage == Stage::Staged
            && publication.useless_after.is_none_or(|end| end > now)
            && self.holder(publication.account.as_ref()).is_some()
    }

    fn holder(&self, account: Option<&AccountId>) -> Option<&PostId> {
        let holds =
            |entry: &&Entry| entry.publication.stage.holds_lane() && entry.publication.account.as_ref() == account;
        self.entries.values().find(holds).map(|entry| &entry.publication.post)
    }

    /// Whether nothing of its account is under a lease.
    fn is_free(&self, entry: &Entry, now: OffsetDateTime) -> bool {
        let account = entry.publication.account.as_ref();
        !self.entries.values().any(|other| other.publication.account.as_ref() == account && other.is_leased(now))
    }

    pub(super) fn claim_due(&mut self, now: OffsetDateTime, lease: Duration, limit: usize) -> Vec<PostId> {
        let due = |entry: &&Entry| {
            entry.publication.due_at.is_some_and(|due_at| due_at <= now)
                && self.is_free(entry, now)
                && !self.is_behind(entry, now)
        };
        let mut found: Vec<_> = self.entries.values().filter(due).map(|entry| &entry.publication).collect();
        found.sort_by_key(|publication| (publication.due_at, publication.post.clone()));
        let mut accounts = BTreeSet::new();
        found.retain(|publication| accounts.insert(publication.account.clone()));
        let posts: Vec<PostId> = found.iter().take(limit).map(|publication| publication.post.clone()).collect();
        for post in &posts {
            self.lease(post, now + lease);
        }
        posts
    }

    pub(super) fn claim(&mut self, post: &PostId, now: OffsetDateTime, lease: Duration) -> bool {
        let entry = &self.entries[post];
        let can = entry.publication.due_at.is_some() && !entry.is_leased(now) && !self.is_behind(entry, now);
        if can {
            self.lease(post, now + lease);
        }
        can
    }

    fn lease(&mut self, post: &PostId, until: OffsetDateTime) {
        let entry = self.entries.get_mut(post).expect("it was found");
        let epoch = entry.publication.epoch + 1;
        entry.put(&entry.publication.clone(), epoch, true);
        entry.lease = Some(until);
    }

    pub(super) fn record(&mut self, claim: &Claim, next: &Publication, keep_lease: bool) -> Result<(), String> {
        let lost = || Err("the lease was lost".to_owned());
        let Some(entry) = self.entries.get(&next.post) else { return lost() };
        if entry.publication.epoch != claim.publication.epoch {
            return lost();
        }
        let other = self.holder(next.account.as_ref()).filter(|holder| **holder != next.post);
        if next.stage.holds_lane() && other.is_some() {
            return Err("another post of this account is being published".into());
        }
        let entry = self.entries.get_mut(&next.post).expect("it was found");
        entry.put(next, claim.publication.epoch, keep_lease);
        Ok(())
    }

    pub(super) fn extend(&mut self, claim: &Claim, until: OffsetDateTime) -> Option<OffsetDateTime> {
        let entry = self.entries.get_mut(&claim.publication.post)?;
        let publication = &entry.publication;
        if publication.epoch != claim.publication.epoch || publication.due_at.is_none() {
            return None;
        }
        entry.lease = Some(until);
        entry.lease
    }

    /// The first answer that names an id stands.
    pub(super) fn live(&mut self, post: &PostId, container: &ContainerId) -> bool {
        let entry = self.entries.get_mut(post).expect("it was found");
        if !entry.containers.contains(container) || entry.publication.stage == Stage::Published {
            return false;
        }
        let next = entry.publication.after(Step::Published { attention: None }).expect("a fact");
        entry.put(&next, entry.publication.epoch + 1, false);
        true
    }

    /// `next` was made of the publication as the person saw it. What begins anew needs a connection.
    pub(super) fn change(&mut self, next: &Publication) -> bool {
        let connected = self.connected.contains(next.user.as_str());
        let Some(entry) = self.entries.get_mut(&next.post) else { return false };
        let publication = &entry.publication;
        let is_as_seen = publication.epoch == next.epoch && publication.version + 1 == next.version;
        let begins = next.stage.is_open() && !publication.stage.is_open();
        if !is_as_seen || publication.stage.holds_lane() || (begins && !connected) {
            return false;
        }
        entry.put(next, next.epoch + 1, false);
        true
    }

    pub(super) fn connect(&mut self, owner: &str, at: OffsetDateTime) {
        self.connected.insert(owner.into());
        self.step_all(owner, &Step::Reconnected { at });
    }

    pub(super) fn disconnect(&mut self, owner: &str, at: OffsetDateTime) -> bool {
        let was = self.connected.remove(owner);
        if was {
            self.step_all(owner, &Step::Disconnected { at });
        }
        was
    }

    fn step_all(&mut self, owner: &str, step: &Step) {
        let theirs = self
            .entries
            .values_mut()
            .filter(|entry| entry.publication.user.as_str() == owner && entry.publication.due_at.is_some());
        for entry in theirs {
            let before = &entry.publication;
            let Ok(next) = before.after(step.clone()) else { continue };
            // Reconnecting takes the work on what has sent nothing from whoever still has the old token.
            let fences = matches!(step, Step::Reconnected { .. }) && !before.stage.is_unsettled();
            if next != *before || fences {
                entry.put(&next, before.epoch + 1, false);
            }
        }
    }

    pub(super) fn next_due(&self, now: OffsetDateTime) -> Option<Duration> {
        let open = self
            .entries
            .values()
            .filter(|entry| !entry.is_leased(now) && self.is_free(entry, now) && !self.is_behind(entry, now));
        let due = open.filter_map(|entry| entry.publication.due_at);
        let ends = self.entries.values().filter_map(|entry| entry.lease).filter(|until| *until > now);
        due.chain(ends).min().map(|moment| (moment - now).try_into().unwrap_or_default())
    }

    /// What a store says of a publication is what is known here, but for its wording.
    pub(super) fn check(&self, said: &Publication) -> Result<(), String> {
        let Some(entry) = self.entries.get(&said.post) else { return Ok(()) };
        let wordless = |publication: &Publication| Parts { attention: None, ..(**publication).clone() };
        let (said, known) = (wordless(said), wordless(&entry.publication));
        if said == known { Ok(()) } else { Err(format!("{said:?} is not {known:?}, the model's")) }
    }
}
