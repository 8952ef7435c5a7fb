//! The pages that a person sees between Instagram and RATS.

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rats_application::connect::ConfirmView;
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use super::link::missing;
use crate::Api;

/// The pages' only style, allowed by its hash.
const STYLE: &str = include_str!("page.css");

/// Asks whether to connect.
pub(super) fn confirm(api: &Api, view: &ConfirmView, csrf: &str) -> HttpResponse {
    let lacking = missing(&api.ports().settings.asked, &view.pending.features);
    let body = html! {
        h1 { "Connect @" (view.pending.username) " with RATS?" }
        p.dim { "Please look at both accounts before you go on." }
        (accounts(view))
        @if view.linked_elsewhere {
            div.warn { "This Instagram account is connected with another RATS user. Have it disconnected there first, then begin again." }
        }
        @if !lacking.is_empty() {
            div.warn { "Some things will not work:" ul { @for text in lacking { li { (text) } } } }
        }
        form method="post" action="/connect/confirm" {
            input type="hidden" name="csrf" value=(csrf);
            @if view.linked_elsewhere {
                button.main type="submit" name="decision" value="decline" { "Go back" }
            } @else {
                button.main type="submit" name="decision" value="connect" { "Connect" }
                button type="submit" name="decision" value="decline" { "This was not me" }
            }
        }
    };
    let title = "Connect Instagram";
    answer(api, HttpResponse::Ok(), &whole(title, &body))
}

/// Says that this browser did not begin the connection.
pub(super) fn forbidden(api: &Api) -> HttpResponse {
    let body = html! {
        h1 { "Nothing to confirm here" }
        p { "This page belongs to a connection that was begun in another browser, or that has ended. Nothing was changed." }
        p.dim { "To connect an Instagram account, open RATS' settings, choose “Social accounts” and begin again in this browser." }
    };
    answer(api, HttpResponse::Forbidden(), &whole("Nothing to confirm", &body))
}

fn accounts(view: &ConfirmView) -> Markup {
    let begun = &view.pending.begun;
    html! {
        dl {
            div { dt { "Instagram account" } dd { "@" (view.pending.username) } }
            div {
                dt { "RATS user" }
                dd {
                    @match &view.user_name {
                        Some(name) => (name),
                        None => "The RATS user who began this",
                    }
                    @if !view.event_titles.is_empty() {
                        small { "With the events " (view.event_titles.join(", ")) }
                    }
                }
            }
            div {
                dt { "Begun" }
                dd {
                    (person_time(begun.at))
                    small { "from " (begun.address) @if !begun.browser.is_empty() { " with " (begun.browser) } }
                }
            }
        }
    }
}

fn whole(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · RATS" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { section { (body) } } }
        }
    }
}

/// Browsers apply `form-action` to the redirect after the form too, so it names the frontend. `no-referrer` would make the form carry
/// `Origin: null`.
fn answer(api: &Api, mut response: HttpResponseBuilder, page: &Markup) -> HttpResponse {
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let client = api.settings().client_url.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self' {client}; frame-ancestors 'none'; base-uri 'none'"
    );
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .body(page.0.clone())
}

fn person_time(at: OffsetDateTime) -> String {
    let words = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(UtcOffset::UTC).format(words).unwrap_or_default()
}
