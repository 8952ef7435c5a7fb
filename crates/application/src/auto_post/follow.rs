//! A post follows its event until its request leaves.
//!
//! What its owner changed by hand, text, picture or time, stays as it is, and the timeline says so.

use rats_domain::{
    caption::Caption,
    event::Event,
    id::PictureId,
    occurrence::Occurrence,
    post::{Origin, PostRecord},
    publication::{Stage, Step},
};
use time::{Date, OffsetDateTime};

use super::{
    look::Look,
    outlook::{Outlook, in_the_way},
    plan::{self, Planned},
    render,
};
use crate::{
    Refusal,
    post::{Next, Timing, Words, usable_connection},
    publish::person_time,
};

/// A post and its occurrence as they are to be, with what the timeline is to say.
struct Draft {
    record: PostRecord,
    occurrence: Occurrence,
    words: Vec<Words>,
    /// Another time, where its event's changed and it follows.
    moved_to: Option<OffsetDateTime>,
    content_changed: bool,
}

impl Look<'_> {
    /// A post on its way follows its event, is cancelled where that is not to be posted any more, or is left alone once its time has come.
    pub(super) async fn keep_in_step(
        &self,
        occurrence: &Occurrence,
        record: PostRecord,
        planned: Option<Planned>,
    ) -> Result<Outlook, Refusal> {
        let on_its_way = Outlook::on_its_way(self.ports);
        let wanted = self.event.as_ref().filter(|event| event.details.posts_itself());
        let of_it = |event: &Event| plan::of_occurrence(event, occurrence, planned, &self.preferences, self.now);
        if let Some((event, planned)) = wanted.and_then(|event| Some((event, of_it(event)?))) {
            let outlook = self.follow(occurrence, record, event, planned).await?;
            let problem = self.forecast(&occurrence.post).await?;
            return Ok(outlook.and(Outlook { problem, ..on_its_way }));
        }
        // Its owner gave it a time again after it was cancelled: it is theirs.
        if occurrence.is_withdrawn {
            return Ok(on_its_way);
        }
        self.withdraw(occurrence, record, planned).await
    }

    /// A post that was cancelled with its event comes back with it.
    pub(super) async fn bring_back(
        &self,
        occurrence: &Occurrence,
        record: PostRecord,
        planned: Option<Planned>,
    ) -> Result<Outlook, Refusal> {
        let wanted = self.event.as_ref().filter(|event| event.details.posts_itself());
        let of_its_year = planned.filter(|planned| planned.day.year() == occurrence.year);
        let is_ours = record.publication.stage == Stage::Cancelled && occurrence.is_withdrawn;
        let Some((event, planned)) = wanted.zip(of_its_year).filter(|_| is_ours) else {
            return self.leave(occurrence, &record).await;
        };
        match self.revive(occurrence, record, event, planned).await {
            Ok(outlook) => Ok(outlook),
            Err(refusal) => Ok(Outlook::hindered(self.ports, planned.at, in_the_way(refusal)?)),
        }
    }

    async fn follow(
        &self,
        occurrence: &Occurrence,
        record: PostRecord,
        event: &Event,
        planned: Planned,
    ) -> Result<Outlook, Refusal> {
        let (mut draft, undrawn) = self.draft(occurrence, record, event, planned).await;
        if occurrence.is_withdrawn {
            draft.words.push(("kept", "It follows its event again.".into()));
        }
        // Text and time follow although the picture does not.
        let stored = if draft.words.is_empty() { Outlook::never() } else { self.keep(draft, planned).await? };
        match undrawn {
            Some(refusal) => Ok(stored.and(Outlook::hindered(self.ports, planned.at, in_the_way(refusal)?))),
            None => Ok(stored),
        }
    }

    /// Stores the post as it is to be, at its time or another.
    async fn keep(&self, draft: Draft, planned: Planned) -> Result<Outlook, Refusal> {
        let publication = &draft.record.publication;
        let kept = publication.publish_at.zip(publication.useless_after);
        let timing = Timing::scheduled(self.ports, draft.moved_to.or(publication.publish_at).unwrap_or(planned.at));
        let age = self.ports.settings.publish.container_age;
        let lasts =
            publication.container.as_ref().is_none_or(|container| timing.publish_at <= container.created_at + age);
        let step = Step::Moved {
            publish_at: timing.publish_at,
            due_at: timing.due_at,
            useless_after: kept.filter(|_| draft.moved_to.is_none()).map_or(timing.useless_after, |(_, ends)| ends),
            keep_container: lasts && !draft.content_changed,
        };
        self.store(draft, step).await
    }

    async fn revive(
        &self,
        occurrence: &Occurrence,
        record: PostRecord,
        event: &Event,
        planned: Planned,
    ) -> Result<Outlook, Refusal> {
        let connection = usable_connection(self.ports, self.user).await?;
        // A time that was given by hand stays, as long as it is to come.
        let by_hand = record.publication.publish_at.filter(|at| *at != occurrence.rendition.publish_at);
        let at = by_hand.filter(|at| *at > self.now).unwrap_or(planned.at);
        let (mut draft, undrawn) = self.draft(occurrence, record, event, planned).await;
        if let Some(refusal) = undrawn {
            return Err(refusal);
        }
        draft.words.retain(|(step, _)| *step != "moved");
        draft.words.push(("scheduled", format!("Scheduled again with its event, for {}.", person_time(at))));
        (draft.record.post.origin, draft.record.post.scheduled_for) = (Origin::Scheduled, Some(at));
        draft.occurrence.rendition.publish_at = planned.at;
        self.store(draft, Timing::scheduled(self.ports, at).through(&connection)).await
    }

    async fn withdraw(
        &self,
        occurrence: &Occurrence,
        record: PostRecord,
        planned: Option<Planned>,
    ) -> Result<Outlook, Refusal> {
        let text = format!("Cancelled, since {}; nothing was published.", self.reason(planned));
        let draft = Draft {
            record,
            occurrence: occurrence.clone(),
            words: vec![("cancelled", text)],
            moved_to: None,
            content_changed: false,
        };
        let ports = self.ports;
        let is_settled = self.event.is_none();
        let occurrence = Occurrence { is_withdrawn: true, is_settled, ..draft.occurrence };
        let next = Next::after(ports, draft.record, Step::Cancelled, draft.words)?;
        if !ports.occurrences.tend(&occurrence, &next.record, &next.entries).await? {
            return Ok(Outlook::came_between(self.now));
        }
        Ok(if is_settled { Outlook::never() } else { self.watch(&occurrence) })
    }

    /// Why the event is not posted in the post's year.
    fn reason(&self, planned: Option<Planned>) -> String {
        let Some(event) = &self.event else { return "its event was deleted".into() };
        if !event.details.is_active {
            return "its event was set inactive".into();
        }
        if !event.details.auto_post.enabled {
            return "its event is not posted by itself any more".into();
        }
        match planned {
            Some(planned) => format!("its event is posted next on {}", planned.day),
            None => "its event is over".into(),
        }
    }

    /// The post with what its event changed about it; and why its picture could not be made anew, if it could not.
    async fn draft(
        &self,
        occurrence: &Occurrence,
        record: PostRecord,
        event: &Event,
        planned: Planned,
    ) -> (Draft, Option<Refusal>) {
        let mut draft = Draft {
            record,
            occurrence: Occurrence { is_withdrawn: false, is_settled: false, ..occurrence.clone() },
            words: Vec::new(),
            moved_to: None,
            content_changed: false,
        };
        draft.occurrence.rendition.day = planned.day;
        draft.follow_text(render::known_text(self.ports, event));
        let undrawn = self.follow_picture(&mut draft, event, planned.day).await.err();
        draft.follow_time(planned.at);
        (draft, undrawn)
    }

    async fn follow_picture(&self, draft: &mut Draft, event: &Event, day: Date) -> Result<(), Refusal> {
        let look = self.preferences.look_of(event.details.kind);
        let shows = render::shows(event, day, look);
        if shows == draft.occurrence.rendition.shows {
            return Ok(());
        }
        if draft.record.post.picture == draft.occurrence.rendition.picture {
            draft.show(render::picture(self.ports, event, day, look).await?);
        } else {
            let told = "Its event's picture changed; the one that was chosen by hand stays.";
            draft.words.push(("kept", told.into()));
        }
        draft.occurrence.rendition.shows = shows;
        Ok(())
    }

    async fn store(&self, draft: Draft, step: Step) -> Result<Outlook, Refusal> {
        let next = Next::after(self.ports, draft.record, step, draft.words)?;
        if self.ports.occurrences.tend(&draft.occurrence, &next.record, &next.entries).await? {
            Ok(Outlook::on_its_way(self.ports))
        } else {
            Ok(Outlook::came_between(self.now))
        }
    }
}

