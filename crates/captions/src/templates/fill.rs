//! Puts a person's words into a template.

use rats_domain::caption::{Caption, CaptionLimits};

/// `template` with each `{slot}` replaced by its value. Values are not looked into: braces in them stay.
pub(super) fn fill(template: &str, slots: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (slot, tail) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = slots.iter().find(|(name, _)| *name == slot) {
            filled.push_str(value);
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// A person's words as they can stand within a sentence: on one line, without invisible characters that would turn the
/// sentence around, at most `max_units` UTF-16 code units.
pub(super) fn inline(words: &str, max_units: usize) -> String {
    let visible: String =
        words.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !turns_text(*c)).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let limits = CaptionLimits {
        utf16_units: max_units,
        hashtags: usize::MAX,
        mentions: usize::MAX,
        hashtags_warning: usize::MAX,
    };
    Caption::fit(&line, &[], &limits).as_str().to_owned()
}

/// Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9); letters of right-to-left scripts need none.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_a_value_stay_as_they_are() {
        let slots = [("name", "{title}{name}{"), ("title", "T")];
        assert_eq!(fill("a {name} b {title} c", &slots), "a {title}{name}{ b T c");
    }

    #[test]
    fn words_stand_on_one_line() {
        assert_eq!(inline(" Anna\r\n\u{0}\tMaria \u{202E}x", 100), "Anna Maria x");
        assert_eq!(inline("שרה כהן", 100), "שרה כהן");
    }

    #[test]
    fn long_words_end_whole() {
        assert_eq!(inline("Anna Maria Luisa", 12), "Anna Maria…");
        assert_eq!(inline(&"👨‍👩‍👧‍👦".repeat(3), 13), "👨‍👩‍👧‍👦…");
    }
}
