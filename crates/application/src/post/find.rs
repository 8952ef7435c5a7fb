use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    post::{PostFilter, PostRecord},
    timeline::Entry,
};

use crate::{Ports, Refusal};

/// One post, with its timeline.
pub struct FindPost(pub Arc<Ports>);

impl FindPost {
    /// The user's post and what happened to it, oldest first.
    pub async fn run(&self, user: &UserId, id: &PostId) -> Result<(PostRecord, Vec<Entry>), Refusal> {
        let record = find(&self.0, user, id).await?;
        let timeline = self.0.posts.timeline(user, id).await?;
        Ok((record, timeline))
    }
}

/// Many posts.
pub struct ListPosts(pub Arc<Ports>);

impl ListPosts {
    /// The user's posts, newest first.
    pub async fn run(&self, user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, Refusal> {
        Ok(self.0.posts.list(user, filter).await?)
    }
}

/// The user's post.
pub(super) async fn find(ports: &Ports, user: &UserId, id: &PostId) -> Result<PostRecord, Refusal> {
    ports.posts.find(user, id).await?.ok_or(Refusal::NotFound("post"))
}
