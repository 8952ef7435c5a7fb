//! A post's row, and what is kept for its idempotency key.

use rats_domain::{
    caption::Caption,
    id::{EventId, PictureId, PostId, UserId},
    post::{Origin, Post, PostRecord},
    publication::{Parts, Publication},
    receipt::Receipt,
};
use serde::{Deserialize, Serialize};

use crate::{
    metrics,
    moment::{micros, moment, moment_if},
    publication, receipt,
    schema::post,
    trouble::Trouble,
};

/// The columns of a [`Row`], by name: see the publication's.
pub(crate) const COLUMNS: &str =
    "id, user_id, event_id, caption, picture_id, origin, scheduled_for, created_at, updated_at";

#[derive(
    Clone, diesel::Queryable, diesel::QueryableByName, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = post, treat_none_as_null = true)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(super) user_id: String,
    event_id: Option<String>,
    caption: String,
    picture_id: String,
    origin: String,
    scheduled_for: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// A post with all that one query finds beside it.
pub(super) type Found =
    (Row, publication::Row, Option<receipt::Row>, Option<metrics::Row>, Option<String>, Option<String>, Option<i64>);

/// The same, and its timeline as text.
pub(super) type Told = (
    Row,
    publication::Row,
    Option<receipt::Row>,
    Option<metrics::Row>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

/// What was answered when a post was added.
#[derive(Serialize, Deserialize)]
pub(super) struct Snapshot {
    post: Post,
    publication: Parts,
    event_title: Option<String>,
}

impl From<&Post> for Row {
    fn from(post: &Post) -> Self {
        Self {
            id: post.id.as_str().into(),
            user_id: post.user.as_str().into(),
            event_id: post.event.as_ref().map(|id| id.as_str().into()),
            caption: post.caption.as_str().into(),
            picture_id: post.picture.as_str().into(),
            origin: post.origin.as_str().into(),
            scheduled_for: post.scheduled_for.map(micros),
            created_at: micros(post.created_at),
            updated_at: micros(post.updated_at),
        }
    }
}

impl TryFrom<Row> for Post {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        Ok(Self {
            origin: Origin::parse(&row.origin)
                .ok_or_else(|| Trouble::damaged(format!("post.origin of {}", row.id), "unknown word"))?,
            id: PostId::new(row.id),
            user: UserId::new(row.user_id),
            event: row.event_id.map(EventId::new),
            caption: Caption::stored(row.caption),
            picture: PictureId::new(row.picture_id),
            scheduled_for: moment_if(row.scheduled_for)?,
            created_at: moment(row.created_at)?,
            updated_at: moment(row.updated_at)?,
        })
    }
}

pub(super) fn record(found: Found) -> Result<PostRecord, Trouble> {
    let (post, publication, receipt, metrics, event_title, holder, last_entry) = found;
    Ok(PostRecord {
        behind: holder.filter(|holder| *holder != post.id).map(PostId::new),
        updated_at: moment(last_entry.map_or(post.updated_at, |last| last.max(post.updated_at)))?,
        post: Post::try_from(post)?,
        publication: Publication::try_from(publication)?,
        receipt: receipt.map(Receipt::try_from).transpose()?,
        metrics: metrics.map(metrics::Row::into_metrics).transpose()?.flatten(),
        event_title,
    })
}

impl From<&PostRecord> for Snapshot {
    fn from(record: &PostRecord) -> Self {
        Self {
            post: record.post.clone(),
            publication: (*record.publication).clone(),
            event_title: record.event_title.clone(),
        }
    }
}

impl TryFrom<Snapshot> for PostRecord {
    type Error = Trouble;

    fn try_from(kept: Snapshot) -> Result<Self, Trouble> {
        Ok(Self {
            publication: Publication::restore(kept.publication)
                .map_err(|error| Trouble::damaged(format!("idempotency.snapshot of {}", kept.post.id), error))?,
            updated_at: kept.post.updated_at,
            post: kept.post,
            receipt: None,
            metrics: None,
            event_title: kept.event_title,
            behind: None,
        })
    }
}
