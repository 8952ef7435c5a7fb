//! What every written text has in common.

use rats_domain::caption::{Caption, CaptionLimits};

/// The longest plan, in UTF-16 code units; ours, since a plan is not published.
pub const MAX_PLAN_UNITS: usize = 4_000;

/// What is appended to each message, and the rules it must keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Hashtags for the end of each message, with or without `#`.
    pub hashtags: Vec<String>,
    /// What a message may hold.
    pub limits: CaptionLimits,
}

impl Style {
    /// `text` as a message within the limits, with the hashtags; `None` where nothing readable is left of it.
    pub(crate) fn message(&self, text: &str) -> Option<String> {
        let bare = Caption::fit(text, &[], &self.limits);
        is_readable(bare.as_str()).then(|| Caption::fit(text, &self.hashtags, &self.limits).as_str().to_owned())
    }

    /// `text` as a plan; `None` where nothing readable is left of it.
    pub(crate) fn plan(text: &str) -> Option<String> {
        let limits = CaptionLimits {
            utf16_units: MAX_PLAN_UNITS,
            hashtags: usize::MAX,
            mentions: usize::MAX,
            hashtags_warning: usize::MAX,
        };
        let plan = Caption::fit(text, &[], &limits).as_str().to_owned();
        is_readable(&plan).then_some(plan)
    }
}

/// Whether there is at least a letter or a digit in `text`.
fn is_readable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashtags_alone_are_no_message() {
        let style = Style { hashtags: vec!["rats".into()], ..Style::default() };
        assert_eq!(style.message(" \n "), None);
        assert_eq!(style.message("…🎂"), None);
        assert_eq!(style.message("Hi 🎂").as_deref(), Some("Hi 🎂\n\n#rats"));
    }

    #[test]
    fn a_plan_is_shortened_at_a_word() {
        let plan = Style::plan(&"word ".repeat(2_000)).unwrap();
        assert!(plan.ends_with("word…") && plan.encode_utf16().count() <= MAX_PLAN_UNITS);
    }
}
