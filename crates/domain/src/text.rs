//! What people see of a text.

/// Whether nothing of `text` can be seen: it is empty, or made of white space, control characters and characters without a picture alone.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || has_no_picture(c))
}

/// Whether `text` holds anything that does not show, or turns what stands beside it round: two such texts may look the same.
#[must_use]
pub fn hides_something(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || has_no_picture(c))
}

/// Source: Unicode Character Database, `Default_Ignorable_Code_Point`; besides them the blank Braille pattern and the marks of
/// interlinear annotations.
fn has_no_picture(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_is_found() {
        for text in ["Demo\u{2060}", "De\u{AD}mo", "\u{2066}Demo\u{2069}", "D\u{202E}omed", "Demo\u{3164}", "a\nb"] {
            assert!(hides_something(text), "{text:?}");
        }
        assert!(!hides_something("Zoë Groß, 佐藤 שלום"));
    }

    #[test]
    fn what_shows_nothing_is_blank() {
        for text in
            ["", " \n\u{3000}", "\u{200B}\u{2060}\u{FEFF}", "\u{AD}", "\u{1}\u{7F}", "\u{2800}\u{3164}", "\u{E0041}"]
        {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", "\u{200B}a", "👩\u{200D}🎤", "\u{200F}שלום", "。", "❤\u{FE0F}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
