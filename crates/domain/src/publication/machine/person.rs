//! What a person may do with a publication.

use super::Parts;
use crate::publication::{Stage, Step};

impl Parts {
    /// Once a request has left and is not settled, and once it is live, a person changes nothing but the outcome of a review.
    pub(super) fn take_of_person(&mut self, step: Step) -> bool {
        let is_open_to_change = !self.stage.is_unsettled() && self.stage != Stage::Published;
        match step {
            Step::Republished { publish_at, useless_after } => {
                let legal = self.stage == Stage::NeedsReview;
                self.container = None;
                self.publish_at = Some(publish_at);
                self.useless_after = Some(useless_after);
                self.attempt = 0;
                self.settle(Stage::Waiting, Some(publish_at), None);
                legal
            }
            step => is_open_to_change && self.take_a_change(step),
        }
    }

    fn take_a_change(&mut self, step: Step) -> bool {
        let is_on_its_way = matches!(self.stage, Stage::Waiting | Stage::Staging | Stage::Staged);
        match step {
            Step::Drafted => {
                self.container = None;
                self.publish_at = None;
                self.useless_after = None;
                self.attempt = 0;
                self.settle(Stage::Draft, None, None);
                true
            }
            Step::Scheduled { connection, account, publish_at, due_at, useless_after, content_changed } => {
                if content_changed || !is_on_its_way || self.account.as_ref() != Some(&account) {
                    self.container = None;
                }
                self.connection = Some(connection);
                self.account = Some(account);
                self.publish_at = Some(publish_at);
                self.useless_after = Some(useless_after);
                self.attempt = 0;
                self.settle(Stage::Waiting, Some(due_at), None);
                true
            }
            Step::Moved { publish_at, due_at, useless_after, keep_container } => {
                self.container.take_if(|_| !keep_container);
                self.publish_at = Some(publish_at);
                self.useless_after = Some(useless_after);
                if is_on_its_way {
                    self.attempt = 0;
                    self.settle(Stage::Waiting, Some(due_at), None);
                } else {
                    // A held one goes on waiting for its account.
                    self.due_at = Some(useless_after);
                }
                is_on_its_way || self.stage == Stage::Held
            }
            Step::Edited => matches!(self.stage, Stage::Draft | Stage::Cancelled | Stage::Failed),
            Step::Cancelled => {
                let legal = is_on_its_way || self.stage == Stage::Held;
                self.container = None;
                self.settle(Stage::Cancelled, None, None);
                legal
            }
            _ => false,
        }
    }
}
