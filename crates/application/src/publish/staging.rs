//! Towards the request: a container is made, processed and found ready.

use rats_domain::{
    connection::Feature,
    instagram::{Access, Advice, ContainerStatus, PlatformError},
    publication::{Attention, AttentionKind, STAND_READY, Stage, Step},
};
use time::{Duration, OffsetDateTime};

use super::{
    backoff,
    note::{because, person_time, without_promise},
    work::{Flow, Stop, Work},
};

/// A picture that is processed for longer is given up; the usual is some seconds.
const LONGEST_PROCESSING: std::time::Duration = std::time::Duration::from_mins(10);

/// How many containers that Instagram failed to process are replaced before the post fails.
const MOST_CONTAINERS: usize = 2;

impl Work<'_> {
    /// The next step of a post that no request was sent for.
    pub(super) async fn towards_request(&mut self) -> Result<Flow, Stop> {
        if self.is_useless() {
            return self.too_late().await;
        }
        if let Some(begin) = self.too_early() {
            return self.take(Step::NotYet { due_at: begin }, &[]).await;
        }
        let Some((connection, access)) = self.access() else { return self.hold_for_reconnect().await };
        if !connection.features.contains(&Feature::Publish) {
            return self.hold_for_permission().await;
        }
        if let Some(reason) = self.ports.settings.unreachable.clone() {
            return self.unreachable(reason).await;
        }
        let publication = self.publication();
        match (&publication.container, publication.stage) {
            (None, _) => self.create(&access).await,
            // After a refusal it is not ready: its status is read before anything else.
            (Some(container), _)
                if container.ready && self.now() - container.created_at > self.ports.settings.publish.container_age =>
            {
                let entry = self
                    .entry("container_discarded", "Its preparation on Instagram was about to expire; it is made anew.");
                self.take(Step::ContainerDiscarded { retry_at: self.now() }, &[entry]).await
            }
            (Some(container), Stage::Staged) if container.ready => match publication.publish_at {
                Some(publish_at) if publish_at - STAND_READY > self.now() => {
                    self.take(Step::NotYet { due_at: publish_at - STAND_READY }, &[]).await
                }
                _ => self.send(&access).await,
            },
            (Some(_), _) => self.poll(&access).await,
        }
    }

    /// When to begin, if that is still to come.
    fn too_early(&self) -> Option<OffsetDateTime> {
        let publication = self.publication();
        let (spans, publish_at) = (&self.ports.settings.publish, publication.publish_at?);
        let is_early = publish_at - spans.lead > self.now();
        (publication.stage == Stage::Waiting && publication.container.is_none() && is_early)
            .then(|| spans.staging_begins(publish_at, self.ports.random.fraction()))
    }

    async fn create(&mut self, access: &Access) -> Result<Flow, Stop> {
        if let Some(later) = self.over_reserve(access) {
            return self.take(Step::NotYet { due_at: later }, &[]).await;
        }
        if let Some(moved) = self.over_rest().await? {
            return Ok(moved);
        }
        if let Some(moved) = self.over_creations().await? {
            return Ok(moved);
        }
        self.ask_quota_ahead(access).await?;
        self.keep_lease().await?;
        let post = &self.claim.post;
        let image = self.ports.picture_url(post.picture.as_str());
        match self.ports.publisher.create_image(access, &image, post.caption.as_str()).await {
            Ok(id) => {
                let at = self.now();
                self.claim.allowance.created.count += 1;
                let entry = self.entry("container_created", "Handed to Instagram, which prepares it.");
                self.take(Step::ContainerCreated { id, at, look_at: at }, &[entry]).await
            }
            Err(error) => self.remedy(access, &error).await,
        }
    }

    async fn poll(&mut self, access: &Access) -> Result<Flow, Stop> {
        self.keep_lease().await?;
        let Some(container) = self.publication().container.clone() else { return self.release().await };
        let answer = match self.ports.publisher.status(access, &container.id).await {
            Ok(answer) => answer,
            Err(error) => return self.remedy(access, &of_reading(error)).await,
        };
        match self.dated(answer) {
            ContainerStatus::Finished => {
                let entry = self.entry("container_ready", "Instagram has prepared it; one call remains.");
                self.take_along(Step::ContainerReady, entry).await
            }
            ContainerStatus::InProgress => {
                let age: std::time::Duration = (self.now() - container.created_at).try_into().unwrap_or_default();
                if age > LONGEST_PROCESSING && self.containers().await? <= MOST_CONTAINERS {
                    return self.discard("Instagram did not finish preparing it; it is made anew.").await;
                }
                let look_at = self.now() + backoff::container_look(age);
                let end = self.publication().useless_after.filter(|end| *end > self.now());
                self.take(Step::ContainerPending { look_at: end.map_or(look_at, |end| look_at.min(end)) }, &[]).await
            }
            ContainerStatus::Published => self.live_by_status().await,
            ContainerStatus::Expired => self.discard("Its preparation on Instagram expired; it is made anew.").await,
            ContainerStatus::Error(error) => self.container_failed(&error).await,
        }
    }

    pub(super) async fn container_failed(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        if error.advice == Advice::Fix || self.containers().await? > MOST_CONTAINERS {
            return self.fail(AttentionKind::ContentRefused, error).await;
        }
        let text = format!("{}. We prepare it again by ourselves.", error.what);
        let entry = because(self.entry("container_failed", text), error);
        let wait = backoff::retry(self.publication().attempt, self.ports.random.fraction());
        self.take(Step::ContainerDiscarded { retry_at: self.now() + wait }, &[entry]).await
    }

    /// How many containers it had since its person last changed it: what was made of another text or picture says nothing of this one.
    async fn containers(&self) -> Result<usize, Stop> {
        let post = &self.claim.post;
        Ok(self.ports.queue.containers(&post.id, post.updated_at).await?.len())
    }

    pub(super) async fn discard(&mut self, text: &str) -> Result<Flow, Stop> {
        let entry = self.entry("container_discarded", text);
        self.take(Step::ContainerDiscarded { retry_at: self.now() }, &[entry]).await
    }

    pub(super) async fn too_late(&mut self) -> Result<Flow, Stop> {
        let publication = self.publication();
        let asked = publication.publish_at.map(person_time).unwrap_or_default();
        let down = self.downtime().await?;
        let behind = match publication.stage {
            Stage::Staged if self.is_behind().await? => Some(
                " Another post of this account was not confirmed by Instagram by then, and they go out one after another.",
            ),
            Stage::Staged => Some(
                " This service did not get to it: it was too busy, or another post of this account was still being confirmed by Instagram.",
            ),
            Stage::Staging => Some(" Instagram had not finished preparing it."),
            _ => None,
        };
        let reason = publication
            .attention
            .as_ref()
            .map(|attention| format!(" The last reason: {}", without_promise(&attention.message)))
            .into_iter()
            .chain(down)
            .reduce(|one, other| one + &other)
            .or(behind.map(str::to_owned))
            .unwrap_or_default();
        let text = format!(
            "It could not go out in time (it was for {asked}), so nothing was published.{reason} Try again to publish it now, or give it another time."
        );
        let entry = self.entry("failed", text.clone());
        self.take(Step::Fail { attention: Attention::new(AttentionKind::DeadlinePassed, text) }, &[entry]).await
    }

    /// Whether another post of its account is being published or not confirmed.
    async fn is_behind(&self) -> Result<bool, Stop> {
        let post = &self.claim.post;
        Ok(self.ports.posts.find(&post.user, &post.id).await?.is_some_and(|record| record.behind.is_some()))
    }

    pub(super) async fn hold_for_reconnect(&mut self) -> Result<Flow, Stop> {
        let text = "The Instagram account must be connected again; then this post goes on by itself unless it is too late for it by then.";
        let entry = self.entry("held", text);
        self.take(Step::Held { attention: Attention::new(AttentionKind::Reconnect, text) }, &[entry]).await
    }

    pub(super) async fn hold_for_permission(&mut self) -> Result<Flow, Stop> {
        let text = "This account was connected without the permission to publish. Connect it again and allow publishing; then this post goes on by itself unless it is too late for it by then.";
        let entry = self.entry("held", text);
        self.take(Step::Held { attention: Attention::new(AttentionKind::Reconnect, text) }, &[entry]).await
    }

    async fn unreachable(&mut self, reason: String) -> Result<Flow, Stop> {
        let entry = self.entry("waiting", reason.clone());
        let at = self.now() + Duration::minutes(10);
        self.take(Step::TryAgain { at, attention: Some(Attention::new(AttentionKind::Unreachable, reason)) }, &[entry])
            .await
    }
}

/// Who refuses to be asked about a post has not refused the post.
fn of_reading(error: PlatformError) -> PlatformError {
    match error.advice {
        Advice::Fix | Advice::Stop | Advice::RetryThenFix | Advice::RetryThenStop => PlatformError {
            advice: Advice::Retry,
            what: "Instagram refused to tell how far it has prepared the post".into(),
            ..error
        },
        _ => error,
    }
}
