use std::ops::RangeInclusive;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web::{Data, Path},
};
use rats_application::Refusal;

use crate::{Api, http::problem::Problem};

/// What a byte range comes to.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(RangeInclusive<usize>),
    Outside,
}

/// Serves a picture under its unguessable name. Only pictures have names of this form; originals never do.
#[utoipa::path(get, path = "/media/{name}", tag = "pictures", params(("name" = String, Path)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 206, content_type = "image/jpeg", body = Vec<u8>),
        (status = 304, description = "It is the one you have."), (status = 416, description = "It has no such bytes.")))]
pub(crate) async fn serve_picture(
    api: Data<Api>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    let missing = || Problem::not_found("There is no such picture.");
    let name = name.strip_suffix(".jpg").filter(|name| is_name(name)).ok_or_else(missing)?;
    let etag = format!("\"{name}\"");
    if header_text(&request, &header::IF_NONE_MATCH).is_some_and(|known| known == "*" || known.contains(&etag)) {
        return Ok(lasting(HttpResponse::NotModified(), &etag).finish());
    }
    let bytes = api.ports().files.get(name).await.map_err(Refusal::from)?.ok_or_else(missing)?;
    let total = bytes.len();
    let same = header_text(&request, &header::IF_RANGE).is_none_or(|known| known == etag);
    let range = header_text(&request, &header::RANGE).filter(|_| same);
    Ok(match range.map_or(Wanted::Whole, |range| wanted(range, total)) {
        Wanted::Whole => lasting(HttpResponse::Ok(), &etag).body(bytes),
        Wanted::Part(range) => lasting(HttpResponse::PartialContent(), &etag)
            .insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{total}", range.start(), range.end())))
            .body(bytes.get(range).map(<[u8]>::to_vec).unwrap_or_default()),
        Wanted::Outside => HttpResponse::build(StatusCode::RANGE_NOT_SATISFIABLE)
            .insert_header((header::CONTENT_RANGE, format!("bytes */{total}")))
            .finish(),
    })
}

/// Headers of a picture that never changes.
fn lasting(mut response: HttpResponseBuilder, etag: &str) -> HttpResponseBuilder {
    response
        .content_type("image/jpeg")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"));
    response
}

fn is_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn header_text<'a>(request: &'a HttpRequest, name: &header::HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// One range of bytes (RFC 9110, 14.2). Several, or what cannot be read, count as none asked for.
fn wanted(range: &str, total: usize) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    let end = total.saturating_sub(1);
    match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first > last => Wanted::Whole,
        (Ok(first), Ok(_)) if first >= total => Wanted::Outside,
        (Ok(first), Ok(last)) => Wanted::Part(first..=last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() && first >= total => Wanted::Outside,
        (Ok(first), Err(_)) if last.is_empty() => Wanted::Part(first..=end),
        (Err(_), Ok(count)) if first.is_empty() && (count == 0 || total == 0) => Wanted::Outside,
        (Err(_), Ok(count)) if first.is_empty() => Wanted::Part(total.saturating_sub(count)..=end),
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        assert_eq!(wanted("bytes=0-9", 100), Wanted::Part(0..=9));
        assert_eq!(wanted("bytes=90-", 100), Wanted::Part(90..=99));
        assert_eq!(wanted("bytes=-10", 100), Wanted::Part(90..=99));
        assert_eq!(wanted("bytes=50-1000", 100), Wanted::Part(50..=99));
        assert_eq!(wanted("bytes=100-", 100), Wanted::Outside);
        assert_eq!(wanted("bytes=-0", 100), Wanted::Outside);
        assert_eq!(wanted("bytes=9-0", 100), Wanted::Whole);
        assert_eq!(wanted("bytes=0-1,5-6", 100), Wanted::Whole);
    }

    #[test]
    fn sec_36_only_names_of_pictures_are_served() {
        assert!(is_name("0123456789abcdef0123456789abcdef"));
        for name in ["o0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF", "../../etc/passwd"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
