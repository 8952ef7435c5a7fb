//! The rules that a caption can break, in words for the person.

use super::{CaptionLimits, tag, utf16_units};

/// A rule that a text breaks, with by how much.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenRule {
    /// Longer than Instagram takes.
    #[error("the caption has {units} characters as Instagram counts them, it allows {max}; shorten it by {}", units - max)]
    TooLong {
        /// Its length in UTF-16 code units.
        units: usize,
        /// The longest allowed.
        max: usize,
    },
    /// More hashtags than Instagram takes.
    #[error("the caption has {count} hashtags, Instagram allows {max}; remove {}", count - max)]
    TooManyHashtags {
        /// How many it has.
        count: usize,
        /// The most allowed.
        max: usize,
    },
    /// More mentions than Instagram takes.
    #[error("the caption mentions {count} accounts with @, Instagram allows {max}; remove {}", count - max)]
    TooManyMentions {
        /// How many it has.
        count: usize,
        /// The most allowed.
        max: usize,
    },
}

/// Every rule that a text breaks, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRules(pub Vec<BrokenRule>);

impl std::fmt::Display for BrokenRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for BrokenRules {}

/// The rules that `text` breaks.
pub(super) fn broken(text: &str, limits: &CaptionLimits) -> Vec<BrokenRule> {
    let (units, hashtags, mentions) = (utf16_units(text), tag::hashtags(text).len(), tag::mentions(text).len());
    let mut broken = Vec::new();
    if units > limits.utf16_units {
        broken.push(BrokenRule::TooLong { units, max: limits.utf16_units });
    }
    if hashtags > limits.hashtags {
        broken.push(BrokenRule::TooManyHashtags { count: hashtags, max: limits.hashtags });
    }
    if mentions > limits.mentions {
        broken.push(BrokenRule::TooManyMentions { count: mentions, max: limits.mentions });
    }
    broken
}
