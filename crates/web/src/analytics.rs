//! Figures of posts.

mod best_times;
mod export;
mod query;
mod ranking;
mod sheet;
mod summary;
mod timeseries;
mod view;

use actix_web::web::{self, ServiceConfig};

use crate::http::route::resource;

pub(crate) use best_times::*;
pub(crate) use export::*;
pub(crate) use ranking::*;
pub(crate) use summary::*;
pub(crate) use timeseries::*;

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/api/social-media/analytics/summary", [("GET", web::get().to(summarize))]))
        .service(resource("/api/social-media/analytics/timeseries", [("GET", web::get().to(chart))]))
        .service(resource("/api/social-media/analytics/best-times", [("GET", web::get().to(best_times))]))
        .service(resource("/api/social-media/analytics/posts", [("GET", web::get().to(rank))]))
        .service(resource("/api/social-media/analytics/export.csv", [("GET", web::get().to(export))]));
}
