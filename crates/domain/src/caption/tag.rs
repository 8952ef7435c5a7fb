//! Hashtags and mentions, counted generously: what might be one counts as one.

/// The hashtags of `text`, each with its `#`.
pub(super) fn hashtags(text: &str) -> Vec<&str> {
    tags(text, '#')
}

/// The mentions of `text`, each with its `@`.
pub(super) fn mentions(text: &str) -> Vec<&str> {
    tags(text, '@')
}

fn tags(text: &str, sign: char) -> Vec<&str> {
    text.match_indices(sign)
        .filter_map(|(start, _)| {
            let word = &text[start + sign.len_utf8()..];
            let end = word.find(|c: char| !belongs(c)).unwrap_or(word.len());
            (end > 0).then(|| &text[start..start + sign.len_utf8() + end])
        })
        .collect()
}

/// Whether `c` can be part of a tag: letters, digits, `_`, `.`, marks that belong to a letter, and emoji.
fn belongs(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '_' | '.' | '\u{200D}' | '\u{FE0F}')
        || u32::from(c) > 0x2190 && !c.is_whitespace() && !is_punctuation(c)
        || matches!(c, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{97F}' | '\u{E00}'..='\u{E7F}')
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_every_script_count() {
        assert_eq!(
            hashtags("#one#two, #誕生日。 #день #नमस्ते # #🎂 a#b"),
            ["#one", "#two", "#誕生日", "#день", "#नमस्ते", "#🎂", "#b"]
        );
        assert_eq!(mentions("@zoe.b hi @ me @x_y"), ["@zoe.b", "@x_y"]);
    }
}
