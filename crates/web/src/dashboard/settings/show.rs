use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::dashboard::{
    frame::{Frame, page},
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    frame: Frame,
    zone: String,
}

/// `GET /settings`.
pub(super) async fn show(visitor: Visitor) -> HttpResponse {
    let zone = visitor.zone.name().to_owned();
    page(StatusCode::OK, &SettingsPage { frame: Frame::new(&visitor, "/settings", "Settings"), zone })
}
