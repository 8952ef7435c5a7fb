//! What a connection's coming and going does to the publications bound to it.

use rats_domain::{
    publication::{Attention, AttentionKind, Publication, Stage, Step},
    timeline::Entry,
};

use crate::{
    backend::statements,
    moment::moment,
    publication::{Publications as _, Write, with_epoch},
    timeline::Timelines as _,
    trouble::Trouble,
};

/// What happened to the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The person disconnected it, or connected another account.
    Disconnected,
    /// The person connected it again.
    Reconnected,
    /// Its token is dead.
    Dead,
}

impl Cause {
    /// The step that a publication takes, if it concerns it.
    fn step(self, publication: &Publication, at: time::OffsetDateTime) -> Option<Step> {
        match self {
            Self::Disconnected => Some(Step::Disconnected { at }),
            Self::Reconnected => Some(Step::Reconnected { at }),
            // A request in flight is not refused by this: whoever sent it learns its outcome.
            Self::Dead => matches!(publication.stage, Stage::Waiting | Stage::Staging | Stage::Staged).then(|| {
                let sentence = "Instagram no longer accepts our access to this account. Connect it again and this \
                                post goes on by itself unless it is too late for it by then. If that does not help, open the Instagram \
                                app first and do what it asks for.";
                Step::Held { attention: Attention::new(AttentionKind::Reconnect, sentence) }
            }),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Reconnected => "reconnected",
            Self::Dead => "held",
        }
    }

    fn sentence(self, next: Stage) -> &'static str {
        match (self, next) {
            (Self::Disconnected, Stage::Held) => "The Instagram account was disconnected; the post waits for it.",
            (Self::Disconnected, _) => "The Instagram account was disconnected before Instagram confirmed the post.",
            (Self::Reconnected, Stage::Reconciling | Stage::NeedsReview) => {
                "The Instagram account was connected again; we look whether the post is live."
            }
            (Self::Reconnected, _) => "The Instagram account was connected again; the post goes on.",
            (Self::Dead, _) => {
                "Instagram no longer accepts our access to this account; the post waits until it is connected again."
            }
        }
    }
}

statements! {
    /// Steps of all publications of one connection.
    pub(crate) trait Steps {
        /// Lets the connection's open publications take the step of `cause`. Those that it changes get a higher epoch, lose their
        /// lease and get a timeline entry.
        async fn step_all(conn, connection: &str, cause: Cause, now: i64) -> Result<(), Trouble> {
            let at = moment(now)?;
            for before in conn.lock_open(connection).await? {
                let Some(Ok(next)) = cause.step(&before, at).map(|step| before.after(step)) else { continue };
                // A worker that still sees the old token must not hold what is on its way with the new one, nor send after a disconnect. Nor may it hold
                // a post whose request the old token is refused for: what became of that request is looked into instead.
                let is_looked_into = matches!(before.stage, Stage::Reconciling | Stage::NeedsReview);
                let fences = cause == Cause::Disconnected || cause == Cause::Reconnected && !is_looked_into;
                if next == before && !fences {
                    continue;
                }
                let is_same = next == before;
                let next = with_epoch(&next, before.epoch + 1)?;
                conn.write(&[&Write::ending_lease(next.clone(), before.epoch)]).await?;
                if is_same {
                    continue;
                }
                let entry = Entry {
                    id: format!("{}-{}-{}", next.post, next.epoch, cause.word()),
                    at,
                    step: cause.word().into(),
                    attempt: before.attempt + 1,
                    message: cause.sentence(next.stage).into(),
                    code: None,
                    subcode: None,
                    trace_id: None,
                };
                conn.append(&[(&next.post, &entry)]).await?;
            }
            Ok(())
        }
    }
}
