//! Posts.

mod beside;
mod change;
mod changes;
mod decide;
mod detail;
mod list;
mod metrics;
mod publish;
mod request;
mod view;

use actix_web::web::{self, ServiceConfig};

use crate::http::route::resource;

pub(crate) use beside::Beside;
pub(crate) use change::*;
pub(crate) use changes::{EditRequest, RepublishRequest};
pub(crate) use decide::*;
pub(crate) use detail::*;
pub(crate) use list::*;
pub(crate) use metrics::*;
pub(crate) use publish::*;
pub(crate) use request::{AdoptRequest, NO_MEDIA, PostRequest, ScheduleRequest};
pub(crate) use view::{EventRef, PostView, WarningView};

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/api/social-media/post", [("POST", web::post().to(publish_now))]))
        .service(resource("/api/social-media/schedule", [("POST", web::post().to(schedule))]))
        .service(resource(
            "/api/social-media/posts",
            [("GET", web::get().to(list_posts)), ("POST", web::post().to(save_draft))],
        ))
        .service(resource(
            "/api/social-media/posts/{id}",
            [
                ("GET", web::get().to(show_post)),
                ("PATCH", web::patch().to(edit_post)),
                ("DELETE", web::delete().to(cancel_post)),
            ],
        ))
        .service(resource("/api/social-media/posts/{id}/metrics", [("GET", web::get().to(read_metrics))]))
        .service(resource("/api/social-media/posts/{id}/publish", [("POST", web::post().to(publish_post))]))
        .service(resource("/api/social-media/posts/{id}/retry", [("POST", web::post().to(retry_post))]))
        .service(resource("/api/social-media/posts/{id}/adopt", [("POST", web::post().to(adopt))]))
        .service(resource("/api/social-media/posts/{id}/republish", [("POST", web::post().to(republish))]));
}
