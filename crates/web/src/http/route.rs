//! Resources that answer 405 with `Allow` by themselves.

use actix_web::{Resource, Route, web};

use super::problem::Problem;

/// The methods of one address.
pub(crate) fn resource<const N: usize>(path: &str, routes: [(&'static str, Route); N]) -> Resource {
    let mut allow: Vec<&str> = routes.iter().map(|(method, _)| *method).collect();
    allow.push("OPTIONS");
    let allow = allow.join(", ");
    let mut resource = web::resource(path);
    for (_, route) in routes {
        resource = resource.route(route);
    }
    resource.default_service(web::to(move || {
        let problem = Problem::method_not_allowed(&allow);
        async move { Err::<actix_web::HttpResponse, _>(problem) }
    }))
}
