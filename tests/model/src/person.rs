//! What people do, at any moment.

use crate::{
    setting::{Event, Rule, Setting},
    world::{Row, Stage, Status, World},
};

/// What a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Changes the content of a post, and wants it to go out.
    Edit(usize),
    /// Cancels a post.
    Cancel(usize),
    /// Disconnects the account.
    Disconnect,
    /// Connects it again.
    Reconnect,
    /// Says of a post in review that what the profile shows is it.
    Adopt(usize),
    /// Says of a post in review that it is to be published again; what status and listing say first.
    PublishAgain(usize, Option<Status>, Option<u8>),
}

impl World {
    /// What people may do; not all need be possible.
    pub(crate) fn acts(&self, setting: &Setting, acts: &mut Vec<Act>) {
        if setting.may(Event::Disconnect) || self.disconnected {
            acts.push(if self.disconnected { Act::Reconnect } else { Act::Disconnect });
        }
        for post in 0..setting.posts {
            acts.extend(setting.may(Event::Edit).then_some(Act::Edit(post)));
            acts.extend(setting.may(Event::Cancel).then_some(Act::Cancel(post)));
            if setting.may(Event::Decide) && self.posts[post].row.stage == Stage::Review && !self.disconnected {
                acts.push(Act::Adopt(post));
                for status in self.statuses(setting, post) {
                    let again = |candidates| Act::PublishAgain(post, status, candidates);
                    acts.extend(self.listings(setting, post).into_iter().map(again));
                }
            }
        }
    }

    /// Lets it happen, if it is possible.
    pub(crate) fn act(&mut self, setting: &Setting, act: Act) -> bool {
        match act {
            Act::Edit(post) => self.edit(setting, post),
            Act::Cancel(post) => self.cancel(setting, post),
            Act::Disconnect => self.disconnect(setting),
            Act::Reconnect => self.reconnect(setting),
            Act::Adopt(post) => {
                let shows = self.live(post) > 0;
                if shows {
                    self.publish(setting, post);
                }
                shows
            }
            Act::PublishAgain(post, status, candidates) => self.publish_again(setting, post, status, candidates),
        }
    }

    fn edit(&mut self, setting: &Setting, post: usize) -> bool {
        let before = self.posts[post];
        if before.content > 0 || self.disconnected || !self.is_changeable(setting, post) {
            return false;
        }
        self.posts[post].content += 1;
        self.posts[post].excused = false;
        self.change(setting, post, Row::default());
        true
    }

    fn cancel(&mut self, setting: &Setting, post: usize) -> bool {
        let stage = self.posts[post].row.stage;
        if matches!(stage, Stage::Failed | Stage::Cancelled) || !self.is_changeable(setting, post) {
            return false;
        }
        self.posts[post].excused = true;
        self.change(setting, post, Row { stage: Stage::Cancelled, ..Row::default() });
        true
    }

    /// Whether the person may change it: only while nothing is unclear about it.
    fn is_changeable(&self, setting: &Setting, post: usize) -> bool {
        let stage = self.posts[post].row.stage;
        let unclear = matches!(stage, Stage::Reconciling | Stage::Review);
        stage.is_settled_or_unsent() || (unclear && !setting.keeps(Rule::NoChangeWhileUnclear))
    }

    fn disconnect(&mut self, setting: &Setting) -> bool {
        self.disconnected = true;
        for post in 0..setting.posts {
            let row = self.posts[post].row;
            match row.stage {
                Stage::Waiting | Stage::Staged => self.change(setting, post, Row { stage: Stage::Held, ..row }),
                Stage::Requested | Stage::Reconciling => {
                    self.change(setting, post, Row { stage: Stage::Reconciling, unclear: true, ..row });
                }
                _ => {}
            }
        }
        true
    }

    fn reconnect(&mut self, setting: &Setting) -> bool {
        self.disconnected = false;
        for post in 0..setting.posts {
            let row = self.posts[post].row;
            match row.stage {
                Stage::Held => self.change(setting, post, Row { stage: Stage::Waiting, ..row }),
                Stage::Reconciling | Stage::Review => self.change(setting, post, row),
                _ => {}
            }
        }
        true
    }

    fn publish_again(&mut self, setting: &Setting, post: usize, status: Option<Status>, listed: Option<u8>) -> bool {
        let blind = !setting.keeps(Rule::LookBeforeAgain);
        match (status, listed) {
            _ if blind => {}
            (Some(Status::Published), _) => {
                self.publish(setting, post);
                return true;
            }
            (Some(_), Some(1..)) if !setting.alike => return false,
            (Some(_), Some(_)) | (Some(Status::Odd), None) => {}
            _ => return false,
        }
        self.change(setting, post, Row::default());
        true
    }
}
