use std::sync::Arc;

use rats_domain::{
    event::Event,
    id::{EventId, UserId},
    post::PostRecord,
    publication::{Stage, Step},
};
use time::OffsetDateTime;

use super::{look::look_now, plan};
use crate::{Ports, Refusal, post::Next, publish::person_time};

/// Has an event posted by itself once more in a year in which it was already.
pub struct PostAgain(pub Arc<Ports>);

impl PostAgain {
    /// Makes another post of the event's next day, where the one that there was is cancelled, removed, failed or live.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] if the event is not posted by itself or has no day any more, and if its post is still to be made, is on its way or
    /// is changed at that moment.
    pub async fn run(&self, user: &UserId, id: &EventId) -> Result<Event, Refusal> {
        let ports = &self.0;
        let event = ports.events.find(user, id).await?.ok_or(Refusal::NotFound("event"))?;
        if !event.details.posts_itself() {
            return Err(off(&event));
        }
        let preferences = ports.preferences.preferences(user).await?;
        let (now, useful) = (ports.clock.now(), ports.settings.publish.useless_after);
        let planned = plan::next(&event, &preferences, now, useful).ok_or_else(|| over(&event))?;
        let year = planned.day.year();
        let known = ports.occurrences.occurrences(user, Some(id), year).await?;
        let Some(known) = known.into_iter().find(|occurrence| occurrence.year == year) else {
            return Err(to_come(planned.at));
        };
        let left = match ports.posts.find(user, &known.post).await? {
            Some(record) => leave(ports, record)?,
            None => None,
        };
        let (record, entries) = left.map(|next| (next.record, next.entries)).unzip();
        if !ports.occurrences.forget(&known, record.as_ref(), &entries.unwrap_or_default()).await? {
            let text = "The post of this event was changed at this very moment, so no other was made. Look at it again, then decide.";
            return Err(Refusal::conflict("busy", text));
        }
        look_now(ports, user, id).await;
        Ok(event)
    }
}

/// The post that another one is made beside, told so; none where it is live, and so cannot be sent again anyway.
fn leave(ports: &Ports, record: PostRecord) -> Result<Option<Next>, Refusal> {
    let stage = record.publication.stage;
    let text = match stage {
        Stage::Published => return Ok(None),
        Stage::Draft | Stage::Cancelled | Stage::Failed => {
            let told = "You asked for another post of its event. This one stays as it is and does not follow the event any more.";
            return Next::after(ports, record, Step::Edited, vec![("left", told.into())]).map(Some);
        }
        Stage::Waiting | Stage::Staging | Stage::Staged => {
            "The post of this event is on its way, so no other was made. Change that one, or cancel it first."
        }
        Stage::Held => {
            "The post of this event waits for its Instagram account, so no other was made. Connect the account again; then it goes on by itself. Or cancel it first."
        }
        Stage::PublishRequested | Stage::Reconciling => {
            "The post of this event is being published and Instagram has not confirmed it yet, so no other was made. Its page tells what becomes of it."
        }
        Stage::NeedsReview => {
            "We could not find out whether the post of this event is live, so no other was made. Look at your Instagram profile, then decide on the post's page."
        }
    };
    Err(Refusal::conflict("on_its_way", text))
}

fn off(event: &Event) -> Refusal {
    let text = if event.details.is_active {
        "This event is not posted by itself, so nothing was made again. Switch that on first; it is then posted as soon as its day comes."
    } else {
        "This event is inactive, so it is not posted. Set it active first."
    };
    Refusal::conflict("off", text)
}

fn over(event: &Event) -> Refusal {
    let text = format!(
        "The time at which this event was to be posted on {} has passed, and it does not come back. Give it another day, or make a post of your own.",
        event.details.date
    );
    Refusal::conflict("over", text)
}

