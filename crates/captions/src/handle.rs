//! A recipient's name on Instagram.

/// The longest name on Instagram, in characters.
const MAX_CHARS: usize = 30;

/// `words` as an Instagram name without its `@`, if it can be one: 1 to 30 of letters, digits, `_` and `.`, with no dot
/// at an end and no two in a row. The address of a profile is taken too.
///
/// What cannot be one is left out of texts: a mention of someone else is worse than none.
pub(crate) fn instagram(words: &str) -> Option<&str> {
    let name = without_address(words.trim()).trim_start_matches('@');
    let plausible = (1..=MAX_CHARS).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..");
    plausible.then_some(name)
}

/// The name in `https://www.instagram.com/name/?…`; anything else as it is.
fn without_address(words: &str) -> &str {
    let bare = words.strip_prefix("https://").or_else(|| words.strip_prefix("http://")).unwrap_or(words);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    match bare.strip_prefix("instagram.com/") {
        Some(path) => path.split(['/', '?', '#']).next().unwrap_or(path),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::instagram;

    #[test]
    fn a_name_is_taken_with_and_without_its_sign() {
        for words in ["anna.k_1", "@anna.k_1", " @anna.k_1 ", "https://www.instagram.com/anna.k_1/?hl=en"] {
            assert_eq!(instagram(words), Some("anna.k_1"), "{words}");
        }
    }

    #[test]
    fn what_cannot_be_a_name_is_not_taken() {
        let long = "x".repeat(31);
        for words in ["", "@", "anna k", "anna@mail.com", ".anna", "anna.", "an..na", "анна", "#anna", "a\nb", &long]
        {
            assert_eq!(instagram(words), None, "{words}");
        }
    }
}
