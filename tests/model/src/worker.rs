//! What a worker does with the post that it has claimed.

use crate::{
    look::Evidence,
    setting::{Rule, Setting},
    world::{Answer, CHAIN, Container, Flight, Phase, Row, Stage, Status, Verdict, Worker, World},
};

/// One step of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Leases a post.
    Claim(usize),
    /// Extends its lease before it looks or sends.
    Extend,
    /// Dies, or does not hear what became of its last call to the store: it forgets its claim, and the lease runs out.
    Crash,
    /// What a claim of a post in this stage begins with, without asking Instagram.
    Begin,
    /// Reads a container's status before any request.
    Poll(Option<Status>),
    /// Reads the status of a container whose request is unclear.
    ReadStatus(Option<Status>),
    /// Reads the listing.
    ReadListing(Option<u8>),
    /// Reads the counter, and concludes.
    Conclude(Evidence),
    /// Does what follows from the look.
    Follow,
    /// Compares the deadline.
    Check,
    /// Writes the request.
    Write,
    /// Cannot write a byte.
    Fail,
    /// Waits no longer for the answer.
    GiveUp,
    /// Stores what follows from the answer.
    Store,
}

impl World {
    /// The steps that the worker may take; not all need be possible.
    pub(crate) fn steps(&self, setting: &Setting, worker: usize, steps: &mut Vec<Step>) {
        let me = self.workers[worker];
        match me.phase {
            Phase::Idle => steps.extend((0..setting.posts).map(Step::Claim)),
            Phase::Claimed => {
                steps.extend([Step::Extend, Step::Begin]);
                self.steps_of_claim(setting, worker, steps);
            }
            Phase::SawStatus(_) => {
                steps.extend(self.listings(setting, usize::from(me.post)).into_iter().map(Step::ReadListing));
            }
            Phase::SawListing(status, candidates) => self.conclusions(setting, worker, status, candidates, steps),
            Phase::Judged(Verdict::Again) => steps.extend([Step::Extend, Step::Follow]),
            Phase::Judged(_) => steps.push(Step::Follow),
            Phase::Intended => steps.push(Step::Check),
            Phase::Checked(_) => steps.extend([Step::Write, Step::Fail]),
            Phase::Sent => steps.push(Step::GiveUp),
            Phase::Answered(_) => steps.push(Step::Store),
        }
        let remembers = me.phase != Phase::Idle || me.looks != [None; 2];
        steps.extend(remembers.then_some(Step::Crash));
    }

    fn steps_of_claim(&self, setting: &Setting, worker: usize, steps: &mut Vec<Step>) {
        let me = self.workers[worker];
        let post = usize::from(me.post);
        match me.view.stage {
            _ if self.disconnected => {}
            Stage::Waiting if me.view.container.is_some() => {
                steps.extend(self.statuses(setting, post).into_iter().map(Step::Poll));
            }
            Stage::Reconciling | Stage::Review => {
                steps.extend(self.statuses(setting, post).into_iter().map(Step::ReadStatus));
            }
            _ => {}
        }
    }

    /// Takes the step, if it is possible.
    pub(crate) fn step(&mut self, setting: &Setting, worker: usize, step: Step) -> bool {
        let me = self.workers[worker];
        match step {
            Step::Claim(post) => return self.claim(setting, worker, post),
            Step::Extend => return self.extend(worker),
            Step::Crash => self.workers[worker] = Worker::default(),
            Step::Begin => return self.begin(setting, worker),
            Step::Poll(status) => self.poll(setting, worker, status),
            Step::ReadStatus(status) => self.read_status(setting, worker, status),
            Step::ReadListing(candidates) => return self.read_listing(worker, candidates),
            Step::Conclude(seen) => self.conclude(setting, worker, seen),
            Step::Follow => return self.follow(setting, worker),
            Step::Check => {
                let late = me.deadline == 0 || self.post_of(worker).useless;
                let stops = late && setting.keeps(Rule::DeadlineCheck);
                self.workers[worker].phase =
                    if stops { Phase::Answered(Answer::NotSent) } else { Phase::Checked(CHAIN) };
                self.forget_what_is_void(setting, worker);
            }
            Step::Fail => self.hear(setting, worker, Answer::NotSent),
            Step::GiveUp => {
                let proof = !setting.keeps(Rule::OnlyNoBytesProveNotSent);
                self.hear(setting, worker, if proof { Answer::NotSent } else { Answer::Unclear });
            }
            Step::Write => return self.write(worker),
            Step::Store => self.store(setting, worker),
        }
        true
    }

