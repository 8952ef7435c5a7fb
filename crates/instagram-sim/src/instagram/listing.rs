use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;

use super::access::{Answer, Target};
use super::id::MediaId;
use super::media::MediaView;
use super::scope::Call;
use super::{Instagram, refusal};

/// What a listing is asked for.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// How many at most: 25 by default, 100 at most.
    pub limit: Option<usize>,
    /// Goes on after this cursor, towards older ones.
    pub after: Option<String>,
    /// Goes back before this cursor, towards newer ones.
    pub before: Option<String>,
    /// Nothing older.
    pub since: Option<OffsetDateTime>,
    /// Nothing newer.
    pub until: Option<OffsetDateTime>,
}

/// A page of an account's media, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The media.
    pub media: Vec<MediaView>,
    /// The opaque cursors of the first and the last one.
    pub cursors: Option<(String, String)>,
    /// Whether there are older ones.
    pub has_next: bool,
    /// Whether there are newer ones.
    pub has_previous: bool,
}

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;

impl Instagram {
    /// `GET /{ig-user-id}/media`.
    pub fn list_media(&self, token: &str, target: Target, request: &PageRequest, now: OffsetDateTime) -> Answer<Page> {
        self.change(|world| {
            let account = world.authorise_on(token, target, Call::MediaList, now)?;
            let owned = world.accounts.get(&account).map_or(&[][..], |account| &account.media);
            let shown: Vec<_> = owned
                .iter()
                .rev()
                .filter_map(|id| world.media.get(id))
                .filter(|media| media.listed <= now)
                .filter(|media| request.since.is_none_or(|since| media.timestamp >= since))
                .filter(|media| request.until.is_none_or(|until| media.timestamp <= until))
                .collect();
            let ids: Vec<MediaId> = shown.iter().map(|media| media.id).collect();
            let range = range(&ids, request)?;
            Ok(Page {
                media: shown[range.clone()].iter().map(|media| self.view(world, media, now)).collect(),
                cursors: ids[range.clone()]
                    .first()
                    .zip(ids[range.clone()].last())
                    .map(|(a, b)| (cursor(*a), cursor(*b))),
                has_next: range.end < ids.len(),
                has_previous: range.start > 0,
            })
        })
    }
}

/// Which of `ids`, newest first, are on the page.
fn range(ids: &[MediaId], request: &PageRequest) -> Answer<std::ops::Range<usize>> {
    let limit = request.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    if let Some(before) = &request.before {
        let newest = position(before)?;
        let end = ids.partition_point(|id| *id > newest);
        return Ok(end.saturating_sub(limit)..end);
    }
    let start = match &request.after {
        Some(after) => {
            let oldest = position(after)?;
            ids.partition_point(|id| *id >= oldest)
        }
        None => 0,
    };
    Ok(start..ids.len().min(start + limit))
}

fn cursor(id: MediaId) -> String {
    URL_SAFE_NO_PAD.encode(format!("@TIE{id}"))
}

fn position(cursor: &str) -> Answer<MediaId> {
    let decoded = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let id = decoded.as_deref().and_then(|text| text.strip_prefix("@TIE")).and_then(|id| id.parse().ok());
    Ok(id.ok_or_else(|| refusal::invalid_parameter("after"))?)
}
