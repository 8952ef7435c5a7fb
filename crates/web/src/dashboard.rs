//! The dashboard: pages for people, made on the server, over the same use cases as the API.
//!
//! A page is a directory: its route, what it shows as plain fields, its template in `templates/`. Every page works without a script, sends
//! nothing to and loads nothing from anywhere else, and is reached by a session cookie alone: see [`visitor`] and [`form`].

mod accounts;
mod analytics;
pub(crate) mod asset;
mod calendar;
mod chart;
mod compose;
mod cookie;
mod event;
mod failure;
mod form;
mod frame;
mod home;
mod live;
mod local;
mod look;
mod multipart;
mod number;
mod pages;
mod post;
mod sentence;
mod session;
mod settings;
mod thumb;
mod tile;
mod unsent;
mod visitor;

use actix_web::web::{self, QueryConfig, ServiceConfig};

use crate::Api;
use failure::Failure;

pub(crate) use failure::nothing_here;
pub(crate) use live::Places;
pub(crate) use visitor::session_of;

pub(crate) fn configure(api: &Api, config: &mut ServiceConfig) {
    config
        .app_data(QueryConfig::default().error_handler(|_, _| Failure::unreadable().into()))
        .route("/assets/{name}", web::get().to(asset::serve))
        .route("/thumb/{name}", web::get().to(thumb::serve))
        .route("/looks/{name}", web::get().to(look::serve))
        .route("/live", web::get().to(live::live))
        .route("/", web::get().to(home::show));
    accounts::configure(config);
    analytics::configure(config);
    calendar::configure(config);
    compose::configure(config);
    event::configure(config);
    post::configure(config);
    session::configure(api, config);
    settings::configure(config);
}
