//! A publication's row, and the statements that more than one repository needs.

use std::collections::BTreeSet;

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{AccountId, ConnectionId, ContainerId, PostId, UserId},
    publication::{Container, Parts, Publication, Request, Stage},
};

use crate::{
    backend::{Dialect, ids, json, statements},
    fixed::Fixed,
    moment::{micros, moment, moment_if},
    schema::{container, publication},
    trouble::Trouble,
};

/// The columns of a [`Row`]: by name, since a statement that was prepared with `*` fails once a newer release adds one.
pub(crate) const COLUMNS: &str = "post_id, user_id, connection_id, account, stage, epoch, version, due_at, publish_at, useless_after, \
    container_id, container_created_at, container_ready, intent_at, first_intent_at, may_send_until, first_unclear_at, attempt, \
    attention, lane";

/// What the saga says, without lease, test and caption: what a step writes.
#[derive(
    Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::QueryableByName, diesel::Insertable, serde::Serialize,
)]
#[diesel(table_name = publication, treat_none_as_null = true)]
pub(crate) struct Row {
    pub(crate) post_id: String,
    user_id: String,
    pub(crate) connection_id: Option<String>,
    pub(crate) account: Option<String>,
    stage: String,
    pub(crate) epoch: i64,
    version: i64,
    pub(crate) due_at: Option<i64>,
    publish_at: Option<i64>,
    useless_after: Option<i64>,
    container_id: Option<String>,
    container_created_at: Option<i64>,
    container_ready: bool,
    intent_at: Option<i64>,
    first_intent_at: Option<i64>,
    may_send_until: Option<i64>,
    first_unclear_at: Option<i64>,
    attempt: i64,
    attention: Option<String>,
    lane: Option<String>,
}

impl TryFrom<&Publication> for Row {
    type Error = Trouble;

    fn try_from(publication: &Publication) -> Result<Self, Trouble> {
        let container = publication.container.as_ref();
        let request = publication.request.as_ref();
        Ok(Self {
            post_id: publication.post.as_str().into(),
            user_id: publication.user.as_str().into(),
            connection_id: publication.connection.as_ref().map(|id| id.as_str().into()),
            account: publication.account.as_ref().map(|id| id.as_str().into()),
            stage: publication.stage.as_str().into(),
            epoch: publication.epoch,
            version: publication.version,
            due_at: publication.due_at.map(micros),
            publish_at: publication.publish_at.map(micros),
            useless_after: publication.useless_after.map(micros),
            container_id: container.map(|container| container.id.as_str().into()),
            container_created_at: container.map(|container| micros(container.created_at)),
            container_ready: container.is_some_and(|container| container.ready),
            intent_at: request.and_then(|request| request.intent_at).map(micros),
            first_intent_at: request.map(|request| micros(request.first_intent_at)),
            may_send_until: request.map(|request| micros(request.may_send_until)),
            first_unclear_at: request.and_then(|request| request.first_unclear_at).map(micros),
            attempt: publication.attempt.into(),
            attention: publication
                .attention
                .as_ref()
                .map(serde_json::to_string)
                .transpose()
                .map_err(|error| Trouble::damaged("an attention", error))?,
            lane: publication.lane().map(|account| account.as_str().into()),
        })
    }
}

impl TryFrom<Row> for Publication {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        let id = row.post_id.clone();
        let damaged = |column: &str| Trouble::damaged(format!("publication.{column} of {id}"), "unknown value");
        let parts = Parts {
            stage: Stage::parse(&row.stage).ok_or_else(|| damaged("stage"))?,
            epoch: row.epoch,
            version: row.version,
            due_at: moment_if(row.due_at)?,
            publish_at: moment_if(row.publish_at)?,
            useless_after: moment_if(row.useless_after)?,
            attempt: u32::try_from(row.attempt).map_err(|_| damaged("attempt"))?,
            attention: row
                .attention
                .as_deref()
                .map(serde_json::from_str)
                .transpose()
                .map_err(|_| damaged("attention"))?,
            container: row.container()?,
            request: row.request()?,
            post: PostId::new(row.post_id),
            user: UserId::new(row.user_id),
            connection: row.connection_id.map(ConnectionId::new),
            account: row.account.map(AccountId::new),
        };
        Self::restore(parts).map_err(|error| Trouble::damaged(format!("publication of {id}"), error))
    }
}

