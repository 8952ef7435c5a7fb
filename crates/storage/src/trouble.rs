//! What goes wrong inside the adapter, before a port's own error is made of it.

use std::{error::Error, sync::Arc};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::PoolError;
use rats_domain::store::StoreError;

/// Anything that can end a call to the database.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The database refused a statement or could not be asked.
    #[error("a statement failed")]
    Database(#[from] DieselError),
    /// No connection was to be had.
    #[error("no connection to the database")]
    Pool(#[from] PoolError),
    /// The task that made the call ended before its answer.
    #[error("the call did not end")]
    Crashed(#[source] Box<dyn Error + Send + Sync>),
    /// The caller's condition does not hold; what was written before that was found is taken back.
    #[error("the condition does not hold")]
    Refused,
    /// Another test post of the event went live while this one was added; what was written is taken back.
    #[error("a test of the event went live meanwhile")]
    TestLive,
    /// It befell the whole group that the post was stored with.
    #[error(transparent)]
    Group(#[from] Arc<Trouble>),
    /// What is stored cannot be understood.
    #[error("what is stored for {what} cannot be read")]
    Damaged { what: String, source: Box<dyn Error + Send + Sync> },
}

impl Trouble {
    /// Something stored that cannot be understood; `what` names table, column and row.
    pub(crate) fn damaged(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Damaged { what: what.into(), source: source.into() }
    }

    /// Whether PostgreSQL's connection may be at fault, as when the server restarts ("unknown" is what its administrator's command reads as).
    pub(crate) fn is_of_connection(&self) -> bool {
        use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand, Unknown};
        let Self::Database(DieselError::DatabaseError(kind, _)) = self else { return false };
        matches!(kind, ClosedConnection | UnableToSendCommand | Unknown)
    }

    /// Whether the database could not be reached, whatever it was asked.
    pub(crate) fn is_of_reach(&self) -> bool {
        use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
        match self {
            Self::Pool(_) => true,
            Self::Database(DieselError::DatabaseError(kind, _)) => {
                matches!(kind, ClosedConnection | UnableToSendCommand)
            }
            _ => false,
        }
    }

    /// Whether the unique column `column` refused a value: SQLite names the column, PostgreSQL the constraint made of it.
    pub(crate) fn is_taken(&self, column: &str) -> bool {
        match self {
            Self::Group(trouble) => trouble.is_taken(column),
            Self::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, told)) => {
                told.message().contains(column)
            }
            _ => false,
        }
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Damaged { what, source } => Self::Damaged { what, source },
            Trouble::Database(error @ DieselError::DeserializationError(_)) => {
                Self::Damaged { what: "a row".into(), source: Box::new(error) }
            }
            other => Self::Unavailable(Box::new(other)),
        }
    }
}
