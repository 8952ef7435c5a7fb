use super::failure::GraphError;
use super::refusal;

/// The longest caption. Instagram does not say in which unit; UTF-16 is the strictest plausible one.
const MAX_UTF16_UNITS: usize = 2_200;
/// Source: `POST /{ig-user-id}/media`, parameter `caption`.
const MAX_HASHTAGS: usize = 30;
/// Source: as above.
const MAX_MENTIONS: usize = 20;
/// Source: as above, parameter `alt_text`, in characters.
const MAX_ALT_TEXT: usize = 1_000;

/// Judges a caption as container creation does.
pub(super) fn check(caption: &str, alt_text: Option<&str>) -> Result<(), GraphError> {
    if caption.encode_utf16().count() > MAX_UTF16_UNITS || tags(caption, '#') > MAX_HASHTAGS {
        return Err(refusal::caption_too_long());
    }
    if tags(caption, '@') > MAX_MENTIONS {
        return Err(refusal::too_many_mentions());
    }
    if alt_text.is_some_and(|text| text.chars().count() > MAX_ALT_TEXT) {
        return Err(GraphError::api(100, None, "The parameter alt_text must be at most 1000 characters."));
    }
    Ok(())
}

fn tags(caption: &str, sign: char) -> usize {
    let starts = caption.match_indices(sign).map(|(at, _)| at + sign.len_utf8());
    starts.filter(|at| caption[*at..].starts_with(|next: char| next.is_alphanumeric() || next == '_')).count()
}
