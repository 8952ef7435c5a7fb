use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The first container id; containers and media count up from bases that never meet.
pub(super) const CONTAINER_BASE: u64 = 17_900_000_000_000_000;
/// The first media id.
pub(super) const MEDIA_BASE: u64 = 18_000_000_000_000_000;
/// The first professional account id.
pub(super) const ACCOUNT_BASE: u64 = 17_841_400_000_000_000;
/// The first app-scoped account id.
pub(super) const APP_SCOPED_BASE: u64 = 26_500_000_000_000_000;

/// Ids are JSON strings on the wire: the numbers exceed what a JavaScript number holds.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = std::num::ParseIntError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}

id! {
    /// An account's professional id, `1784…` (`user_id` of `/me`).
    AccountId
}
id! {
    /// A container's id.
    ContainerId
}
id! {
    /// A published media's id.
    MediaId
}
