//! Parts of lists, so that what is shown costs no more than what is shown.

/// Some things of a list, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// Those that were asked for, in the list's order.
    pub items: Vec<T>,
    /// How many the list has, at the moment at which it was read; 0 where a part beyond its end was asked for.
    pub total: u64,
}

impl<T> Part<T> {
    /// How many of them are not here, before or after.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.total.saturating_sub(self.items.len().try_into().unwrap_or(u64::MAX))
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { items: Vec::new(), total: 0 }
    }
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// How many are passed over.
    pub skip: usize,
    /// How many are wanted at most.
    pub limit: usize,
}

impl Span {
    /// The first so many.
    #[must_use]
    pub fn first(limit: usize) -> Self {
        Self { skip: 0, limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        assert_eq!(Part { items: vec![1, 2], total: 39 }.others(), 37);
        assert_eq!(Part::<u8>::default().others(), 0);
    }
}
