//! The store: claims, decisions, facts, and what people change. Each function is one transaction.

use crate::{
    setting::{Rule, Setting},
    world::{Answer, GRACE, LEASE, Phase, Row, Stage, Verdict, WINDOW, Worker, World},
};

impl World {
    /// Leases the post to the worker, if nobody has it.
    pub(crate) fn claim(&mut self, setting: &Setting, worker: usize, post: usize) -> bool {
        let found = self.posts[post];
        let open = !matches!(found.row.stage, Stage::Published | Stage::Failed | Stage::Cancelled);
        if found.lease > 0 || !open || (found.row.stage == Stage::Held && !found.useless) {
            return false;
        }
        self.raise_epoch(setting, post);
        self.posts[post].lease = LEASE;
        self.workers[worker] = Worker {
            phase: Phase::Claimed,
            post: u8::try_from(post).unwrap_or_default(),
            valid: true,
            deadline: if setting.keeps(Rule::DeadlineFromBeforeTheClaim) { LEASE } else { 2 * LEASE },
            past: false,
            content: found.content,
            view: found.row,
            looks: self.workers[worker].looks,
        };
        true
    }

    /// Makes the lease last longer from now on.
    pub(crate) fn extend(&mut self, worker: usize) -> bool {
        if self.workers[worker].valid {
            self.post_of(worker).lease = LEASE;
            self.workers[worker].deadline = LEASE;
            self.workers[worker].past = false;
        }
        self.workers[worker].valid
    }

    /// A decision, accepted at the claim's epoch only; then the lease is given back.
    pub(crate) fn decide(&mut self, setting: &Setting, worker: usize, next: Row) {
        let accepted = self.workers[worker].valid || !setting.keeps(Rule::DecisionsAreFenced);
        if accepted {
            let post = self.post_of(worker);
            post.row = next;
            post.lease = 0;
        }
        self.rest(worker);
    }

    /// The decision to send a request: takes the lane, keeps the lease, and notes until when bytes may leave.
    pub(crate) fn intend(&mut self, setting: &Setting, worker: usize) -> bool {
        let me = self.workers[worker];
        let post = usize::from(me.post);
        if !me.valid && setting.keeps(Rule::DecisionsAreFenced) {
            self.rest(worker);
            return true;
        }
        let taken = (0..setting.posts).any(|other| other != post && self.posts[other].row.stage.holds_lane());
        if taken && setting.keeps(Rule::Lane) {
            return false;
        }
        let waits = if me.past { 0 } else { waits(setting, self.posts[post].lease) };
        let next = Row { stage: Stage::Requested, waits, ..me.view };
        if setting.keeps(Rule::WriteAhead) {
            self.posts[post].row = next;
            // What was looked at was an earlier request.
            self.workers.iter_mut().for_each(|worker| worker.looks[post] = None);
        }
        self.workers[worker].view = next;
        self.workers[worker].phase = Phase::Intended;
        true
    }

    /// The fact that the post is live: accepted at any epoch.
    pub(crate) fn publish(&mut self, setting: &Setting, post: usize) {
        self.raise_epoch(setting, post);
        let post = &mut self.posts[post];
        post.row.stage = Stage::Published;
        post.lease = 0;
    }

    /// A person's change, or what a connection's coming and going does.
    pub(crate) fn change(&mut self, setting: &Setting, post: usize, next: Row) {
        if setting.keeps(Rule::ChangesRaiseTheEpoch) {
            self.raise_epoch(setting, post);
        }
        let cleared = &mut self.posts[post];
        let forgotten = if setting.keeps(Rule::MaySendUntilIsKept) { 0 } else { cleared.lease };
        cleared.row = Row { waits: next.waits.saturating_sub(forgotten), ..next };
        cleared.lease = 0;
    }

    /// Ends the worker's claim.
    pub(crate) fn rest(&mut self, worker: usize) {
        self.workers[worker] = Worker { looks: self.workers[worker].looks, ..Worker::default() };
    }

    /// All claims on the post are void. Who can only decide will hear so and stop: it stops at once here, which saves
    /// states. Who has stored an intent, or knows a fact, goes on.
    fn raise_epoch(&mut self, setting: &Setting, post: usize) {
        if !setting.keeps(Rule::DecisionsAreFenced) {
            return;
        }
        for worker in 0..self.workers.len() {
            let me = &mut self.workers[worker];
            if me.phase == Phase::Idle || usize::from(me.post) != post {
                continue;
            }
            me.valid = false;
            me.content = 0;
            me.past = false;
            me.view = Row { container: me.view.container, ..Row::default() };
            let goes_on = match me.phase {
                Phase::Intended | Phase::Checked(_) | Phase::Sent => true,
                Phase::Answered(answer) => answer == Answer::Id,
                Phase::Judged(verdict) => matches!(verdict, Verdict::Live | Verdict::Adopt),
                Phase::Idle | Phase::Claimed | Phase::SawStatus(_) | Phase::SawListing(..) => false,
            };
            if !goes_on {
                self.rest(worker);
            }
        }
    }
}

/// Ticks from now until grace and *W*, one after the other, after the end of the lease.
fn waits(setting: &Setting, lease: u8) -> u8 {
    let lease = if setting.keeps(Rule::WaitsFromLeaseEnd) { lease } else { 0 };
    let grace = if setting.keeps(Rule::Grace) { GRACE } else { 0 };
    let window = if setting.keeps(Rule::Window) { WINDOW } else { 0 };
    lease + grace + window
}