    fn begin(&mut self, setting: &Setting, worker: usize) -> bool {
        let view = self.workers[worker].view;
        let useless = self.post_of(worker).useless;
        match view.stage {
            Stage::Waiting | Stage::Staged | Stage::Held if useless => {
                self.excuse(worker);
                self.decide(setting, worker, Row { stage: Stage::Failed, container: None, ..view });
            }
            Stage::Waiting | Stage::Staged if self.disconnected => {
                self.decide(setting, worker, Row { stage: Stage::Held, ..view });
            }
            Stage::Waiting if view.container.is_none() => return self.create(setting, worker),
            Stage::Staged => return self.intend(setting, worker),
            Stage::Requested => {
                self.decide(setting, worker, Row { stage: Stage::Reconciling, unclear: true, ..view });
            }
            Stage::Reconciling if self.disconnected => {
                let over = self.begin_look(setting, worker) || !setting.keeps(Rule::ReviewAfterWaits);
                self.decide(setting, worker, if over { Row { stage: Stage::Review, ..view } } else { view });
            }
            _ => return false,
        }
        true
    }

    /// Makes a container of the content as it was when claimed, and reads it as finished. One that was made and not
    /// stored is never used.
    fn create(&mut self, setting: &Setting, worker: usize) -> bool {
        let me = self.workers[worker];
        let post = usize::from(me.post);
        let next = self.posts[post].made;
        let Some(container) = self.containers[post].get_mut(usize::from(next)) else { return false };
        *container = Container { content: me.content, ..Container::default() };
        self.posts[post].made += 1;
        self.decide(setting, worker, Row { stage: Stage::Staged, container: Some(next), ..me.view });
        true
    }

    fn poll(&mut self, setting: &Setting, worker: usize, status: Option<Status>) {
        let me = self.workers[worker];
        match status {
            Some(Status::Published) => {
                self.publish(setting, usize::from(me.post));
                self.rest(worker);
            }
            Some(Status::Finished) => self.decide(setting, worker, Row { stage: Stage::Staged, ..me.view }),
            Some(Status::Odd) => self.decide(setting, worker, Row { container: None, ..me.view }),
            None => self.decide(setting, worker, me.view),
        }
    }

    fn follow(&mut self, setting: &Setting, worker: usize) -> bool {
        let me = self.workers[worker];
        match me.phase {
            Phase::Judged(Verdict::Live | Verdict::Adopt) => {
                self.publish(setting, usize::from(me.post));
                self.rest(worker);
            }
            Phase::Judged(Verdict::Again) => return self.intend(setting, worker),
            Phase::Judged(Verdict::Review) => {
                self.decide(setting, worker, Row { stage: Stage::Review, ..me.view });
            }
            Phase::Judged(Verdict::Anew) => self.decide(setting, worker, Row::default()),
            _ => return false,
        }
        true
    }

    fn write(&mut self, worker: usize) -> bool {
        let me = self.workers[worker];
        let (Phase::Checked(left), Some(container)) = (me.phase, me.view.container) else { return false };
        let Some(free) = self.flights.iter_mut().find(|flight| flight.is_none()) else { return false };
        *free = Some(Flight { post: me.post, container, left });
        self.workers[worker].phase = Phase::Sent;
        true
    }

    /// The worker has its answer.
    pub(crate) fn hear(&mut self, setting: &Setting, worker: usize, answer: Answer) {
        self.workers[worker].phase = Phase::Answered(answer);
        self.forget_what_is_void(setting, worker);
    }

    /// Whose claim is void can store facts only.
    fn forget_what_is_void(&mut self, setting: &Setting, worker: usize) {
        let me = self.workers[worker];
        let decides = matches!(me.phase, Phase::Answered(answer) if answer != Answer::Id);
        if decides && !me.valid && setting.keeps(Rule::DecisionsAreFenced) {
            self.rest(worker);
        }
    }

    fn store(&mut self, setting: &Setting, worker: usize) {
        let me = self.workers[worker];
        let Phase::Answered(answer) = me.phase else { return };
        let view = me.view;
        let reconciling = Row { stage: Stage::Reconciling, unclear: true, ..view };
        let settled_by_refusal = !view.unclear || !setting.keeps(Rule::RefusalSettlesOnlyItsRequest);
        let settled = Row { unclear: false, waits: 0, ..view };
        match answer {
            Answer::Id => {
                self.post_of(worker).told = true;
                if me.valid || setting.keeps(Rule::FactsAreNotFenced) {
                    self.publish(setting, usize::from(me.post));
                }
                self.rest(worker);
            }
            Answer::Unclear if view.unclear && !setting.keeps(Rule::NoNewContainer) => {
                self.decide(setting, worker, Row::default());
            }
            Answer::Unclear => self.decide(setting, worker, reconciling),
            _ if !settled_by_refusal => self.decide(setting, worker, reconciling),
            Answer::NotSent | Answer::Retry => {
                self.decide(setting, worker, Row { stage: Stage::Waiting, ..settled });
            }
            Answer::Reconnect => {
                self.disconnected = true;
                self.decide(setting, worker, Row { stage: Stage::Held, ..settled });
            }
            Answer::Fix => {
                self.excuse(worker);
                self.decide(setting, worker, Row { stage: Stage::Failed, container: None, ..settled });
            }
        }
    }

    /// What it is about to fail for is a good reason, as far as it still has the say.
    fn excuse(&mut self, worker: usize) {
        if self.workers[worker].valid {
            self.post_of(worker).excused = true;
        }
    }
}
