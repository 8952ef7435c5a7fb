//! Linking an Instagram account.

mod callback;
mod confirm;
mod cookie;
mod link;
mod page;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, ServiceConfig},
};
use url::Url;

use crate::{
    Api,
    http::{cookie::Cookie, route::resource},
};

pub(crate) use callback::*;
pub(crate) use confirm::*;
pub(crate) use link::*;

/// Says that the dashboard, not RATS' frontend, sent this browser to Instagram: then it ends there, too.
pub(crate) const JOURNEY: Cookie = Cookie { name: "__Host-rats_journey", form: "" };

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/api/social-auth/instagram/auth-url", [("GET", web::get().to(auth_url))]))
        .service(resource("/api/social-auth/instagram/callback", [("GET", web::get().to(callback))]))
        .service(resource("/api/social-auth/instagram/disconnect", [("DELETE", web::delete().to(disconnect))]))
        .service(resource("/api/social-auth/connected-accounts", [("GET", web::get().to(connected_accounts))]))
        .service(resource(
            "/connect/confirm",
            [("GET", web::get().to(confirm_page)), ("POST", web::post().to(decide))],
        ));
}

/// Back to the accounts page that it was begun on, RATS' or the dashboard's, which says how it ended. The target is configuration alone.
fn back(api: &Api, request: &HttpRequest, outcome: Result<(), &str>) -> HttpResponse {
    let query = match outcome {
        Ok(()) => "connected=instagram".to_owned(),
        Err(reason) => format!("error=instagram_auth_failed&reason={reason}"),
    };
    if JOURNEY.read(request).is_some() {
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/accounts?{query}")))
            .insert_header((header::SET_COOKIE, JOURNEY.clear()))
            .finish();
    }
    let mut url: Url = api.settings().client_url.clone();
    url.set_path(&format!("{}/settings/social-accounts", url.path().trim_end_matches('/')));
    url.set_fragment(None);
    url.set_query(Some(&query));
    HttpResponse::SeeOther().insert_header((header::LOCATION, url.as_str())).finish()
}
