//! A form that came without its session's token: what was written is kept, shown, and sent again by hand.
//!
//! It travels inside the pages themselves, so that nothing of somebody who is not signed in is stored.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    form::{Form, TOKEN},
    frame::{own_path, page},
};

/// The field of the sign-in form that says where an unsent form goes.
const PATH: &str = "unsent";
/// The one that says that a file had been chosen.
const FILE: &str = "unsent-file";
/// What stands before the names of the unsent form's own fields there.
const FIELD: &str = "unsent.";

/// The fields whose text is shown, and what a person calls them.
const SHOWN: [(&str, &str); 4] = [
    ("title", "What is celebrated"),
    ("recipientName", "Whom it is about"),
    ("caption", "Caption"),
    ("notes", "Anything to know"),
];

/// A form that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsent {
    /// Where it goes.
    path: String,
    /// What was filled in.
    fields: Vec<(String, String)>,
    /// Whether a file had been chosen, which no page can keep.
    had_file: bool,
}

#[derive(Template)]
#[template(path = "resend.html")]
struct ResendPage<'a> {
    unsent: &'a Unsent,
    /// The token of the present session; nothing where there is none.
    csrf: &'a str,
}

impl Unsent {
    /// A form that went to `path`.
    pub(crate) fn new(path: &str, form: Form, had_file: bool) -> Self {
        // A post is looked at again before it goes anywhere: its picture may be gone, its time over.
        let mut form = form.without(TOKEN);
        if path == "/compose" {
            form.set("go", "look".into());
        }
        Self { path: path.to_owned(), fields: form.into_fields(), had_file }
    }

    /// What a sign-in form carries, if it carries one.
    pub(crate) fn carried(form: &Form) -> Option<Self> {
        let path = form.value(PATH);
        let field = |(name, value): &(String, String)| Some((name.strip_prefix(FIELD)?.to_owned(), value.clone()));
        (!path.is_empty()).then(|| Self {
            path: own_path(path).to_owned(),
            fields: form.fields().iter().filter_map(field).collect(),
            had_file: !form.value(FILE).is_empty(),
        })
    }

    /// The fields by which a sign-in form carries it.
    pub(crate) fn carrier(&self) -> Form {
        let file = if self.had_file { "yes" } else { "" };
        let own = [(PATH.to_owned(), self.path.clone()), (FILE.to_owned(), file.to_owned())];
        let fields = self.fields.iter().map(|(name, value)| (format!("{FIELD}{name}"), value.clone()));
        Form::from(own.into_iter().chain(fields).collect::<Vec<_>>())
    }

    /// The page that sends it again.
    pub(crate) fn page(&self, status: StatusCode, csrf: &str) -> HttpResponse {
        page(status, &ResendPage { unsent: self, csrf })
    }

    /// What was written in whole sentences, for the person to see that it is there.
    fn written(&self) -> Vec<(&'static str, &str)> {
        let value = |name| self.fields.iter().find(|(known, value)| known == name && !value.trim().is_empty());
        SHOWN.iter().filter_map(|(name, words)| Some((*words, value(*name)?.1.as_str()))).collect()
    }

    /// Whether it is looked at again before anything is done.
    fn is_looked_at(&self) -> bool {
        self.path == "/compose"
    }

    /// Whether it is a form with a file.
    fn is_multipart(&self) -> bool {
        self.is_looked_at() || self.path.ends_with("/picture")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_form_carries_it_whole_and_never_to_elsewhere() {
        let form = Form::of([("caption", "é & \"x\"".into()), ("csrf", "old".into()), ("go", "now".into())]);
        let unsent = Unsent::new("/compose", form, true);
        assert_eq!(Unsent::carried(&unsent.carrier()), Some(unsent.clone()));
        let fields = [("caption".to_owned(), "é & \"x\"".to_owned()), ("go".to_owned(), "look".to_owned())];
        assert_eq!(unsent.fields, fields, "it is not published by being sent again, and its old token is gone");

        assert_eq!(Unsent::carried(&Form::of([("email", "a@example.com".into())])), None);
        let evil = Unsent::carried(&Form::of([(PATH, "https://evil.example".into())])).unwrap();
        assert_eq!(evil.path, "/");
    }
}
