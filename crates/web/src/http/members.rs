//! Reads the members of a JSON object, collecting everything that is wrong with them.

use rats_domain::text::is_blank;
use serde_json::{Map, Value};

use super::problem::{Fault, Problem};

/// The members of an object that were not read yet, and what was wrong with those that were.
///
/// `null` reads as "not given". What nobody read is unknown, and refused by [`finish`](Self::finish).
pub(crate) struct Members {
    object: Map<String, Value>,
    prefix: String,
    faults: Vec<Fault>,
}

impl Members {
    pub(crate) fn new(object: Map<String, Value>) -> Self {
        Self { object, prefix: String::new(), faults: Vec::new() }
    }

    /// Notes that a member is wrong.
    pub(crate) fn wrong(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(format!("{}{name}", self.prefix), message));
    }

    /// Whether the member was given, `null` included.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// Whether the member was given as `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(Value::is_null)
    }

    /// Whether the member was found wrong.
    pub(crate) fn is_wrong(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.field.strip_prefix(&self.prefix) == Some(name))
    }

    /// Takes the member as read.
    pub(crate) fn skip(&mut self, name: &str) {
        self.object.remove(name);
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            other => self.mistyped(name, &other, "a text in quotation marks"),
        }
    }

    /// A text of `least` to `most` characters of which something can be seen where `least` is not 0; without NUL.
    pub(crate) fn sized_text(&mut self, name: &str, least: usize, most: usize) -> Option<String> {
        let text = self.text(name)?;
        let length = text.chars().count();
        if text.contains('\0') {
            self.wrong(name, format!("`{name}` has a NUL character in it. Leave it out."));
        } else if least > 0 && is_blank(&text) {
            self.wrong(name, format!("`{name}` is empty. Give {least} to {most} characters."));
        } else if length > most {
            self.wrong(name, format!("`{name}` is {length} characters long. Give at most {most}."));
        } else {
            return Some(text);
        }
        None
    }

    /// One of some words.
    pub(crate) fn word<T>(&mut self, name: &str, words: &[&str], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            let shown: String = text.chars().take(40).collect();
            self.wrong(name, format!("`{name}` is \"{shown}\". Give one of {}.", words.join(", ")));
        }
        parsed
    }

    /// True or false.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(flag) => Some(flag),
            other => self.mistyped(name, &other, "true or false"),
        }
    }

    /// A whole number of `least` to `most`.
    pub(crate) fn number(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        let value = self.take(name)?;
        let number = value.as_i64().or_else(|| i64::try_from(whole(value.as_f64()?)?).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.wrong(name, format!("`{name}` must be a whole number of {least} to {most}."));
        }
        number
    }

    /// At most `most` whole numbers of 0 to `largest`.
    pub(crate) fn numbers(&mut self, name: &str, most: usize, largest: u16) -> Option<Vec<u16>> {
        let items = match self.take(name)? {
            Value::Array(items) => items,
            other => return self.mistyped(name, &other, "a list of whole numbers"),
        };
        let number = |item: &Value| {
            let whole = item.as_u64().or_else(|| whole(item.as_f64()?))?;
            u16::try_from(whole).ok().filter(|number| *number <= largest)
        };
        let numbers: Option<Vec<u16>> = items.iter().map(number).collect();
        if numbers.as_ref().is_some_and(|numbers| numbers.len() <= most) {
            return numbers;
        }
        self.wrong(name, format!("`{name}` must be a list of at most {most} whole numbers of 0 to {largest}."));
        None
    }

    /// A nested object, read by `read`.
    pub(crate) fn nested<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let object = match self.take(name)? {
            Value::Object(object) => object,
            other => return self.mistyped(name, &other, "an object"),
        };
        let mut inner = Self { object, prefix: format!("{}{name}.", self.prefix), faults: Vec::new() };
        let value = read(&mut inner);
        inner.refuse_rest();
        self.faults.append(&mut inner.faults);
        Some(value)
    }

    /// Nothing unknown is left and nothing was wrong.
    ///
    /// # Errors
    ///
    /// Everything that is, at once.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        self.refuse_rest();
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }

    fn refuse_rest(&mut self) {
        for name in std::mem::take(&mut self.object).into_iter().map(|(name, _)| name) {
            let shown: String = name.chars().take(60).collect();
            self.wrong(&shown, format!("`{shown}` is not known here. Leave it out."));
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    fn mistyped<T>(&mut self, name: &str, value: &Value, expected: &str) -> Option<T> {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.wrong(name, format!("`{name}` is {kind}. Give {expected}."));
        None
    }
}

/// A float that is a whole number: JSON does not tell 7 from 7.0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
fn whole(float: f64) -> Option<u64> {
    (float.fract() == 0.0 && (0.0..=65_535.0).contains(&float)).then_some(float as u64)
}
