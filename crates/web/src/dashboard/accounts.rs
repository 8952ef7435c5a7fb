//! `/accounts`: the connection's health, what it allows, how long it lasts; connect, connect again, disconnect.

mod connect;
mod show;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, ServiceConfig},
};

use super::frame::see;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/accounts", web::get().to(show::show))
        .route("/accounts/connect", web::post().to(connect::begin))
        .route("/accounts/disconnect", web::post().to(connect::disconnect))
        .route("/settings/social-accounts", web::get().to(from_rats_path));
}

/// Where RATS' frontend has its accounts page; without a frontend, `CLIENT_URL` names us.
async fn from_rats_path(request: HttpRequest) -> HttpResponse {
    match request.query_string() {
        "" => see("/accounts"),
        query => see(&format!("/accounts?{query}")),
    }
}
