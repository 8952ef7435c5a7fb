//! Randomness and ids as a port: what makes a run repeatable from its seed.

use time::OffsetDateTime;

/// Where random bytes come from. Production uses the operating system's generator.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// A new UUIDv7 (RFC 9562) as text: ordered by `now` in milliseconds, 74 random bits.
    pub fn new_id(&self, now: OffsetDateTime) -> String {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
    }

    /// 256 random bits as 64 hexadecimal characters: an unguessable token.
    pub fn new_token(&self) -> String {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        hex(&bytes)
    }

    /// 128 random bits as 32 hexadecimal characters: an unguessable name.
    pub fn new_name(&self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        hex(&bytes)
    }

    /// A fraction in `0.0..1.0`, for jitter.
    pub fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn ids_are_ordered_by_time() {
        let random: &dyn Random = &Fixed(255);
        let earlier = random.new_id(OffsetDateTime::UNIX_EPOCH);
        let random: &dyn Random = &Fixed(0);
        let later = random.new_id(OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(1));

        assert!(earlier < later);
    }

    #[test]
    fn a_fraction_stays_below_one() {
        let random: &dyn Random = &Fixed(255);
        assert!(random.fraction() < 1.0);
        assert_eq!(random.new_token().len(), 64);
    }
}
