//! The description of this API, made from its handlers and their types.

use actix_web::{
    HttpResponse,
    web::{self, ServiceConfig},
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, PathItem},
        schema::{AdditionalProperties, Schema},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{account, analytics, connect, event, health, http, picture, post, preferences};

/// The description of this API, as served at `/openapi.json`.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

pub(crate) fn configure(config: &mut ServiceConfig) {
    config.service(http::route::resource("/openapi.json", [("GET", web::get().to(describe))]));
}

async fn describe() -> HttpResponse {
    HttpResponse::Ok().json(openapi())
}

#[derive(OpenApi)]
#[openapi(
    info(title = "RATS Instagram API", description = "Connects Instagram accounts, celebrates events, publishes posts exactly once and on time."),
    paths(
        account::register, account::login,
        connect::auth_url, connect::callback, connect::disconnect, connect::connected_accounts, connect::confirm_page, connect::decide,
        event::list, event::create, event::reminders, event::find, event::edit, event::delete, event::regenerate, event::post_again, event::test_message,
        preferences::read_settings, preferences::change_settings,
        picture::upload_picture, picture::serve_picture,
        post::publish_now, post::schedule, post::save_draft, post::list_posts, post::show_post, post::edit_post, post::cancel_post, post::read_metrics,
        post::publish_post, post::retry_post, post::adopt, post::republish,
        analytics::summarize, analytics::chart, analytics::best_times, analytics::rank, analytics::export,
        health::health, health::ready,
    ),
    components(schemas(http::problem::ProblemBody)),
    modifiers(&Everywhere)
)]
struct Description;

/// What holds for many operations and is said once: problems, the bearer token, closed bodies.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut api.paths.paths {
            for (method, operation) in operations(item) {
                add_problems(path, method, operation);
            }
        }
        let Some(components) = &mut api.components else { return };
        for (name, schema) in &mut components.schemas {
            if (name.ends_with("Request") || matches!(name.as_str(), "NewEvent" | "EventChanges" | "DecisionForm"))
                && let RefOr::T(Schema::Object(object)) = schema
            {
                object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn add_problems(path: &str, method: &str, operation: &mut Operation) {
    let secured = operation.security.is_some();
    let writes = matches!(method, "post" | "put" | "patch");
    let mut statuses = vec!["500", "503"];
    if secured || path.starts_with("/api/auth") || path.starts_with("/connect") || path.ends_with("/callback") {
        statuses.push("429");
    }
    if secured || path == "/api/auth/login" {
        statuses.push("401");
    }
    if path.contains('{') || path.contains("/social-media/") {
        statuses.push("404");
    }
    if writes || operation.parameters.is_some() {
        statuses.push("400");
    }
    if secured && (writes || method == "delete") {
        statuses.push("409");
    }
    if writes {
        statuses.extend(["408", "413", "415"]);
    }
    if secured && method == "post" {
        statuses.push("422");
    }
    for status in statuses {
        let problem = || RefOr::T(problem());
        operation.responses.responses.entry(status.to_owned()).or_insert_with(problem);
    }
}

fn problem() -> Response {
    ResponseBuilder::new()
        .description("Why not.")
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .build()
}
