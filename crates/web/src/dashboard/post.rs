//! `/posts`: lists of posts; `/posts/{id}`: a post as it is seen, what happened to it, what came of it, and what can be done about it.

mod act;
mod figure;
mod list;
mod picture;
mod show;
mod view;

use actix_web::web::{self, ServiceConfig};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/posts", web::get().to(list::show))
        .route("/posts/{id}", web::get().to(show::show))
        .route("/posts/{id}/edit", web::post().to(act::edit))
        .route("/posts/{id}/picture", web::post().to(picture::change))
        .route("/posts/{id}/move", web::post().to(act::shift))
        .route("/posts/{id}/cancel", web::post().to(act::cancel))
        .route("/posts/{id}/publish", web::post().to(act::publish))
        .route("/posts/{id}/retry", web::post().to(act::retry))
        .route("/posts/{id}/adopt", web::post().to(act::adopt))
        .route("/posts/{id}/republish", web::post().to(act::republish));
}
