#![doc = include_str!("../README.md")]

use fast_image_resize::{
    ImageBufferError, ImageError, MulDiv, PixelTrait, ResizeError, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels,
};

/// What a pixel's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// Brightness.
    Grey,
    /// Brightness and how little is seen through.
    GreyAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, and how little is seen through.
    Rgba,
    /// Ink: 255 is all of it.
    Cmyk,
}

/// A part of a picture, in pixels and fractions of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crop {
    /// What is left out at the left.
    pub left: f64,
    /// What is left out above.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// Why a picture could not be scaled.
#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    /// The bytes are not those of a picture of that size.
    #[error(transparent)]
    Buffer(#[from] ImageBufferError),
    /// What is seen through could not be reckoned in.
    #[error(transparent)]
    Alpha(#[from] ImageError),
    /// The part does not lie within the picture.
    #[error(transparent)]
    Part(#[from] ResizeError),
}

impl Crop {
    /// The same part of a picture whose sides are smaller by these factors.
    #[must_use]
    pub fn scaled(self, across: f64, down: f64) -> Self {
        Self { left: self.left * across, top: self.top * down, width: self.width * across, height: self.height * down }
    }

    /// The part of it that is within a picture of `width` × `height`.
    #[must_use]
    pub fn within(self, width: f64, height: f64) -> Self {
        let (left, top) = (self.left.min(width), self.top.min(height));
        Self { left, top, width: self.width.min(width - left), height: self.height.min(height - top) }
    }
}

/// A part of a picture of 8 bits a channel, of `from` (width, height) pixels, in the size `to`. Colours count as much as they are seen; for that,
/// bytes with alpha are changed.
///
/// # Errors
///
/// If there are fewer bytes than pixels, or the part is not within the picture.
pub fn scale(
    bytes: &mut [u8],
    channels: Channels,
    from: (u32, u32),
    part: &Crop,
    to: (u32, u32),
) -> Result<Vec<u8>, ScaleError> {
    // Where the type of a pixel is known only as the program runs, the resizer is compiled for all thirteen that there are.
    match channels {
        Channels::Grey => scale_grey(bytes, from, part, to),
        Channels::Rgb => scale_as::<pixels::U8x3>(bytes, from, part, to),
        Channels::Cmyk => scale_as::<pixels::U8x4>(bytes, from, part, to),
        Channels::GreyAlpha => scale_seen::<pixels::U8x2>(bytes, from, part, to),
        Channels::Rgba => scale_seen::<pixels::U8x4>(bytes, from, part, to),
    }
}

/// The same of one byte a pixel.
///
/// # Errors
///
/// As [`scale`].
pub fn scale_grey(bytes: &[u8], from: (u32, u32), part: &Crop, to: (u32, u32)) -> Result<Vec<u8>, ScaleError> {
    scale_as::<pixels::U8>(bytes, from, part, to)
}

/// Left to itself, the resizer would copy the whole picture for its alpha.
fn scale_seen<P: PixelTrait>(
    bytes: &mut [u8],
    from: (u32, u32),
    part: &Crop,
    to: (u32, u32),
) -> Result<Vec<u8>, ScaleError> {
    let alpha = MulDiv::default();
    alpha.multiply_alpha_inplace_typed(&mut TypedImage::<P>::from_buffer(from.0, from.1, bytes)?)?;
    let mut scaled = scale_as::<P>(bytes, from, part, to)?;
    alpha.divide_alpha_inplace_typed(&mut TypedImage::<P>::from_buffer(to.0, to.1, &mut scaled)?)?;
    Ok(scaled)
}

fn scale_as<P: PixelTrait>(bytes: &[u8], from: (u32, u32), part: &Crop, to: (u32, u32)) -> Result<Vec<u8>, ScaleError> {
    let mut scaled = vec![0; to.0 as usize * to.1 as usize * size_of::<P>()];
    let from = TypedImageRef::<P>::from_buffer(from.0, from.1, bytes)?;
    let mut to = TypedImage::<P>::from_buffer(to.0, to.1, &mut scaled)?;
    let options = ResizeOptions::new().crop(part.left, part.top, part.width, part.height).use_alpha(false);
    Resizer::new().resize_typed(&from, &mut to, &options)?;
    Ok(scaled)
}
