//! An event becomes a post.

use rats_domain::{
    event::Event,
    id::PostId,
    occurrence::{Making, Occurrence, Problem, Rendition},
    post::{AddPostError, Origin, Post},
    publication::Publication,
};
use time::Duration;

use super::{
    look::Look,
    outlook::{Outlook, in_the_way},
    plan::Planned,
    render::{self, Text},
};
use crate::{
    Refusal,
    post::{Timing, forecast, usable_connection},
    publish::{note, person_time},
};

/// Posts that are to be made at one moment are made within this, or the tenth part of the time ahead.
const SPREAD: Duration = Duration::HOUR;

/// Of an occurrence that another database may have posted.
const MAY_BE_LIVE: &str = "This service's database was restored after the event's time had passed, so we do not know whether the event was \
     posted. Look at your Instagram profile; if it is not there, post it by hand.";

impl Look<'_> {
    /// Makes the post once its day is near enough and the owner wants it.
    pub(super) async fn make_in_time(&mut self, planned: Planned) -> Result<Outlook, Refusal> {
        let Some(event) = self.event.clone().filter(|event| event.details.posts_itself()) else {
            return Ok(Outlook::never());
        };
        let ahead = Duration::try_from(self.ports.settings.auto_post_ahead).unwrap_or(Duration::MAX);
        let begins = planned.at.checked_sub(ahead).unwrap_or(planned.at);
        if self.now < begins {
            return Ok(Outlook::at(begins + SPREAD.min(ahead / 10) * self.ports.random.fraction()));
        }
        match self.make(event, planned).await {
            Ok(outlook) => Ok(outlook),
            Err(refusal) => Ok(Outlook::hindered(self.ports, planned.at, in_the_way(refusal)?)),
        }
    }

    async fn make(&mut self, event: Event, planned: Planned) -> Result<Outlook, Refusal> {
        let (ports, seen) = (self.ports, event.updated_at);
        // Before anything is drawn.
        let connection = usable_connection(ports, self.user).await?;
        let Text { caption, written } = render::text(ports, &event).await;
        let look = self.preferences.look_of(event.details.kind);
        let picture = render::picture(ports, &event, planned.day, look).await?;
        let post = Post {
            id: PostId::new(ports.random.new_id(self.now)),
            user: self.user.clone(),
            event: Some(event.id.clone()),
            caption: caption.clone(),
            picture: picture.clone(),
            origin: Origin::Scheduled,
            scheduled_for: Some(planned.at),
            created_at: self.now,
            updated_at: self.now,
        };
        let publication = Publication::draft(post.id.clone(), post.user.clone())
            .after(Timing::scheduled(ports, planned.at).through(&connection))
            .map_err(|error| Refusal::Broken(error.into()))?;
        let text = format!("Made from its event and scheduled for {}.", person_time(planned.at));
        let entry = note(ports, self.now, "scheduled", &publication, text);
        let occurrence = Occurrence {
            user: self.user.clone(),
            event: event.id.clone(),
            year: planned.day.year(),
            post: post.id.clone(),
            rendition: Rendition {
                day: planned.day,
                caption,
                picture,
                shows: render::shows(&event, planned.day, look),
                publish_at: planned.at,
            },
            is_withdrawn: false,
            is_settled: false,
        };
        let making = ports.occurrences.make(&occurrence, &post, &publication, &[entry], seen).await?;
        match making {
            Making::Made => {
                if let Some(written) = written {
                    self.replace(Event { message: Some(written.message), plan: Some(written.plan), ..event }).await?;
                }
                let problem = self.forecast(&post.id).await?;
                let is_late = planned.at <= self.now;
                // Its event may move on now.
                let moves_on = if is_late { Outlook::soon(self.now) } else { Outlook::never() };
                Ok(Outlook { problem, ..Outlook::on_its_way(ports).and(moves_on) })
            }
            Making::Exists | Making::EventChanged => Ok(Outlook::came_between(self.now)),
            Making::NotConnected => Err(AddPostError::NotConnected.into()),
            Making::MayBeLive => Err(Refusal::conflict("restored", MAY_BE_LIVE)),
        }
    }

    /// What is in the way of a post that is there: more posts of its account than Instagram allows.
    pub(super) async fn forecast(&self, post: &PostId) -> Result<Option<Problem>, Refusal> {
        let Some(record) = self.ports.posts.find(self.user, post).await? else { return Ok(None) };
        Ok(forecast(self.ports, &record).await?.map(|warning| Problem::new(warning.code, warning.message)))
    }
}
