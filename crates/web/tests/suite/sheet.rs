//! A sheet of more posts than are read at a time.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rats_application::Ports;
use rats_domain::{
    analytics::{Aged, AnalyticsRepository, PageEnd, Published, SheetRow, Shown},
    id::{PictureId, PostId, UserId},
    metrics::{CollectionState, Slot},
    store::StoreError,
};
use time::{Duration, OffsetDateTime};

use crate::{fake::T, world::World};

/// A user with so many posts, the newest first; and how many were asked for at a time.
struct Many {
    posts: usize,
    asked: Mutex<Vec<usize>>,
}

impl Many {
    fn row(number: usize) -> SheetRow {
        let post = PostId::new(format!("p{number:04}"));
        let sent_at = T - Duration::minutes(i64::try_from(number).unwrap());
        let picture = PictureId::new("x");
        SheetRow {
            published: Published { post: post.clone(), sent_at, picture: None, event: None, metrics: None },
            shown: Shown { post, caption: format!("Number {number}"), picture, permalink: None, event: None },
            state: CollectionState::Ended,
        }
    }
}

#[async_trait]
impl AnalyticsRepository for Many {
    async fn published(&self, _: &UserId, _: OffsetDateTime, _: OffsetDateTime) -> Result<Vec<Published>, StoreError> {
        Ok(vec![])
    }

    async fn published_at(
        &self,
        _: &UserId,
        _: OffsetDateTime,
        _: OffsetDateTime,
        _: Slot,
    ) -> Result<Vec<Aged>, StoreError> {
        Ok(vec![])
    }

    async fn shown(&self, _: &UserId, _: &[PostId]) -> Result<Vec<Shown>, StoreError> {
        Ok(vec![])
    }

    async fn sheet<'a>(
        &self,
        _: &UserId,
        after: Option<&'a PageEnd>,
        limit: usize,
    ) -> Result<Vec<SheetRow>, StoreError> {
        let is_after = |row: &SheetRow| {
            after.is_none_or(|end| (row.published.sent_at, &row.published.post) < (end.sent_at, &end.post))
        };
        let rows: Vec<SheetRow> = (0..self.posts).map(Self::row).filter(is_after).take(limit).collect();
        self.asked.lock().unwrap().push(rows.len());
        Ok(rows)
    }
}

/// The lines of a sheet of so many posts, and how many were read at a time.
async fn sheet(posts: usize) -> (Vec<String>, Vec<usize>) {
    let many = Arc::new(Many { posts, asked: Mutex::default() });
    let analytics = many.clone();
    let world = World::over(|ports| Ports { analytics, ..ports }).await;
    let answer = world.get("u1", "/api/social-media/analytics/export.csv").await;
    assert_eq!(answer.status, 200);
    let text = String::from_utf8(answer.bytes).unwrap();
    let asked = many.asked.lock().unwrap().clone();
    (text.lines().map(str::to_owned).collect(), asked)
}

#[actix_web::test]
async fn a_sheet_of_many_pages_has_one_head_and_each_post_once_in_order() {
    let (lines, asked) = sheet(1_203).await;
    assert_eq!(asked, [500, 500, 203], "page by page");
    assert!(lines[0].trim_start_matches('\u{feff}').starts_with("_id,sentAt,"));
    let ids: Vec<&str> = lines[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
    let expected: Vec<String> = (0..1_203).map(|number| format!("p{number:04}")).collect();
    assert_eq!(ids, expected);
}

#[actix_web::test]
async fn a_sheet_that_ends_with_its_page_is_whole() {
    for (posts, pages) in [(499, vec![499]), (500, vec![500, 0]), (501, vec![500, 1])] {
        let (lines, asked) = sheet(posts).await;
        assert_eq!((lines.len(), asked), (posts + 1, pages));
    }
}
