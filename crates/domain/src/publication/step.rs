//! What can happen to a publication.

use time::OffsetDateTime;

use super::Attention;
use crate::id::{AccountId, ConnectionId, ContainerId};

/// What happened, or was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A person keeps it without a time: a new post, or one that is not to go out after all.
    Drafted,
    /// A person gave a time: a draft, a cancelled or failed post, or one not yet requested goes to `Waiting`, to be looked at at `due_at`.
    Scheduled {
        /// Through which connection.
        connection: ConnectionId,
        /// To which account.
        account: AccountId,
        /// When it is to be live.
        publish_at: OffsetDateTime,
        /// When to begin with it.
        due_at: OffsetDateTime,
        /// After which nothing is sent.
        useless_after: OffsetDateTime,
        /// Whether its picture or text changed, so that a container made before is of no use.
        content_changed: bool,
    },
    /// A person gave another time, text or picture to one that is on its way or held; it stays bound to its connection.
    Moved {
        /// When it is to be live.
        publish_at: OffsetDateTime,
        /// When to begin with it.
        due_at: OffsetDateTime,
        /// After which nothing is sent.
        useless_after: OffsetDateTime,
        /// Whether a container made before is still of use: it has the same text and picture, and lasts until then.
        keep_container: bool,
    },
    /// A person changed the text or picture of one that is not on its way.
    Edited,
    /// A person cancelled it.
    Cancelled,
    /// A container was made; it is looked at at `look_at`.
    ContainerCreated {
        /// Its id.
        id: ContainerId,
        /// When it was made.
        at: OffsetDateTime,
        /// When to ask for its status.
        look_at: OffsetDateTime,
    },
    /// The container is still being processed.
    ContainerPending {
        /// When to ask again.
        look_at: OffsetDateTime,
    },
    /// The container's status reads finished.
    ContainerReady,
    /// The container is of no more use (failed, expired, too old) and no request on it was unclear.
    ContainerDiscarded {
        /// When to make another.
        retry_at: OffsetDateTime,
    },
    /// It is too early to begin.
    NotYet {
        /// When to begin.
        due_at: OffsetDateTime,
    },
    /// Something failed on the way that may go better next time.
    TryAgain {
        /// When.
        at: OffsetDateTime,
        /// What the person should know.
        attention: Option<Attention>,
    },
    /// A publish request is about to be sent; stored before it leaves.
    Intended {
        /// When.
        at: OffsetDateTime,
        /// The end of the lease under which it is sent: no byte of it leaves later.
        may_send_until: OffsetDateTime,
    },
    /// The request was not sent, proven, or definitely refused for a reason that passes; the container stays.
    NotPublished {
        /// When to look at it again; its container's status is read before anything is sent.
        retry_at: OffsetDateTime,
        /// What the person should know.
        attention: Option<Attention>,
    },
    /// It has to wait (quota, rate limits, the account must act), by itself or after a definite refusal.
    Wait {
        /// Until when.
        until: OffsetDateTime,
        /// Why.
        attention: Attention,
    },
    /// The account must be connected again.
    Held {
        /// Why.
        attention: Attention,
    },
    /// It cannot go out.
    Fail {
        /// Why, and what to change.
        attention: Attention,
    },
    /// A request was sent, or may have been, and its outcome is not known.
    Unclear {
        /// When that was found.
        at: OffsetDateTime,
        /// When to look.
        look_at: OffsetDateTime,
        /// What the person should know.
        attention: Attention,
    },
    /// We looked and know no more.
    StillUnclear {
        /// When to look again.
        look_at: OffsetDateTime,
        /// What the person should know.
        attention: Attention,
    },
    /// We could not find out; a person decides. The lane is given back; we go on looking.
    Review {
        /// When to look again.
        look_at: OffsetDateTime,
        /// What each witness says.
        attention: Attention,
    },
    /// The same container is sent again, all witnesses having said that it is not live.
    SendAgain {
        /// When.
        at: OffsetDateTime,
        /// The end of the lease under which it is sent.
        may_send_until: OffsetDateTime,
    },
    /// The database is a copy that was adopted: the lost one may have sent a request that is not in it. Open posts that it may have sent
    /// become `Reconciling`; without a request that is known they are *in doubt*, hold no lane and may lack a container.
    Doubted {
        /// From when on the lost database may have done what is not known.
        since: OffsetDateTime,
        /// No byte that it intended left later.
        may_send_until: OffsetDateTime,
        /// When that was found.
        at: OffsetDateTime,
    },
    /// What was in doubt is not live, by every witness: it goes on, with its container if it has one.
    Cleared {
        /// When.
        at: OffsetDateTime,
    },
    /// It is live.
    Published {
        /// What the person should know, where its id is unknown.
        attention: Option<Attention>,
    },
    /// A person decided that it is not live: it begins anew, with a new container.
    Republished {
        /// When it is to be live.
        publish_at: OffsetDateTime,
        /// After which nothing is sent.
        useless_after: OffsetDateTime,
    },
    /// The account was connected again.
    Reconnected {
        /// When.
        at: OffsetDateTime,
    },
    /// The person disconnected the account.
    Disconnected {
        /// When.
        at: OffsetDateTime,
    },
}

impl Step {
    /// Whether a person took it, who saw the post as it was before.
    #[must_use]
    pub fn is_of_person(&self) -> bool {
        matches!(
            self,
            Self::Drafted
                | Self::Scheduled { .. }
                | Self::Moved { .. }
                | Self::Edited
                | Self::Cancelled
                | Self::Republished { .. }
        )
    }
}
