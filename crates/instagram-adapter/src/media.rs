//! The account's media. Source: Graph API, IG User Media and IG Media.

use rats_domain::{
    id::MediaId,
    instagram::{Access, Dated, ListedMedia, Listing, PlatformError},
};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    answer,
    client::Inner,
    error::At,
    request::{Answer, Base, Call},
};

/// How many media one page holds; Instagram allows 100.
const PAGE: usize = 50;
/// How many pages are read before the listing counts as incomplete: 500 media is more than any account may publish in 24 h.
const MAX_PAGES: usize = 10;

/// A media's public counts, which come without insights.
#[derive(Default, Deserialize)]
pub(crate) struct PublicCounts {
    #[serde(default, deserialize_with = "answer::number_member")]
    pub(crate) like_count: Option<u64>,
    #[serde(default, deserialize_with = "answer::number_member")]
    pub(crate) comments_count: Option<u64>,
    pub(crate) permalink: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Item>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default, deserialize_with = "answer::name_member")]
    id: Option<String>,
    caption: Option<String>,
    media_type: Option<String>,
    media_product_type: Option<String>,
    timestamp: Option<String>,
    permalink: Option<String>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    // Only whether it is there: its address holds the token and might lead elsewhere.
    next: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

/// What a page says about the next one.
enum Next {
    After(String),
    End,
    Lost,
}

impl Inner {
    /// Reads pages, newest first, until one ends before `since`.
    pub(crate) async fn recent(&self, access: &Access, since: OffsetDateTime) -> Result<Dated<Listing>, PlatformError> {
        let mut listing = Dated { value: Listing { media: Vec::new(), complete: true }, date: None };
        let mut after: Option<String> = None;
        for index in 0..MAX_PAGES {
            let answer = self.page(access, after.as_deref()).await?;
            if index == 0 {
                // Of the first page: what went live after it cannot be in the listing.
                listing.date = answer.date;
            }
            let page: Page = answer::parse(&answer.body)?;
            let next = next(&page);
            let oldest = take(page.data, since, &mut listing.value);
            if oldest.is_some_and(|oldest| oldest < since) {
                return Ok(listing);
            }
            match next {
                Next::End => return Ok(listing),
                Next::After(cursor) if after.as_ref() != Some(&cursor) => after = Some(cursor),
                Next::After(_) | Next::Lost => break,
            }
        }
        listing.value.complete = false;
        Ok(listing)
    }

    pub(crate) async fn permalink(&self, access: &Access, media: &MediaId) -> Result<Option<String>, PlatformError> {
        Ok(self.public_counts(access, media, "permalink").await?.permalink)
    }

    pub(crate) async fn public_counts(
        &self,
        access: &Access,
        media: &MediaId,
        fields: &str,
    ) -> Result<PublicCounts, PlatformError> {
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, media.as_str()],
            query: &[("fields", fields)],
            form: None,
            token: Some(&access.token),
            at: At::Read,
        };
        answer::one(&self.request(call).await?.body)
    }

    async fn page(&self, access: &Access, after: Option<&str>) -> Result<Answer, PlatformError> {
        let limit = PAGE.to_string();
        let mut query =
            vec![("fields", "id,caption,media_type,media_product_type,timestamp,permalink"), ("limit", limit.as_str())];
        query.extend(after.map(|after| ("after", after)));
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, access.account.as_str(), "media"],
            query: &query,
            form: None,
            token: Some(&access.token),
            at: At::Read,
        };
        self.request(call).await
    }
}

/// Adds a page's media; answers when its last one went live. What cannot be read makes the listing incomplete.
fn take(items: Vec<Item>, since: OffsetDateTime, listing: &mut Listing) -> Option<OffsetDateTime> {
    let mut oldest = None;
    for item in items {
        match media(item) {
            Some(media) => {
                oldest = Some(media.published_at);
                listing.media.extend(Some(media).filter(|media| media.published_at >= since));
            }
            None => listing.complete = false,
        }
    }
    oldest
}

fn media(item: Item) -> Option<ListedMedia> {
    let is = |word: Option<&String>, expected: &str| word.is_none_or(|word| word.eq_ignore_ascii_case(expected));
    Some(ListedMedia {
        id: MediaId::new(item.id?),
        caption: item.caption,
        is_image: item.media_type.is_some()
            && is(item.media_type.as_ref(), "IMAGE")
            && is(item.media_product_type.as_ref(), "FEED"),
        published_at: answer::timestamp(&item.timestamp?)?,
        permalink: item.permalink,
    })
}

/// A full page without `next` is asked for its successor all the same: that Instagram leaves `next` out only at the end is not documented.
fn next(page: &Page) -> Next {
    let cursor = page.paging.as_ref().and_then(|paging| paging.cursors.as_ref()?.after.clone());
    let has_next = page.paging.as_ref().is_some_and(|paging| paging.next.is_some());
    match cursor {
        Some(cursor) if has_next || page.data.len() >= PAGE => Next::After(cursor),
        None if has_next => Next::Lost,
        _ => Next::End,
    }
}
