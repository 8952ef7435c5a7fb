use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `ip` is an address of the public internet, which a person may let us fetch from.
///
/// Everything that IANA's special-purpose registries (RFC 6890) do not call globally reachable is refused, and so is every way of
/// writing an IPv4 address inside an IPv6 one: whether it is translated depends on the network we run in.
#[must_use]
pub fn allowed(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => allowed_v4(ip),
        IpAddr::V6(ip) => allowed_v6(ip),
    }
}

fn allowed_v4(ip: Ipv4Addr) -> bool {
    let refused = matches!(
        ip.octets(),
        [0 | 10 | 127 | 224..=255, ..]       // this network, private, loopback, multicast, reserved, broadcast
            | [100, 64..=127, ..]            // shared by providers (RFC 6598)
            | [169, 254, ..]                 // link-local, and the metadata services of clouds
            | [172, 16..=31, ..]             // private
            | [192, 0, 0 | 2, _]             // IETF protocols, documentation
            | [192, 31, 196, _]              // AS112
            | [192, 52, 193, _]              // AMT
            | [192, 88, 99, _]               // 6to4 relays
            | [192, 168, ..]                 // private
            | [192, 175, 48, _]              // AS112
            | [198, 18 | 19, ..]             // benchmarks
            | [198, 51, 100, _]              // documentation
            | [203, 0, 113, _] // documentation
    );
    !refused
}

fn allowed_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        [0x2001, 0..=0x01FF | 0x0DB8, ..]         // IETF protocols, Teredo, benchmarks, ORCHID; documentation
        | [0x2002 | 0x3FF0..=0x3FFF, ..]          // 6to4; documentation (RFC 9637), 6bone
        | [0x2620, 0x004F, 0x8000, ..] => false,  // AS112
        // 2000::/3 is all of the public IPv6 internet: ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10, ff00::/8 are outside.
        [first, ..] => first >> 13 == 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_30_every_special_range_is_refused_from_its_first_to_its_last_address() {
        for ip in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "192.175.48.1",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:0:0",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2620:4f:8000::1",
            "3fff::1",
            "3ffe::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!allowed(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn public_addresses_next_to_special_ranges_are_allowed() {
        for ip in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
        ] {
            assert!(allowed(ip.parse().unwrap()), "{ip}");
        }
    }
}
