use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A seeded source of numbers and texts (splitmix64): equal seeds, equal runs, on every machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Whether something of this probability happens now.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        let drawn = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(drawn) < probability * f64::from(u32::MAX)
    }

    pub(super) fn text(&mut self, length: usize) -> String {
        (0..length).map(|_| letter(self.next())).collect()
    }
}

/// A number that depends on `seed` and `key` alone.
pub(super) fn mix_of(seed: u64, key: u64) -> u64 {
    mix(seed.wrapping_add(mix(key)))
}

/// Eleven letters that name a media in its address; different ids give different letters.
pub(super) fn shortcode(id: u64) -> String {
    let scrambled = mix(id);
    (0..11).map(|place| letter(scrambled.checked_shr(place * 6).unwrap_or(0))).collect()
}

fn letter(number: u64) -> char {
    char::from(ALPHABET[usize::try_from(number % 64).unwrap_or(0)])
}

// A bijection on 64 bits, so that shortcodes cannot collide.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
