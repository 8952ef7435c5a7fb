use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use rats_application::account::Register;
use rats_domain::secret::Secret;

use super::begin;
use crate::{
    Api,
    dashboard::{
        failure::Failure,
        form::{Form, OpenForm},
        frame::{page, see},
    },
};

#[derive(Template)]
#[template(path = "session/register.html")]
struct RegisterPage {
    form: Form,
}

/// `GET /register`.
pub(super) async fn show() -> HttpResponse {
    page(StatusCode::OK, &RegisterPage { form: Form::default() })
}

/// `POST /register`; who is registered is signed in.
pub(super) async fn register(api: Data<Api>, request: HttpRequest, form: OpenForm) -> Result<HttpResponse, Failure> {
    let OpenForm(form) = form;
    api.limit_logins(&request)?;
    let password = Secret::new(form.value("password"));
    match Register(api.ports().clone()).run(form.value("email"), password, form.value("username")).await {
        Ok(user) => begin(&api, &request, &user.id, None, |_| see("/")).await,
        Err(refusal) => {
            let mut form = form.without("password");
            form.refused(refusal, &["email", "password", "username"])?;
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &RegisterPage { form }))
        }
    }
}
