//! How a story is told.

use std::time::Duration;

use rats_application::Settings;
use rats_domain::{
    connection::Connection,
    post::Post,
    publication::{AttentionKind, Stage},
};
use rats_instagram_sim::{Call, Fault, FaultRule};

use crate::{
    executor::{OUTSIDE, Process},
    oracle::judge,
    town::{Town, hostile, settings},
};

/// The scheduler of every story, and the one that takes over.
pub(crate) const SCHEDULER: usize = 1;
pub(crate) const OTHER: usize = 2;

/// When a story's post is due; until then it is made ready.
pub(crate) const DUE: Duration = Duration::from_mins(10);

/// Far beyond the witness window: as good as never.
pub(crate) const LONG: u64 = 6 * 3600;

/// A town with one person, whose scheduler runs.
pub(crate) struct Tale {
    pub(crate) town: Town,
    pub(crate) anna: Connection,
}

impl Tale {
    pub(crate) fn new() -> Self {
        Self::with(settings())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let mut town = Town::new(1, hostile(), settings);
        let anna = town.person();
        town.start(SCHEDULER);
        Self { town, anna }
    }

    /// A post that is due at [`DUE`], with everything made ready that can be: what comes next is its publish request.
    pub(crate) fn ready_post(&mut self) -> Post {
        let post = self.town.post(&self.anna, DUE.saturating_sub(self.town.world.now()));
        self.until(DUE.saturating_sub(Duration::from_secs(1)));
        assert_eq!(self.stage(&post), Stage::Staged, "{:#?}", self.town.story(&post));
        post
    }

    /// Something is wrong with Instagram, so many times or until it is mended.
    pub(crate) fn fault(&self, fault: Fault, times: impl Into<Option<u32>>) {
        let rule = FaultRule { fault, account: None, times: times.into(), probability: None };
        self.town.network.instagram.add_fault(rule);
    }

    /// The quota counter alone cannot be read.
    pub(crate) fn no_counter(&self) {
        self.fault(error(Call::Quota, 500, 2, None), None);
    }

    /// Status and listing tell of a publish so many seconds late.
    pub(crate) fn lags(&self, status: u64, listing: u64) {
        self.fault(Fault::StatusLag { seconds: status }, None);
        self.fault(Fault::ListingLag { seconds: listing }, None);
    }

    pub(crate) fn mended(&self) {
        self.town.network.instagram.clear_faults();
    }

    /// Lets the world go on until so long after it began.
    pub(crate) fn until(&mut self, moment: Duration) {
        self.town.world.run_until(moment);
    }

    /// Lets the world go on until so long after the post was due.
    pub(crate) fn until_after_due(&mut self, span: Duration) {
        self.until(DUE + span);
    }

    /// What somebody is answered.
    pub(crate) fn ask<T: Send + 'static>(&mut self, question: impl Future<Output = T> + Send + 'static) -> T {
        self.ask_in(OUTSIDE, question)
    }

    /// The same, where their process matters.
    pub(crate) fn ask_in<T: Send + 'static>(
        &mut self,
        process: Process,
        question: impl Future<Output = T> + Send + 'static,
    ) -> T {
        self.town.ask(process, question)
    }

    pub(crate) fn reconnect(&self) {
        let made = self.town.new_token(&self.anna.account);
        self.town.link(&self.anna.user, &made);
    }

    pub(crate) fn disconnect(&self) {
        self.town.disconnect(&self.anna);
    }

    pub(crate) fn stage(&self, post: &Post) -> Stage {
        self.town.find(post).publication.stage
    }

    pub(crate) fn attention(&self, post: &Post) -> Option<AttentionKind> {
        self.town.find(post).publication.attention.as_ref().map(|attention| attention.kind)
    }

    /// How often its timeline tells of this.
    pub(crate) fn told(&self, post: &Post, step: &str) -> usize {
        let step = format!(" {step} ");
        self.town.story(post).iter().filter(|entry| entry.contains(&step)).count()
    }

    /// Whether its timeline tells of this, with this code of Instagram's.
    pub(crate) fn told_code(&self, post: &Post, step: &str, code: i64) -> bool {
        self.town.timeline(post).iter().any(|entry| entry.step == step && entry.code == Some(code))
    }

    /// How many publish requests Instagram has received.
    pub(crate) fn requests(&self) -> usize {
        let ledger = self.town.network.instagram.ledger(self.town.now());
        ledger.containers.iter().map(|container| container.publish_calls).sum()
    }

    /// Every rule holds by now, and each post stands so and is so often live.
    #[track_caller]
    pub(crate) fn is(&self, posts: &[&Post], stage: Stage, live: usize) {
        let posts: Vec<Post> = posts.iter().map(|post| (*post).clone()).collect();
        let verdicts = judge(&self.town, &posts).unwrap_or_else(|wrong| panic!("{wrong}"));
        for (post, verdict) in posts.iter().zip(verdicts) {
            assert_eq!((verdict.stage, verdict.live), (stage, live), "{:#?}", self.town.story(post));
        }
    }

    /// The same, live once and known as such.
    #[track_caller]
    pub(crate) fn is_live_once(&self, post: &Post) {
        self.is(&[post], Stage::Published, 1);
    }

    /// The id that is known of a live post is the one on Instagram.
    #[track_caller]
    pub(crate) fn has_its_id(&self, post: &Post) {
        let receipt = self.town.find(post).receipt.expect("a receipt");
        let containers = self.town.containers(post);
        let ledger = self.town.network.instagram.ledger(self.town.now());
        let live = ledger.media.iter().find(|media| containers.contains(&media.container_id.to_string())).unwrap();
        let known = receipt.media.as_ref().map(|media| media.as_str().to_owned());
        assert_eq!(known, Some(live.media_id.to_string()), "{:#?}", self.town.story(post));
    }
}

/// One kind of call answers this error, without effect.
pub(crate) fn error(call: Call, status: u16, code: i32, subcode: Option<u32>) -> Fault {
    Fault::Error { call: Some(call), status: Some(status), code, subcode, message: None }
}
