//! The repository of posts.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{EventId, PostId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    part::{Part, Span},
    post::{AddPostError, Origin, Post, PostFilter, PostList, PostRecord, PostRepository},
    publication::Publication,
    store::StoreError,
    timeline::Entry,
};
use time::OffsetDateTime;

use super::{
    list::{DayRow, ListedRow, Lists as _},
    row::{Found, Snapshot, record},
    statement::Posts as _,
};
use crate::{
    Store,
    backend::{read, transact},
    idempotency::{KeyRow, Known, known, remember},
    moment::micros,
    schema::publication,
    timeline::{self, Timelines as _, about},
    trouble::Trouble,
};

/// How many ids one query names: SQLite takes 32,766 parameters at most.
const AT_A_TIME: usize = 1_000;

/// What adding a post came to.
enum Outcome {
    Done(Box<Added<PostRecord>>),
    KeyReused(String),
}

#[async_trait]
impl PostRepository for Store {
    async fn add<'a>(
        &self,
        post: &Post,
        publication: &Publication,
        entries: &[Entry],
        key: Option<&'a IdempotencyKey>,
    ) -> Result<Added<PostRecord>, AddPostError> {
        let (clock, key, entries) = (self.clock(), key.cloned(), entries.to_owned());
        let mut record = PostRecord {
            post: post.clone(),
            publication: publication.clone(),
            receipt: None,
            metrics: None,
            event_title: None,
            behind: None,
            updated_at: post.updated_at,
        };
        let outcome: Result<Outcome, Trouble> = transact!(self, |conn| {
            record.event_title = conn.title(record.post.event.as_ref()).await?;
            let now = clock.now(conn).await?;
            let (user, id) = (&record.post.user, record.post.id.as_str());
            let key = KeyRow::maybe(user, key.as_ref(), id, &Snapshot::from(&record), now)?;
            match remember::<_, Snapshot>(conn, key).await? {
                Known::Yes(before) => return Ok(Outcome::Done(Box::new(Added::Before(before.try_into()?)))),
                Known::Other(added) => return Ok(Outcome::KeyReused(added)),
                Known::No => {}
            }
            if !conn.works(record.publication.connection.as_ref()).await? {
                return Err(Trouble::Refused);
            }
            conn.insert_post(&record.post, &record.publication).await?;
            // Now, not before: an insert that had to wait for an open test waited until that was live.
            if let (Origin::Test, Some(event)) = (record.post.origin, &record.post.event)
                && conn.live_test(event.as_str(), micros(record.post.created_at)).await?.is_some()
            {
                return Err(Trouble::TestLive);
            }
            conn.append(&about(&record.post.id, &entries)).await?;
            Ok(Outcome::Done(Box::new(Added::New(record))))
        });
        match outcome {
            Ok(Outcome::Done(added)) => {
                if let Added::New(record) = &*added {
                    self.tell_of(record.publication.due_at);
                }
                Ok(*added)
            }
            Ok(Outcome::KeyReused(added)) => Err(AddPostError::KeyReused { added }),
            Err(Trouble::TestLive) => Err(AddPostError::TestUnsettled),
            Err(Trouble::Refused) => Err(AddPostError::NotConnected),
            Err(trouble) if trouble.is_taken("test_of") => Err(AddPostError::TestUnsettled),
            Err(trouble) => Err(AddPostError::Store(trouble.into())),
        }
    }

    async fn find_added(&self, user: &UserId, key: &IdempotencyKey) -> Result<Option<PostRecord>, AddError> {
        let (clock, user, key) = (self.clock(), user.clone(), key.clone());
        let known: Known<Snapshot> = read!(self, |conn| {
            let now = clock.now(conn).await?;
            known(conn, &user, &key, now).await
        })
        .map_err(StoreError::from)?;
        match known {
            Known::No => Ok(None),
            Known::Other(added) => Err(AddError::KeyReused { added }),
            Known::Yes(before) => Ok(Some(before.try_into().map_err(|trouble: Trouble| StoreError::from(trouble))?)),
        }
    }

    async fn find(&self, user: &UserId, id: &PostId) -> Result<Option<PostRecord>, StoreError> {
        let (user, id) = (user.as_str().to_owned(), id.as_str().to_owned());
        let found = read!(self, |conn| conn.find_post(&user, &id).await)?;
        Ok(found.map(record).transpose()?)
    }

    async fn find_all(&self, user: &UserId, ids: &[PostId]) -> Result<Vec<PostRecord>, StoreError> {
        let user = user.as_str().to_owned();
        let ids: Vec<String> = ids.iter().map(|id| id.as_str().to_owned()).collect();
        let found = read!(self, |conn| {
            let mut found = vec![];
            for some in ids.chunks(AT_A_TIME) {
                found.extend(conn.find_posts(&user, some).await?);
            }
            Ok(found)
        })?;
        Ok(found.into_iter().map(record).collect::<Result<_, Trouble>>()?)
    }

    async fn find_with_timeline(
        &self,
        user: &UserId,
        id: &PostId,
    ) -> Result<Option<(PostRecord, Vec<Entry>)>, StoreError> {
        let (user, id) = (user.as_str().to_owned(), id.as_str().to_owned());
        let found = read!(self, |conn| conn.find_told(&user, &id).await)?;
        let Some((post, publication, receipt, metrics, title, holder, last, told)) = found else { return Ok(None) };
        let found = (post, publication, receipt, metrics, title, holder, last);
        Ok(Some((record(found)?, timeline::parse(told.as_deref())?)))
    }

    async fn list(&self, user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, StoreError> {
        let (user, filter) = (user.as_str().to_owned(), filter.clone());
        let found = read!(self, |conn| conn.list_posts(&user, &filter).await)?;
        Ok(found.into_iter().map(record).collect::<Result<_, Trouble>>()?)
    }

    async fn part(&self, user: &UserId, list: &PostList, span: Span) -> Result<Part<PostRecord>, StoreError> {
        let (user, list) = (user.as_str().to_owned(), list.clone());
        let (skip, limit) = (whole(span.skip), whole(span.limit));
        let (listed, found): (Vec<ListedRow>, Vec<Found>) = read!(self, |conn| {
            let listed = conn.listed(&user, &list, skip, limit).await?;
            let ids: Vec<String> = listed.iter().map(|row| row.post_id.clone()).collect();
            let found = if ids.is_empty() { vec![] } else { conn.posts_of(&user, &ids).await? };
            Ok((listed, found))
        })?;
        let mut records = by_id(found)?;
        let total = listed.iter().map(|row| row.total).next().unwrap_or(0);
        let items = listed.iter().filter_map(|row| records.remove(&row.post_id)).collect();
        Ok(Part { items, total: total.try_into().unwrap_or(0) })
    }

    async fn by_day(
        &self,
        user: &UserId,
        days: &[OffsetDateTime],
        most: usize,
    ) -> Result<Vec<Part<PostRecord>>, StoreError> {
        let (user, days, most) =
            (user.as_str().to_owned(), days.iter().copied().map(micros).collect::<Vec<_>>(), whole(most));
        let starts = days.clone();
        let (listed, found): (Vec<DayRow>, Vec<Found>) = read!(self, |conn| {
            let listed = conn.on_days(&user, &starts, most).await?;
            let ids: Vec<String> = listed.iter().map(|row| row.listed.post_id.clone()).collect();
            let found = if ids.is_empty() { vec![] } else { conn.posts_of(&user, &ids).await? };
            Ok((listed, found))
        })?;
        let mut records = by_id(found)?;
        let mut parts: BTreeMap<i64, Part<PostRecord>> = BTreeMap::new();
        for row in listed {
            let part = parts.entry(row.since).or_default();
            part.total = row.listed.total.try_into().unwrap_or(0);
            part.items.extend(records.remove(&row.listed.post_id));
        }
        let starts = &days[..days.len().saturating_sub(1)];
        Ok(starts.iter().map(|since| parts.remove(since).unwrap_or_default()).collect())
    }

    async fn pulse(&self, user: &UserId) -> Result<String, StoreError> {
        let user = user.as_str().to_owned();
        Ok(read!(self, |conn| conn.pulse(&user).await)?)
    }

    async fn open_test(
        &self,
        user: &UserId,
        event: &EventId,
        since: OffsetDateTime,
    ) -> Result<Option<PostRecord>, StoreError> {
        let (user, event, since) = (user.as_str().to_owned(), event.as_str().to_owned(), micros(since));
        let found = read!(self, |conn| {
            let open: Option<String> = publication::table
                .filter(publication::test_of.eq(&event))
                .filter(publication::user_id.eq(&user))
                .select(publication::post_id)
                .first(conn)
                .await
                .optional()?;
            let test = match open {
                Some(open) => Some(open),
                None => conn.live_test(&event, since).await?,
            };
            match test {
                Some(id) => conn.find_post(&user, &id).await,
                None => Ok(None),
            }
        })?;
        Ok(found.map(record).transpose()?)
    }

    async fn change(&self, record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError> {
        let due_at = record.publication.due_at;
        let (record, entries) = (record.clone(), entries.to_owned());
        let changed = transact!(self, |conn| conn.change_as_read(&record, &entries).await);
        match changed {
            Ok(None) => Ok(false),
            Ok(Some(before)) => {
                // What was due may have been leased: that hid its account's other posts.
                self.tell_of([before.due_at, due_at].into_iter().flatten().min());
                Ok(true)
            }
            Err(trouble) if trouble.is_taken("test_of") => Ok(false),
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn remove(&self, user: &UserId, id: &PostId, epoch: i64) -> Result<bool, StoreError> {
        let (user, id) = (user.as_str().to_owned(), id.as_str().to_owned());
        let removed = transact!(self, |conn| {
            let removed = diesel::delete(publication::table)
                .filter(publication::post_id.eq(&id))
                .filter(publication::user_id.eq(&user))
                .filter(publication::epoch.eq(epoch))
                .execute(conn)
                .await?;
            if removed == 1 {
                conn.remove_rest(&id).await?;
            }
            Ok(removed == 1)
        })?;
        Ok(removed)
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn by_id(found: Vec<Found>) -> Result<BTreeMap<String, PostRecord>, Trouble> {
    let named = |found| record(found).map(|record| (record.post.id.as_str().to_owned(), record));
    found.into_iter().map(named).collect()
}
