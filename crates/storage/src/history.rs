//! What an account's other posts say.

use async_trait::async_trait;
use diesel::{ExpressionMethods as _, QueryDsl as _, dsl::exists, select};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{AccountId, MediaId, PostId},
    post::AccountHistory,
    store::StoreError,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::read,
    crypto::short_hash,
    moment::micros,
    schema::{publication, receipt},
};

#[async_trait]
impl AccountHistory for Store {
    async fn caption_repeats(&self, account: &AccountId, post: &PostId, normalised: &str) -> Result<bool, StoreError> {
        let (account, post, hash) = (account.as_str().to_owned(), post.as_str().to_owned(), short_hash(normalised));
        let repeats = read!(self, |conn| {
            let others = publication::table
                .filter(publication::account.eq(&account))
                .filter(publication::caption_hash.eq(hash))
                .filter(publication::post_id.ne(&post));
            Ok(select(exists(others)).get_result(conn).await?)
        })?;
        Ok(repeats)
    }

    async fn owned_by_others(&self, post: &PostId, media: &[MediaId]) -> Result<Vec<MediaId>, StoreError> {
        let post = post.as_str().to_owned();
        let media: Vec<String> = media.iter().map(|id| id.as_str().to_owned()).collect();
        let owned: Vec<Option<String>> = read!(self, |conn| {
            Ok(receipt::table
                .filter(receipt::media.eq_any(&media))
                .filter(receipt::post_id.ne(&post))
                .order(receipt::media)
                .select(receipt::media)
                .load(conn)
                .await?)
        })?;
        Ok(owned.into_iter().flatten().map(MediaId::new).collect())
    }

    /// Counted by when the request left: a post that went live later than that is then left out rather than counted twice, and the
    /// quota counter, less this number, errs on the side of "something else went live".
    async fn confirmed_since(&self, account: &AccountId, since: OffsetDateTime) -> Result<u32, StoreError> {
        let (account, since) = (account.as_str().to_owned(), micros(since));
        let count: i64 = read!(self, |conn| {
            Ok(receipt::table
                .filter(receipt::account.eq(&account))
                .filter(receipt::sent_at.ge(since))
                .count()
                .get_result(conn)
                .await?)
        })?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
