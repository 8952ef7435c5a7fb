//! Errors as `application/problem+json` (RFC 9457), with `message` and `success` for RATS' frontend.

use std::{error::Error, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
};
use rats_application::{FieldProblem, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with one member of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// The member's name, `recipientContact.email` where it is nested.
    pub(crate) field: String,
    /// What is wrong with its value and how to mend it.
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl From<FieldProblem> for Fault {
    fn from(problem: FieldProblem) -> Self {
        Self::new(problem.field, problem.message)
    }
}

/// An answer that says why not.
#[derive(Debug)]
pub(crate) struct Problem(Box<ProblemBody>);

/// An answer that says why not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// A stable name of the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, for a person.
    detail: String,
    /// The same, where RATS' frontend looks for it.
    message: String,
    /// Always false.
    success: bool,
    /// Always false, where "test" did not post.
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation: Option<bool>,
    /// A stable word for what stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// Every wrong member.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
    /// The request's id, also in its `X-Request-Id` and in our log.
    request_id: String,
    #[serde(skip)]
    headers: Vec<(HeaderName, String)>,
    #[serde(skip)]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of a status and a stable name.
    pub(crate) fn new(status: StatusCode, name: &str, title: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(ProblemBody {
            kind: format!("urn:rats:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: message.clone(),
            message,
            success: false,
            simulation: None,
            code: None,
            errors: Vec::new(),
            request_id: super::edge::request_id(),
            headers: Vec::new(),
            source: None,
        }))
    }

    /// The same with something added.
    fn with(mut self, add: impl FnOnce(&mut ProblemBody)) -> Self {
        add(&mut self.0);
        self
    }

    /// The same with a header.
    pub(crate) fn with_header(self, name: HeaderName, value: impl Into<String>) -> Self {
        self.with(|body| body.headers.push((name, value.into())))
    }

    /// The request cannot be read.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be understood", message)
    }

    /// Some members are wrong.
    pub(crate) fn invalid(errors: Vec<Fault>) -> Self {
        let message = errors.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join(" ");
        let problem = Self::new(StatusCode::BAD_REQUEST, "invalid", "Some members of the request are wrong", message);
        problem.with(|body| body.errors = errors)
    }

    /// Nobody is signed in.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Nobody is signed in", message);
        problem.with_header(header::WWW_AUTHENTICATE, "Bearer")
    }

    /// There is nothing there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here", message)
    }

    /// The route has other methods.
    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let message = format!("This address does not take that method; it takes {allow}.");
        let problem =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This method is not taken here", message);
        problem.with_header(header::ALLOW, allow)
    }

    /// The body is too large.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("The request is too large; at most {limit} bytes are taken here.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large", message)
    }

    /// The body is of another kind.
    pub(crate) fn unsupported_media_type(expected: &str) -> Self {
        let message = format!("Send this request as `{expected}`, named in its `Content-Type`.");
        let title = "The request is of another kind";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", title, message)
    }

    /// The body is compressed (RFC 9110, 15.5.16).
    pub(crate) fn compressed() -> Self {
        let message = "Compressed bodies are not taken here. Send this request without `Content-Encoding`.";
        let title = "The request is compressed";
        let problem = Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "compressed", title, message);
        problem.with_header(header::ACCEPT_ENCODING, "identity")
    }

    /// There were too many requests.
    pub(crate) fn too_many(retry_after: u64) -> Self {
        let message = format!("Too many requests. Please try again in {retry_after} s.");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests", message);
        problem.with_header(header::RETRY_AFTER, retry_after.to_string())
    }

    /// It does not fit the present state.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::CONFLICT, "conflict", "It does not fit the present state", message);
        problem.with(|body| body.code = Some(code))
    }

    /// Something we need does not answer.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        let title = "Something we need does not answer";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, message)
    }

    /// The same with another status; its members stay.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        self.with(|body| body.status = status.as_u16())
    }

    /// The same, marked as not being a simulation.
    pub(crate) fn real(self) -> Self {
        self.with(|body| body.simulation = Some(false))
    }

    /// The kind of problem in words.
    pub(crate) fn title(&self) -> &'static str {
        self.0.title
    }

    /// What is wrong here, for a person.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// Every wrong member.
    pub(crate) fn errors(&self) -> &[Fault] {
        &self.0.errors
    }

    /// The request's id.
    pub(crate) fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The headers that go with it.
    pub(crate) fn headers(&self) -> &[(HeaderName, String)] {
        &self.0.headers
    }

    /// Logs why, where that is ours to know.
    pub(crate) fn log(&self) {
        let Some(source) = &self.0.source else { return };
        let mut chain = source.to_string();
        let mut next = source.source();
        while let Some(error) = next {
            chain = format!("{chain}: {error}");
            next = error.source();
        }
        let request = &self.0.request_id;
        if self.0.status == 500 {
            tracing::error!(%request, error = %chain, "a request failed");
        } else {
            tracing::warn!(%request, error = %chain, status = self.0.status, "a request could not be served");
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound(what) => Self::not_found(format!("There is no such {what}.")),
            Refusal::Invalid(problems) => Self::invalid(problems.into_iter().map(Fault::from).collect()),
            Refusal::Conflict { code, message } => Self::conflict(code, message),
            Refusal::Unauthorized(message) => Self::unauthorized(message),
            Refusal::KeyReused { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "The Idempotency-Key was used before",
                "This Idempotency-Key was used before with a different request; use a new key.",
            ),
            Refusal::Unavailable { message, source } => Self::unavailable(message).with(|body| body.source = source),
            Refusal::Broken(source) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on our side",
                "Something went wrong on our side. Please try again; if it stays, tell us the request's id.",
            )
            .with(|body| body.source = Some(source)),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let mut response = HttpResponse::build(self.status_code());
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.as_str()));
        }
        let body = serde_json::to_string(&self.0).unwrap_or_default();
        response.content_type("application/problem+json").body(body)
    }
}
