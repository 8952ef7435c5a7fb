use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::dashboard::{
    frame::{Frame, page},
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    frame: Frame,
}

/// `GET /`.
pub(crate) async fn show(visitor: Visitor) -> HttpResponse {
    page(StatusCode::OK, &HomePage { frame: Frame::new(&visitor, "/", "Home") })
}