/// Its next post was not made so far.
fn to_come(at: OffsetDateTime) -> Refusal {
    let text = format!(
        "The next post of this event was not made yet, so there is nothing to make again: it goes out by itself at {}. To post something before, make a post of your own.",
        person_time(at)
    );
    Refusal::conflict("on_its_way", text)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        id::ContainerId,
        preference::Preferences,
        publication::{Attention, AttentionKind},
    };
    use time::Duration;

    use super::*;
    use crate::{
        auto_post::tests::{event, occurrence},
        mock::{Mocks, NOW, at, post},
    };

    fn note() -> Attention {
        Attention::new(AttentionKind::Review, "look")
    }

    /// The event of today, whose post took these steps; it is forgotten where `forgets` says so.
    fn again(event: Event, steps: Option<Vec<Step>>, forgets: Option<bool>) -> Result<Event, Refusal> {
        let mut mocks = Mocks::default();
        let known: Vec<_> = steps.iter().map(|_| occurrence(&event, 2026, "p")).collect();
        let record = steps.filter(|steps| !steps.is_empty()).map(|steps| {
            let record = post();
            let after = steps.into_iter().fold(record.publication.clone(), |at, step| at.after(step).unwrap());
            PostRecord { publication: after, ..record }
        });
        let before = record.clone();
        mocks.events.expect_find().returning(move |_, _| Ok(Some(event.clone())));
        mocks.preferences.expect_preferences().returning(|_| Ok(Preferences::default()));
        mocks.occurrences.expect_occurrences().returning(move |_, _, _| Ok(known.clone()));
        mocks.posts.expect_find().returning(move |_, _| Ok(record.clone()));
        if let Some(forgets) = forgets {
            mocks.occurrences.expect_forget().times(1).returning(move |_, left, entries| {
                // What could be set on its way again is changed, so that nobody does who read it before.
                let changes = before.as_ref().filter(|before| before.publication.stage != Stage::Published);
                assert_eq!(
                    left.map(|left| left.publication.version),
                    changes.map(|before| before.publication.version + 1)
                );
                assert_eq!(entries.len(), usize::from(left.is_some()), "its timeline tells");
                Ok(forgets)
            });
        }
        mocks.agenda.expect_take_event().returning(|_, _, _| Ok(None));
        let (user, id) = (UserId::new("u"), EventId::new("e"));
        PostAgain(mocks.ports()).run(&user, &id).now_or_never().unwrap()
    }

    #[track_caller]
    fn refused(answer: Result<Event, Refusal>, code: &str, words: &str) {
        let Err(Refusal::Conflict { code: told, message }) = answer else { panic!("{answer:?}") };
        assert!(told == code && message.contains(words), "{told}: {message}");
    }

    #[test]
    fn what_is_over_is_made_again_and_told_so() {
        let live = vec![
            at(NOW),
            Step::ContainerCreated { id: ContainerId::new("17"), at: NOW, look_at: NOW },
            Step::ContainerReady,
            Step::Intended { at: NOW, may_send_until: NOW },
            Step::Published { attention: None },
        ];
        let failed = vec![at(NOW), Step::Fail { attention: note() }];
        for steps in [vec![], vec![at(NOW), Step::Cancelled], failed.clone(), live] {
            assert!(again(event(), Some(steps), Some(true)).is_ok());
        }
        refused(again(event(), Some(failed), Some(false)), "busy", "at this very moment");
    }

    #[test]
    fn what_is_not_over_says_what_to_do() {
        let on_its_way = |steps| again(event(), Some(steps), None);
        refused(on_its_way(vec![at(NOW)]), "on_its_way", "cancel it first");
        refused(on_its_way(vec![at(NOW), Step::Disconnected { at: NOW }]), "on_its_way", "Connect the account");
        let mut sent = vec![
            at(NOW),
            Step::ContainerCreated { id: ContainerId::new("17"), at: NOW, look_at: NOW },
            Step::ContainerReady,
            Step::Intended { at: NOW, may_send_until: NOW },
        ];
        refused(on_its_way(sent.clone()), "on_its_way", "has not confirmed");
        sent.push(Step::Unclear { at: NOW, look_at: NOW, attention: note() });
        sent.push(Step::Review { look_at: NOW, attention: note() });
        refused(on_its_way(sent), "on_its_way", "decide");
        refused(again(event(), None, None), "on_its_way", "4 December 2026, 09:00 UTC");
    }

    #[test]
    fn an_event_that_is_not_posted_says_why() {
        let (mut off, mut idle, mut past) = (event(), event(), event());
        off.details.auto_post.enabled = false;
        refused(again(off, None, None), "off", "Switch that on");
        idle.details.is_active = false;
        refused(again(idle, None, None), "off", "Set it active");
        (past.details.is_recurring, past.details.date) = (false, past.details.date - Duration::WEEK);
        refused(again(past, None, None), "over", "2026-11-27");
    }
}
