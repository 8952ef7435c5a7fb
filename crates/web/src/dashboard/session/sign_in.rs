use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use rats_application::{Refusal, account::SignIn};
use rats_domain::secret::Secret;
use serde::Deserialize;

use super::begin;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, OpenForm},
        frame::{own_path, page, see},
        unsent::Unsent,
        visitor,
    },
};

#[derive(Template)]
#[template(path = "session/sign_in.html")]
struct SignInPage {
    form: Form,
    said: &'static str,
    /// What gets to be sent afterwards, as fields.
    carrier: Form,
}

/// What is said where a form came without a session.
const RUN_OUT: &str =
    "Your sign-in has run out. Nothing was changed, and what you wrote comes back once you are signed in.";

#[derive(Template)]
#[template(path = "session/elsewhere.html")]
struct ElsewherePage<'a> {
    client: &'a str,
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    next: String,
    done: String,
}

/// `GET /sign-in`; who is signed in goes on.
pub(super) async fn show(request: HttpRequest, asked: Query<Asked>) -> Result<HttpResponse, Failure> {
    let next = own_path(&asked.next);
    if visitor::find(&request).await?.is_some() {
        return Ok(see(next));
    }
    let said = match asked.done.as_str() {
        "out" => "You are signed out.",
        "everywhere" => "You are signed out in every browser.",
        _ => "",
    };
    Ok(page(
        StatusCode::OK,
        &SignInPage { form: Form::of([("next", next.to_owned())]), said, carrier: Form::default() },
    ))
}

/// `POST /sign-in`.
pub(super) async fn sign_in(api: Data<Api>, request: HttpRequest, form: OpenForm) -> Result<HttpResponse, Failure> {
    let OpenForm(form) = form;
    api.limit_logins(&request)?;
    api.limit_account(form.value("email"))?;
    let found = SignIn(api.ports().clone()).run(form.value("email"), Secret::new(form.value("password"))).await;
    match found {
        Ok(user) => {
            let next = |csrf: &str| match Unsent::carried(&form) {
                Some(unsent) => unsent.page(StatusCode::OK, csrf),
                None => see(own_path(form.value("next"))),
            };
            begin(&api, &request, &user.id, None, next).await
        }
        Err(refusal) => again(form, refusal),
    }
}

/// Where a form came without a session: signing in gives it back.
pub(in crate::dashboard) fn first(unsent: &Unsent) -> HttpResponse {
    let shown = SignInPage { form: Form::default(), said: RUN_OUT, carrier: unsent.carrier() };
    page(StatusCode::UNAUTHORIZED, &shown)
}

/// `GET /sign-in` where RATS' server keeps the users.
pub(super) async fn elsewhere(api: Data<Api>) -> HttpResponse {
    page(StatusCode::OK, &ElsewherePage { client: api.settings().client_url.as_str() })
}

fn again(form: Form, refusal: Refusal) -> Result<HttpResponse, Failure> {
    let mut form = form.without("password");
    let status = if matches!(refusal, Refusal::Unauthorized(_)) {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    form.refused(refusal, &[])?;
    let unsent = Unsent::carried(&form);
    let (said, carrier) = unsent.map_or_else(|| ("", Form::default()), |unsent| (RUN_OUT, unsent.carrier()));
    Ok(page(status, &SignInPage { form, said, carrier }))
}
