//! The statements that posts need, each written once for both databases.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, IntoSql as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
    dsl::{max, sql},
    sql_query,
    sql_types::{Bool, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    connection::Health,
    id::{ConnectionId, EventId},
    post::{Origin, Post, PostFilter, PostRecord},
    publication::{Publication, Stage},
    timeline::Entry,
};

use super::row::{Found, Row, Told};
use crate::{
    backend::{Dialect, statements},
    crypto::short_hash,
    fixed::Fixed,
    metrics, publication as saga,
    publication::{Publications as _, Write, with_epoch},
    receipt,
    schema::{
        connection, container, event, metrics as metrics_table, post, publication, receipt as receipt_table, snapshot,
        timeline_entry,
    },
    timeline::{self, Timelines as _, about},
    trouble::Trouble,
};

/// Whether the publication is what the person's change of `record` began with. A worker moves on without a new epoch: what ended meanwhile has
/// another version, and what has sent its request is not a person's to change.
fn is_as_read(before: &Publication, record: &PostRecord) -> bool {
    let next = &record.publication;
    before.epoch == next.epoch
        && before.version + 1 == next.version
        && before.user == record.post.user
        && !before.stage.holds_lane()
}

#[derive(diesel::QueryableByName)]
struct HealthRow {
    #[diesel(sql_type = Text)]
    health: String,
}

// Who holds the lane of a post's account: at most one.
diesel::alias!(
    const HOLDER: Alias<Holder> = publication as holder;
);

/// One query for a post with everything beside it, so that a list costs no more than one.
macro_rules! posts {
    () => {
        post::table
            .inner_join(publication::table.on(publication::post_id.eq(post::id)))
            .left_join(receipt_table::table.on(receipt_table::post_id.eq(post::id)))
            .left_join(metrics_table::table.on(metrics_table::post_id.eq(post::id)))
            .left_join(event::table.on(event::id.nullable().eq(post::event_id)))
            .left_join(HOLDER.on(HOLDER.field(publication::lane).eq(publication::account)))
    };
}

/// What of it makes a [`Found`], and more where asked for.
macro_rules! found {
    ($($more:expr)?) => {
        (
            Row::as_select(),
            saga::Row::as_select(),
            Option::<receipt::Row>::as_select(),
            Option::<metrics::Row>::as_select(),
            event::title.nullable(),
            HOLDER.field(publication::post_id).nullable(),
            timeline_entry::table
                .filter(timeline_entry::post_id.eq(post::id))
                .select(max(timeline_entry::at))
                .single_value(),
            $($more,)?
        )
    };
}

