//! The model: what may happen next, and what must hold.

use stateright::{Model, Property};

use crate::{
    instagram::Landing,
    person::Act,
    setting::{Event, Setting},
    worker::Step,
    world::{Phase, Stage, World},
};

/// The protocol in a setting.
#[derive(Clone, Debug)]
pub struct Protocol(pub Setting);

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Time goes on, for all clocks alike.
    Tick,
    /// The store's clock jumps far ahead; no other does.
    Jump,
    /// A post's time passes.
    Useless(usize),
    /// A worker does something.
    Worker(usize, Step),
    /// Instagram does something with a request.
    Instagram(usize, Landing),
    /// A person does something.
    Person(Act),
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let setting = &self.0;
        actions.push(Action::Tick);
        actions.extend(setting.may(Event::ClockJump).then_some(Action::Jump));
        actions.extend((0..setting.posts).filter(|_| setting.may(Event::Useless)).map(Action::Useless));
        let (mut steps, mut landings, mut acts) = (vec![], vec![], vec![]);
        for worker in 0..world.workers.len() {
            world.steps(setting, worker, &mut steps);
            actions.extend(steps.drain(..).map(|step| Action::Worker(worker, step)));
        }
        for flight in 0..world.flights.len() {
            world.landings(setting, flight, &mut landings);
            actions.extend(landings.drain(..).map(|landing| Action::Instagram(flight, landing)));
        }
        world.acts(setting, &mut acts);
        actions.extend(acts.into_iter().map(Action::Person));
    }

    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut next = *last;
        let possible = match action {
            Action::Tick => next.tick(&self.0),
            Action::Jump => next.jump(),
            Action::Useless(post) => next.become_useless(post),
            Action::Worker(worker, step) => next.step(&self.0, worker, step),
            Action::Instagram(flight, landing) => next.land(&self.0, flight, landing),
            Action::Person(act) => next.act(&self.0, act),
        };
        let next = next.sorted();
        (possible && next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::property::all()
    }
}

impl World {
    /// Time goes on, unless a request must be written or arrive first: no pause and no flight is longer than the honest
    /// limit.
    fn tick(&mut self, setting: &Setting) -> bool {
        let ends = |phase| phase == Phase::Checked(1) && !setting.may(Event::LongPause);
        if self.workers.iter().any(|worker| ends(worker.phase)) || self.flights.iter().flatten().any(|f| f.left == 1) {
            return false;
        }
        for post in &mut self.posts {
            post.lease = post.lease.saturating_sub(1);
            post.row.waits = post.row.waits.saturating_sub(1);
        }
        for container in self.containers.iter_mut().flatten() {
            container.lag = container.lag.saturating_sub(1);
        }
        for flight in self.flights.iter_mut().flatten() {
            flight.left -= 1;
        }
        for worker in &mut self.workers {
            worker.deadline = worker.deadline.saturating_sub(1);
            worker.view.waits = worker.view.waits.saturating_sub(1);
            for look in worker.looks.iter_mut().flatten() {
                *look = look.saturating_sub(1);
            }
            if let Phase::Checked(left) = &mut worker.phase {
                *left = (*left - 1).max(1);
            }
        }
        true
    }

    fn jump(&mut self) -> bool {
        for post in &mut self.posts {
            post.lease = 0;
            post.row.waits = 0;
        }
        for worker in &mut self.workers {
            worker.view.waits = 0;
            worker.past = worker.valid;
        }
        true
    }

    fn become_useless(&mut self, post: usize) -> bool {
        let post = &mut self.posts[post];
        let open = !matches!(post.row.stage, Stage::Published | Stage::Failed | Stage::Cancelled);
        open && !std::mem::replace(&mut post.useless, true)
    }
}
