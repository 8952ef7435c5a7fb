//! `/settings`: what holds for the user everywhere.

mod show;

use actix_web::web::{self, ServiceConfig};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.route("/settings", web::get().to(show::show)).route("/settings", web::post().to(show::save));
}
