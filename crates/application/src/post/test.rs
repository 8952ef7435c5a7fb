use std::sync::Arc;

use rats_domain::{
    clock::Monotonic,
    connection::{Connection, Health},
    event::Event,
    id::{EventId, PostId, UserId},
    idempotency::IdempotencyKey,
    post::{AddPostError, Origin, PostRecord},
    publication::Stage,
};

use super::{
    content::PostRequest,
    find::find,
    schedule::{added_before, store_now},
};
use crate::{Ports, Refusal, picture::PictureChoice};

/// How often a waiting caller looks whether the post is settled.
const LOOK: std::time::Duration = std::time::Duration::from_millis(150);

/// How pressing "test" ended.
#[derive(Debug)]
pub enum TestOutcome {
    /// The post is live.
    Live(Box<PostRecord>),
    /// It waits for its account; what to do about that.
    Held(String),
    /// It was refused, or could not go out; the reason is the person's to mend.
    Refused(String),
    /// It could not go out, for a reason that may pass.
    Failed(String),
    /// It is still open: on its way, or requested and not confirmed by Instagram in time; we keep checking.
    Unconfirmed(Box<PostRecord>),
    /// We could not find out whether it is live; the person decides.
    InReview(Box<PostRecord>),
    /// Instagram was never connected: nothing was posted.
    NotConnected,
}

/// Posts an event's message now.
pub struct TestMessage(pub Arc<Ports>);

impl TestMessage {
    /// The event, if it has a message, and the user's connection if they have or had one that was not disconnected.
    pub async fn prepare(&self, user: &UserId, event: &EventId) -> Result<(Event, Option<Connection>), Refusal> {
        let event = self.0.events.find(user, event).await?.ok_or(Refusal::NotFound("event"))?;
        if event.message.as_deref().unwrap_or("").trim().is_empty() {
            return Err(Refusal::field(
                "aiGeneratedMessage",
                "This event has no message yet. Press “regenerate” to write one, then test again.",
            ));
        }
        let linked =
            |connection: &Connection| !matches!(connection.health, Health::Disconnected | Health::LinkedElsewhere);
        Ok((event, self.0.connections.find_by_user(user).await?.filter(linked)))
    }

    /// Stores the post, or finds the one that is not settled yet: pressing again never makes a second one.
    pub async fn start(
        &self,
        user: &UserId,
        event: &EventId,
        key: Option<&IdempotencyKey>,
    ) -> Result<PostRecord, Refusal> {
        let request =
            PostRequest { content: None, event: Some(event.clone()), picture: PictureChoice::Card(None), fit: None };
        if let Some(record) = added_before(&self.0, user, key).await? {
            return Ok(record);
        }
        let begun = self.0.clock.now();
        if let Some(open) = self.0.posts.open_test(user, event, begun).await? {
            return Ok(open);
        }
        let useless_after = self.0.settings.publish.useless_after_test;
        match store_now(&self.0, user, &request, Origin::Test, useless_after, key).await {
            Ok(added) => Ok(added.into_inner()),
            Err(Refusal::Conflict { code: "test_unsettled", .. }) => {
                self.0.posts.open_test(user, event, begun).await?.ok_or_else(|| AddPostError::TestUnsettled.into())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Waits until the post is settled, at most as long as the settings' patience.
    pub async fn wait(&self, user: &UserId, id: &PostId) -> Result<TestOutcome, Refusal> {
        let clock = &self.0.clock;
        let end: Monotonic = clock.monotonic() + self.0.settings.test_patience;
        loop {
            let record = find(&self.0, user, id).await?;
            if let Some(outcome) = outcome(&record) {
                return Ok(outcome);
            }
            if clock.monotonic() >= end {
                return Ok(TestOutcome::Unconfirmed(Box::new(record)));
            }
            clock.sleep_until((clock.monotonic() + LOOK).min(end)).await;
        }
    }
}

/// How the post ended; `None` while it is on its way.
fn outcome(record: &PostRecord) -> Option<TestOutcome> {
    use rats_domain::publication::AttentionKind as Kind;
    let attention = record.publication.attention.as_ref();
    let message = || {
        attention.map_or_else(|| "The post could not be published.".to_owned(), |attention| attention.message.clone())
    };
    let persons = attention
        .is_some_and(|attention| matches!(attention.kind, Kind::ContentRefused | Kind::Reconnect | Kind::ActInApp));
    match record.publication.stage {
        Stage::Published => Some(TestOutcome::Live(Box::new(record.clone()))),
        Stage::NeedsReview => Some(TestOutcome::InReview(Box::new(record.clone()))),
        Stage::Held => Some(TestOutcome::Held(message())),
        Stage::Failed if persons => Some(TestOutcome::Refused(message())),
        Stage::Failed => Some(TestOutcome::Failed(message())),
        // Somebody changed it meanwhile.
        Stage::Draft | Stage::Cancelled => {
            Some(TestOutcome::Failed("The post was cancelled meanwhile; nothing was published.".into()))
        }
        Stage::Waiting | Stage::Staging | Stage::Staged if record.post.origin == Origin::Scheduled => {
            let told = "The post was given another time meanwhile; nothing was published so far.";
            Some(TestOutcome::Failed(told.into()))
        }
        _ => None,
    }
}
