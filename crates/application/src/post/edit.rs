use std::sync::Arc;

use futures_util::FutureExt as _;
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
        let record = store(ports, before, |record| edited(ports, record, &content, time).boxed()).await?;
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
        return Ok(timing.through(&connection));
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        connection::Feature,
        id::ContainerId,
        publication::{Attention, AttentionKind},
    };
    use time::Duration;

    use super::*;
    use crate::mock::{Mocks, NOW, at, connection, post};

    const LATER: OffsetDateTime = NOW.saturating_add(Duration::days(2));

    /// The example post after these steps.
    fn after(steps: Vec<Step>) -> PostRecord {
        let record = post();
        let publication =
            steps.into_iter().fold(record.publication.clone(), |at: Publication, step| at.after(step).unwrap());
        PostRecord { publication, ..record }
    }

    /// On its way with a container made `age` ago.
    fn staged(age: Duration) -> PostRecord {
        let made = Step::ContainerCreated { id: ContainerId::new("17"), at: NOW - age, look_at: NOW };
        after(vec![at(NOW), made, Step::ContainerReady])
    }

    fn text(text: &str) -> PostChanges {
        PostChanges { content: Change::Set(text.into()), ..PostChanges::default() }
    }

    /// What `found` becomes; it is found again as it was stored.
    fn edit(found: PostRecord, changes: &PostChanges, time: &Change<OffsetDateTime>) -> Result<PostRecord, Refusal> {
        let (mut mocks, shelf) = (Mocks::default(), std::sync::Arc::new(std::sync::Mutex::new(found)));
        let (read, written) = (shelf.clone(), shelf);
        mocks.posts.expect_find().returning(move |_, _| Ok(Some(read.lock().unwrap().clone())));
        mocks.posts.expect_change().returning(move |record, entries| {
            assert!(!entries.is_empty(), "the timeline tells it");
            *written.lock().unwrap() = record.clone();
            Ok(true)
        });
        let works = connection(vec![Feature::Basic, Feature::Publish]);
        mocks.connections.expect_find_by_user().returning(move |_| Ok(Some(works.clone())));
        mocks.history.expect_places().returning(|_, _| Ok(vec![]));
        mocks.history.expect_quota_total().returning(|_| Ok(None));
        mocks.history.expect_resting().returning(|_| Ok(None));
        let (edit, user, id) = (EditPost(mocks.ports()), UserId::new("u"), PostId::new("p"));
        edit.run(&user, &id, changes, time, None).now_or_never().unwrap().map(|scheduled| scheduled.record)
    }

    #[test]
    fn another_text_throws_the_container_away_and_a_move_keeps_it() {
        let edited = edit(staged(Duration::ZERO), &text("Another text"), &Change::Keep).unwrap();
        assert_eq!((&edited.publication.container, edited.publication.publish_at), (&None, Some(NOW)));
        assert_eq!(edited.post.caption.as_str(), "Another text");

        let moved =
            edit(staged(Duration::ZERO), &PostChanges::default(), &Change::Set(NOW + Duration::hours(2))).unwrap();
        assert!(moved.publication.container.is_some());
        assert_eq!(moved.post.scheduled_for, Some(NOW + Duration::hours(2)));
        let same_text = text(post().post.caption.as_str());
        assert!(
            edit(moved, &same_text, &Change::Set(NOW + Duration::hours(3))).unwrap().publication.container.is_some()
        );
    }

    #[test]
    fn a_container_that_would_be_too_old_by_then_is_not_kept() {
        let at = Change::Set(NOW + Duration::hours(3));
        let moved = |age| edit(staged(age), &PostChanges::default(), &at).unwrap().publication.container.clone();
        assert!(moved(Duration::hours(20)).is_some(), "23 h old");
        assert!(moved(Duration::hours(20) + Duration::SECOND).is_none());
    }

    #[test]
    fn a_moved_post_is_begun_again_ahead_of_its_new_time() {
        let moved = edit(staged(Duration::ZERO), &PostChanges::default(), &Change::Set(LATER)).unwrap();
        let ahead = LATER - moved.publication.due_at.unwrap();
        assert!(ahead > Duration::minutes(5) && ahead <= Duration::minutes(15), "{ahead}");
        assert_eq!(moved.publication.useless_after, Some(LATER + Duration::hours(12)));
    }

    #[test]
    fn a_draft_a_cancelled_and_a_failed_post_are_scheduled_by_a_time() {
        let note = Attention::new(AttentionKind::ContentRefused, "Another picture, please.");
        for steps in
            [vec![Step::Drafted], vec![at(NOW), Step::Cancelled], vec![at(NOW), Step::Fail { attention: note.clone() }]]
        {
            let scheduled = edit(after(steps), &text("At last"), &Change::Set(LATER)).unwrap();
            assert_eq!((scheduled.publication.stage, scheduled.publication.publish_at), (Stage::Waiting, Some(LATER)));
            assert_eq!((scheduled.post.origin, scheduled.post.scheduled_for), (Origin::Scheduled, Some(LATER)));
        }
        let failed =
            edit(after(vec![at(NOW), Step::Fail { attention: note }]), &text("At last"), &Change::Keep).unwrap();
        assert_eq!(failed.publication.stage, Stage::Failed, "its text alone does not send it");
    }

    #[test]
    fn a_held_post_is_edited_and_moved_while_it_waits_for_its_account() {
        let held = after(vec![at(NOW), Step::Disconnected { at: NOW }]);
        let edited = edit(held, &text("Another text"), &Change::Set(LATER)).unwrap();
        assert_eq!((edited.publication.stage, edited.publication.publish_at), (Stage::Held, Some(LATER)));
    }

    #[test]
    fn null_makes_it_a_draft_again() {
        let draft = edit(staged(Duration::ZERO), &PostChanges::default(), &Change::Clear).unwrap();
        assert_eq!((draft.publication.stage, draft.publication.due_at), (Stage::Draft, None));
        assert_eq!((draft.post.origin, draft.post.scheduled_for), (Origin::Draft, None));
    }

    #[test]
    fn what_is_the_same_already_is_not_stored() {
        let staged = staged(Duration::ZERO);
        let (same_text, same_time) = (text(staged.post.caption.as_str()), Change::Set(NOW));
        assert_eq!(edit(staged.clone(), &same_text, &same_time).unwrap(), staged);
        let draft = after(vec![Step::Drafted]);
        assert_eq!(edit(draft.clone(), &PostChanges::default(), &Change::Clear).unwrap(), draft);
    }

    #[test]
    fn a_time_is_refused_as_when_scheduling() {
        for at in [NOW - Duration::minutes(2), NOW + Duration::days(367)] {
            let refused = edit(staged(Duration::ZERO), &PostChanges::default(), &Change::Set(at)).unwrap_err();
            assert!(matches!(&refused, Refusal::Invalid(problems) if problems[0].field == "scheduledFor"), "{refused}");
        }
    }

    #[test]
    fn a_change_is_refused_once_a_request_has_left() {
        let intended = Step::Intended { at: NOW, may_send_until: NOW };
        let note = || Attention::new(AttentionKind::Review, "look");
        let requested = staged(Duration::ZERO).publication.after(intended).unwrap();
        let unclear = requested.after(Step::Unclear { at: NOW, look_at: NOW, attention: note() }).unwrap();
        let review = unclear.after(Step::Review { look_at: NOW, attention: note() }).unwrap();
        let live = requested.after(Step::Published { attention: None }).unwrap();
        for (publication, expected) in
            [(requested, "too_late"), (unclear, "too_late"), (review, "needs_review"), (live, "published")]
        {
            let record = PostRecord { publication, ..post() };
            let refused = edit(record, &text("Another text"), &Change::Keep).unwrap_err();
            let Refusal::Conflict { code, message } = refused else { panic!("{refused}") };
            assert_eq!(code, expected);
            assert!(
                code != "needs_review" || message.contains("with its link") && message.contains("publish it again")
            );
        }
    }

    #[test]
    fn an_old_version_is_refused_with_the_present_one() {
        let mut mocks = Mocks::default();
        mocks.posts.expect_find().returning(|_, _| Ok(Some(after(vec![at(NOW), Step::Cancelled]))));
        let (changes, keep) = (text("Another text"), Change::Keep);
        let edit = EditPost(mocks.ports());
        let refused = edit.run(&UserId::new("u"), &PostId::new("p"), &changes, &keep, Some(1)).now_or_never().unwrap();
        let Err(Refusal::Conflict { code: "version", message }) = refused else { panic!("{refused:?}") };
        assert!(message.contains("version 2 now, not 1"), "{message}");
    }

    #[test]
    fn a_claim_that_comes_between_is_no_change_and_another_persons_is() {
        let raced = |meanwhile: PostRecord| {
            let (mut mocks, mut found) = (Mocks::default(), vec![meanwhile.clone(), after(vec![at(NOW)])]);
            mocks.posts.expect_find().returning(move |_, _| Ok(Some(found.pop().unwrap_or_else(|| meanwhile.clone()))));
            let mut answers = vec![true, false];
            mocks.posts.expect_change().returning(move |_, _| Ok(answers.pop().unwrap()));
            mocks.history.expect_places().returning(|_, _| Ok(vec![]));
            mocks.history.expect_quota_total().returning(|_| Ok(None));
            mocks.history.expect_resting().returning(|_| Ok(None));
            let (changes, keep) = (text("Another text"), Change::Keep);
            EditPost(mocks.ports())
                .run(&UserId::new("u"), &PostId::new("p"), &changes, &keep, None)
                .now_or_never()
                .unwrap()
        };
        let worked = after(vec![at(NOW), Step::ContainerCreated { id: ContainerId::new("17"), at: NOW, look_at: NOW }]);
        assert!(raced(worked).is_ok());
        let edited = after(vec![
            at(NOW),
            Step::Moved { publish_at: LATER, due_at: NOW, useless_after: LATER, keep_container: true },
        ]);
        assert!(matches!(raced(edited), Err(Refusal::Conflict { code: "version", .. })), "no update is lost");
    }
}
