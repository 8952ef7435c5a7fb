//! Identifiers as types, so that a post's id cannot be taken for a picture's.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; every text is a valid id, not every id exists.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// A person of RATS. RATS' own ids are 24 hexadecimal characters; we treat them as opaque.
    UserId,
    /// A user's link to one Instagram account.
    ConnectionId,
    /// What RATS celebrates.
    EventId,
    /// One thing to be published.
    PostId,
    /// One picture of ours, made to fit Instagram.
    PictureId,
    /// An Instagram professional account, `/me.user_id` (`1784…`).
    AccountId,
    /// Instagram's unpublished media object.
    ContainerId,
    /// Instagram's published media object.
    MediaId,
}
