//! What the three witnesses may say of a post's present container.

use crate::{
    setting::{Event, Rule, Setting},
    world::{Stage, Status, World},
};

impl World {
    /// What the status may say. "Published" is never said of what is not live.
    pub(crate) fn statuses(&self, setting: &Setting, post: usize) -> Vec<Option<Status>> {
        let Some(container) = self.posts[post].row.container else { return vec![] };
        let container = self.containers[post][usize::from(container)];
        let mut found = Vec::with_capacity(4);
        if container.live > 0 {
            found.push(Some(Status::Published));
        }
        if container.live == 0 || container.lag > 0 || setting.may(Event::StuckStatus) {
            found.push(Some(Status::Finished));
            found.extend(setting.may(Event::OddStatus).then_some(Some(Status::Odd)));
        }
        found.extend(setting.may(Event::FailedRead).then_some(None));
        if setting.keeps(Rule::StatusWitness) { found } else { vec![Some(Status::Finished)] }
    }

    /// How many candidates the listing may show: what was published from the container, and what is of an equal text and
    /// owned by no post: another post's, or made by hand.
    pub(crate) fn listings(&self, setting: &Setting, post: usize) -> Vec<Option<u8>> {
        let (least, most) = self.own(post, setting.may(Event::StuckListing));
        let alike = others(setting, post).filter(|other| setting.alike && !self.is_known(*other));
        let by_hand = u8::from(setting.may(Event::ByHand));
        let mut found = up_to(least, most + by_hand + alike.map(|other| self.live(other)).sum::<u8>());
        found.extend(setting.may(Event::FailedRead).then_some(None));
        if setting.keeps(Rule::ListingWitness) { found } else { vec![Some(0)] }
    }

    /// What the counter may show, less our confirmed posts: too much while another's is not confirmed, too little while
    /// one that is confirmed is not counted yet.
    pub(crate) fn counters(&self, setting: &Setting, post: usize) -> Vec<Option<u8>> {
        let stuck = setting.may(Event::StuckCounter);
        let (mut least, mut most) = self.own(post, stuck);
        for other in others(setting, post) {
            if !self.is_known(other) {
                most += self.live(other);
            } else if stuck || self.containers[other].iter().any(|container| container.lag > 0) {
                least = least.saturating_sub(self.live(other));
            }
        }
        let mut found = up_to(least, most);
        found.extend(setting.may(Event::FailedRead).then_some(None));
        if setting.may(Event::NoCounter) || !setting.keeps(Rule::CounterWitness) { vec![None] } else { found }
    }

    /// How many media of the present container a witness shows: at least, at most.
    fn own(&self, post: usize, stuck: bool) -> (u8, u8) {
        let present = self.posts[post].row.container.map(|container| self.containers[post][usize::from(container)]);
        let present = present.unwrap_or_default();
        (if present.lag > 0 || stuck { 0 } else { present.live }, present.live)
    }

    fn is_known(&self, post: usize) -> bool {
        self.posts[post].row.stage == Stage::Published
    }
}

fn others(setting: &Setting, post: usize) -> impl Iterator<Item = usize> + use<> {
    (0..setting.posts).filter(move |other| *other != post)
}

/// More than two say nothing more.
fn up_to(least: u8, most: u8) -> Vec<Option<u8>> {
    (least.min(2)..=most.min(2)).map(Some).collect()
}
