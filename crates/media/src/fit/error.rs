use std::{error::Error, fmt::Display};

/// Why a picture was not made to fit. Each text is a sentence for the person who sent it.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The file has too many bytes.
    #[error("the file has {:.1} MB; at most {} MB are accepted", megabytes(*.bytes), megabytes(*.max_bytes))]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// The picture says that it has too many pixels; nothing of it was decoded.
    #[error("the picture is {width}×{height}; at most {} megapixels are accepted", .max_pixels / 1_000_000)]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit in pixels.
        max_pixels: u64,
    },
    /// The picture has few enough pixels but is stored in a way whose decoding takes too much memory; nothing of it was decoded.
    #[error(
        "the picture is {width}×{height} and takes {} MB to decode as it is stored, at most {} MB are allowed; please send it smaller, or as an ordinary JPEG",
        .bytes / 1_000_000,
        .max_bytes / 1_000_000
    )]
    TooMuchToDecode {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// What decoding would take, in bytes.
        bytes: u64,
        /// The limit in bytes.
        max_bytes: u64,
    },
    /// The file is something else than a picture that we read.
    #[error("this is {looks_like}; please send a JPEG, PNG, WebP or GIF picture")]
    NotAPicture {
        /// What it looks like, with its article.
        looks_like: &'static str,
    },
    /// The file is a picture and something else at the same time, as files made to attack are.
    #[error("the picture has {hidden} hidden in it; please save it anew with a picture program and send that")]
    Polyglot {
        /// What else it is, with its article.
        hidden: &'static str,
    },
    /// The file is cut off or damaged.
    #[error("the picture is damaged ({detail}); please send it again or save it anew")]
    Corrupt {
        /// What is wrong with it.
        detail: &'static str,
    },
    /// The picture is sound but of a rare kind that we do not read.
    #[error("the picture uses {feature}, which we cannot read; please save it as an ordinary JPEG or PNG")]
    Unsupported {
        /// The rare kind, with its article.
        feature: &'static str,
    },
    /// No quality makes the JPEG small enough.
    #[error("the picture cannot be made smaller than {max_bytes} bytes")]
    CannotShrink {
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// We failed; the picture may be fine.
    #[error("the picture could not be processed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl FitError {
    pub(super) fn corrupt(detail: &'static str) -> Self {
        Self::Corrupt { detail }
    }

    pub(super) fn cut_off() -> Self {
        Self::corrupt("it ends too early")
    }

    /// A decoder did not take it. Its words are for us.
    pub(super) fn undecodable(error: impl Display) -> Self {
        tracing::debug!(%error, "a picture could not be decoded");
        Self::corrupt("it cannot be decoded")
    }

    pub(super) fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size shown with one digit")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000_000.0
}