impl Row {
    fn container(&self) -> Result<Option<Container>, Trouble> {
        let (Some(id), Some(created_at)) = (&self.container_id, self.container_created_at) else {
            return Ok(None);
        };
        Ok(Some(Container {
            id: ContainerId::new(id.clone()),
            created_at: moment(created_at)?,
            ready: self.container_ready,
        }))
    }

    fn request(&self) -> Result<Option<Request>, Trouble> {
        let (Some(first_intent_at), Some(may_send_until)) = (self.first_intent_at, self.may_send_until) else {
            return Ok(None);
        };
        Ok(Some(Request {
            intent_at: moment_if(self.intent_at)?,
            may_send_until: moment(may_send_until)?,
            first_intent_at: moment(first_intent_at)?,
            first_unclear_at: moment_if(self.first_unclear_at)?,
        }))
    }
}

/// A publication to be written over the one of an expected epoch.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    /// What is written, with its new epoch.
    pub(crate) next: Publication,
    /// The epoch that must be found.
    pub(crate) expected: i64,
    /// Whether the lease stays as it is, while the publication is open.
    pub(crate) keeps_lease: bool,
    /// Whether its container is a new one, to be kept in its history.
    pub(crate) new_container: bool,
}

impl Write {
    /// A decision or change that ends the lease.
    pub(crate) fn ending_lease(next: Publication, expected: i64) -> Self {
        Self { next, expected, keeps_lease: false, new_container: false }
    }
}

#[derive(serde::Serialize)]
struct Written {
    #[serde(flatten)]
    row: Row,
    expected: i64,
    keeps_lease: bool,
    is_open: bool,
}

impl TryFrom<&Write> for Written {
    type Error = Trouble;

    fn try_from(write: &Write) -> Result<Self, Trouble> {
        let is_open = write.next.stage.is_open();
        Ok(Self {
            row: Row::try_from(&write.next)?,
            expected: write.expected,
            keeps_lease: write.keeps_lease && is_open,
            is_open,
        })
    }
}

/// What a [`Write`] writes over, by the names of [`Row`].
const WRITTEN: [(&str, &str); 22] = [
    ("post_id", "TEXT"),
    ("expected", "BIGINT"),
    ("keeps_lease", "BOOLEAN"),
    ("is_open", "BOOLEAN"),
    ("connection_id", "TEXT"),
    ("account", "TEXT"),
    ("stage", "TEXT"),
    ("epoch", "BIGINT"),
    ("version", "BIGINT"),
    ("due_at", "BIGINT"),
    ("publish_at", "BIGINT"),
    ("useless_after", "BIGINT"),
    ("container_id", "TEXT"),
    ("container_created_at", "BIGINT"),
    ("container_ready", "BOOLEAN"),
    ("intent_at", "BIGINT"),
    ("first_intent_at", "BIGINT"),
    ("may_send_until", "BIGINT"),
    ("first_unclear_at", "BIGINT"),
    ("attempt", "BIGINT"),
    ("attention", "TEXT"),
    ("lane", "TEXT"),
];

/// What `UPDATE … SET` says for them, but for the first four.
fn set() -> String {
    let columns: Vec<String> = WRITTEN[4..].iter().map(|(name, _)| format!("{name} = v.{name}")).collect();
    columns.join(", ")
}

const CONTAINER: [(&str, &str); 4] =
    [("post_id", "TEXT"), ("container_id", "TEXT"), ("account", "TEXT"), ("container_created_at", "BIGINT")];

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = Text)]
    post_id: String,
}

