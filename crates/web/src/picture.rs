//! Uploads, and the public pictures that Instagram fetches.

mod serve;
mod upload;

use actix_web::web::{self, ServiceConfig};

use crate::http::route::resource;

pub(crate) use serve::*;
pub(crate) use upload::*;

pub(crate) fn configure(config: &mut ServiceConfig) {
    config.service(resource("/api/media", [("POST", web::post().to(upload_picture))])).service(resource(
        "/media/{name}",
        [("GET", web::get().to(serve_picture)), ("HEAD", web::head().to(serve_picture))],
    ));
}
