use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::failure::GraphError;
use super::refusal;

/// The largest picture in bytes. Source: `POST /{ig-user-id}/media` says 8 MB, the error's text 8 MiB.
pub(crate) const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Larger pictures are not decoded, so that a small file cannot take much memory.
const MAX_SIDE: usize = 10_000;

/// A picture that Instagram accepts: a baseline JPEG of at most 8 MiB with a ratio from 4:5 to 1.91:1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Of the bytes, in hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub bytes: usize,
    /// The bytes; empty for a stand-in.
    #[serde(skip)]
    pub jpeg: Arc<[u8]>,
}

impl Picture {
    /// Judges downloaded bytes; decodes the pixels too, so that a truncated file is refused.
    pub fn inspect(bytes: Vec<u8>) -> Result<Self, GraphError> {
        if bytes.len() > MAX_BYTES {
            return Err(refusal::image_too_large());
        }
        if !bytes.starts_with(&[0xFF, 0xD8, 0xFF]) || is_progressive(&bytes) {
            return Err(refusal::download_refused());
        }
        let (width, height) = decode(&bytes).ok_or_else(refusal::image_format)?;
        if width * 5 < height * 4 || width * 100 > height * 191 {
            return Err(refusal::aspect_ratio());
        }
        Ok(Self {
            width,
            height,
            sha256: hex(digest(&SHA256, &bytes).as_ref()),
            bytes: bytes.len(),
            jpeg: bytes.into(),
        })
    }

    /// A picture without bytes, for simulations in process.
    #[must_use]
    pub fn stand_in() -> Self {
        Self { width: 1080, height: 1080, sha256: "stand-in".to_owned(), bytes: 0, jpeg: Arc::default() }
    }
}

fn decode(bytes: &[u8]) -> Option<(u32, u32)> {
    let options = DecoderOptions::default().set_strict_mode(true).set_max_width(MAX_SIDE).set_max_height(MAX_SIDE);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode().ok()?;
    decoder.info().map(|info| (u32::from(info.width), u32::from(info.height)))
}

/// Whether the first frame header is SOF2; segments before it are walked by their lengths.
fn is_progressive(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xC2 => return true,
            0xC0 | 0xC1 | 0xDA => return false,
            0xFF => at += 1,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    false
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;

    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
