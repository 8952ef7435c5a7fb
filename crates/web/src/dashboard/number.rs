//! Numbers as a person reads them.

/// A count with commas between thousands.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if first > 0 {
        groups.push(&digits[..first]);
    }
    groups.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    groups.join(",")
}

/// So many posts.
pub(crate) fn posts(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "post" } else { "posts" })
}

/// Those of the counts that are any, with what is said of each.
pub(crate) fn some_of(counts: &[(u64, &str)]) -> Vec<String> {
    counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", grouped(*count))).collect()
}

/// One that was counted or reckoned as a fraction.
pub(crate) fn rounded(value: f64) -> String {
    let digits = format!("{value:.0}");
    digits.parse().map_or(digits, grouped)
}

/// One as an axis has room for.
pub(crate) fn short(value: f64) -> String {
    let part = |of: f64| {
        let digits = format!("{:.1}", value / of);
        digits.strip_suffix(".0").map_or(digits.clone(), str::to_owned)
    };
    match value {
        // From here on a thousand of thousands.
        value if value >= 999_500.0 => format!("{} M", part(1e6)),
        value if value >= 1e4 => format!("{:.0} k", value / 1e3),
        value if value >= 1e3 => format!("{} k", part(1e3)),
        value => format!("{value:.0}"),
    }
}

/// What is not known.
pub(crate) fn dash() -> String {
    "–".into()
}

/// One that may not be known.
pub(crate) fn known(count: Option<u64>) -> String {
    count.map_or_else(dash, grouped)
}

/// A count as a place on a chart.
#[expect(clippy::cast_precision_loss, reason = "nobody sees a difference of one in 2^52")]
pub(crate) fn place(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_what_is_not_known_is_a_dash() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.4, 1_008.6].map(rounded), ["0", "1,009"]);
        assert_eq!([None, Some(1_757)].map(known), ["–", "1,757"]);
    }

    #[test]
    fn posts_are_one_or_many() {
        assert_eq!([0, 1, 2, 1_000].map(posts), ["0 posts", "1 post", "2 posts", "1,000 posts"]);
    }

    #[test]
    fn an_axis_has_short_ones() {
        let shown = [0.0, 950.0, 1_000.0, 1_500.0, 12_000.0, 999_950.0, 3_400_000.0].map(short);
        assert_eq!(shown, ["0", "950", "1 k", "1.5 k", "12 k", "1 M", "3.4 M"]);
    }
}
