use super::ListedMedia;
use crate::id::MediaId;

/// What somebody calls one of an account's media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaName {
    /// Instagram's id, which programs are told.
    Id(MediaId),
    /// The code in its public address, which is all that people see: `ABC123xyz` of `https://www.instagram.com/p/ABC123xyz/`.
    Shortcode(String),
}

/// The longest id or code.
const MAX_BYTES: usize = 64;
/// What stands before the code in an address.
const KINDS: [&str; 4] = ["p", "reel", "reels", "tv"];

impl MediaName {
    /// Reads an id, a shortcode, or an address as it is copied from Instagram.
    ///
    /// The host may be any, since a simulated Instagram has another: what is meant is looked for on the account's own profile.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains('/') {
            return shortcode(text).map(|code| Self::Shortcode(code.to_owned()));
        }
        let is_id = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
        is_code(text).then(|| if is_id { Self::Id(MediaId::new(text)) } else { Self::Shortcode(text.to_owned()) })
    }

    /// Whether it is this media that is called so.
    #[must_use]
    pub fn is_of(&self, media: &ListedMedia) -> bool {
        match self {
            Self::Id(id) => media.id == *id,
            Self::Shortcode(code) => media.permalink.as_deref().and_then(shortcode) == Some(code),
        }
    }
}

/// The code in an address, before which the account's name may stand.
fn shortcode(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let mut parts = path.split('/').skip(1).filter(|part| !part.is_empty());
    let first = parts.next()?;
    // A link to share leads to the address, its code is another.
    let is_kind = KINDS.contains(&first) || (first != "share" && KINDS.contains(&parts.next()?));
    parts.next().filter(|code| is_kind && is_code(code))
}

fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_people_copy_from_instagram_names_a_media() {
        for text in [
            "https://www.instagram.com/p/C-a_1/",
            "https://instagram.com/p/C-a_1",
            " http://instagram.com/p/C-a_1/?igsh=MzRl&img_index=1 ",
            "www.instagram.com/reel/C-a_1/#comments",
            "https://www.instagram.com/reels/C-a_1/",
            "https://www.instagram.com/anna.bakes/p/C-a_1/",
            "https://www.instagram.com/anna.bakes/reel/C-a_1/?hl=de",
            "https://www.instagram.com/p/C-a_1/c/1790/",
            "http://127.0.0.1:5002/p/C-a_1/",
            "C-a_1",
        ] {
            assert_eq!(MediaName::parse(text), Some(MediaName::Shortcode("C-a_1".into())), "{text}");
        }
        assert_eq!(MediaName::parse(" 17900 "), Some(MediaName::Id(MediaId::new("17900"))));
    }

    #[test]
    fn other_words_name_none() {
        for text in [
            "",
            "/",
            "the first one",
            "https://www.instagram.com/anna.bakes/",
            "https://www.instagram.com/p/",
            "https://www.instagram.com/p/a%20b/",
            "https://www.instagram.com/share/p/BAxyz/",
            "https://www.instagram.com/stories/anna/17900/",
            &"a".repeat(65),
        ] {
            assert_eq!(MediaName::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_media_is_known_by_its_id_and_by_its_address() {
        let media = ListedMedia {
            id: MediaId::new("17900"),
            caption: None,
            is_image: true,
            published_at: datetime!(2026-12-04 9:00 UTC),
            permalink: Some("https://www.instagram.com/p/ABC/".into()),
        };
        let is_of = |name: &str| MediaName::parse(name).unwrap().is_of(&media);
        assert!(is_of("17900") && is_of("https://instagram.com/anna/p/ABC"));
        assert!(
            !is_of("17901") && !is_of("https://www.instagram.com/p/abc/"),
            "codes tell great letters from small ones"
        );
        assert!(!MediaName::Shortcode("ABC".into()).is_of(&ListedMedia { permalink: None, ..media }));
    }
}
