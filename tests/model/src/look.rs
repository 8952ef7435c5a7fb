//! Looking into a request whose outcome is unknown: waiting, reading one witness after the other, concluding.

use crate::{
    setting::{Event, Rule, Setting},
    worker::Step,
    world::{GRACE, LEASE, Phase, Stage, Status, Verdict, WINDOW, World},
};

/// What one look found; what could not be read is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The container's status.
    pub status: Option<Status>,
    /// How many media the listing shows that may be it.
    pub candidates: Option<u8>,
    /// How many publishes the counter shows that we do not know of.
    pub unexplained: Option<u8>,
    /// Whether it has been unclear for so long that a person decides.
    pub ends: bool,
}

/// What follows from a look after both waits; before them only "published" counts.
pub(crate) fn judge(setting: &Setting, seen: Evidence, useless: bool) -> Verdict {
    let end = if seen.ends { Verdict::Review } else { Verdict::Look };
    let distinctive = !setting.alike || !setting.keeps(Rule::Distinctive);
    let counted = seen.unexplained != Some(0) || !setting.keeps(Rule::CounterForbidsAdoption);
    match (seen.status, seen.candidates, seen.unexplained) {
        (Some(Status::Published), ..) => Verdict::Live,
        (Some(Status::Odd), ..) if !setting.keeps(Rule::NoNewContainer) => Verdict::Anew,
        (Some(Status::Finished), Some(1), _) if distinctive && counted => Verdict::Adopt,
        (Some(Status::Finished | Status::Odd), Some(1..), _) | (Some(Status::Finished), Some(0), Some(1..)) => {
            Verdict::Review
        }
        (Some(Status::Finished), Some(0), Some(0) | None) if !useless => Verdict::Again,
        _ => end,
    }
}

impl World {
    /// What a look may end with, one for each verdict.
    pub(crate) fn conclusions(
        &self,
        setting: &Setting,
        worker: usize,
        status: Option<Status>,
        candidates: Option<u8>,
        steps: &mut Vec<Step>,
    ) {
        let post = usize::from(self.workers[worker].post);
        let mut known = vec![];
        for unexplained in self.counters(setting, post) {
            for ends in [false, true] {
                let seen = Evidence { status, candidates, unexplained, ends };
                let verdict = judge(setting, seen, self.posts[post].useless);
                if !known.contains(&verdict) {
                    known.push(verdict);
                    steps.push(Step::Conclude(seen));
                }
            }
        }
    }

    pub(crate) fn read_status(&mut self, setting: &Setting, worker: usize, status: Option<Status>) {
        let me = self.workers[worker];
        let over = self.begin_look(setting, worker);
        // In review a person was asked: only "published" settles it without them.
        let goes_on = (over || !setting.keeps(Rule::LookAfterWaits)) && me.view.stage == Stage::Reconciling;
        match status {
            Some(Status::Published) => self.workers[worker].phase = Phase::Judged(Verdict::Live),
            _ if goes_on => self.workers[worker].phase = Phase::SawStatus(status),
            _ => self.decide(setting, worker, me.view),
        }
    }

    pub(crate) fn read_listing(&mut self, worker: usize, candidates: Option<u8>) -> bool {
        let Phase::SawStatus(status) = self.workers[worker].phase else { return false };
        self.workers[worker].phase = Phase::SawListing(status, candidates);
        true
    }

    pub(crate) fn conclude(&mut self, setting: &Setting, worker: usize, seen: Evidence) {
        let verdict = judge(setting, seen, self.post_of(worker).useless);
        if verdict == Verdict::Look || !self.waits_are_over(setting, worker) {
            self.decide(setting, worker, self.workers[worker].view);
        } else {
            self.workers[worker].phase = Phase::Judged(verdict);
        }
    }

    /// Notes the worker's first look at this request; answers whether the waits are over.
    pub(crate) fn begin_look(&mut self, setting: &Setting, worker: usize) -> bool {
        let over = self.waits_are_over(setting, worker);
        let post = usize::from(self.workers[worker].post);
        if setting.may(Event::ClockJump) {
            let lease = if setting.keeps(Rule::OwnClockCoversTheLease) { LEASE } else { 0 };
            self.workers[worker].looks[post].get_or_insert(lease + GRACE + WINDOW);
        }
        over
    }

    /// Grace and *W*, by the store's clock; and by its own, where the store's may jump.
    fn waits_are_over(&self, setting: &Setting, worker: usize) -> bool {
        let me = self.workers[worker];
        let own = setting.may(Event::ClockJump) && setting.keeps(Rule::OwnClock);
        me.view.waits == 0 && (!own || me.looks[usize::from(me.post)] == Some(0))
    }
}
