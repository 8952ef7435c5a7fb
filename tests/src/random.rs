//! What a seed decides.

/// `SplitMix64`: small, and good enough to choose what happens and when; equal seeds draw the same.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Draws from this state on. Each draw moves on by the same, so states that are to draw apart must be [mixed](Self::mixed) first.
    #[must_use]
    pub fn new(state: u64) -> Self {
        Self(state)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        Self::mixed(self.0)
    }

    /// Another number for each, far from those of its neighbours.
    #[must_use]
    pub fn mixed(number: u64) -> u64 {
        let mut mixed = number;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
