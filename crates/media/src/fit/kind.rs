use super::FitError;

/// A kind of picture that we read, told by its first bytes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Jpeg,
    Png,
    WebP,
    Gif,
}

/// How far into a file a reader of another kind looks for that kind's beginning (PDF readers: 1,024 bytes).
const HEAD: usize = 1_024;

/// A ZIP file ends in a record of 22 bytes and a comment of at most 65,535.
const ZIP_END: usize = 22;

impl Kind {
    /// The kind of `bytes`.
    ///
    /// # Errors
    ///
    /// [`FitError::NotAPicture`], [`FitError::Polyglot`] if it is also a page, a script, a document or an archive.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, FitError> {
        let kind = Self::by_magic(bytes).ok_or_else(|| FitError::NotAPicture { looks_like: looks_like(bytes) })?;
        match hidden(bytes) {
            Some(hidden) => Err(FitError::Polyglot { hidden }),
            None => Ok(kind),
        }
    }

    /// Its name for a person.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
        }
    }

    fn by_magic(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }
}

/// What else begins in `tail`, the bytes after a picture's end.
///
/// Zeros, a second picture (MPO) or a short film (motion photos) are ordinary there and answer `None`; they are cut off.
pub(super) fn hidden_after(tail: &[u8]) -> Option<&'static str> {
    let start = tail.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0)?;
    let tail = &tail[start..];
    match tail {
        [b'P', b'K', 3, 4, ..] => Some("an archive"),
        [0x7F, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] => Some("a program"),
        _ => hidden_text(tail),
    }
}

fn hidden(bytes: &[u8]) -> Option<&'static str> {
    hidden_text(bytes).or_else(|| is_zip(bytes).then_some("an archive"))
}

fn hidden_text(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes[..bytes.len().min(HEAD)].to_ascii_lowercase();
    let holds = |mark: &str| head.windows(mark.len()).any(|window| window == mark.as_bytes());
    if holds("%pdf-") {
        Some("a PDF document")
    } else if holds("<?php") || holds("<script") {
        Some("a script")
    } else if holds("<html") || holds("<!doctype") || holds("<svg") {
        Some("a web page")
    } else {
        None
    }
}

/// Archives are read from their end: a ZIP can stand anywhere in a picture, if its last record ends with the file.
fn is_zip(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(ZIP_END + usize::from(u16::MAX))..];
    tail.windows(ZIP_END).enumerate().any(|(at, record)| {
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        record.starts_with(b"PK\x05\x06") && at + ZIP_END + comment == tail.len()
    })
}

fn looks_like(bytes: &[u8]) -> &'static str {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    match start {
        [] => "an empty file",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3, 4, ..] => "an archive or office document",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "a TIFF or raw photo",
        [b'B', b'M', ..] => "a BMP picture",
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => by_brand(brand),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "a video",
        [b'R', b'I', b'F', b'F', ..] => "a video or sound",
        [0xFF, 0x0A, ..] | [0, 0, 0, 0x0C, b'J', b'X', b'L', ..] => "a JPEG XL picture",
        _ => by_text(start),
    }
}

fn by_brand(brand: &[u8]) -> &'static str {
    match brand {
        [b'a', b'v', b'i', b'f' | b's', ..] => "an AVIF picture",
        [b'h', b'e', b'i' | b'v', _, ..] | [b'm', b'i', b'f', b'1', ..] => "an HEIC photo",
        _ => "a video",
    }
}

fn by_text(bytes: &[u8]) -> &'static str {
    let head = bytes[..bytes.len().min(HEAD)].to_ascii_lowercase();
    let holds = |mark: &str| head.windows(mark.len()).any(|window| window == mark.as_bytes());
    if holds("<svg") {
        "an SVG drawing"
    } else if holds("<html") || holds("<!doctype") {
        "a web page"
    } else if std::str::from_utf8(&head).or_else(|e| std::str::from_utf8(&head[..e.valid_up_to()])).is_ok_and(is_text) {
        "a text"
    } else {
        "no picture that we know"
    }
}

fn is_text(text: &str) -> bool {
    text.len() > 3 && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_looks_like_is_said() {
        for (bytes, expected) in [
            (&b""[..], "an empty file"),
            (b"%PDF-1.7", "a PDF document"),
            (b"<?xml version='1.0'?><svg xmlns=''/>", "an SVG drawing"),
            (b"\xEF\xBB\xBF <svg/>", "an SVG drawing"),
            (b"<!DOCTYPE html><title>x</title>", "a web page"),
            (b"Dear grandma,\nhow are you?", "a text"),
            (b"\0\0\0\x18ftypheic", "an HEIC photo"),
            (b"\0\0\0\x18ftypmif1", "an HEIC photo"),
            (b"\0\0\0\x18ftypavif", "an AVIF picture"),
            (b"\0\0\0\x18ftypisom", "a video"),
            (b"\x01\x02\x03\x04\xFE", "no picture that we know"),
        ] {
            assert_eq!(looks_like(bytes), expected);
        }
    }

    #[test]
    fn sec_35_the_type_is_told_by_the_first_bytes_alone() {
        assert!(matches!(Kind::of(b"\xFF\xD8\xFF\xE0"), Ok(Kind::Jpeg)));
        assert!(matches!(Kind::of(b"GIF89a......"), Ok(Kind::Gif)));
        assert!(matches!(Kind::of(b" \xFF\xD8\xFF\xE0"), Err(FitError::NotAPicture { .. })));
    }

    #[test]
    fn sec_35_an_archive_that_ends_with_the_file_is_found_wherever_it_stands() {
        let mut file = b"\xFF\xD8\xFF\xE0....PK\x05\x06".to_vec();
        file.extend([0; 16]);
        file.extend(4_u16.to_le_bytes());
        file.extend(b"rest");
        assert!(matches!(Kind::of(&file), Err(FitError::Polyglot { hidden: "an archive" })));
        file.push(0);
        assert!(matches!(Kind::of(&file), Ok(Kind::Jpeg)), "a chance likeness");
    }

    #[test]
    fn ordinary_bytes_after_the_end_are_no_attack() {
        assert_eq!(hidden_after(&[0; 64]), None);
        assert_eq!(hidden_after(b"\0\0\0\x18ftypmp42"), None);
        assert_eq!(hidden_after(b"\xFF\xD8\xFF\xE1"), None);
        assert_eq!(hidden_after(b"\r\n<ScRiPt>"), Some("a script"));
    }
}