statements! {
    /// What is done with posts.
    pub(crate) trait Posts {
        /// The event's test post that went live at or after `since`.
        async fn live_test(conn, event: &str, since: i64) -> Result<Option<String>, Trouble> {
            Ok(post::table
                .inner_join(receipt_table::table)
                .filter(post::event_id.eq(event.to_owned()))
                .filter(post::origin.eq(Origin::Test.as_str()))
                .filter(receipt_table::confirmed_at.ge(since))
                .select(post::id)
                .first(conn)
                .await
                .optional()?)
        }

        /// The user's post with all that is known of it.
        async fn find_post(conn, user: &str, id: &str) -> Result<Option<Found>, Trouble> {
            Ok(posts!()
                .filter(post::id.eq(id.to_owned()).and(post::user_id.eq(user.to_owned())))
                .select(found!())
                .first(conn)
                .await
                .optional()?)
        }

        /// The user's posts of these ids.
        async fn find_posts(conn, user: &str, ids: &[String]) -> Result<Vec<Found>, Trouble> {
            Ok(posts!()
                .filter(post::id.eq_any(ids).and(post::user_id.eq(user.to_owned())))
                .select(found!())
                .load(conn)
                .await?)
        }

        /// The user's post with its timeline, to be [parsed](timeline::parse).
        async fn find_told(conn, user: &str, id: &str) -> Result<Option<Told>, Trouble> {
            let query = posts!()
                .filter(post::id.eq(id.to_owned()).and(post::user_id.eq(user.to_owned())))
                .select(found!(sql::<Nullable<Text>>(&timeline::of_post::<Self>())));
            Ok(Fixed(query).get_result(conn).await.optional()?)
        }

        /// The user's posts, newest first.
        async fn list_posts(conn, user: &str, filter: &PostFilter) -> Result<Vec<Found>, Trouble> {
            let stages: Vec<&str> = Stage::ALL
                .into_iter()
                .filter(|stage| filter.status.is_none_or(|status| stage.status() == status))
                .map(Stage::as_str)
                .collect();
            let limit = filter.limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX);
            let from_the_first = filter.after.is_none().into_sql::<Bool>();
            let after = filter.after.as_ref().map_or("", |id| id.as_str()).to_owned();
            Ok(posts!()
                .select(found!())
                .filter(post::user_id.eq(user.to_owned()))
                .filter(publication::stage.eq_any(stages))
                .filter(post::id.lt(after).or(from_the_first))
                .order(post::id.desc())
                .limit(limit)
                .load(conn)
                .await?)
        }

        /// Those of these posts that are the user's, in any order.
        async fn posts_of(conn, user: &str, ids: &[String]) -> Result<Vec<Found>, Trouble> {
            Ok(posts!()
                .select(found!())
                .filter(post::id.eq_any(ids.to_vec()).and(post::user_id.eq(user.to_owned())))
                .load(conn)
                .await?)
        }

        /// The user's accounts, and the versions of their open posts, in short.
        async fn pulse(conn, user: &str) -> Result<String, Trouble> {
            let accounts: Vec<(String, String, String)> = connection::table
                .filter(connection::user_id.eq(user.to_owned()))
                .order(connection::id)
                .select((connection::id, connection::account, connection::health))
                .load(conn)
                .await?;
            let ids: Vec<String> = accounts.iter().map(|(id, ..)| id.clone()).collect();
            // What is open is found by account.
            let names: Vec<String> = accounts.iter().map(|(_, account, _)| account.clone()).collect();
            let mut open: Vec<(String, i64)> = publication::table
                .filter(publication::account.eq_any(names))
                .filter(publication::connection_id.eq_any(ids))
                .filter(publication::due_at.is_not_null())
                .select((publication::post_id, publication::version))
                .load(conn)
                .await?;
            open.sort_unstable();
            // What was open only between two looks has left this behind.
            let latest: Option<Option<i64>> = metrics_table::table
                .filter(metrics_table::user_id.eq(user.to_owned()))
                .select(max(metrics_table::sent_at))
                .first(conn)
                .await
                .optional()?;
            Ok(short_hash(&format!("{accounts:?} {open:?} {latest:?}")).to_string())
        }

        /// An event's title.
        async fn title(conn, id: Option<&EventId>) -> Result<Option<String>, Trouble> {
            let Some(id) = id else { return Ok(None) };
            Ok(event::table
                .find(id.as_str().to_owned())
                .select(event::title)
                .first(conn)
                .await
                .optional()?)
        }

        /// Whether the connection, if one is needed, works, and goes on working until the transaction ends.
        async fn works(conn, id: Option<&ConnectionId>) -> Result<bool, Trouble> {
            let Some(id) = id else { return Ok(true) };
            let row: Option<HealthRow> = Fixed(sql_query(format!(
                "SELECT health FROM connection WHERE id = $1{}",
                Self::FOR_SHARE
            ))
            .bind::<Text, _>(id.as_str().to_owned()))
            .get_result(conn)
            .await
            .optional()?;
            Ok(row.is_some_and(|row| row.health == Health::Working.as_str()))
        }

        /// Adds the rows of a new post.
        async fn insert_post(conn, new: &Post, begun: &Publication) -> Result<(), Trouble> {
            diesel::insert_into(post::table)
                .values(Row::from(new))
                .execute(conn)
                .await?;
            diesel::insert_into(publication::table)
                .values((
                    saga::Row::try_from(begun)?,
                    publication::caption_hash.eq(short_hash(&new.caption.normalised())),
                    publication::test_of.eq(test_of(new, begun)),
                ))
                .execute(conn)
                .await?;
            conn.keep_containers(&[begun]).await
        }

        /// Writes a person's change if the publication is what it began with, and its connection works where the post is to be on its way
        /// again; answers what it was before, if it did.
        async fn change_as_read(conn, record: &PostRecord, entries: &[Entry]) -> Result<Option<Publication>, Trouble> {
            let before = conn.lock_publication(record.post.id.as_str()).await?;
            let Some(before) = before.filter(|before| is_as_read(before, record)) else { return Ok(None) };
            let begins = !before.stage.is_open() && record.publication.stage.is_open();
            if begins && !conn.works(record.publication.connection.as_ref()).await? {
                return Ok(None);
            }
            conn.change_post(record).await?;
            conn.append(&about(&record.post.id, entries)).await?;
            Ok(Some(before))
        }

        /// Writes a person's change, its publication being locked and at the record's epoch.
        async fn change_post(conn, record: &PostRecord) -> Result<(), Trouble> {
            let row = Row::from(&record.post);
            diesel::update(post::table.find(row.id.clone())).set(&row).execute(conn).await?;
            let epoch = record.publication.epoch;
            let next = with_epoch(&record.publication, epoch + 1)?;
            conn.write(&[&Write::ending_lease(next, epoch)]).await?;
            diesel::update(publication::table.find(row.id))
                .set((
                    publication::caption_hash.eq(short_hash(&record.post.caption.normalised())),
                    publication::test_of.eq(test_of(&record.post, &record.publication)),
                ))
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Deletes what hangs on a post whose publication is deleted, and the post.
        async fn remove_rest(conn, id: &str) -> Result<(), Trouble> {
            let id = id.to_owned();
            diesel::delete(container::table.filter(container::post_id.eq(&id))).execute(conn).await?;
            diesel::delete(receipt_table::table.filter(receipt_table::post_id.eq(&id))).execute(conn).await?;
            diesel::delete(metrics_table::table.filter(metrics_table::post_id.eq(&id))).execute(conn).await?;
            diesel::delete(snapshot::table.filter(snapshot::post_id.eq(&id))).execute(conn).await?;
            diesel::delete(timeline_entry::table.filter(timeline_entry::post_id.eq(&id))).execute(conn).await?;
            diesel::delete(post::table.filter(post::id.eq(&id))).execute(conn).await?;
            Ok(())
        }
    }
}

/// The event whose open test post this is.
fn test_of(post: &Post, publication: &Publication) -> Option<String> {
    let is_open_test = post.origin == Origin::Test && publication.stage.is_open();
    post.event.as_ref().filter(|_| is_open_test).map(|event| event.as_str().to_owned())
}
