use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use maud::{Markup, html};
use url::form_urlencoded::Serializer;

use super::{answer, page};
use crate::instagram::BASIC;
use crate::{Account, AccountType, AuthorizeError, AuthorizeRequest};

/// The error page for a login window that cannot redirect.
pub(in crate::http) fn authorize_error(error: &AuthorizeError) -> HttpResponse {
    let body = html! {
        section.card.narrow {
            h1 { "Sorry, this page isn't available" }
            p { code { (error) } }
            p.soft.small { "The app that sent you here is not set up correctly. You have not been logged in and nothing was shared." }
        }
    };
    answer(StatusCode::BAD_REQUEST, &page("Page not available", &body))
}

/// The page to choose an account.
pub(in crate::http) fn login(request: &AuthorizeRequest, accounts: &[Account]) -> HttpResponse {
    let body = html! {
        section.card.narrow {
            h1 { "Log in to continue" }
            p.soft { "Choose the account to connect. These are demo accounts: no password." }
            ul.people {
                @for account in accounts {
                    li { a href=(with_account(request, &account.username)) {
                        img.face src=(format!("/_avatar/{}.svg", account.username)) alt="";
                        div { b { (account.username) } span { (account.name) " · " (kind(account.account_type)) } }
                    } }
                }
            }
        }
    };
    answer(StatusCode::OK, &page("Log in", &body))
}

/// The page that asks for consent.
pub(in crate::http) fn consent(request: &AuthorizeRequest, account: &Account) -> HttpResponse {
    let body = html! {
        section.card.narrow {
            div.who {
                img.face src=(format!("/_avatar/{}.svg", account.username)) alt="";
                div { b { (account.username) } div.soft.small { (kind(account.account_type)) " account" } }
            }
            h1 { "Let the app use this account?" }
            p.soft { "It will be able to:" }
            @if account.account_type == AccountType::Personal {
                p.note { "This is a personal account. Publishing and insights need a business or creator account, so connecting it will not get far." }
            }
            form method="post" action="/oauth/authorize" {
                (hidden(request, account))
                ul.scopes { @for scope in request.scopes() { (choice(scope)) } }
                div.pair {
                    button.quiet name="decision" value="deny" { "Cancel" }
                    button name="decision" value="approve" { "Allow" }
                }
            }
            p.soft.small style="margin:16px 0 0" { "You go back to " code { (request.redirect_uri) } }
        }
    };
    answer(StatusCode::OK, &page("Allow access", &body))
}

fn hidden(request: &AuthorizeRequest, account: &Account) -> Markup {
    html! {
        @for (name, value) in fields(request) { input type="hidden" name=(name) value=(value); }
        input type="hidden" name="account" value=(account.username);
        input type="hidden" name="choices" value="shown";
    }
}

fn choice(scope: &str) -> Markup {
    let (title, text) = explained(scope);
    html! {
        li { label {
            @if scope == BASIC { input type="checkbox" checked disabled; }
            @else { input type="checkbox" name="grant" value=(scope) checked; }
            span { b { (title) } span.soft.small { (text) } }
        } }
    }
}

fn explained(scope: &str) -> (&str, &str) {
    match scope.trim_start_matches("instagram_business_") {
        "basic" => ("See the profile and posts", "Always part of it"),
        "content_publish" => ("Publish posts", "Pictures and captions, in this account's name"),
        "manage_comments" => ("Read and answer comments", "On this account's posts"),
        "manage_insights" => ("See insights", "Reach, views, likes and the like"),
        "manage_messages" => ("Read and answer messages", "Direct messages of this account"),
        _ => (scope, ""),
    }
}

fn fields(request: &AuthorizeRequest) -> Vec<(&'static str, &str)> {
    let mut fields = vec![
        ("client_id", request.client_id.as_str()),
        ("redirect_uri", &request.redirect_uri),
        ("response_type", &request.response_type),
        ("scope", &request.scope),
    ];
    fields.extend(request.state.iter().map(|state| ("state", state.as_str())));
    fields
}

fn with_account(request: &AuthorizeRequest, username: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(fields(request)).append_pair("account", username);
    format!("/oauth/authorize?{}", query.finish())
}

fn kind(account_type: AccountType) -> &'static str {
    match account_type {
        AccountType::Business => "Business",
        AccountType::MediaCreator => "Creator",
        AccountType::Personal => "Personal",
    }
}
