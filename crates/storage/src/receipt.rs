//! Receipts, and how a new one goes together with what was known.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{AccountId, ContainerId, MediaId, PostId},
    receipt::{ConfirmedBy, Receipt},
};

use crate::{
    backend::{Dialect, ids, json, statements},
    fixed::Fixed,
    moment::{micros, moment},
    schema::receipt,
    trouble::Trouble,
};

#[derive(Clone, Debug, diesel::Queryable, diesel::QueryableByName, diesel::Selectable, serde::Serialize)]
#[diesel(table_name = receipt)]
pub(crate) struct Row {
    pub(crate) post_id: String,
    pub(crate) account: String,
    container_id: Option<String>,
    media: Option<String>,
    permalink: Option<String>,
    sent_at: i64,
    confirmed_at: i64,
    confirmed_by: String,
}

/// What is known once `new` is: an id already known stays, except that Instagram's own answer replaces one found by a witness;
/// an id or permalink fills a gap.
pub(crate) fn merged(known: &Receipt, new: &Receipt) -> Receipt {
    let from_answer = new.confirmed_by == ConfirmedBy::Answer && known.confirmed_by != ConfirmedBy::Answer;
    match (&known.media, &new.media) {
        (None, Some(_)) => Receipt {
            media: new.media.clone(),
            permalink: new.permalink.clone().or_else(|| known.permalink.clone()),
            confirmed_by: new.confirmed_by,
            ..known.clone()
        },
        (Some(old), Some(told)) if old == told => Receipt {
            permalink: known.permalink.clone().or_else(|| new.permalink.clone()),
            confirmed_by: if from_answer { new.confirmed_by } else { known.confirmed_by },
            ..known.clone()
        },
        (Some(_), Some(_)) if from_answer => Receipt {
            container: new.container.clone(),
            media: new.media.clone(),
            permalink: new.permalink.clone(),
            confirmed_by: new.confirmed_by,
            ..known.clone()
        },
        (Some(_), Some(_)) => known.clone(),
        (_, None) => Receipt { permalink: known.permalink.clone().or_else(|| new.permalink.clone()), ..known.clone() },
    }
}

const COLUMNS: [(&str, &str); 8] = [
    ("post_id", "TEXT"),
    ("account", "TEXT"),
    ("container_id", "TEXT"),
    ("media", "TEXT"),
    ("permalink", "TEXT"),
    ("sent_at", "BIGINT"),
    ("confirmed_at", "BIGINT"),
    ("confirmed_by", "TEXT"),
];

const NAMES: &str = "post_id, account, container_id, media, permalink, sent_at, confirmed_at, confirmed_by";

#[derive(diesel::QueryableByName)]
struct Owned {
    #[diesel(sql_type = Text)]
    media: String,
}

statements! {
    /// What is done with receipts.
    pub(crate) trait Receipts {
        /// `told` without an id that belongs to another post. Only Instagram's own answer is believed against another post's find,
        /// which is then taken back.
        async fn settle_owner(conn, post: &PostId, told: &Receipt) -> Result<Receipt, Trouble> {
            let Some(media) = &told.media else { return Ok(told.clone()) };
            let owner: Option<(String, String)> = receipt::table
                .filter(receipt::media.eq(media.as_str().to_owned()))
                .filter(receipt::post_id.ne(post.as_str().to_owned()))
                .select((receipt::post_id, receipt::confirmed_by))
                .first(conn)
                .await
                .optional()?;
            let Some((owner, by)) = owner else { return Ok(told.clone()) };
            let answer = ConfirmedBy::Answer;
            if told.confirmed_by != answer || by == answer.as_str() {
                return Ok(Receipt { media: None, permalink: None, ..told.clone() });
            }
            diesel::update(receipt::table.find(owner))
                .set((receipt::media.eq(None::<String>), receipt::permalink.eq(None::<String>)))
                .execute(conn)
                .await?;
            Ok(told.clone())
        }

        /// Which of these media, each told of a post, another post's receipt names.
        async fn owned_by_others(conn, told: &[(&PostId, &MediaId)]) -> Result<BTreeSet<String>, Trouble> {
            #[derive(serde::Serialize)]
            struct Told<'a> {
                post_id: &'a str,
                media: &'a str,
            }

            let told: Vec<Told<'_>> =
                told.iter().map(|(post, media)| Told { post_id: post.as_str(), media: media.as_str() }).collect();
            let owned: Vec<Owned> = Fixed(sql_query(format!(
                "SELECT r.media FROM {} JOIN receipt r ON r.media = v.media WHERE r.post_id <> v.post_id",
                Self::records(&[("post_id", "TEXT"), ("media", "TEXT")])
            ))
            .bind::<Text, _>(json(&told)?))
            .load(conn)
            .await?;
            Ok(owned.into_iter().map(|row| row.media).collect())
        }

        /// The receipts of these posts.
        async fn receipts(conn, posts: &[&str]) -> Result<BTreeMap<String, Receipt>, Trouble> {
            let rows: Vec<Row> = Fixed(sql_query(format!(
                "SELECT {NAMES} FROM receipt WHERE post_id IN (SELECT v.post_id FROM {})",
                Self::records(&[("post_id", "TEXT")])
            ))
            .bind::<Text, _>(ids(posts)?))
            .load(conn)
            .await?;
            rows.into_iter().map(|row| Ok((row.post_id.clone(), Receipt::try_from(row)?))).collect()
        }

        /// Writes receipts: post, account, receipt.
        async fn put_receipts(conn, receipts: &[(&PostId, &AccountId, &Receipt)]) -> Result<(), Trouble> {
            let rows: Vec<Row> = receipts.iter().map(|(post, account, receipt)| Row::new(post, account, receipt)).collect();
            let set = COLUMNS[1..].iter().map(|(name, _)| format!("{name} = excluded.{name}")).collect::<Vec<_>>().join(", ");
            Fixed(sql_query(format!(
                "INSERT INTO receipt ({NAMES}) SELECT {NAMES} FROM {} WHERE TRUE ON CONFLICT (post_id) DO UPDATE SET {set}",
                Self::records(&COLUMNS)
            ))
            .bind::<Text, _>(json(&rows)?))
            .execute(conn)
            .await?;
            Ok(())
        }
    }
}

impl Row {
    fn new(post: &PostId, account: &AccountId, receipt: &Receipt) -> Self {
        Self {
            post_id: post.as_str().into(),
            account: account.as_str().into(),
            container_id: receipt.container.as_ref().map(|id| id.as_str().into()),
            media: receipt.media.as_ref().map(|id| id.as_str().into()),
            permalink: receipt.permalink.clone(),
            sent_at: micros(receipt.sent_at),
            confirmed_at: micros(receipt.confirmed_at),
            confirmed_by: receipt.confirmed_by.as_str().into(),
        }
    }
}

impl TryFrom<Row> for Receipt {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        Ok(Self {
            confirmed_by: ConfirmedBy::parse(&row.confirmed_by)
                .ok_or_else(|| Trouble::damaged(format!("receipt.confirmed_by of {}", row.post_id), "unknown word"))?,
            container: row.container_id.map(ContainerId::new),
            media: row.media.map(MediaId::new),
            permalink: row.permalink,
            sent_at: moment(row.sent_at)?,
            confirmed_at: moment(row.confirmed_at)?,
        })
    }
}
