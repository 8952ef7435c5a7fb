//! Instagram's caption rules.
//!
//! A person's own text is never cut: it is refused with every broken rule at once ([`Caption::parse`]). Only generated text is
//! shortened, at a word, with "…" ([`Caption::fit`]).

mod fitting;
mod rule;
mod tag;

pub use rule::{BrokenRule, BrokenRules};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// The longest caption, in UTF-16 code units.
///
/// Instagram does not say which unit it counts; this is the strictest plausible one.
/// Source: Graph API, `POST /{ig-user-id}/media`, parameter `caption`.
pub const MAX_UTF16_UNITS: usize = 2_200;

/// The most hashtags. Source: Graph API, `POST /{ig-user-id}/media`, parameter `caption`.
pub const MAX_HASHTAGS: usize = 30;

/// The most `@` mentions. Source: Graph API error 2207040.
pub const MAX_MENTIONS: usize = 20;

/// The most hashtags without a warning: Instagram announced a cap of 5 in December 2025, its API's text still says 30.
pub const ANNOUNCED_HASHTAGS: usize = 5;

/// What a caption may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptionLimits {
    /// The longest text, in UTF-16 code units.
    pub utf16_units: usize,
    /// The most hashtags.
    pub hashtags: usize,
    /// The most mentions.
    pub mentions: usize,
    /// Above this many hashtags the person is warned.
    pub hashtags_warning: usize,
}

impl Default for CaptionLimits {
    fn default() -> Self {
        Self {
            utf16_units: MAX_UTF16_UNITS,
            hashtags: MAX_HASHTAGS,
            mentions: MAX_MENTIONS,
            hashtags_warning: ANNOUNCED_HASHTAGS,
        }
    }
}

/// A text that Instagram takes as a caption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption(String);

impl Caption {
    /// Takes a person's text: line ends unified, runs of blank lines folded to one, ends trimmed; otherwise as it is.
    ///
    /// # Errors
    ///
    /// [`BrokenRules`] with every rule that it breaks.
    pub fn parse(text: &str, limits: &CaptionLimits) -> Result<Self, BrokenRules> {
        let text = fold(text);
        let broken = rule::broken(&text, limits);
        if broken.is_empty() { Ok(Self(text)) } else { Err(BrokenRules(broken)) }
    }

    /// Makes generated text fit, and appends as many of `hashtags` as fit whole and are not in it yet.
    ///
    /// Nothing is cut in two: not a word, not a hashtag, not an emoji. What is left out at the end is shown by "…".
    #[must_use]
    pub fn fit(generated: &str, hashtags: &[String], limits: &CaptionLimits) -> Self {
        Self(fitting::fit(&fold(generated), hashtags, limits))
    }

    /// Takes back what was a caption before, as the store kept it.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many hashtags it has.
    #[must_use]
    pub fn hashtags(&self) -> usize {
        tag::hashtags(&self.0).len()
    }

    /// The text as it is compared with what Instagram lists: NFC, without `@` (Instagram may strip it) and zero-width
    /// characters, white space collapsed.
    #[must_use]
    pub fn normalised(&self) -> String {
        normalise(&self.0)
    }
}

/// See [`Caption::normalised`]; for a text of Instagram's.
#[must_use]
pub fn normalise(text: &str) -> String {
    let kept: String =
        text.nfc().filter(|c| !matches!(c, '@' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What Instagram counts of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Its length in UTF-16 code units.
    pub utf16_units: usize,
    /// Its hashtags.
    pub hashtags: usize,
    /// Its mentions.
    pub mentions: usize,
}

/// Counts what [`Caption::parse`] judges, as it would.
#[must_use]
pub fn counts(text: &str) -> Counts {
    let text = fold(text);
    Counts {
        utf16_units: utf16_units(&text),
        hashtags: tag::hashtags(&text).len(),
        mentions: tag::mentions(&text).len(),
    }
}

/// Unifies line ends, folds runs of blank lines to one, trims the ends.
fn fold(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines() {
        let blank = line.trim().is_empty();
        if blank && lines.last().is_some_and(|last| last.is_empty()) {
            continue;
        }
        lines.push(if blank { "" } else { line.trim_end() });
    }
    lines.join("\n")
}

/// The length of `text` in UTF-16 code units.
fn utf16_units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> CaptionLimits {
        CaptionLimits::default()
    }

    #[test]
    fn runs_of_blank_lines_fold_to_one() {
        let caption = Caption::parse("  a\r\n\r\n \r\n\n b \n", &limits()).unwrap();
        assert_eq!(caption.as_str(), "a\n\n b");
    }

    #[test]
    fn length_is_counted_in_utf16_units() {
        assert!(Caption::parse(&"🎂".repeat(1_100), &limits()).is_ok());
        assert!(Caption::parse(&"🎂".repeat(1_101), &limits()).is_err());
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let text = format!("{}{}{}", "#a ".repeat(31), "@b ".repeat(21), "x".repeat(2_200));
        let broken = Caption::parse(&text, &limits()).unwrap_err();
        assert_eq!(broken.0.len(), 3, "{broken}");
    }

    #[test]
    fn an_empty_caption_is_allowed() {
        assert_eq!(Caption::parse(" \n ", &limits()).unwrap().as_str(), "");
    }

    #[test]
    fn captions_compare_whatever_instagram_does_to_them() {
        let ours = Caption::parse("Hi @zoe\n\nhow  are you\u{200B}? e\u{301}", &limits()).unwrap();
        assert_eq!(ours.normalised(), normalise("Hi zoe how are you? é"));
    }
}
