//! Where a request comes from.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The client's network address, of IPv6 the network of 64 bits, since whoever has one of its addresses has all. `X-Forwarded-For` is believed only
/// behind our own proxy, which appends the true one at its end.
pub(crate) fn of(request: &HttpRequest, trust_proxy: bool) -> String {
    let forwarded = || {
        let values = request.headers().get_all("x-forwarded-for");
        let last = values.filter_map(|value| value.to_str().ok()).next_back()?.rsplit(',').next()?.trim().to_owned();
        last.parse::<IpAddr>().ok()
    };
    let address = trust_proxy.then(forwarded).flatten().or_else(|| request.peer_addr().map(|peer| peer.ip()));
    address.map_or_else(|| "unknown".to_owned(), |address| network(address).to_string())
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_one_address_of_a_network_has_them_all() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:0:7::1"), of("2001:db8:0:7:ffff::"));
        assert_ne!(of("2001:db8:0:7::1"), of("2001:db8:0:8::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
