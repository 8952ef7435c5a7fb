use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    post::{AddPostError, Origin, PostRecord},
    publication::Stage,
};

use super::{
    change::{Next, find_to_change, store},
    compose::{Timing, usable_connection},
    edit::other_account,
    warning::{Scheduled, accepted},
};
use crate::{Ports, Refusal, publish::person_time};

/// Publishes a post that is there now.
pub struct PublishPost(pub Arc<Ports>);

impl PublishPost {
    /// Makes the post due now. Whoever called then drives it with [`RunPost`](crate::publish::RunPost) in a task of its own. `seen` is the
    /// version that the person saw, where they say so.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] once a publish request has left, if it is another version, and if no account is connected that can publish.
    pub async fn run(&self, user: &UserId, id: &PostId, seen: Option<i64>) -> Result<Scheduled, Refusal> {
        let ports = &self.0;
        let before = find_to_change(ports, user, id, seen).await?;
        let account = before.publication.account.clone();
        let record = store(ports, before, async |record| self.next(record).await.map(Some)).await?;
        let warnings = other_account(account.as_ref(), &record);
        Ok(accepted(ports, record, warnings).await)
    }

    async fn next(&self, mut record: PostRecord) -> Result<Next, Refusal> {
        let ports = &self.0;
        if record.publication.stage == Stage::Held {
            return Err(Refusal::conflict(
                "reconnect",
                "This post waits for its Instagram account. Connect that account again in the settings; then the post goes on by itself.",
            ));
        }
        let connection = usable_connection(ports, &record.post.user).await?;
        if record.post.origin == Origin::Test {
            refuse_beside_a_test(ports, &record).await?;
        } else {
            (record.post.origin, record.post.scheduled_for) = (Origin::Now, None);
        }
        let timing = Timing::now(ports, record.post.origin, ports.settings.publish.useless_after_now);
        let words = vec![("publish_now", "Publish now.".to_owned())];
        Next::after(ports, record, timing.through(&connection, false), words)
    }
}

/// Tries a post that failed once more.
pub struct RetryPost(pub Arc<Ports>);

impl RetryPost {
    /// Makes the post, as it is, due at its own time if that is still ahead, else now. Whoever called then drives it with
    /// [`RunPost`](crate::publish::RunPost) in a task of its own. `seen` is the version that the person saw, where they say so.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] if it did not fail, is another version, or was for another account than the connected one.
    pub async fn run(&self, user: &UserId, id: &PostId, seen: Option<i64>) -> Result<Scheduled, Refusal> {
        let ports = &self.0;
        let before = find_to_change(ports, user, id, seen).await?;
        let record = store(ports, before, async |record| self.next(record).await.map(Some)).await?;
        Ok(accepted(ports, record, vec![]).await)
    }

    async fn next(&self, record: PostRecord) -> Result<Next, Refusal> {
        let ports = &self.0;
        if record.publication.stage != Stage::Failed {
            return Err(not_failed(record.publication.stage));
        }
        let connection = usable_connection(ports, &record.post.user).await?;
        if record.publication.account.as_ref() != Some(&connection.account) {
            let message = format!(
                "This post was for another Instagram account. Connect that one again, or publish or schedule the post: then it goes to @{}.",
                connection.username
            );
            return Err(Refusal::conflict("other_account", message));
        }
        let origin = record.post.origin;
        if origin == Origin::Test {
            refuse_beside_a_test(ports, &record).await?;
        }
        let ahead = record.post.scheduled_for.filter(|at| *at > ports.clock.now());
        let (timing, text) = match ahead {
            Some(at) => (Timing::scheduled(ports, at), format!("To be tried again at {}.", person_time(at))),
            None => (Timing::now(ports, origin, useful_for(ports, origin)), "To be tried again now.".to_owned()),
        };
        Next::after(ports, record, timing.through(&connection, false), vec![("retried", text)])
    }
}

/// How long a post that begins anew is of use: one that was for now must not go live by surprise tomorrow.
pub(super) fn useful_for(ports: &Ports, origin: Origin) -> std::time::Duration {
    let spans = &ports.settings.publish;
    match origin {
        Origin::Test | Origin::Now => spans.useless_after_now,
        Origin::Scheduled | Origin::Draft => spans.useless_after,
    }
}

/// An event has one open test at a time.
async fn refuse_beside_a_test(ports: &Ports, record: &PostRecord) -> Result<(), Refusal> {
    let Some(event) = &record.post.event else { return Ok(()) };
    let open = ports.posts.open_test(&record.post.user, event, ports.clock.now()).await?;
    match open.filter(|open| open.post.id != record.post.id) {
        Some(_) => Err(AddPostError::TestUnsettled.into()),
        None => Ok(()),
    }
}

fn not_failed(stage: Stage) -> Refusal {
    let possible = match stage {
        Stage::Draft | Stage::Cancelled => "Publish it now, or give it a time.",
        Stage::Held => "Connect its Instagram account again in the settings; then it goes on by itself.",
        _ => "It goes out by itself. Publish it now, or change its time.",
    };
    Refusal::conflict("not_failed", format!("Only a post that failed can be tried again. {possible}"))
}
