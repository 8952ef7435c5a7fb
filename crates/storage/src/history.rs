//! What an account's other posts say.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, dsl::exists, select,
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{AccountId, MediaId, PostId},
    post::AccountHistory,
    publication::{Rest, RestCause, Stage},
    quota::Place,
    store::StoreError,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{read, transact},
    claim::rest,
    crypto::short_hash,
    moment::{micros, moment},
    schema::{account_quota, account_rest, publication, receipt},
    trouble::Trouble,
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

    async fn places(&self, account: &AccountId, since: OffsetDateTime) -> Result<Vec<Place>, StoreError> {
        let (account, since) = (account.as_str().to_owned(), micros(since));
        let (sent, open): (Vec<(String, i64)>, Vec<Open>) = read!(self, |conn| {
            let sent = receipt::table
                .filter(receipt::account.eq(&account))
                .filter(receipt::sent_at.ge(since))
                .select((receipt::post_id, receipt::sent_at))
                .load(conn)
                .await?;
            // What is open has a due time: only that is indexed by its account, and only that is looked through.
            let open = publication::table
                .filter(publication::account.eq(&account))
                .filter(publication::due_at.is_not_null())
                .filter(publication::publish_at.ge(since).or(publication::due_at.ge(since)))
                .select((publication::post_id, publication::stage, publication::publish_at, publication::due_at))
                .load(conn)
                .await?;
            Ok((sent, open))
        })?;
        let mut places = sent.into_iter().map(taken).collect::<Result<Vec<_>, Trouble>>()?;
        for row in open {
            places.extend(planned(row, since)?);
        }
        places.sort_by(|a, b| (a.at, &a.post).cmp(&(b.at, &b.post)));
        Ok(places)
    }

    async fn quota_total(&self, account: &AccountId) -> Result<Option<u32>, StoreError> {
        let account = account.as_str().to_owned();
        let total: Option<i64> = read!(self, |conn| {
            let total = account_quota::table.find(&account).select(account_quota::total);
            Ok(total.first(conn).await.optional()?)
        })?;
        Ok(total.and_then(|total| u32::try_from(total).ok()))
    }

    async fn rest(&self, account: &AccountId, rest: Rest) -> Result<(), StoreError> {
        let (account, until, cause) = (account.as_str().to_owned(), micros(rest.until), rest.cause.as_str());
        transact!(self, |conn| {
            let row =
                (account_rest::account.eq(&account), account_rest::until.eq(until), account_rest::cause.eq(cause));
            diesel::insert_into(account_rest::table).values(row).on_conflict_do_nothing().execute(conn).await?;
            diesel::update(account_rest::table.find(&account))
                .filter(account_rest::until.lt(until))
                .set((account_rest::until.eq(until), account_rest::cause.eq(cause)))
                .execute(conn)
                .await?;
            Ok(())
        })?;
        Ok(())
    }

    async fn end_rest(&self, account: &AccountId, cause: RestCause) -> Result<(), StoreError> {
        let (account, cause) = (account.as_str().to_owned(), cause.as_str());
        transact!(self, |conn| {
            let rest = account_rest::table.find(&account).filter(account_rest::cause.eq(cause));
            diesel::delete(rest).execute(conn).await?;
            Ok(())
        })?;
        Ok(())
    }

    async fn resting(&self, account: &AccountId) -> Result<Option<Rest>, StoreError> {
        let (clock, account) = (self.clock(), account.as_str().to_owned());
        let rest: Result<Option<Rest>, Trouble> = read!(self, |conn| {
            let now = clock.now(conn).await?;
            let row: Option<(i64, String)> = account_rest::table
                .find(&account)
                .filter(account_rest::until.gt(now))
                .select((account_rest::until, account_rest::cause))
                .first(conn)
                .await
                .optional()?;
            row.map(|(until, cause)| rest(&account, until, &cause)).transpose()
        });
        Ok(rest?)
    }

    async fn keep_quota_total(&self, account: &AccountId, total: u32) -> Result<(), StoreError> {
        let (account, total) = (account.as_str().to_owned(), i64::from(total));
        transact!(self, |conn| {
            diesel::insert_into(account_quota::table)
                .values((account_quota::account.eq(&account), account_quota::total.eq(total)))
                .on_conflict(account_quota::account)
                .do_update()
                .set(account_quota::total.eq(total))
                .execute(conn)
                .await?;
            Ok(())
        })?;
        Ok(())
    }
}

/// A post that is open: its id, stage, the person's time and the time when it is looked at next.
type Open = (String, String, Option<i64>, Option<i64>);

fn taken((post, at): (String, i64)) -> Result<Place, Trouble> {
    Ok(Place { post: PostId::new(post), at: moment(at)? })
}

fn planned((post, stage, publish_at, due_at): Open, since: i64) -> Result<Option<Place>, Trouble> {
    let stage =
        Stage::parse(&stage).ok_or_else(|| Trouble::damaged(format!("publication.stage of {post}"), "unknown word"))?;
    // What waits longer than until its time was moved; a held or unsettled one is due for other reasons.
    let at =
        if stage.standing() == Stage::Waiting && !stage.is_unsettled() { publish_at.max(due_at) } else { publish_at };
    let Some(at) = at.filter(|at| *at >= since) else { return Ok(None) };
    Ok(Some(Place { post: PostId::new(post), at: moment(at)? }))
}
