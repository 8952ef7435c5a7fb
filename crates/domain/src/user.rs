//! People of RATS, where we keep them ourselves (stand-alone mode).

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{id::UserId, secret::Secret, store::StoreError};

/// A person of RATS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// RATS' id, opaque.
    pub id: UserId,
    /// The address they sign in with, lower case.
    pub email: String,
    /// The name RATS greets them by.
    pub username: String,
    /// When they registered.
    pub created_at: OffsetDateTime,
}

/// Why a user was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddUserError {
    /// Another user has this e-mail address.
    #[error("this e-mail address is already registered")]
    EmailTaken,
    /// Another user has this name.
    #[error("this username is taken")]
    UsernameTaken,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps users and their password hashes.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds a user with the hash of their password. E-mail and name are unique, without regard to case.
    async fn add(&self, user: &User, password_hash: &Secret) -> Result<(), AddUserError>;

    /// The user with this e-mail address (lower case) and their password hash.
    async fn find_by_email(&self, email: &str) -> Result<Option<(User, Secret)>, StoreError>;

    /// The user with this id, where we keep them.
    async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError>;
}

/// A password was not hashed: the machine had no memory or no thread for it. Trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Hashes passwords so that they can be checked but not read back (argon2id).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a password, salted anew each time, as a PHC string.
    async fn hash(&self, password: Secret) -> Result<Secret, HashError>;

    /// Whether `password` belongs to `hash`. With no hash it does the same work and says no, so that an unknown user takes as long as a wrong password.
    async fn matches(&self, password: Secret, hash: Option<Secret>) -> Result<bool, HashError>;
}
