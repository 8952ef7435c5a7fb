//! `/compose`: a new post, looked at before it is saved.

mod check;
mod save;
mod show;

use actix_web::web::{self, ServiceConfig};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/compose", web::get().to(show::show))
        .route("/compose", web::post().to(save::save))
        .route("/compose/check", web::post().to(check::check))
        .route("/compose/original/{id}", web::get().to(show::original));
}
