//! Colours to sRGB.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients, TransferCharacteristics,
    TransformOptions,
};
use rats_scaling::Channels;

/// How far a profile's colours may be from sRGB's (of 255) and still be taken for sRGB: cameras write many variants of it.
const SAME: u8 = 2;

/// Pixels in memory.
#[derive(Debug)]
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
    pub(super) channels: Channels,
}

impl Raster {
    /// Whether any of it can be seen through.
    pub(super) fn is_transparent(&self) -> bool {
        let size = match self.channels {
            Channels::GreyAlpha => 2,
            Channels::Rgba => 4,
            Channels::Grey | Channels::Rgb | Channels::Cmyk => return false,
        };
        self.pixels.iter().skip(size - 1).step_by(size).any(|alpha| *alpha < 255)
    }
}

/// An embedded ICC profile; one that cannot be read says nothing.
pub(super) fn profile(icc: &[u8]) -> Option<ColorProfile> {
    ColorProfile::new_from_slice(icc).ok()
}

/// The profile that a PNG's cICP chunk names; none where it names colours we cannot compute.
pub(super) fn cicp(primaries: u8, transfer: u8, full_range: bool) -> Option<ColorProfile> {
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range,
    });
    profile.red_trc.is_some().then_some(profile)
}

/// Whether `profile` shows RGB colours as sRGB does, judged by eight of them and not by its name.
pub(super) fn is_srgb(profile: &ColorProfile) -> bool {
    const PROBES: [u8; 24] =
        [255, 0, 0, 0, 255, 0, 0, 0, 255, 128, 128, 128, 200, 120, 60, 40, 90, 180, 250, 240, 200, 20, 30, 10];
    transformed(&PROBES, profile, Layout::Rgb, Layout::Rgb)
        .is_some_and(|shown| shown.iter().zip(PROBES).all(|(shown, probe)| shown.abs_diff(probe) <= SAME))
}

/// The picture as opaque sRGB, three bytes a pixel, on white; and whether its colours were converted.
///
/// A profile for another kind of colours than the picture's says nothing, and neither does one that cannot be computed.
pub(super) fn to_srgb(raster: Raster, profile: Option<&ColorProfile>) -> (Vec<u8>, bool) {
    let pixels = raster.pixels;
    let converted = |space: DataColorSpace, from: Layout, to: Layout| {
        let profile = profile.filter(|profile| profile.color_space == space)?;
        let same = space == DataColorSpace::Rgb && is_srgb(profile);
        if same { None } else { transformed(&pixels, profile, from, to) }
    };
    match raster.channels {
        Channels::Grey => {
            let rgb = converted(DataColorSpace::Gray, Layout::Gray, Layout::Rgb);
            (rgb.unwrap_or_else(|| spread(&pixels)), false)
        }
        Channels::GreyAlpha => (on_white(&spread_with_alpha(&pixels)), false),
        Channels::Cmyk => {
            let rgb = converted(DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb);
            (rgb.unwrap_or_else(|| mixed(&pixels)), true)
        }
        Channels::Rgba => {
            let rgba = converted(DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba);
            (on_white(rgba.as_ref().unwrap_or(&pixels)), rgba.is_some())
        }
        Channels::Rgb => match converted(DataColorSpace::Rgb, Layout::Rgb, Layout::Rgb) {
            Some(rgb) => (rgb, true),
            None => (pixels, false),
        },
    }
}

/// Turns light into ink and back.
pub(super) fn invert(level: &mut u8) {
    *level = 255 - *level;
}

/// Turns a pixel as Adobe codes it, ink inverted twice over in the first three and once in black, into ink.
pub(super) fn ycck_to_ink(pixel: &mut [u8; 4]) {
    let [luma, blue, red, black] = pixel.map(i32::from);
    let (blue, red) = (blue - 128, red - 128);
    // ITU-T T.871, §7, in 1/65,536.
    let cyan = luma + ((91_881 * red + 32_768) >> 16);
    let magenta = luma - ((22_554 * blue + 46_802 * red + 32_768) >> 16);
    let yellow = luma + ((116_130 * blue + 32_768) >> 16);
    *pixel = [cyan, magenta, yellow, 255 - black].map(|ink| u8::try_from(ink.clamp(0, 255)).unwrap_or_default());
}

fn transformed(pixels: &[u8], profile: &ColorProfile, from: Layout, to: Layout) -> Option<Vec<u8>> {
    let transform =
        profile.create_transform_8bit(from, &ColorProfile::new_srgb(), to, TransformOptions::default()).ok()?;
    let mut shown = vec![0; pixels.len() / from.channels() * to.channels()];
    transform.transform(pixels, &mut shown).ok()?;
    Some(shown)
}

fn spread(grey: &[u8]) -> Vec<u8> {
    grey.iter().flat_map(|level| [*level; 3]).collect()
}

fn spread_with_alpha(grey: &[u8]) -> Vec<u8> {
    let (grey, _) = grey.as_chunks::<2>();
    grey.iter().flat_map(|[level, alpha]| [*level, *level, *level, *alpha]).collect()
}

/// Ink to light without a profile: each colour's light is what its own ink and black leave.
fn mixed(cmyk: &[u8]) -> Vec<u8> {
    let left = |ink: u8, black: u8| (255 - u32::from(ink)) * (255 - u32::from(black)) / 255;
    let (cmyk, _) = cmyk.as_chunks::<4>();
    cmyk.iter().flat_map(|[c, m, y, k]| [left(*c, *k), left(*m, *k), left(*y, *k)]).map(byte).collect()
}

fn on_white(rgba: &[u8]) -> Vec<u8> {
    let (rgba, _) = rgba.as_chunks::<4>();
    rgba.iter()
        .flat_map(|[r, g, b, a]| {
            let alpha = u32::from(*a);
            [r, g, b].map(|level| byte((u32::from(*level) * alpha + 255 * (255 - alpha) + 127) / 255))
        })
        .collect()
}

fn byte(level: u32) -> u8 {
    u8::try_from(level).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srgb_is_told_from_wider_gamuts() {
        assert!(is_srgb(&ColorProfile::new_srgb()));
        assert!(!is_srgb(&ColorProfile::new_display_p3()));
        assert!(!is_srgb(&ColorProfile::new_adobe_rgb()));
        assert!(is_srgb(&cicp(1, 13, true).unwrap()));
        assert!(!is_srgb(&cicp(12, 13, true).unwrap()));
        assert!(cicp(2, 2, true).is_none(), "unspecified colours are nothing to compute");
    }

    #[test]
    fn clear_becomes_white_and_half_clear_is_mixed() {
        assert_eq!(on_white(&[0, 0, 0, 0, 255, 0, 0, 128, 1, 2, 3, 255]), [255, 255, 255, 255, 127, 127, 1, 2, 3]);
    }

    #[test]
    fn ink_takes_light_away() {
        assert_eq!(mixed(&[0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255]), [255, 255, 255, 0, 255, 255, 0, 0, 0]);
    }
}
