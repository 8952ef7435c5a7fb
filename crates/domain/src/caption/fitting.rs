//! Makes generated text fit.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{CaptionLimits, rule, tag, utf16_units};

/// Shown where something was left out.
const ELLIPSIS: &str = "…";

/// `text` made to fit, then as many of `hashtags` as fit whole.
pub(super) fn fit(text: &str, hashtags: &[String], limits: &CaptionLimits) -> String {
    let mut fitted = shorten(text, limits);
    let mut first = true;
    for hashtag in wanted(hashtags, &fitted) {
        let separator = if first && !fitted.is_empty() {
            "\n\n"
        } else if fitted.is_empty() {
            ""
        } else {
            " "
        };
        let longer = format!("{fitted}{separator}{hashtag}");
        if rule::broken(&longer, limits).is_empty() {
            fitted = longer;
            first = false;
        }
    }
    fitted
}

/// The hashtags that `text` does not have yet, each with its `#`, each once.
fn wanted(hashtags: &[String], text: &str) -> Vec<String> {
    let mut seen: Vec<String> = tag::hashtags(text).into_iter().map(str::to_lowercase).collect();
    let mut wanted = Vec::new();
    for hashtag in hashtags.iter().map(|word| format!("#{}", word.trim().trim_start_matches('#'))) {
        if hashtag.len() > 1 && !seen.contains(&hashtag.to_lowercase()) {
            seen.push(hashtag.to_lowercase());
            wanted.push(hashtag);
        }
    }
    wanted
}

/// The longest beginning of `text`, in whole words, that keeps every rule; with "…" if anything was left out.
fn shorten(text: &str, limits: &CaptionLimits) -> String {
    if rule::broken(text, limits).is_empty() {
        return text.to_owned();
    }
    let mut kept = String::new();
    for end in ends(text, limits) {
        let candidate = format!("{}{ELLIPSIS}", text[..end].trim_end());
        if !rule::broken(&candidate, limits).is_empty() {
            break;
        }
        kept = candidate;
    }
    kept
}

/// Where `text` may end: after each word; where the first word alone is too long, after each grapheme.
fn ends(text: &str, limits: &CaptionLimits) -> Vec<usize> {
    let words: Vec<usize> = text.match_indices(char::is_whitespace).map(|(at, _)| at).collect();
    match words.first() {
        Some(&first) if utf16_units(&text[..first]) < limits.utf16_units => words,
        _ => text.grapheme_indices(true).skip(1).map(|(at, _)| at).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(utf16_units: usize) -> CaptionLimits {
        CaptionLimits { utf16_units, ..CaptionLimits::default() }
    }

    fn tags(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn text_is_shortened_at_a_word() {
        assert_eq!(fit("Happy birthday dear Anna", &[], &limits(16)), "Happy birthday…");
    }

    #[test]
    fn an_emoji_is_never_cut_in_two() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(fit(&family.repeat(3), &[], &limits(13)), format!("{family}…"));
    }

    #[test]
    fn hashtags_are_appended_whole_or_not_at_all() {
        assert_eq!(fit("Hello", &tags(&["rats", "#celebrate", "joy"]), &limits(18)), "Hello\n\n#rats #joy");
    }

    #[test]
    fn a_hashtag_that_is_there_is_not_repeated() {
        assert_eq!(fit("Hi #Rats", &tags(&["rats", "rats2", "RATS2"]), &limits(100)), "Hi #Rats\n\n#rats2");
    }

    #[test]
    fn too_many_hashtags_of_a_model_are_cut_off() {
        let fitted = fit(&"#a ".repeat(40), &tags(&["more"]), &CaptionLimits::default());
        assert!(rule::broken(&fitted, &CaptionLimits::default()).is_empty());
        assert!(fitted.ends_with('…'));
    }

    #[test]
    fn every_length_fits() {
        let text = "Lorem #ipsum 🎂👨‍👩‍👧‍👦 дорогая Анна 誕生日おめでとう ".repeat(4);
        for units in 1..200 {
            assert!(utf16_units(&fit(&text, &tags(&["rats"]), &limits(units))) <= units);
        }
    }
}
