//! Query strings.

use actix_web::{HttpRequest, web::Query};

use super::problem::Problem;

/// The pairs of a query string.
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map(|pairs| Self(pairs.into_inner()))
            .map_err(|_| Problem::bad_request("The query string cannot be read."))
    }

    /// Refuses a name that is given twice: whichever was meant, one of them would be ignored.
    pub(crate) fn refuse_repeated(&self) -> Result<(), Problem> {
        let repeated = self.0.iter().find(|(name, _)| self.0.iter().filter(|(other, _)| other == name).count() > 1);
        match repeated {
            Some((name, _)) => Err(Problem::bad_request(format!("`{name}` is given more than once."))),
            None => Ok(()),
        }
    }

    /// The value of a name that is given once; `None` if it is not given or given twice.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The names that are given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether the name is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}
