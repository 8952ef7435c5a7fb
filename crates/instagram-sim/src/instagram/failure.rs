use serde_json::{Value, json};

/// Why a call got no ordinary answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// Instagram answered with an error envelope.
    #[error(transparent)]
    Refused(#[from] GraphError),
    /// The connection closed before any byte of an answer.
    #[error("the connection was closed before any answer")]
    Dropped,
    /// The connection closed in the middle of the answer.
    #[error("the connection was closed in the middle of the answer")]
    Cut,
    /// HTTP 200 with an empty body.
    #[error("the answer was empty")]
    Empty,
    /// An HTML page with this HTTP status.
    #[error("an HTML page with status {0}")]
    Html(u16),
}

/// An error as graph.instagram.com says it. Decide on `code` and `subcode` only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct GraphError {
    /// The HTTP status, which varies as Instagram's does.
    pub status: u16,
    /// The class of the error.
    pub kind: Kind,
    /// `error.code`.
    pub code: i32,
    /// `error.error_subcode`.
    pub subcode: Option<u32>,
    /// `error.message`.
    pub message: String,
    /// `error.error_user_title`.
    pub title: Option<&'static str>,
    /// `error.is_transient`.
    pub is_transient: bool,
    /// Minutes until calls are allowed again, for the usage header of a rate limit.
    pub regain_minutes: Option<u32>,
}

/// `error.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tokens, publishing, most of the rest.
    OAuthException,
    /// Parameters and permissions on graph.instagram.com.
    IGApiException,
}

impl GraphError {
    /// An error of the publishing family: HTTP 400, `OAuthException`.
    #[must_use]
    pub fn new(code: i32, subcode: Option<u32>, message: &str) -> Self {
        Self {
            status: 400,
            kind: Kind::OAuthException,
            code,
            subcode,
            message: message.to_owned(),
            title: None,
            is_transient: false,
            regain_minutes: None,
        }
    }

    /// The envelope, `{"error":{…}}`.
    #[must_use]
    pub fn envelope(&self, trace: &str) -> Value {
        let kind = match self.kind {
            Kind::OAuthException => "OAuthException",
            Kind::IGApiException => "IGApiException",
        };
        let mut error = json!({"message": self.message, "type": kind, "code": self.code, "fbtrace_id": trace});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if self.code < 10 || self.is_transient {
            error["is_transient"] = json!(self.is_transient);
        }
        if let Some(title) = self.title {
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(self.message);
        }
        json!({ "error": error })
    }

    pub(super) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn title(self, title: &'static str) -> Self {
        Self { title: Some(title), ..self }
    }

    pub(super) fn api(code: i32, subcode: Option<u32>, message: &str) -> Self {
        Self { kind: Kind::IGApiException, ..Self::new(code, subcode, message) }
    }

    /// An invalid parameter: code 100 without a subcode.
    pub(crate) fn api_error(message: &str) -> Self {
        Self::api(100, None, message)
    }

    pub(super) fn transient(self) -> Self {
        Self { is_transient: true, ..self }
    }
}
