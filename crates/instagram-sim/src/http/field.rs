use serde_json::{Map, Value};

use crate::GraphError;
use crate::instagram::refusal;

/// Keeps the requested fields of a node, and its `id` always; fields that it has not set are left out.
pub(super) fn select(
    node: Map<String, Value>,
    known: &[&str],
    kind: &str,
    requested: Option<&str>,
) -> Result<Value, GraphError> {
    let fields = names(requested.unwrap_or("id"));
    if let Some(unknown) = fields.iter().find(|field| !known.contains(&field.as_str())) {
        return Err(refusal::nonexistent_field(unknown, kind));
    }
    let kept = node
        .into_iter()
        .filter(|(name, value)| !value.is_null() && (name == "id" || fields.iter().any(|field| field == name)));
    Ok(Value::Object(kept.collect()))
}

/// Splits `id,owner{id},children{id,media_url}` into its outer names.
pub(super) fn names(fields: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_u32;
    for letter in fields.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            _ if depth == 0 => names.extend_last(letter),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

trait ExtendLast {
    fn extend_last(&mut self, letter: char);
}

impl ExtendLast for Vec<String> {
    fn extend_last(&mut self, letter: char) {
        if let Some(last) = self.last_mut().filter(|_| !letter.is_whitespace()) {
            last.push(letter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn nested_fields_are_read_by_their_outer_name() {
        assert_eq!(names("id, owner{id,username},caption"), ["id", "owner", "caption"]);
        assert_eq!(names("a}b{"), ["ab"]);
        assert!(names("").is_empty());
    }
}
