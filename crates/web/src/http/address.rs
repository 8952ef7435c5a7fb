//! Where a request comes from.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The client's network address. `X-Forwarded-For` is believed only behind our own proxy, which appends the true one at its end.
pub(crate) fn of(request: &HttpRequest, trust_proxy: bool) -> String {
    let forwarded = || {
        let values = request.headers().get_all("x-forwarded-for");
        let last = values.filter_map(|value| value.to_str().ok()).next_back()?.rsplit(',').next()?.trim().to_owned();
        last.parse::<IpAddr>().ok()
    };
    let address = trust_proxy.then(forwarded).flatten().or_else(|| request.peer_addr().map(|peer| peer.ip()));
    address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}
