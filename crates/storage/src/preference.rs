//! What users prefer.

use async_trait::async_trait;
use diesel::{OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::UserId,
    picture::CardLook,
    preference::{PreferenceRepository, Preferences},
    store::StoreError,
    zone::Zone,
};
use time::{OffsetDateTime, Time};

use crate::{
    Store,
    agenda::Agenda as _,
    backend::{read, transact},
    moment::{micros, moment},
    schema::preference,
    trouble::Trouble,
};

#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = preference, treat_none_as_null = true)]
struct Row {
    user_id: String,
    time_zone: String,
    post_at: i64,
    changed_at: i64,
    card_look: Option<String>,
}

#[async_trait]
impl PreferenceRepository for Store {
    async fn preferences(&self, user: &UserId) -> Result<Preferences, StoreError> {
        let user = user.as_str().to_owned();
        let row: Option<Row> = read!(self, |conn| {
            Ok(preference::table.find(&user).select(Row::as_select()).first(conn).await.optional()?)
        })?;
        Ok(row.map(Preferences::try_from).transpose()?.unwrap_or_default())
    }

    async fn prefer(&self, user: &UserId, preferences: &Preferences) -> Result<(), StoreError> {
        let minutes = i64::from(preferences.post_at.hour()) * 60 + i64::from(preferences.post_at.minute());
        let row = Row {
            user_id: user.as_str().into(),
            time_zone: preferences.zone.name().into(),
            post_at: minutes,
            changed_at: micros(preferences.changed_at.unwrap_or(OffsetDateTime::UNIX_EPOCH)),
            card_look: preferences.card_look.map(|look| look.as_str().into()),
        };
        let at_once = self.now();
        transact!(self, |conn| {
            diesel::insert_into(preference::table)
                .values(&row)
                .on_conflict(preference::user_id)
                .do_update()
                .set(&row)
                .execute(conn)
                .await?;
            conn.look_at_all_once(&row.user_id, at_once).await
        })?;
        Ok(())
    }
}

impl TryFrom<Row> for Preferences {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        let damaged =
            |column: &str| Trouble::damaged(format!("preference.{column} of {}", row.user_id), "unknown value");
        let number = |number: i64| u8::try_from(number).map_err(|_| damaged("post_at"));
        let (hour, minute) = (number(row.post_at.div_euclid(60))?, number(row.post_at.rem_euclid(60))?);
        let look = |word: &String| CardLook::parse(word).ok_or_else(|| damaged("card_look"));
        Ok(Self {
            zone: Zone::parse(&row.time_zone).map_err(|_| damaged("time_zone"))?,
            post_at: Time::from_hms(hour, minute, 0).map_err(|_| damaged("post_at"))?,
            card_look: row.card_look.as_ref().map(look).transpose()?,
            changed_at: Some(moment(row.changed_at)?),
        })
    }
}
