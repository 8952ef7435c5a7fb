//! The queue on SQLite and on PostgreSQL, and a model of it, go through the same random calls: at each the three answer the same.
//!
//! The calls come as they may from workers that sleep and people that act meanwhile: with claims and records of any age.

mod model;

use std::{sync::Arc, time::Duration};

use rats_domain::{
    clock::Clock as _,
    connection::ConnectionRepository as _,
    id::{AccountId, ConnectionId, ContainerId, PostId},
    post::{PostRecord, PostRepository},
    publication::{Claim, Publication, PublicationQueue as _, Step},
    receipt::{ConfirmedBy, Receipt},
};
use rats_storage::Store;
use time::OffsetDateTime;

use self::model::Model;
use crate::{
    example::{draft, link, note, pending, post, receipt},
    world::{Backend, TestClock, World, options, runtime},
};

const CALLS: usize = 1_500;
const LEASE: Duration = Duration::from_mins(1);
const USERS: [&str; 3] = ["anna", "ben", "cleo"];
/// So many claims and records are remembered, to be used late.
const REMEMBERED: u64 = 6;
/// So many posts are open at once.
const OPEN: usize = 9;

#[test]
fn both_databases_and_a_model_answer_the_same() {
    runtime().block_on(async {
        let mut walk = Walk::new(1).await;
        for call in 0..CALLS {
            walk.call().await.unwrap_or_else(|wrong| panic!("call {call}: {wrong}"));
        }
    });
}

/// Both stores, the model, and what is remembered of earlier answers.
struct Walk {
    /// Kept: its end is the stores' end.
    worlds: [World; 2],
    stores: [Store; 2],
    clock: Arc<TestClock>,
    model: Model,
    random: u64,
    made: u32,
    claims: Vec<Claim>,
    records: Vec<PostRecord>,
}

/// Answers of both stores, which must be the same.
macro_rules! both {
    ($walk:expr, |$store:ident| $call:expr) => {{
        let [lite, pg] = &$walk.stores;
        let one = {
            let $store = lite;
            $call
        };
        let other = {
            let $store = pg;
            $call
        };
        let (told, also) = (format!("{one:?}"), format!("{other:?}"));
        if told != also {
            return Err(format!("{}:\n{told} on SQLite,\n{also} on PostgreSQL", stringify!($call)));
        }
        one
    }};
}

/// An answer of both stores must be the model's.
macro_rules! same {
    ($what:expr, $answer:expr, $model:expr) => {{
        let (answer, model) = (&$answer, &$model);
        if answer != model {
            return Err(format!("{}: {answer:?} is not {model:?}, the model's", $what));
        }
    }};
}

impl Walk {
    async fn new(seed: u64) -> Self {
        let worlds = [World::new(Backend::Memory).await, World::new(Backend::Postgres).await];
        let clock = worlds[0].clock.clone();
        let mut stores = [worlds[0].store.clone(), worlds[1].store.clone()];
        // One clock for both.
        stores[1] = Store::open(options(&worlds[1].url, clock.clone(), crate::world::KEY)).await.unwrap();
        let mut model = Model::default();
        for owner in USERS {
            for store in &stores {
                link(store, owner, &format!("account-{owner}")).await;
            }
            model.connected.insert(owner.into());
        }
        Self { worlds, stores, clock, model, random: seed, made: 0, claims: vec![], records: vec![] }
    }

    /// `SplitMix64`.
    fn draw(&mut self, end: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let index = self.draw(u64::try_from(from.len()).unwrap());
        from.get(usize::try_from(index).unwrap()).cloned()
    }

    /// Around now.
    fn moment(&mut self) -> OffsetDateTime {
        let seconds = i64::try_from(self.draw(240)).unwrap() - 60;
        self.clock.now() + time::Duration::seconds(seconds)
    }

    async fn call(&mut self) -> Result<(), String> {
        let passed = self.draw(20);
        self.clock.turn(Duration::from_secs(passed));
        match self.draw(20) {
            0..=1 => self.add().await,
            2..=5 => self.claim_due().await,
            6 => self.claim().await,
            7..=14 => self.record().await,
            15 => self.extend().await,
            16 => self.live().await,
            17 => self.person().await,
            18 => self.connection().await,
            _ => self.look().await,
        }
    }

