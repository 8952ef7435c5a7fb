//! Reads settings by name and remembers each as read, so that a wrong one is named and `check` can show them all.

use std::{collections::BTreeMap, fmt, str::FromStr};

use rats_domain::secret::Secret;

/// A setting that is wrong or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting's name.
    pub name: &'static str,
    /// What was read, what is expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

/// A setting as it was read; secrets are hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The setting's name.
    pub name: &'static str,
    /// Its value, `(hidden)` for a secret, `(not set)` where there is none.
    pub value: String,
    /// Whether it is the default.
    pub is_default: bool,
}

/// The settings of a process: environment variables over an optional file.
pub struct Reader {
    values: BTreeMap<String, String>,
    problems: Vec<Problem>,
    shown: Vec<Shown>,
}

impl Reader {
    /// Reads from these names and values. Empty values count as not set.
    #[must_use]
    pub fn new(values: BTreeMap<String, String>) -> Self {
        let values = values.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        Self { values, problems: Vec::new(), shown: Vec::new() }
    }

    /// A text.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.values.get(name).map(|value| value.trim().to_owned());
        self.show(name, value.clone(), value.is_none());
        value
    }

    /// A secret text of at least `min` characters.
    pub fn secret(&mut self, name: &'static str, min: usize) -> Option<Secret> {
        let value = self.values.get(name).map(|value| value.trim().to_owned());
        self.show(name, value.as_ref().map(|_| "(hidden)".to_owned()), value.is_none());
        let value = value?;
        if value.chars().count() < min {
            self.problem(
                name,
                format!("the value read is too short ({} characters); expected at least {min}", value.chars().count()),
            );
            return None;
        }
        Some(Secret::new(value))
    }

    /// A value of another type; `expected` says what it looks like.
    pub fn parse<T: FromStr>(&mut self, name: &'static str, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(name, format!("read “{text}”; expected {expected}"));
        }
        parsed
    }

    /// A value of another type, or `default` where there is none.
    pub fn parse_or<T: FromStr + fmt::Display>(&mut self, name: &'static str, expected: &str, default: T) -> T {
        if self.values.contains_key(name) {
            return self.parse(name, expected).unwrap_or(default);
        }
        self.show(name, Some(default.to_string()), true);
        default
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &'static str, default: bool) -> bool {
        self.parse_or(name, "true or false", default)
    }

    /// A number of seconds.
    pub fn seconds(&mut self, name: &'static str, default: std::time::Duration) -> std::time::Duration {
        std::time::Duration::from_secs(self.parse_or(name, "a whole number of seconds", default.as_secs()))
    }

    /// Words separated by commas or white space.
    pub fn list(&mut self, name: &'static str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Notes that a setting is needed and missing.
    pub fn missing(&mut self, name: &'static str, expected: &str) {
        if !self.problems.iter().any(|problem| problem.name == name) {
            self.problem(name, format!("not set; expected {expected}"));
        }
    }

    /// Notes that a setting is wrong.
    pub fn problem(&mut self, name: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { name, message: message.into() });
    }

    /// What was read, and what is wrong.
    #[must_use]
    pub fn finish(self) -> (Vec<Shown>, Vec<Problem>) {
        (self.shown, self.problems)
    }

    fn show(&mut self, name: &'static str, value: Option<String>, is_default: bool) {
        self.shown.retain(|shown| shown.name != name);
        self.shown.push(Shown { name, value: value.unwrap_or_else(|| "(not set)".to_owned()), is_default });
    }
}

/// Reads a file of `NAME=value` lines; `#` begins a comment line, quotes around a value are taken off. Besides, which lines are neither.
#[must_use]
pub fn parse_file(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.strip_prefix("export ").unwrap_or(line).split_once('=') {
            Some((name, value)) => {
                values.insert(name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned());
            }
            None => wrong.push(format!("line {} is not of the form NAME=value", at + 1)),
        }
    }
    (values, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(pairs: &[(&str, &str)]) -> Reader {
        Reader::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_wrong_value_says_what_was_read_and_what_is_expected() {
        let mut reader = reader(&[("PORT", "eighty")]);
        assert_eq!(reader.parse_or("PORT", "a port number, 1 to 65535", 5001_u16), 5001);
        let (_, problems) = reader.finish();
        assert_eq!(problems[0].to_string(), "PORT: read “eighty”; expected a port number, 1 to 65535");
    }

    #[test]
    fn sec_18_a_short_secret_is_refused_without_being_shown() {
        let mut reader = reader(&[("JWT_SECRET", "hunter2")]);
        assert_eq!(reader.secret("JWT_SECRET", 32), None);
        let (shown, problems) = reader.finish();
        assert!(!format!("{shown:?}{problems:?}").contains("hunter2"));
        assert!(problems[0].message.contains("too short"));
    }

    #[test]
    fn a_file_holds_names_and_values() {
        let (values, wrong) = parse_file("# comment\nexport A=1\nB = \"two words\"\n\n");
        assert_eq!(values["A"], "1");
        assert_eq!(values["B"], "two words");
        assert!(wrong.is_empty());
        assert_eq!(parse_file("A=1\nnonsense").1, ["line 2 is not of the form NAME=value"]);
    }
}
