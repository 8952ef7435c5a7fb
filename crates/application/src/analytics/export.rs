use std::sync::Arc;

use rats_domain::{
    analytics::{PageEnd, SheetRow},
    id::UserId,
};

use crate::{Ports, Refusal};

/// How many posts are read at a time.
const PAGE: usize = 500;

/// Some of all posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetPage {
    /// The posts, the newest first.
    pub rows: Vec<SheetRow>,
    /// What to ask for next; `None` at the end.
    pub next: Option<PageEnd>,
}

/// All posts that went out with their last numbers, page by page, so that a sheet of any length takes the memory of one page.
pub struct ExportPosts(pub Arc<Ports>);

impl ExportPosts {
    /// The posts after `after`, or the first ones.
    pub async fn page(&self, user: &UserId, after: Option<&PageEnd>) -> Result<SheetPage, Refusal> {
        let rows = self.0.analytics.sheet(user, after, PAGE).await?;
        let last = rows.last().filter(|_| rows.len() == PAGE).map(|row| &row.published);
        let next = last.map(|last| PageEnd { sent_at: last.sent_at, post: last.post.clone() });
        Ok(SheetPage { rows, next })
    }
}
