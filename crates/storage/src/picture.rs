//! Pictures: what is known of them; their files are elsewhere.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{PictureId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    picture::{Fit, Picture, PictureRepository, PictureSource},
    store::StoreError,
};

use crate::{
    Store,
    backend::{read, transact},
    idempotency::{KeyRow, Known, remember},
    moment::{micros, moment},
    schema::picture,
    trouble::Trouble,
};

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = picture)]
struct Row {
    id: String,
    user_id: String,
    source: String,
    original: Option<String>,
    fit: String,
    width: i64,
    height: i64,
    bytes: i64,
    changes: String,
    created_at: i64,
}

#[async_trait]
impl PictureRepository for Store {
    async fn add<'a>(&self, picture: &Picture, key: Option<&'a IdempotencyKey>) -> Result<Added<Picture>, AddError> {
        let row = Row::try_from(picture).map_err(StoreError::from)?;
        let (clock, picture, key) = (self.clock(), picture.clone(), key.cloned());
        let added = transact!(self, |conn| {
            let now = clock.now(conn).await?;
            let key = KeyRow::maybe(&picture.user, key.as_ref(), picture.id.as_str(), &picture, now)?;
            let known = remember(conn, key).await?;
            if matches!(known, Known::No) {
                diesel::insert_into(picture::table).values(&row).execute(conn).await?;
            }
            Ok(known.or_new(picture))
        });
        added.map_err(StoreError::from)?
    }

    async fn find(&self, user: &UserId, id: &PictureId) -> Result<Option<Picture>, StoreError> {
        let (user, id) = (user.as_str().to_owned(), id.as_str().to_owned());
        let row: Option<Row> = read!(self, |conn| {
            Ok(picture::table
                .filter(picture::id.eq(&id).and(picture::user_id.eq(&user)))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(Picture::try_from).transpose()?)
    }

    async fn find_variant(&self, user: &UserId, original: &str, fit: Fit) -> Result<Option<Picture>, StoreError> {
        let (user, original) = (user.as_str().to_owned(), original.to_owned());
        let row: Option<Row> = read!(self, |conn| {
            Ok(picture::table
                .filter(picture::user_id.eq(&user))
                .filter(picture::original.eq(&original))
                .filter(picture::fit.eq(fit.as_str()))
                .order((picture::created_at, picture::id))
                .select(Row::as_select())
                .first(conn)
                .await
                .optional()?)
        })?;
        Ok(row.map(Picture::try_from).transpose()?)
    }
}

impl TryFrom<&Picture> for Row {
    type Error = Trouble;

    fn try_from(picture: &Picture) -> Result<Self, Trouble> {
        Ok(Self {
            id: picture.id.as_str().into(),
            user_id: picture.user.as_str().into(),
            source: picture.source.as_str().into(),
            original: picture.original.clone(),
            fit: picture.fit.as_str().into(),
            width: picture.width.into(),
            height: picture.height.into(),
            bytes: i64::try_from(picture.bytes).map_err(|error| Trouble::damaged("a picture's size", error))?,
            changes: serde_json::to_string(&picture.changes)
                .map_err(|error| Trouble::damaged("a picture's changes", error))?,
            created_at: micros(picture.created_at),
        })
    }
}

impl TryFrom<Row> for Picture {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        let damaged = |column: &str| Trouble::damaged(format!("picture.{column} of {}", row.id), "unknown value");
        Ok(Self {
            source: PictureSource::parse(&row.source).ok_or_else(|| damaged("source"))?,
            fit: Fit::parse(&row.fit).ok_or_else(|| damaged("fit"))?,
            width: u32::try_from(row.width).map_err(|_| damaged("width"))?,
            height: u32::try_from(row.height).map_err(|_| damaged("height"))?,
            bytes: u64::try_from(row.bytes).map_err(|_| damaged("bytes"))?,
            changes: serde_json::from_str(&row.changes).map_err(|_| damaged("changes"))?,
            original: row.original.clone(),
            created_at: moment(row.created_at)?,
            id: PictureId::new(row.id),
            user: UserId::new(row.user_id),
        })
    }
}
