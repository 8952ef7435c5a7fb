//! Forms: read once, kept with what is wrong about them.

use actix_web::{
    FromRequest, HttpRequest, ResponseError as _,
    dev::Payload,
    http::{StatusCode, header},
    web::{self, Data},
};
use futures_util::future::LocalBoxFuture;
use rats_application::Refusal;

use super::{
    failure::Failure,
    unsent::Unsent,
    visitor::{self, Visitor},
};
use crate::{
    Api,
    http::{
        body, origin,
        problem::{Fault, Problem},
    },
};

/// The field that holds the session's token.
pub(super) const TOKEN: &str = "csrf";

/// The largest form, in bytes: any text that a JSON body has room for, and each of its bytes as three.
const CARRIER_BYTES: usize = 4 * body::MAX_BYTES;

/// What was filled in, and what is wrong about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Form {
    /// With these values.
    pub(crate) fn of<const N: usize>(values: [(&str, String); N]) -> Self {
        Self { fields: values.map(|(name, value)| (name.to_owned(), value)).into(), faults: vec![] }
    }

    /// What a field holds; nothing where it is not there.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The version of a post that the person saw, where the form says one. One that cannot be read is none that there ever was, so that nothing is
    /// changed for it.
    pub(crate) fn seen(&self) -> Option<i64> {
        let version = self.value("version");
        (!version.is_empty()).then(|| version.parse().unwrap_or(-1))
    }

    /// Whether something is wrong about a field.
    pub(crate) fn has_fault(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == name)
    }

    /// What is wrong about a field.
    pub(crate) fn fault(&self, name: &str) -> String {
        let messages = self.faults.iter().filter(|fault| fault.field == name).map(|fault| fault.message.as_str());
        messages.collect::<Vec<_>>().join(" ")
    }

    /// What is wrong about the form as a whole.
    pub(crate) fn whole(&self) -> Vec<&str> {
        self.faults.iter().filter(|fault| fault.field.is_empty()).map(|fault| fault.message.as_str()).collect()
    }

    /// Fills a field in.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value));
    }

    /// Whether anything is wrong about it.
    pub(crate) fn is_refused(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Keeps what a use case says is wrong, at the fields that the form calls by the same names; `fields` are those that it has.
    ///
    /// # Errors
    ///
    /// What filling in the form otherwise would not mend.
    pub(crate) fn refused(&mut self, refusal: Refusal, fields: &[&str]) -> Result<(), Failure> {
        self.faulted(refusal.into(), fields)
    }

    /// The same for what the API would answer.
    ///
    /// # Errors
    ///
    /// As [`refused`](Self::refused).
    pub(crate) fn faulted(&mut self, problem: Problem, fields: &[&str]) -> Result<(), Failure> {
        let status = problem.status_code();
        let is_ours = status == StatusCode::INTERNAL_SERVER_ERROR || status == StatusCode::NOT_FOUND;
        if is_ours || status == StatusCode::UNPROCESSABLE_ENTITY {
            return Err(problem.into());
        }
        problem.log();
        match problem.errors() {
            [] => self.faults.push(Fault::new("", problem.message())),
            faults => self.faults.extend(faults.iter().map(|fault| at_field(fault, fields))),
        }
        Ok(())
    }

    /// The same without what is never shown again.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    /// The fields as they came.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The same, kept.
    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        self.fields
    }

    /// Reads the form that a request brings, of at most so many bytes.
    pub(super) async fn read(request: &HttpRequest, payload: web::Payload, most: usize) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let expected = "application/x-www-form-urlencoded";
        if !kind.trim().to_ascii_lowercase().starts_with(expected) {
            return Err(Problem::unsupported_media_type(expected));
        }
        body::refuse_compressed(request)?;
        let bytes = body::bytes(request, payload, most).await?;
        let fields = url::form_urlencoded::parse(&bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
        Ok(Self { fields: fields.collect(), faults: vec![] })
    }
}

impl From<Vec<(String, String)>> for Form {
    fn from(fields: Vec<(String, String)>) -> Self {
        Self { fields, faults: vec![] }
    }
}

/// The fault at its field, which needs not be named there; what the form has no field for is said about the whole of it.
fn at_field(fault: &Fault, fields: &[&str]) -> Fault {
    if !fields.contains(&fault.field.as_str()) {
        return Fault::new("", fault.message.clone());
    }
    let named = format!("`{}`", fault.field);
    let message =
        fault.message.strip_prefix(&named).map_or_else(|| fault.message.clone(), |rest| format!("This{rest}"));
    Fault::new(fault.field.clone(), message)
}

/// A form of a page that nobody needs to be signed in for. The browser must say that our own page sent it.
pub(crate) struct OpenForm(pub(crate) Form);

impl FromRequest for OpenForm {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            let api = api(&request)?;
            if !origin::is_surely_own(api, &request) {
                return Err(Failure::foreign());
            }
            let payload = payload.await.map_err(|_| Problem::bad_request("The form cannot be read."))?;
            Ok(Self(Form::read(&request, payload, CARRIER_BYTES).await?))
        })
    }
}

/// A form of a signed-in user, with the token of their session.
pub(crate) struct SignedForm {
    /// Who sent it.
    pub(crate) visitor: Visitor,
    /// What they filled in.
    pub(crate) form: Form,
}

impl FromRequest for SignedForm {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), web::Payload::from_request(request, payload));
        Box::pin(async move {
            if !origin::may_be_own(api(&request)?, &request) {
                return Err(Failure::foreign());
            }
            let visitor = visitor::find(&request).await?;
            let payload = payload.await.map_err(|_| Problem::bad_request("The form cannot be read."))?;
            let form = Form::read(&request, payload, CARRIER_BYTES).await?;
            match visitor {
                Some(visitor) if visitor.is_csrf(form.value(TOKEN)) => Ok(Self { visitor, form: form.without(TOKEN) }),
                visitor => Err(unsent(&request, visitor.as_ref(), form, false)),
            }
        })
    }
}

/// What came without the session's token is kept, not done; from a page that does not say that it is ours not even kept. `had_file` says whether a
/// file came with it, which is not.
pub(super) fn unsent(request: &HttpRequest, visitor: Option<&Visitor>, form: Form, had_file: bool) -> Failure {
    let Ok(api) = api(request) else { return Failure::foreign() };
    if !origin::is_surely_own(api, request) {
        return Failure::foreign();
    }
    let unsent = Box::new(Unsent::new(request.path(), form, had_file));
    match visitor {
        Some(visitor) => Failure::Resend { unsent, csrf: visitor.csrf() },
        None if api.settings().stand_alone => Failure::SignInFirst(unsent),
        // The session has to come from RATS; the form is sent again after that, to this answer once more.
        None => Failure::Resend { unsent, csrf: String::new() },
    }
}

fn api(request: &HttpRequest) -> Result<&Api, Failure> {
    request
        .app_data::<Data<Api>>()
        .map(Data::get_ref)
        .ok_or_else(|| Problem::unavailable("The service is not ready.").into())
}
