//! Whether the process is up, and whether it can serve.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    http::{problem::Problem, route::resource},
};

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(resource("/api/health", [("GET", web::get().to(health))]))
        .service(resource("/ready", [("GET", web::get().to(ready))]));
}

/// The process is up.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `UP`.
    status: &'static str,
    /// The same in words.
    message: &'static str,
}

/// Says that the process is up.
#[utoipa::path(get, path = "/api/health", tag = "service", responses((status = 200, body = Health)))]
pub(crate) async fn health() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "UP", message: "The Instagram service is running." })
}

/// Says whether it can serve.
#[utoipa::path(get, path = "/ready", tag = "service", responses((status = 200, body = Health)))]
pub(crate) async fn ready(api: Data<Api>) -> Result<HttpResponse, Problem> {
    api.readiness().ready().await.map_err(Problem::unavailable)?;
    Ok(HttpResponse::Ok().json(Health { status: "UP", message: "Ready to serve." }))
}
