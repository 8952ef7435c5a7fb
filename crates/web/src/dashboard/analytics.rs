//! `/analytics`: the figures of the analytics API as charts and tables, each with how many posts it is of and as of when.

mod account;
mod figure;
mod ranking;
mod show;
mod times;

use actix_web::web::{self, ServiceConfig};

pub(super) use account::{AccountFigure, figures as account_figures};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.route("/analytics", web::get().to(show::show)).route("/analytics/export.csv", web::get().to(show::export));
}
