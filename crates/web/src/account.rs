//! Registration and login, in stand-alone mode.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Payload, ServiceConfig},
};
use rats_application::{
    Refusal,
    account::{Register, SignIn},
};
use rats_domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    http::{body::JsonBody, problem::Problem, route::resource},
};

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/api/auth/register", [("POST", web::post().to(register))]))
        .service(resource("/api/auth/login", [("POST", web::post().to(login))]));
}

/// Who wants to be registered.
#[derive(ToSchema)]
pub(crate) struct RegisterRequest {
    /// An e-mail address.
    #[schema(min_length = 5, max_length = 254, pattern = r"^[^\s@]+@[^\s@.][^\s@]*\.[^\s@]*[^\s@.]$")]
    email: String,
    /// At least 8 characters, at most 512 bytes.
    #[schema(min_length = 8, max_length = 512)]
    password: String,
    /// How RATS greets them.
    #[schema(min_length = 1, max_length = 50)]
    username: String,
}

/// Who wants to sign in.
#[derive(ToSchema)]
pub(crate) struct LoginRequest {
    /// The e-mail address.
    email: String,
    /// The password.
    password: String,
}

/// A user who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    #[serde(rename = "_id")]
    id: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// For `Authorization: Bearer`, 30 days.
    token: String,
}

/// Registers a user.
#[utoipa::path(post, path = "/api/auth/register", tag = "accounts", request_body = RegisterRequest,
    responses((status = 201, body = SignedIn)))]
pub(crate) async fn register(api: Data<Api>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    api.limit_logins(&request)?;
    let mut members = JsonBody::read(&request, payload).await?.members();
    // What is left out reads as empty, which the use case explains with everything else that is wrong.
    let read = RegisterRequest {
        email: members.text("email").unwrap_or_default(),
        password: members.text("password").unwrap_or_default(),
        username: members.text("username").unwrap_or_default(),
    };
    members.finish()?;
    let user = Register(api.ports().clone()).run(&read.email, Secret::new(read.password), &read.username).await?;
    let token = api.tokens().issue(&user, api.ports().clock.now()).map_err(|error| Refusal::Broken(error.into()))?;
    let answer = SignedIn { id: user.id.to_string(), email: user.email, username: Some(user.username), token };
    Ok(HttpResponse::Created().json(answer))
}

/// Signs a user in.
#[utoipa::path(post, path = "/api/auth/login", tag = "accounts", request_body = LoginRequest,
    responses((status = 200, body = SignedIn)))]
pub(crate) async fn login(api: Data<Api>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    api.limit_logins(&request)?;
    let mut members = JsonBody::read(&request, payload).await?.members();
    let read = LoginRequest {
        email: members.text("email").unwrap_or_default(),
        password: members.text("password").unwrap_or_default(),
    };
    members.finish()?;
    api.limit_account(&read.email)?;
    let user = SignIn(api.ports().clone()).run(&read.email, Secret::new(read.password)).await?;
    let token = api.tokens().issue(&user, api.ports().clock.now()).map_err(|error| Refusal::Broken(error.into()))?;
    Ok(HttpResponse::Ok().json(SignedIn { id: user.id.to_string(), email: user.email, username: None, token }))
}
