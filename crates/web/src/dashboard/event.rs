//! `/events`: what RATS celebrates; its message, its card, and a post of it.

mod auto_post;
mod card;
mod edit;
mod list;
mod show;

use actix_web::web::{self, ServiceConfig};

pub(super) use card::path as card_path;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/events", web::get().to(list::show))
        .route("/events", web::post().to(edit::create))
        .route("/events/new", web::get().to(edit::new))
        .route("/events/{id}", web::get().to(show::show))
        .route("/events/{id}", web::post().to(edit::save))
        .route("/events/{id}/edit", web::get().to(edit::show))
        .route("/events/{id}/regenerate", web::post().to(show::regenerate))
        .route("/events/{id}/auto-post", web::post().to(auto_post::save))
        .route("/events/{id}/post-again", web::post().to(auto_post::again))
        .route("/events/{id}/delete", web::post().to(show::delete))
        .route("/events/{id}/card.jpg", web::get().to(card::serve));
}