statements! {
    /// What is done with publications.
    pub(crate) trait Publications {
        /// The publication, locked until the transaction ends.
        async fn lock_publication(conn, post: &str) -> Result<Option<Publication>, Trouble> {
            let row: Option<Row> = Fixed(sql_query(format!(
                "SELECT {COLUMNS} FROM publication WHERE post_id = $1{}",
                Self::FOR_UPDATE
            ))
            .bind::<Text, _>(post.to_owned()))
            .get_result(conn)
            .await
            .optional()?;
            row.map(Publication::try_from).transpose()
        }

        /// The publications of these posts, locked until the transaction ends, in an order that all callers share.
        async fn lock_publications(conn, posts: &[&str]) -> Result<Vec<Publication>, Trouble> {
            let rows: Vec<Row> = Fixed(sql_query(format!(
                "SELECT {COLUMNS} FROM publication WHERE post_id IN (SELECT v.post_id FROM {}) ORDER BY post_id{}",
                Self::records(&[("post_id", "TEXT")]),
                Self::FOR_UPDATE
            ))
            .bind::<Text, _>(ids(posts)?))
            .load(conn)
            .await?;
            rows.into_iter().map(Publication::try_from).collect()
        }

        /// The open publications bound to a connection, locked until the transaction ends, in an order that all callers share.
        async fn lock_open(conn, connection: &str) -> Result<Vec<Publication>, Trouble> {
            let rows: Vec<Row> = Fixed(sql_query(format!(
                "SELECT {COLUMNS} FROM publication WHERE account = (SELECT account FROM connection WHERE id = $1) \
                 AND connection_id = $1 AND due_at IS NOT NULL ORDER BY post_id{}",
                Self::FOR_UPDATE
            ))
            .bind::<Text, _>(connection.to_owned()))
            .load(conn)
            .await?;
            rows.into_iter().map(Publication::try_from).collect()
        }

        /// Writes each over the publication of its expected epoch, with its container's history; answers which were there.
        async fn write(conn, writes: &[&Write]) -> Result<BTreeSet<String>, Trouble> {
            let rows = writes.iter().map(|write| Written::try_from(*write)).collect::<Result<Vec<_>, _>>()?;
            let written: Vec<Id> = Fixed(sql_query(format!(
                "UPDATE publication SET {}, \
                 lease_until = CASE WHEN v.keeps_lease THEN publication.lease_until END, \
                 test_of = CASE WHEN v.is_open THEN publication.test_of END \
                 FROM {} WHERE publication.post_id = v.post_id AND publication.epoch = v.expected \
                 RETURNING publication.post_id",
                set(),
                Self::records(&WRITTEN)
            ))
            .bind::<Text, _>(json(&rows)?))
            .load(conn)
            .await?;
            let written: BTreeSet<String> = written.into_iter().map(|row| row.post_id).collect();
            let is_new = |write: &&&Write| write.new_container && written.contains(write.next.post.as_str());
            let made: Vec<&Publication> = writes.iter().filter(is_new).map(|write| &write.next).collect();
            conn.keep_containers(&made).await?;
            Ok(written)
        }

        /// Keeps the publications' containers in their history.
        async fn keep_containers(conn, publications: &[&Publication]) -> Result<(), Trouble> {
            let with_one = publications.iter().filter(|publication| publication.container.is_some());
            let rows = with_one.map(|publication| Row::try_from(*publication)).collect::<Result<Vec<_>, _>>()?;
            if rows.is_empty() {
                return Ok(());
            }
            Fixed(sql_query(format!(
                "INSERT INTO container (post_id, container_id, account, created_at) \
                 SELECT v.post_id, v.container_id, v.account, v.container_created_at FROM {} WHERE TRUE ON CONFLICT DO NOTHING",
                Self::records(&CONTAINER)
            ))
            .bind::<Text, _>(json(&rows)?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Containers of the post that were made at or after `since`, newest first.
        async fn containers_of(conn, post: &str, since: i64) -> Result<Vec<String>, Trouble> {
            Ok(container::table
                .filter(container::post_id.eq(post.to_owned()))
                .filter(container::created_at.ge(since))
                .order((container::created_at.desc(), container::container_id.desc()))
                .select(container::container_id)
                .load(conn)
                .await?)
        }
    }
}

/// The same publication with another epoch.
pub(crate) fn with_epoch(publication: &Publication, epoch: i64) -> Result<Publication, Trouble> {
    let parts = Parts { epoch, ..(**publication).clone() };
    Publication::restore(parts).map_err(|error| Trouble::damaged("a publication to write", error))
}
