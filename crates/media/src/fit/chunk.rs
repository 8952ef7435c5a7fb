use super::FitError;

/// A chunk's name and length, in bytes.
const HEAD: usize = 8;

/// What PNG and RIFF (WebP) files are made of, and what follows it.
pub(super) struct Chunk<'a> {
    pub(super) name: [u8; 4],
    pub(super) body: &'a [u8],
    /// The chunk with its name, its length and what stands behind its body.
    pub(super) whole: &'a [u8],
    pub(super) after: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The first chunk of a PNG: length, name, body, checksum.
    pub(super) fn png(bytes: &'a [u8]) -> Result<Self, FitError> {
        let [l3, l2, l1, l0, name @ ..] = *Self::head(bytes)?;
        Self::cut(bytes, name, u32::from_be_bytes([l3, l2, l1, l0]), 4)
    }

    /// The first chunk of a RIFF file: name, length, body, and a byte of padding after a body of odd length.
    pub(super) fn riff(bytes: &'a [u8]) -> Result<Self, FitError> {
        let [name @ .., l0, l1, l2, l3] = *Self::head(bytes)?;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        Self::cut(bytes, name, length, length as usize % 2)
    }

    fn head(bytes: &[u8]) -> Result<&[u8; HEAD], FitError> {
        bytes.first_chunk().ok_or_else(FitError::cut_off)
    }

    fn cut(bytes: &'a [u8], name: [u8; 4], length: u32, behind: usize) -> Result<Self, FitError> {
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(HEAD + behind));
        let (whole, after) = end.and_then(|end| bytes.split_at_checked(end)).ok_or_else(FitError::cut_off)?;
        Ok(Self { name, body: &whole[HEAD..whole.len() - behind], whole, after })
    }
}
