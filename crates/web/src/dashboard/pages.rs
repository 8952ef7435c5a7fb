//! Long lists, page by page.

use rats_domain::part::Span;

/// How many things a page of a list shows: as many small pictures as a phone loads at once.
const SIZE: usize = 24;
/// The last page that can be asked for.
const LAST: usize = 10_000;

/// A page of a list among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pages {
    /// Which one this is, from 1 on.
    pub(crate) number: usize,
    /// How many there are.
    pub(crate) count: u64,
    base: String,
}

impl Pages {
    /// Which page an address asks for: the first, unless it says so.
    pub(crate) fn asked(word: &str) -> usize {
        word.parse().unwrap_or(1).clamp(1, LAST)
    }

    /// What stands on a page.
    pub(crate) fn span(number: usize) -> Span {
        Span { skip: (number - 1) * SIZE, limit: SIZE }
    }

    /// A page of a list of so many things; `base` is its address with all that it needs besides, up to a `?` or `&`.
    pub(crate) fn new(base: impl Into<String>, number: usize, total: u64) -> Self {
        Self { number, count: total.div_ceil(SIZE as u64), base: base.into() }
    }

    /// Where the page before is.
    pub(crate) fn before(&self) -> Option<String> {
        (self.number > 1).then(|| format!("{}page={}", self.base, self.number - 1))
    }

    /// Where the next page is.
    pub(crate) fn after(&self) -> Option<String> {
        ((self.number as u64) < self.count).then(|| format!("{}page={}", self.base, self.number + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_and_end() {
        let page = |number| Pages::new("/events?", number, 49);
        assert_eq!((page(1).before(), page(1).after()), (None, Some("/events?page=2".into())));
        assert_eq!((page(3).before(), page(3).after(), page(3).count), (Some("/events?page=2".into()), None, 3));
        assert_eq!(Pages::span(3), Span { skip: 48, limit: 24 });
        assert_eq!(["", "0", "-1", "x", "7", "99999999"].map(Pages::asked), [1, 1, 1, 1, 7, LAST]);
        assert_eq!(Pages::new("/events?", 1, 0).after(), None);
    }
}
