//! Puts the picture adapters together.

use std::{path::Path, sync::Arc};

use rats_domain::picture::{PictureFetcher, PictureMaker};
use rats_media::{
    card::{CardPress, bundled_fonts},
    fetch::{Bounds, Fetcher, Policy},
    files::DiskFiles,
    fit::Limits,
    studio::Studio,
    workshop::Workshop,
};

use crate::{assembly::StartError, config::ContentConfig};

/// The picture files under `dir`.
pub(crate) fn files(dir: &Path) -> Result<DiskFiles, StartError> {
    let what = format!("picture files in {} (set MEDIA_DIR to a directory that can be written)", dir.display());
    DiskFiles::open(dir).map_err(|source| StartError::Machine { what, source })
}

/// Who makes pictures.
///
/// # Errors
///
/// The fonts for cards are not where the settings say: told now, not to the first person who wants a card.
pub(crate) fn maker(content: &ContentConfig) -> Result<Arc<dyn PictureMaker>, StartError> {
    let limits = Limits { max_bytes: content.upload_bytes, ..Limits::default() };
    let fonts = content.bundled_fonts.clone().unwrap_or_else(bundled_fonts);
    let press = CardPress::new(fonts, content.font_dir.clone());
    press.check().map_err(|error| {
        StartError::setting("BUNDLED_FONTS", format!("{error}. Set it to where `crates/media/fonts` was installed."))
    })?;
    Ok(Arc::new(Studio::new(Workshop::new(limits), press)))
}

/// Who fetches them from elsewhere.
pub(crate) fn fetcher(content: &ContentConfig) -> Result<Arc<dyn PictureFetcher>, StartError> {
    let policy = Policy { allow_http: content.fetch_http, allowed_loopback: content.fetch_loopback.clone() };
    let bounds = Bounds { max_bytes: content.upload_bytes, ..Bounds::default() };
    let fetcher = Fetcher::new(policy, bounds)
        .map_err(|error| StartError::Client { what: "fetching pictures", source: error.into() })?;
    Ok(Arc::new(fetcher))
}
