use super::FitError;

/// What is accepted and what is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file accepted, in bytes (30 MB).
    pub max_bytes: usize,
    /// The most pixels a picture may say it has, judged from its header (50 megapixels).
    pub max_pixels: u64,
    /// The most memory that decoding may take, judged from the headers (250 MB: 5 bytes for each of 50 million pixels).
    ///
    /// Ordinary pictures of [`max_pixels`](Self::max_pixels) stay below it. Progressive JPEGs, animations, and WebP pictures that are
    /// lossless or transparent are held more than once while they are decoded, and reach it with fewer pixels.
    pub max_decoding_bytes: u64,
    /// The largest JPEG made, in bytes.
    ///
    /// Instagram takes 8 MB and does not say which megabyte it means; this is the smaller one.
    /// Source: Instagram's content publishing page, "Image specifications".
    pub max_jpeg_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 30_000_000,
            max_pixels: 50_000_000,
            max_decoding_bytes: 250_000_000,
            max_jpeg_bytes: 8_000_000,
        }
    }
}

impl Limits {
    /// Refuses a file that is too large.
    pub(super) fn check_bytes(&self, bytes: usize) -> Result<(), FitError> {
        if bytes > self.max_bytes {
            return Err(FitError::TooLarge { bytes, max_bytes: self.max_bytes });
        }
        Ok(())
    }

    /// Refuses a picture with no or too many pixels.
    pub(super) fn check_pixels(&self, width: u32, height: u32) -> Result<(), FitError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err(FitError::corrupt("its width or height is zero"));
        }
        if pixels > self.max_pixels {
            return Err(FitError::TooManyPixels { width, height, max_pixels: self.max_pixels });
        }
        Ok(())
    }

    /// Refuses a picture whose decoder would hold more than this many `bytes` at once.
    pub(super) fn check_decoding(&self, (width, height): (u32, u32), bytes: u64) -> Result<(), FitError> {
        if bytes > self.max_decoding_bytes {
            return Err(FitError::TooMuchToDecode { width, height, bytes, max_bytes: self.max_decoding_bytes });
        }
        Ok(())
    }
}
