//! What the card needs to know of a text before fonts come in.

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// The longest line that is set, in graphemes. No card can show more; the work for one line stays bounded.
const MAX_GRAPHEMES: usize = 160;

/// The longest grapheme, in characters. A family with four skin tones has eleven, a conjunct with marks fewer.
const MAX_GRAPHEME_CHARS: usize = 16;

/// One line of composed text without controls, direction marks and doubled spaces.
///
/// Direction comes from the letters alone; marks that could turn a neighbour's text around are dropped.
pub(super) fn clean(raw: &str) -> String {
    // Far more than can be shown, far less than could be sent.
    let kept: String = raw.chars().take(MAX_GRAPHEMES * MAX_GRAPHEME_CHARS).nfc().filter_map(printable).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words
        .join(" ")
        .graphemes(true)
        .filter(|grapheme| !grapheme.chars().all(is_ignorable))
        .take(MAX_GRAPHEMES)
        .flat_map(|grapheme| grapheme.chars().take(MAX_GRAPHEME_CHARS))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Whether every letter is Latin.
pub(super) fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .all(|c| matches!(c.script(), Script::Latin | Script::Common | Script::Inherited))
}

/// Whether `c` shows nothing by itself: joiners, variation selectors, tags.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{034F}' | '\u{180B}'..='\u{180E}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether `c` belongs to a word: a letter, a digit or a mark on one.
pub(super) fn is_mark_or_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c.script(), Script::Inherited)
}

/// Whether a font for Latin, Greek and Cyrillic is to write `grapheme`: their letters, digits, common punctuation.
pub(super) fn is_european(grapheme: &str) -> bool {
    grapheme.chars().all(|c| matches!(c, '\0'..='\u{052F}' | '\u{1E00}'..='\u{206F}' | '\u{20A0}'..='\u{20CF}' | '\u{2100}'..='\u{214F}'))
}

/// Whether `grapheme` asks for its colour picture.
pub(super) fn is_emoji(grapheme: &str) -> bool {
    grapheme.contains(['\u{FE0F}', '\u{20E3}']) || grapheme.starts_with(|c| c >= '\u{1F000}' && !is_wide(c))
}

/// Han and kana: a line may break between any two of them.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether lines of `text` need more room above and below than Latin does.
pub(super) fn is_tall(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{0590}'..='\u{0FFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'))
}

/// The name of the first script of `text` that is not shared by many, for a message.
pub(super) fn script_name(text: &str) -> &'static str {
    let particular = |script: &Script| !matches!(script, Script::Common | Script::Inherited);
    text.chars().map(|c| c.script()).find(particular).map_or("these signs", Script::full_name)
}

fn printable(c: char) -> Option<char> {
    match c {
        // Marks of direction, invisible operators, soft hyphen, zero-width spaces: none may steer the layout.
        '\u{00AD}'
        | '\u{061C}'
        | '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}' => Some(' ').filter(|_| matches!(c, '\u{2028}' | '\u{2029}')),
        _ if c.is_control() => Some(' '),
        // Not characters, and not allowed in XML.
        _ if u32::from(c) & 0xFFFE == 0xFFFE => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_controls_marks_of_direction_and_doubled_spaces() {
        assert_eq!(clean("  A\u{202E}nna\r\n\tand\u{0}Bo\u{200B}b \u{FFFE}"), "Anna and Bob");
        assert_eq!(clean("\u{200D}\u{200D}"), "");
        assert_eq!(clean("Zoe\u{0308}"), "Zoë");
        assert_eq!(clean("👨‍👩‍👧‍👦 🇵🇹"), "👨‍👩‍👧‍👦 🇵🇹");
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        assert!(clean(&"a".repeat(100_000)).len() <= MAX_GRAPHEMES);
        assert!(clean(&format!("a{}", "\u{0301}".repeat(5_000))).chars().count() <= MAX_GRAPHEME_CHARS);
    }
}
