//! Pages to look at. The look is our own: no logo and no name of the real one.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use maud::{DOCTYPE, Markup, PreEscaped, html};

mod consent;
mod panel;
mod profile;
mod style;

pub(super) use consent::{authorize_error, consent, login};
pub(super) use panel::panel;

use super::Shared;
use crate::MediaId;

/// The pages' paths; last, because a profile's takes any single word.
pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(home))
        .route("/p/{shortcode}/", web::get().to(post))
        .route("/p/{shortcode}", web::get().to(post))
        .route(r"/_media/{id:\d+}.jpg", web::get().to(media))
        .route(r"/_avatar/{username}.svg", web::get().to(avatar))
        .route(r"/{username:[A-Za-z0-9._]+}", web::get().to(user))
        .route(r"/{username:[A-Za-z0-9._]+}/", web::get().to(user));
}

/// Any other path.
pub(super) async fn not_found() -> HttpResponse {
    missing("This page is not here.")
}

async fn home(shared: Data<Shared>) -> HttpResponse {
    answer(StatusCode::OK, &profile::home(&shared.instagram.demo_accounts()))
}

async fn user(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let account = request.match_info().get("username").and_then(|name| shared.instagram.account(name));
    let Some(account) = account else { return missing("There is no such account.") };
    let posts = shared.instagram.posts(account.id, shared.clock.now());
    answer(StatusCode::OK, &profile::profile(&account, &posts))
}

async fn post(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let now = shared.clock.now();
    let media = request.match_info().get("shortcode").and_then(|code| shared.instagram.post(code, now));
    let Some(media) = media else { return missing("There is no such post.") };
    answer(StatusCode::OK, &profile::post(&media, now))
}

async fn media(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let id = request.match_info().get("id").and_then(|id| id.parse().ok());
    match id.and_then(|id| shared.instagram.jpeg(MediaId(id))) {
        Some(jpeg) => HttpResponse::Ok().content_type("image/jpeg").body(jpeg.to_vec()),
        None => missing("There is no such picture."),
    }
}

async fn avatar(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let account = request.match_info().get("username").and_then(|name| shared.instagram.account(name));
    let Some(account) = account else { return missing("There is no such account.") };
    HttpResponse::Ok().content_type("image/svg+xml").body(profile::avatar(&account))
}

fn missing(text: &str) -> HttpResponse {
    let body = html! { section.card.narrow { h1 { "Nothing here" } p.soft { (text) } a.button.quiet href="/" { "To the accounts" } } };
    answer(StatusCode::NOT_FOUND, &page("Nothing here", &body))
}

/// A whole page around its content.
fn page(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(style::SHEET)) }
            }
            body {
                header.bar {
                    a.brand href="/" { span.mark aria-hidden="true" {} "photo sandbox" }
                    nav { a href="/" { "Accounts" } a href="/_control" { "Controls" } }
                }
                main { (content) }
                footer { "A simulated photo app for testing. Nothing here leaves this machine." }
            }
        }
    }
}

fn answer(status: StatusCode, page: &Markup) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(page.0.clone())
}
