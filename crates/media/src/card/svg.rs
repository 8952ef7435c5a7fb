use std::fmt;

/// SVG text that grows.
#[derive(Debug, Default)]
pub(super) struct Svg(String);

impl Svg {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn add(&mut self, element: fmt::Arguments<'_>) {
        // A `String` takes everything.
        let _ = fmt::Write::write_fmt(&mut self.0, element);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// `text` as it may stand in an element. Spaces become no-break spaces, which XML does not fold.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            ' ' => out.push('\u{A0}'),
            _ => out.push(c),
        }
    }
    out
}

/// A die that always falls the same way for the same seed (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Evenly spread, `low` included and `high` not.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let upper = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default();
        low + (high - low) * f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }

    /// One of `choices`.
    pub(super) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        let at = self.between(0.0, f64::from(count));
        let mut index = 0.0;
        for choice in choices {
            index += 1.0;
            if at < index {
                return choice;
            }
        }
        ""
    }
}
