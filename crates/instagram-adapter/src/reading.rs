//! How Instagram's answers are read, apart from how they come: for whoever has them without HTTP, such as a simulation.

use rats_domain::instagram::{ContainerStatus, PlatformError, PublishAnswer};

use crate::{advice, container, publish, usage::Reading};

pub use crate::error::At;

/// What an answer to a publish request proves.
#[must_use]
pub fn publish_answer(status: u16, body: &[u8]) -> PublishAnswer {
    publish::classify(status, body, &Reading::default())
}

/// What is known of a publish request that was sent and not answered.
#[must_use]
pub fn no_answer_to_publish() -> PublishAnswer {
    PublishAnswer::Unclear(publish::unanswered())
}

/// What can be done about an answer that is not what was asked for.
#[must_use]
pub fn error(status: u16, body: &[u8], at: At) -> PlatformError {
    crate::error::read(status, body, at, None)
}

/// What can be done where no answer came.
#[must_use]
pub fn no_answer() -> PlatformError {
    advice::UNREADABLE.error()
}

/// A container's status from its two members; none if the word is not known.
#[must_use]
pub fn container_status(status_code: &str, status: &str) -> Option<ContainerStatus> {
    container::status(status_code, Some(status))
}
