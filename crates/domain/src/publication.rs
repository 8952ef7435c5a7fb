//! The saga that takes a post to Instagram, as a state machine.
//!
//! ```text
//! Draft ─▶ Waiting ─ lead time ─▶ Staging ─▶ Staged ─ due ─▶ PublishRequested ─▶ Published
//!            ▲                      │           │              ▲      │ unclear answer
//!            └── moved, waiting ◀───┴───────────┘   same container    ▼
//!                                                              └─ Reconciling ─▶ Published | NeedsReview
//!   Held (reconnect)      Failed (content refused, deadline passed, stop)      Cancelled
//! ```
//!
//! A [`Publication`] changes only through [`Publication::after`], which refuses illegal moves. Two rules are kept by it alone:
//! once a publish request was unclear, no refusal leads anywhere but to `Reconciling`; and a post with an unsettled request never
//! becomes `Draft`, `Cancelled` or `Failed`.

mod allowance;
mod attention;
mod machine;
mod queue;
mod stage;
mod step;

pub use allowance::{Allowance, MOST_CONTAINERS_A_DAY, Rest, RestCause, Spent};
pub use attention::{Attention, AttentionKind, PersonAction};
pub use machine::{Container, INTENT_AHEAD, IllegalStep, Inconsistent, Parts, Publication, Request, STAND_READY};
#[cfg(feature = "mock")]
pub use queue::MockPublicationQueue;
pub use queue::{Claim, Claims, Downtime, PublicationQueue, QueueError};
pub use stage::{Stage, Status};
pub use step::Step;
