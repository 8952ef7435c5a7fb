//! `/calendar`: posts and events together, by the month or the week, on the person's clock.

mod grid;
mod show;

use actix_web::web::{self, ServiceConfig};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.route("/calendar", web::get().to(show::show)).route("/calendar/move", web::post().to(show::shift));
}
