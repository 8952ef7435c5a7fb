//! JSON in which no object names a member twice: `serde_json` would take the last one and say nothing of the others.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// More members given twice are not told.
const MOST_TOLD: usize = 20;
/// Of a member's name, so many characters are told.
const LONGEST_NAME: usize = 60;

/// Reads a JSON text, and the names of the members that are given twice in it, some of them where they are many.
pub(super) fn read(bytes: &[u8]) -> serde_json::Result<(Value, Vec<String>)> {
    let mut repeated = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Reader { path: String::new(), repeated: &mut repeated }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, repeated))
}

/// Reads the value at `path`.
struct Reader<'a> {
    path: String,
    repeated: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn inside(&mut self, name: &str) -> Reader<'_> {
        let end = name.char_indices().nth(LONGEST_NAME).map_or(name.len(), |(end, _)| end);
        let name = &name[..end];
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Reader { path, repeated: self.repeated }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inside(&list.len().to_string()))? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let inside = self.inside(&name);
            let path = inside.path.clone();
            let value = members.next_value_seed(inside)?;
            let is_repeated = object.insert(name, value).is_some();
            if is_repeated && self.repeated.len() < MOST_TOLD && !self.repeated.contains(&path) {
                self.repeated.push(path);
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_read_as_serde_json_reads_it() {
        for text in [
            r#"{"a":[null,true,-1,18446744073709551615,1.5,"x\n",{"b":{}}],"b":"é"}"#,
            "[]",
            "7",
            "{\"a\":1e999}",
            "[1] x",
        ] {
            let (ours, theirs) = (read(text.as_bytes()).ok(), serde_json::from_str::<Value>(text).ok());
            assert_eq!(ours.map(|(value, _)| value), theirs, "{text}");
        }
    }

    #[test]
    fn sec_42_many_members_given_twice_cost_little() {
        let members: Vec<String> = (0..3_000).map(|n| format!("\"{n:x}\":1,\"{n:x}\":1")).collect();
        let text = format!("{{\"{}\":{{{}}}}}", "é".repeat(10_000), members.join(","));
        let (_, repeated) = read(text.as_bytes()).unwrap();
        assert_eq!(repeated.len(), MOST_TOLD);
        assert!(repeated.iter().all(|path| path.chars().count() < 70), "{repeated:?}");
    }

    #[test]
    fn members_given_twice_are_found_once_each() {
        let (_, repeated) = read(br#"{"a":1,"a":{"c":0,"c":1},"a":3,"b":[{"c":1},{"c":1,"\u0063":2}]}"#).unwrap();
        assert_eq!(repeated, ["a.c", "a", "b.1.c"]);
    }
}
