//! Why there is no page, as a page.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{self, HeaderName},
    },
};
use askama::Template;
use rats_application::Refusal;

use super::{
    frame::{page, see},
    session,
    unsent::Unsent,
};
use crate::http::problem::Problem;

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody is signed in; afterwards it goes on at this path.
    SignIn {
        /// Where.
        next: String,
    },
    /// A form came with an old token: it can be sent again by hand, nothing of it is lost.
    Resend {
        /// The form.
        unsent: Box<Unsent>,
        /// The token of the present session; nothing where there is none, and it has to come from RATS' own pages.
        csrf: String,
    },
    /// A form came without a session: whoever signs in gets it back.
    SignInFirst(Box<Unsent>),
    /// Anything else.
    Problem(Problem),
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    title: &'a str,
    message: &'a str,
    status: u16,
    request_id: &'a str,
}

impl Failure {
    /// There is nothing at this address.
    pub(crate) fn nothing() -> Self {
        Problem::not_found("The page does not exist, or it is someone else’s.").into()
    }

    /// What stands behind the question mark of the address says nothing.
    pub(super) fn unreadable() -> Self {
        Problem::bad_request(
            "The address of this page cannot be read: give each name in it once, with a value that fits it.",
        )
        .into()
    }

    /// The form was not sent by a page of ours.
    pub(crate) fn foreign() -> Self {
        let message =
            "This form was not sent by a page of ours, so nothing was done. Open the page here and send it from there.";
        Problem::new(StatusCode::FORBIDDEN, "foreign-form", "This did not come from here", message).into()
    }
}

/// What is at no address: for a person's browser a page, for programs a problem.
pub(crate) async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, actix_web::Error> {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let is_page = accepted.contains("text/html") && !request.path().starts_with("/api/");
    if is_page && request.method() == Method::GET {
        let page = of_form(request.path(), request.query_string());
        return page.map(|page| see(&page)).ok_or_else(|| Failure::nothing().into());
    }
    Err(Problem::not_found("There is nothing at this address.").into())
}

/// The page whose form is sent to this address, which stays in the browser where it was refused and may be loaded anew from there.
fn of_form(path: &str, query: &str) -> Option<String> {
    let (page, _) = path.rsplit_once('/')?;
    let first = page.split('/').nth(1)?;
    let is_ours = ["accounts", "calendar", "events", "posts"].contains(&first);
    let mark = if query.is_empty() { "" } else { "?" };
    is_ours.then(|| format!("{page}{mark}{query}"))
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Problem(refusal.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn { .. } => f.write_str("nobody is signed in"),
            Self::Resend { .. } | Self::SignInFirst(_) => f.write_str("a form is to be sent again"),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::Resend { csrf, .. } if !csrf.is_empty() => StatusCode::FORBIDDEN,
            Self::Resend { .. } | Self::SignInFirst(_) => StatusCode::UNAUTHORIZED,
            Self::Problem(problem) => problem.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        match self {
            Self::SignIn { next } if next == "/" => see("/sign-in"),
            Self::SignIn { next } => see(&format!("/sign-in?next={}", urlencoded(next))),
            Self::Resend { unsent, csrf } => unsent.page(status, csrf),
            Self::SignInFirst(unsent) => session::sign_in_first(unsent),
            Self::Problem(problem) => {
                problem.log();
                let (title, message) = (problem.title(), problem.message());
                let shown = FailurePage { title, message, status: status.as_u16(), request_id: problem.request_id() };
                let mut response = page(status, &shown);
                // What a browser would ask a person about is not for pages.
                let kept = |name: &&HeaderName| **name != header::WWW_AUTHENTICATE;
                for (name, value) in problem.headers().iter().filter(|(name, _)| kept(&name)) {
                    if let Ok(value) = header::HeaderValue::from_str(value) {
                        response.headers_mut().insert(name.clone(), value);
                    }
                }
                response
            }
        }
    }
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