    async fn add(&mut self) -> Result<(), String> {
        if self.model.open() >= OPEN {
            return Ok(());
        }
        self.made += 1;
        let owner = self.pick(&USERS).unwrap();
        let post = post(&format!("p{:04}", self.made), owner);
        let step = self.scheduled(owner);
        let publication = draft(&post).after(step).unwrap();
        let added = both!(self, |store| store.add(&post, &publication, &[], None).await).is_ok();
        same!("add", added, self.model.add(owner, &publication));
        Ok(())
    }

    fn scheduled(&mut self, owner: &str) -> Step {
        let publish_at = self.moment();
        Step::Scheduled {
            connection: ConnectionId::new(format!("c-{owner}-account-{owner}")),
            account: AccountId::new(format!("account-{owner}")),
            publish_at,
            due_at: self.moment(),
            useless_after: publish_at + Duration::from_secs(self.draw(1200)),
            content_changed: self.draw(2) == 0,
        }
    }

    async fn claim_due(&mut self) -> Result<(), String> {
        let limit = usize::try_from(1 + self.draw(4)).unwrap();
        let claims = both!(self, |store| store.claim_due(LEASE, limit).await).map_err(|error| error.to_string())?;
        let ids: Vec<PostId> = claims.claims.iter().map(|claim| claim.publication.post.clone()).collect();
        same!("claim_due", ids, self.model.claim_due(claims.now, LEASE, limit));
        for claim in claims.claims {
            self.take(claim)?;
        }
        Ok(())
    }

    async fn claim(&mut self) -> Result<(), String> {
        let Some(post) = self.pick(&self.model.posts()) else { return Ok(()) };
        let claim = both!(self, |store| store.claim(&post, LEASE).await).map_err(|error| error.to_string())?;
        same!("claim", claim.is_some(), self.model.claim(&post, self.clock.now(), LEASE));
        claim.map_or(Ok(()), |claim| self.take(claim))
    }

    fn take(&mut self, claim: Claim) -> Result<(), String> {
        self.is_as_in_the_model(&claim.publication)?;
        self.remember(claim);
        Ok(())
    }

    fn remember(&mut self, claim: Claim) {
        self.claims.push(claim);
        let most = usize::try_from(REMEMBERED).unwrap();
        if self.claims.len() > most {
            self.claims.remove(0);
        }
    }

    /// A step that a worker may decide.
    fn step(&mut self) -> Step {
        let (at, later) = (self.clock.now(), self.moment());
        self.made += 1;
        match self.draw(16) {
            0..=2 => Step::ContainerCreated { id: ContainerId::new(format!("c{}", self.made)), at, look_at: at },
            3..=4 => Step::ContainerReady,
            5..=7 => Step::Intended { at, may_send_until: at + LEASE },
            8 => Step::Unclear { at, look_at: later, attention: note() },
            9 => Step::NotPublished { retry_at: later, attention: None },
            10 => Step::Wait { until: later, attention: note() },
            11 => Step::SendAgain { at, may_send_until: at + LEASE },
            12 => Step::Review { look_at: later, attention: note() },
            13 => Step::Held { attention: note() },
            14 => Step::ContainerDiscarded { retry_at: later },
            _ => Step::Fail { attention: note() },
        }
    }

    async fn record(&mut self) -> Result<(), String> {
        let Some(mut claim) = self.pick(&self.claims.clone()) else { return Ok(()) };
        // Most steps are legal somewhere else.
        let legal = (0..20).find_map(|_| claim.publication.after(self.step()).ok());
        let (Some(next), keep) = (legal, self.draw(2) == 0) else { return Ok(()) };
        let recorded = both!(self, |store| store.record(&claim, &next, &[], keep).await);
        let told = recorded.map_err(|error| error.to_string());
        same!("record", told, self.model.record(&claim, &next, keep));
        if told.is_ok() {
            claim.publication = next;
            self.remember(claim.clone());
        }
        self.compare(&claim.publication.post.clone()).await
    }

