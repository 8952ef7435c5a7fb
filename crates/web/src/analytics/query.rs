//! What is asked for.

use actix_web::HttpRequest;
use rats_application::analytics::PeriodRequest;

use time::{Date, macros::format_description};

use crate::http::{
    problem::{Fault, Problem},
    query::Pairs,
};

/// A query string, with everything that is wrong with it.
pub(super) struct Asked {
    pairs: Pairs,
    /// The names that were looked for.
    known: Vec<String>,
    faults: Vec<Fault>,
}

impl Asked {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let pairs = Pairs::of(request)?;
        pairs.refuse_repeated()?;
        Ok(Self { pairs, known: Vec::new(), faults: Vec::new() })
    }

    /// A value, if it is given and can be read.
    pub(super) fn read<T>(&mut self, name: &str, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.known.push(name.to_owned());
        let text = self.pairs.only(name)?;
        let parsed = parse(text);
        if parsed.is_none() {
            self.faults.push(Fault::new(name, format!("`{name}` must be {wanted}.")));
        }
        parsed
    }

    /// The days and their time zone.
    pub(super) fn period(&mut self) -> PeriodRequest {
        let day = "a day, such as 2026-12-04";
        PeriodRequest {
            from: self.read("from", day, only_day),
            to: self.read("to", day, only_day),
            time_zone: self.time_zone(),
        }
    }

    pub(super) fn time_zone(&mut self) -> Option<String> {
        self.read("timeZone", "an IANA name", |text| Some(text.to_owned()))
    }

    /// Nothing was wrong, and nothing was given but what was looked for: a name that is written wrongly would be ignored.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for name in self.pairs.names().filter(|name| !self.known.iter().any(|known| known == name)) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let text = format!("`{shown}` is not known here. There are {}.", self.known.join(", "));
            self.faults.push(Fault::new(&shown, text));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}

/// `YYYY-MM-DD` and nothing else: of a time it would not be clear in which zone its day is meant.
fn only_day(text: &str) -> Option<Date> {
    let is_shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    (is_shaped && (1..=9999).contains(&day.year())).then_some(day)
}
