//! The two things of EXIF that matter: which way is up, and whether it tells where the picture was taken.

use image::metadata::Orientation;

/// What a picture's EXIF block says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    pub(super) orientation: Option<Orientation>,
    pub(super) has_location: bool,
}

impl Exif {
    /// Reads a TIFF block, without the `Exif\0\0` before it. What cannot be read says nothing.
    pub(super) fn read(tiff: &[u8]) -> Self {
        Self { orientation: Orientation::from_exif_chunk(tiff), has_location: has_gps(tiff).unwrap_or(false) }
    }
}

/// A TIFF block that holds the orientation and nothing else.
pub(super) fn orientation_only(orientation: Orientation) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation.to_exif(), 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

/// Whether the first directory points at a GPS directory (tag 0x8825).
fn has_gps(tiff: &[u8]) -> Option<bool> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let pair = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let first = usize::try_from(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()?;
    let entries = usize::from(u16_at(first)?);
    Some((0..entries).map_while(|entry| u16_at(first + 2 + entry * 12)).any(|tag| tag == 0x8825))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orientation_alone_is_written_and_read_back() {
        for value in 1..=8 {
            let orientation = Orientation::from_exif(value).unwrap();
            let exif = Exif::read(&orientation_only(orientation));
            assert_eq!(exif, Exif { orientation: Some(orientation), has_location: false });
        }
    }

    #[test]
    fn a_location_is_noticed_in_either_byte_order() {
        let little = b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1A\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0";
        assert!(Exif::read(little).has_location && Exif::read(big).has_location);
        assert!(!Exif::read(b"II*\0\xFF\xFF\xFF\xFF").has_location);
    }
}
