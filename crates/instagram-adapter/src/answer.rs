//! Tolerant readers: Instagram's pages and its answers disagree about shapes, so both are read.

use rats_domain::instagram::PlatformError;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use time::{
    OffsetDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

use crate::error;

/// `2026-11-03T09:15:07+0000`: the offset has no colon. Source: Graph API, IG Media, field `timestamp`.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]");

/// Reads a body as it is documented, wrapped in `data[0]`, or flat, as it is seen.
pub(crate) fn one<T: DeserializeOwned>(body: &[u8]) -> Result<T, PlatformError> {
    let mut value: Value = parse(body)?;
    if let Some(items) = value.get_mut("data").and_then(Value::as_array_mut) {
        if items.is_empty() {
            return Err(error::unreadable());
        }
        value = items.swap_remove(0);
    }
    T::deserialize(value).map_err(|_| error::unreadable())
}

/// Reads a body. What could not be read is not named: a token may be in it.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, PlatformError> {
    serde_json::from_slice(body).map_err(|_| error::unreadable())
}

/// A number, also as text or with a fraction; none if negative.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked; the fraction is to go")]
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| (0.0..9e15).contains(float))?;
            Some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text that names something: a text or a whole number (ids exceed 2^53), not empty.
pub(crate) fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// [`name`] for a member; what cannot be read is none.
pub(crate) fn name_member<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(from).map(|value| name(&value))
}

/// [`number`] for a member; what cannot be read is none.
pub(crate) fn number_member<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Value::deserialize(from).map(|value| number(&value))
}

/// Reads Instagram's timestamps.
pub(crate) fn timestamp(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, TIMESTAMP).or_else(|_| OffsetDateTime::parse(text, &Rfc3339)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn f0_3_5_both_forms_of_a_timestamp_are_read() {
        let moment = Some(datetime!(2026-11-03 09:15:07 UTC));

        assert_eq!(timestamp("2026-11-03T09:15:07+0000"), moment);
        assert_eq!(timestamp("2026-11-03T09:15:07+00:00"), moment);
        assert_eq!(timestamp("2026-11-03T10:15:07+0100"), moment);
        assert_eq!(timestamp("yesterday"), None);
    }

    #[test]
    fn an_id_above_two_to_the_53_keeps_every_digit() {
        assert_eq!(name(&json!(17_841_400_000_000_001_u64)), Some("17841400000000001".into()));
        assert_eq!(name(&json!("17841400000000001")), Some("17841400000000001".into()));
        assert_eq!(name(&json!("")), None);
    }

    #[test]
    fn a_negative_count_is_no_count() {
        assert_eq!(number(&json!(-1)), None);
        assert_eq!(number(&json!("12")), Some(12));
        assert_eq!(number(&json!(12.7)), Some(12));
    }
}
