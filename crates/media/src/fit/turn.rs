use image::metadata::Orientation;

/// The sides of a picture after it was turned upright.
pub(super) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    if swaps_sides(orientation) { (height, width) } else { (width, height) }
}

/// Turns `pixels`, `width` a row, `N` bytes each, upright.
pub(super) fn turn<const N: usize>(pixels: Vec<u8>, width: u32, height: u32, orientation: Orientation) -> Vec<u8> {
    if orientation == Orientation::NoTransforms {
        return pixels;
    }
    let (w, h) = (width as usize, height as usize);
    let (to_w, to_h) = if swaps_sides(orientation) { (h, w) } else { (w, h) };
    let (pixels, _) = pixels.as_chunks::<N>();
    let mut turned = Vec::with_capacity(w * h * N);
    for y in 0..to_h {
        for x in 0..to_w {
            let (from_x, from_y) = match orientation {
                Orientation::NoTransforms => (x, y),
                Orientation::FlipHorizontal => (w - 1 - x, y),
                Orientation::Rotate180 => (w - 1 - x, h - 1 - y),
                Orientation::FlipVertical => (x, h - 1 - y),
                Orientation::Rotate90FlipH => (y, x),
                Orientation::Rotate90 => (y, h - 1 - x),
                Orientation::Rotate270FlipH => (w - 1 - y, h - 1 - x),
                Orientation::Rotate270 => (w - 1 - y, x),
            };
            turned.extend_from_slice(&pixels[from_y * w + from_x]);
        }
    }
    turned
}

/// Whether a picture lies on its side.
pub(super) fn swaps_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate90FlipH | Orientation::Rotate270 | Orientation::Rotate270FlipH
    )
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage};

    use super::*;

    #[test]
    fn all_eight_orientations_turn_as_the_image_crate_turns() {
        let (w, h) = (5, 3);
        let pixels: Vec<u8> = (0..w * h * 3).map(|i| u8::try_from(i).unwrap()).collect();
        for value in 1..=8 {
            let orientation = Orientation::from_exif(value).unwrap();
            let mut expected = DynamicImage::from(RgbImage::from_raw(w, h, pixels.clone()).unwrap());
            expected.apply_orientation(orientation);
            assert_eq!(turn::<3>(pixels.clone(), w, h, orientation), expected.as_bytes(), "{value}");
            assert_eq!(upright(w, h, orientation), (expected.width(), expected.height()));
        }
    }
}
