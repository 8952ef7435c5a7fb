//! Numbers as columns.

use diesel::sql_types::{BigInt, Nullable};
use rats_domain::metrics::{Numbers, Rated};

use crate::{moment::moment, schema::metrics, trouble::Trouble};

/// Numbers as columns of `metrics`, or of any answer.
#[derive(Clone, Copy, Debug, diesel::Queryable, diesel::QueryableByName, diesel::Selectable, serde::Serialize)]
#[diesel(table_name = metrics)]
pub(crate) struct NumberColumns {
    likes: Option<i64>,
    comments: Option<i64>,
    shares: Option<i64>,
    impressions: Option<i64>,
    views: Option<i64>,
    reach: Option<i64>,
    saved: Option<i64>,
    total_interactions: Option<i64>,
}

impl NumberColumns {
    /// Their names.
    pub(crate) const NAMES: [&str; 8] =
        ["likes", "comments", "shares", "impressions", "views", "reach", "saved", "total_interactions"];
}

impl TryFrom<NumberColumns> for Numbers {
    type Error = Trouble;

    fn try_from(row: NumberColumns) -> Result<Self, Trouble> {
        Ok(Self {
            likes: number(row.likes)?,
            comments: number(row.comments)?,
            shares: number(row.shares)?,
            impressions: number(row.impressions)?,
            views: number(row.views)?,
            reach: number(row.reach)?,
            saved: number(row.saved)?,
            total_interactions: number(row.total_interactions)?,
        })
    }
}

impl TryFrom<&Numbers> for NumberColumns {
    type Error = Trouble;

    fn try_from(numbers: &Numbers) -> Result<Self, Trouble> {
        Ok(Self {
            likes: stored(numbers.likes)?,
            comments: stored(numbers.comments)?,
            shares: stored(numbers.shares)?,
            impressions: stored(numbers.impressions)?,
            views: stored(numbers.views)?,
            reach: stored(numbers.reach)?,
            saved: stored(numbers.saved)?,
            total_interactions: stored(numbers.total_interactions)?,
        })
    }
}

/// Interactions and reach of one reading, as columns of `metrics`; all of them are known, or none is.
#[derive(Clone, Copy, Debug, diesel::Queryable, diesel::QueryableByName, diesel::Selectable)]
#[diesel(table_name = metrics)]
pub(crate) struct RatedColumns {
    #[diesel(column_name = rated_interactions, sql_type = Nullable<BigInt>)]
    interactions: Option<i64>,
    #[diesel(column_name = rated_reach, sql_type = Nullable<BigInt>)]
    reach: Option<i64>,
    #[diesel(column_name = rated_at, sql_type = Nullable<BigInt>)]
    told_at: Option<i64>,
}

impl RatedColumns {
    /// Their names.
    pub(crate) const NAMES: [&str; 3] = ["rated_interactions", "rated_reach", "rated_at"];

    pub(crate) fn into_rated(self) -> Result<Option<Rated>, Trouble> {
        let both = number(self.interactions)?.zip(number(self.reach)?);
        let Some(((interactions, reach), told_at)) = both.zip(self.told_at) else { return Ok(None) };
        Ok(Some(Rated { interactions, reach, told_at: moment(told_at)? }))
    }
}

/// A number that was stored.
pub(crate) fn number(column: Option<i64>) -> Result<Option<u64>, Trouble> {
    column.map(u64::try_from).transpose().map_err(|error| Trouble::damaged("a number of metrics", error))
}

/// A number to be stored.
pub(crate) fn stored(number: Option<u64>) -> Result<Option<i64>, Trouble> {
    number.map(i64::try_from).transpose().map_err(|error| Trouble::damaged("a number of metrics", error))
}
