use std::{collections::BTreeMap, sync::Arc};

use rats_domain::{
    id::{ConnectionId, PostId, UserId},
    part::{Part, Span},
    post::{PostFilter, PostList, PostRecord},
    publication::PersonAction,
    timeline::Entry,
};

use crate::{
    Ports, Refusal,
    home::{NEWS, endangered},
};

/// One post, with its timeline.
pub struct FindPost(pub Arc<Ports>);

impl FindPost {
    /// The user's post and what happened to it, oldest first.
    pub async fn run(&self, user: &UserId, id: &PostId) -> Result<(PostRecord, Vec<Entry>), Refusal> {
        self.0.posts.find_with_timeline(user, id).await?.ok_or(Refusal::NotFound("post"))
    }
}

/// Many posts.
pub struct ListPosts(pub Arc<Ports>);

impl ListPosts {
    /// The user's posts, newest first.
    pub async fn run(&self, user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, Refusal> {
        Ok(self.0.posts.list(user, filter).await?)
    }

    /// A part of a list of them.
    pub async fn part(&self, user: &UserId, list: &PostList, span: Span) -> Result<Part<PostRecord>, Refusal> {
        Ok(self.0.posts.part(user, list, span).await?)
    }

    /// A part of those that need a look: as on Home, those that failed within a week included.
    pub async fn troubled(&self, user: &UserId, span: Span) -> Result<Part<PostRecord>, Refusal> {
        let failed_since = self.0.clock.now() - NEWS;
        self.part(user, &PostList::Troubled { failed_since }, span).await
    }

    /// A part of those that wait for the user's account, or are in danger of having to; none where none is.
    pub async fn at_risk(&self, user: &UserId, span: Span) -> Result<Part<PostRecord>, Refusal> {
        let Some(connection) = self.0.connections.find_by_user(user).await? else { return Ok(Part::default()) };
        let Some(from) = endangered(&connection, self.0.clock.now()) else { return Ok(Part::default()) };
        self.part(user, &PostList::Awaiting { connection: connection.id, from }, span).await
    }
}

/// Whether anything moved.
pub struct TakePulse(pub Arc<Ports>);

impl TakePulse {
    /// See [`PostRepository::pulse`](rats_domain::post::PostRepository::pulse).
    pub async fn run(&self, user: &UserId) -> Result<String, Refusal> {
        Ok(self.0.posts.pulse(user).await?)
    }
}

/// Which accounts posts wait for.
pub struct NameAccounts(pub Arc<Ports>);

impl NameAccounts {
    /// For each of `records` whose account must be connected again, or looked at by its person, that account's username: the person may have
    /// connected another one since.
    pub async fn run(&self, records: &[PostRecord]) -> Result<BTreeMap<PostId, String>, Refusal> {
        let mut known: BTreeMap<&ConnectionId, Option<String>> = BTreeMap::new();
        let mut names = BTreeMap::new();
        for record in records {
            let Some(id) = awaited(record) else { continue };
            if !known.contains_key(id) {
                known.insert(id, self.0.connections.find(id).await?.map(|connection| connection.username));
            }
            if let Some(Some(name)) = known.get(id) {
                names.insert(record.post.id.clone(), name.clone());
            }
        }
        Ok(names)
    }
}

/// The connection whose account the person is to connect or to look at.
fn awaited(record: &PostRecord) -> Option<&ConnectionId> {
    let attention = record.publication.attention.as_ref()?;
    let actions = attention.kind.actions();
    let is_asked_for = actions.contains(&PersonAction::Reconnect) || actions.contains(&PersonAction::Adopt);
    record.publication.connection.as_ref().filter(|_| is_asked_for)
}

/// The user's post.
pub(super) async fn find(ports: &Ports, user: &UserId, id: &PostId) -> Result<PostRecord, Refusal> {
    ports.posts.find(user, id).await?.ok_or(Refusal::NotFound("post"))
}
