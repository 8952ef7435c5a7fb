//! The listing of an account's recent media as a witness.

use std::time::Duration;

use rats_domain::{
    caption::{Caption, normalise},
    id::{AccountId, PostId},
    instagram::ListedMedia,
    publication::Request,
    store::StoreError,
};
use time::OffsetDateTime;

use crate::Ports;

/// Instagram's times are whole seconds: a media of the very second of the intent must not fall out of the window.
pub(super) const SECOND: Duration = Duration::from_secs(2);

/// The earliest, by Instagram's clock, that a request can have gone live: who stored its intent may have had another clock than ours, and both may be off
/// Instagram's by as much as is tolerated.
pub(crate) fn earliest(request: &Request, tolerance: Duration) -> OffsetDateTime {
    request.first_intent_at - SECOND - 2 * tolerance
}

/// Whether the caption tells this post from every other of the account.
pub(crate) async fn is_distinctive(
    ports: &Ports,
    account: &AccountId,
    post: &PostId,
    caption: &Caption,
) -> Result<bool, StoreError> {
    let normalised = caption.normalised();
    Ok(!normalised.is_empty() && !ports.history.caption_repeats(account, post, &normalised).await?)
}

/// What of `listed` may be the post: of the same kind and text, live at or after `since` (by Instagram's clock), and of no other post.
pub(crate) async fn candidates(
    ports: &Ports,
    post: &PostId,
    caption: &Caption,
    since: OffsetDateTime,
    listed: Vec<ListedMedia>,
) -> Result<Vec<ListedMedia>, StoreError> {
    let wanted = caption.normalised();
    let alike = |media: &ListedMedia| {
        media.is_image
            && media.published_at >= since
            && normalise(media.caption.as_deref().unwrap_or_default()) == wanted
    };
    let alike: Vec<ListedMedia> = listed.into_iter().filter(alike).collect();
    let ids: Vec<_> = alike.iter().map(|media| media.id.clone()).collect();
    let owned = ports.history.owned_by_others(post, &ids).await?;
    Ok(alike.into_iter().filter(|media| !owned.contains(&media.id)).collect())
}
