use rats_domain::{
    idempotency::AddError, picture::PictureError, post::AddPostError, store::StoreError, user::HashError,
};

/// What is wrong with one member of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The member's name on the wire.
    pub field: &'static str,
    /// What is wrong with its value and how to mend it.
    pub message: String,
}

/// Why a use case did not do what was asked, named by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing, or it is someone else's.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The request is to be changed; every problem at once.
    #[error("{}", problems(.0))]
    Invalid(Vec<FieldProblem>),
    /// The request does not fit the present state.
    #[error("{message}")]
    Conflict {
        /// A stable word for the kind of conflict.
        code: &'static str,
        /// What the state is and what can be done.
        message: String,
    },
    /// The sign-in is wrong.
    #[error("{0}")]
    Unauthorized(String),
    /// An idempotency key was used before with another request.
    #[error("this Idempotency-Key was used before with a different request; use a new key")]
    KeyReused {
        /// The id of what that request added.
        added: String,
    },
    /// Something we need does not answer; the same request may succeed later.
    #[error("{message}")]
    Unavailable {
        /// What a person can be told.
        message: String,
        /// For the log.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Our fault; trying again does not help.
    #[error("something went wrong on our side")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Refusal {
    /// One wrong member.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem { field, message: message.into() }])
    }

    /// A conflict with the present state.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into() }
    }

    /// Something that does not answer.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::Unavailable { message: message.into(), source: None }
    }
}

fn problems(problems: &[FieldProblem]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable {
                message:
                    "The database does not answer, or has no room left, at the moment. Please try again in a minute."
                        .into(),
                source: Some(error.into()),
            },
            StoreError::Damaged { .. } => Self::Broken(error.into()),
        }
    }
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        Self::Unavailable {
            message: "The password could not be worked on at the moment. Please try again in a minute.".into(),
            source: Some(error.into()),
        }
    }
}

impl From<AddError> for Refusal {
    fn from(error: AddError) -> Self {
        match error {
            AddError::KeyReused { added } => Self::KeyReused { added },
            AddError::Store(error) => error.into(),
        }
    }
}

impl From<AddPostError> for Refusal {
    fn from(error: AddPostError) -> Self {
        match error {
            AddPostError::KeyReused { added } => Self::KeyReused { added },
            AddPostError::TestUnsettled => {
                Self::conflict("test_unsettled", "A test post of this event is still on its way.")
            }
            AddPostError::NotConnected => {
                Self::conflict("not_connected", "The Instagram account was disconnected meanwhile. Connect it again.")
            }
            AddPostError::Store(error) => error.into(),
        }
    }
}

impl From<PictureError> for Refusal {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Unusable(message) => Self::field("file", message),
            PictureError::Failed(source) => Self::Unavailable {
                message: "The picture could not be made. Please try again.".into(),
                source: Some(source),
            },
        }
    }
}