impl Draft {
    fn follow_text(&mut self, text: Option<Caption>) {
        let (post, rendition) = (&mut self.record.post, &mut self.occurrence.rendition);
        let Some(text) = text.filter(|text| *text != rendition.caption) else { return };
        if post.caption == rendition.caption {
            post.caption = text.clone();
            self.content_changed = true;
            self.words.push(("edited", "Text changed with its event.".into()));
        } else if post.caption != text {
            let told = "Its event's text changed; the text that was given by hand stays. Clear it to take the event's.";
            self.words.push(("kept", told.into()));
        }
        rendition.caption = text;
    }

    fn show(&mut self, picture: PictureId) {
        self.record.post.picture = picture.clone();
        self.occurrence.rendition.picture = picture;
        self.content_changed = true;
        self.words.push(("edited", "Picture made anew with its event.".into()));
    }

    fn follow_time(&mut self, at: OffsetDateTime) {
        let rendition = &mut self.occurrence.rendition;
        if rendition.publish_at == at {
            return;
        }
        let before = self.record.publication.publish_at;
        if before == Some(rendition.publish_at) || before.is_none() {
            self.record.post.scheduled_for = Some(at);
            self.moved_to = Some(at);
            let text =
                format!("Moved from {} to {} with its event.", person_time(rendition.publish_at), person_time(at));
            self.words.push(("moved", text));
        } else {
            let text =
                format!("Its event is to be posted at {} now; the time that was given by hand stays.", person_time(at));
            self.words.push(("kept", text));
        }
        rendition.publish_at = at;
    }
}