    async fn extend(&mut self) -> Result<(), String> {
        let Some(claim) = self.pick(&self.claims.clone()) else { return Ok(()) };
        let until = both!(self, |store| store.extend(&claim, LEASE).await).ok();
        same!("extend", until, self.model.extend(&claim, self.clock.now() + LEASE));
        Ok(())
    }

    /// Somebody learns that a post is live.
    async fn live(&mut self) -> Result<(), String> {
        let Some(post) = self.pick(&self.model.posts()) else { return Ok(()) };
        let known = self.model.containers(&post);
        // Now and then one that never was the post's.
        let container = self.pick(&known).unwrap_or_else(|| ContainerId::new("another"));
        let media = format!("m-{container}");
        let told = Receipt { ..receipt(container.as_str(), Some(&media), ConfirmedBy::Answer) };
        let changed = both!(self, |store| store.record_published(&post, &told, &[]).await);
        same!("record_published", changed.map_err(|error| error.to_string())?, self.model.live(&post, &container));
        self.compare(&post).await
    }

    /// A person changes or cancels what they looked at a while ago.
    async fn person(&mut self) -> Result<(), String> {
        let Some(mut record) = self.pick(&self.records.clone()) else { return Ok(()) };
        let owner = record.post.user.as_str().to_owned();
        let at = self.moment();
        let step = match self.draw(6) {
            0 => Step::Cancelled,
            1 => Step::Drafted,
            2 => Step::Edited,
            3 => {
                let (due_at, useless_after) = (self.moment(), at + Duration::from_mins(20));
                Step::Moved { publish_at: at, due_at, useless_after, keep_container: self.draw(2) == 0 }
            }
            4 => Step::Republished { publish_at: at, useless_after: at + Duration::from_hours(1) },
            _ => self.scheduled(&owner),
        };
        let Ok(next) = record.publication.after(step) else { return Ok(()) };
        record.publication = next;
        let changed = both!(self, |store| store.change(&record, &[]).await).map_err(|error| error.to_string())?;
        same!("change", changed, self.model.change(&record.publication));
        self.compare(&record.post.id).await
    }

    async fn connection(&mut self) -> Result<(), String> {
        let (owner, now) = (self.pick(&USERS).unwrap(), self.clock.now());
        if self.draw(3) == 0 {
            let gone = both!(self, |store| store.disconnect(&crate::example::user(owner), now).await);
            same!("disconnect", gone.map_err(|error| error.to_string())?.is_some(), self.model.disconnect(owner, now));
        } else {
            let account = format!("account-{owner}");
            let id = ConnectionId::new(format!("c-{owner}-{account}"));
            both!(self, |store| store.activate(&id, &pending(owner, &account), now).await).unwrap();
            self.model.connect(owner, now);
        }
        for post in self.model.posts() {
            self.compare(&post).await?;
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<(), String> {
        let next = both!(self, |store| store.next_due().await).unwrap();
        same!("next_due", next, self.model.next_due(self.clock.now()));
        let Some(post) = self.pick(&self.model.posts()) else { return Ok(()) };
        let mut containers = both!(self, |store| store.containers(&post, OffsetDateTime::UNIX_EPOCH).await).unwrap();
        containers.sort();
        same!("containers", containers, self.model.containers(&post));
        self.compare(&post).await
    }

    /// The post reads the same everywhere.
    async fn compare(&mut self, post: &PostId) -> Result<(), String> {
        let user = self.model.user(post);
        let Some(found) = both!(self, |store| PostRepository::find(store, &user, post).await).unwrap() else {
            return Err(format!("{post} is gone"));
        };
        self.is_as_in_the_model(&found.publication)?;
        if !found.publication.stage.is_open() && self.draw(3) == 0 {
            // What is over is forgotten in the end, or the walk becomes slow.
            self.model.forget(post);
            self.claims.retain(|claim| claim.publication.post != *post);
            self.records.retain(|record| record.post.id != *post);
            return Ok(());
        }
        self.records.push(found);
        if self.records.len() > usize::try_from(REMEMBERED).unwrap() {
            self.records.remove(0);
        }
        Ok(())
    }

    fn is_as_in_the_model(&self, publication: &Publication) -> Result<(), String> {
        self.model.check(publication)
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        // Their folders and servers go with them.
        let _ = &self.worlds;
    }
}
