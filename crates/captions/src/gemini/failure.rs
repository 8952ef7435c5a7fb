//! Why Gemini did not write, in words for the person.

use reqwest::StatusCode;

/// Each text completes "the message comes from our templates, since …" and holds nothing that came from outside but a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("the AI service did not answer in time")]
    TimedOut,
    #[error("the AI service could not be reached")]
    Unreachable,
    #[error("the connection to the AI service broke off")]
    BrokenOff,
    #[error("the AI service does not accept this server's key (setting GEMINI_API_KEY)")]
    KeyRefused,
    #[error("the AI service does not know the model that this server asks for")]
    UnknownModel,
    #[error("the AI service has had too many requests; try again later")]
    Busy,
    #[error("the AI service has a problem of its own (status {0}); try again later")]
    Down(u16),
    #[error("the AI service refused the request (status {0})")]
    Refused(u16),
    #[error("the AI service declined to write about this for safety reasons; other notes may help")]
    Blocked,
    #[error("the AI service stopped before it was done")]
    Unfinished,
    #[error("the AI service's answer was empty")]
    Empty,
    #[error("the AI service's answer was too large")]
    TooLarge,
    #[error("the AI service's answer could not be understood")]
    Unreadable,
}

impl Failure {
    /// Why a request ended without a whole answer.
    pub(super) fn of_error(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_connect() {
            Self::Unreachable
        } else {
            Self::BrokenOff
        }
    }

    /// What a status other than success says; `body` tells a bad key, which Gemini reports as a bad request, from the rest.
    pub(super) fn of_status(status: StatusCode, body: &[u8]) -> Self {
        match status.as_u16() {
            401 | 403 => Self::KeyRefused,
            400 if names_the_key(body) => Self::KeyRefused,
            404 => Self::UnknownModel,
            408 | 504 => Self::TimedOut,
            429 => Self::Busy,
            code @ 500.. => Self::Down(code),
            code => Self::Refused(code),
        }
    }
}

/// Source: Google API errors, `google.rpc.ErrorInfo`, reason `API_KEY_INVALID`.
fn names_the_key(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("API_KEY_INVALID")
}
