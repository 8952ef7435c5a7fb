//! What pages load besides pictures: one style, one script, one icon, each under a name that changes with its content.

use std::{io::Write as _, sync::LazyLock};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Path},
};
use flate2::{Compression, write::GzEncoder};

use super::failure::Failure;
use crate::http::idempotency::fingerprint;

/// The style.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("dashboard", "css", "text/css; charset=utf-8", include_bytes!("../../assets/dashboard.css"))
});
/// The script.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("dashboard", "js", "text/javascript; charset=utf-8", include_bytes!("../../assets/dashboard.js"))
});
/// The icon.
pub(crate) static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", include_bytes!("../../assets/mark.svg")));

/// A file of ours, compressed once.
pub(crate) struct Asset {
    path: String,
    kind: &'static str,
    plain: &'static [u8],
    gzip: Bytes,
}

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, plain: &'static [u8]) -> Self {
        let hash = fingerprint(plain);
        let path = format!("/assets/{stem}.{}.{extension}", &hash[..16]);
        Self { path, kind, plain, gzip: compressed(plain) }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// Serves a file under its present name; an older name is gone, and so is whoever asks for it after a reload.
pub(super) async fn serve(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Failure> {
    let known = [&STYLE, &SCRIPT, &MARK].into_iter().find(|asset| asset.path.strip_prefix("/assets/") == Some(&**name));
    let asset = known.ok_or_else(Failure::nothing)?;
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "accept-encoding"));
    Ok(if takes_gzip(accepted) {
        response.insert_header((header::CONTENT_ENCODING, "gzip")).body(asset.gzip.clone())
    } else {
        response.body(asset.plain)
    })
}

/// Whether gzip is named and not refused (RFC 9110, 12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.', ' ']).is_empty());
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn compressed(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    // Memory cannot refuse a write.
    written.unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        for accepted in ["gzip", "br, gzip", "deflate, GZIP;q=0.5"] {
            assert!(takes_gzip(accepted), "{accepted}");
        }
        for accepted in ["", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip"] {
            assert!(!takes_gzip(accepted), "{accepted}");
        }
    }
}
