use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    post::{Origin, PostRecord},
    publication::{Publication, Stage, Step},
};
use time::OffsetDateTime;

use super::{
    change::{Next, Words, find_to_change, store},
    compose::{Timing, usable_connection},
    content::{Change, Content, PostChanges},
    schedule::check_time,
    warning::{Scheduled, Warning, accepted},
};
use crate::{Ports, Refusal, publish::person_time};

/// Changes a post: its text, picture, event or time.
pub struct EditPost(pub Arc<Ports>);

impl EditPost {
    /// Applies `changes`, and gives the post the time `time`; cleared, it is a draft again. `seen` is the version that the person saw, where
    /// they say so; without it, it is the one that is there now. What is the same already is not stored again.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] once a publish request has left, if somebody else changed it, or if it is to go out and no account is connected that
    /// can publish; [`Refusal::Invalid`] with what is wrong.
    pub async fn run(
        &self,
        user: &UserId,
        id: &PostId,
        changes: &PostChanges,
        time: &Change<OffsetDateTime>,
        seen: Option<i64>,
    ) -> Result<Scheduled, Refusal> {
        let ports = &self.0;
        let before = find_to_change(ports, user, id, seen).await?;
        if let Change::Set(at) = time {
            check_time(ports, *at)?;
        }
        let content = Content::changed(ports, &before.post, changes).await?;
        let account = before.publication.account.clone();
        let record = store(ports, before, async |record| edited(ports, record, &content, time).await).await?;
        let warnings = other_account(account.as_ref(), &record);
        Ok(accepted(ports, record, warnings).await)
    }
}

/// What a post becomes; `None` where nothing is different.
async fn edited(
    ports: &Ports,
    record: PostRecord,
    content: &Content,
    time: &Change<OffsetDateTime>,
) -> Result<Option<Next>, Refusal> {
    let differences = content.differences(&record.post);
    let said = time_words(&record.publication, time);
    if differences.is_none() && said.is_none() {
        return Ok(None);
    }
    let step = match time {
        Change::Clear => Step::Drafted,
        Change::Keep => rewritten(ports, &record, content),
        Change::Set(at) => scheduled(ports, &record, content, *at).await?,
    };
    let mut record = record;
    content.put(&mut record.post);
    match time {
        Change::Keep => {}
        Change::Clear => (record.post.origin, record.post.scheduled_for) = (Origin::Draft, None),
        Change::Set(at) => (record.post.origin, record.post.scheduled_for) = (Origin::Scheduled, Some(*at)),
    }
    let words = differences.map(|text| ("edited", text)).into_iter().chain(said).collect();
    Next::after(ports, record, step, words).map(Some)
}

/// What the timeline says about the time; nothing where it stays.
fn time_words(publication: &Publication, time: &Change<OffsetDateTime>) -> Option<Words> {
    let is_planned = is_planned(publication.stage);
    match (time, publication.publish_at) {
        (Change::Keep, _) => None,
        (Change::Clear, _) if publication.stage == Stage::Draft => None,
        (Change::Clear, _) => Some(("drafted", "Made a draft again; it does not go out.".into())),
        (Change::Set(at), Some(before)) if is_planned && before == *at => None,
        (Change::Set(at), Some(before)) if is_planned => {
            Some(("moved", format!("Moved from {} to {}.", person_time(before), person_time(*at))))
        }
        (Change::Set(at), _) => Some(("scheduled", format!("Scheduled for {}.", person_time(*at)))),
    }
}

/// The step of another text, picture or event alone.
fn rewritten(ports: &Ports, record: &PostRecord, content: &Content) -> Step {
    let publication = &record.publication;
    match (publication.publish_at, publication.useless_after) {
        (Some(publish_at), Some(useless_after)) if is_planned(publication.stage) => Step::Moved {
            publish_at,
            due_at: Timing::scheduled(ports, publish_at).due_at,
            useless_after,
            keep_container: !content.shows_other_than(&record.post),
        },
        _ => Step::Edited,
    }
}

/// The step of a time that a person gives: one on its way or held stays with its account, any other goes to the one that is connected.
async fn scheduled(ports: &Ports, record: &PostRecord, content: &Content, at: OffsetDateTime) -> Result<Step, Refusal> {
    let timing = Timing::scheduled(ports, at);
    if !is_planned(record.publication.stage) {
        let connection = usable_connection(ports, &record.post.user).await?;
        return Ok(timing.through(&connection, true));
    }
    let age = ports.settings.publish.container_age;
    let lasts = record.publication.container.as_ref().is_some_and(|container| at <= container.created_at + age);
    Ok(Step::Moved {
        publish_at: timing.publish_at,
        due_at: timing.due_at,
        useless_after: timing.useless_after,
        keep_container: lasts && !content.shows_other_than(&record.post),
    })
}

/// Whether it has a time at which it goes out unless something happens.
fn is_planned(stage: Stage) -> bool {
    matches!(stage, Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held)
}

/// A post that was bound to another account goes to the one that is connected now only because the person says so: they should know.
pub(super) fn other_account(before: Option<&rats_domain::id::AccountId>, record: &PostRecord) -> Vec<Warning> {
    let is_other = before.is_some() && before != record.publication.account.as_ref();
    let text = "This post was for another Instagram account. It now goes to the one that is connected.";
    is_other.then(|| Warning::new("other_account", text)).into_iter().collect()
}
