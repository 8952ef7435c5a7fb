use std::sync::Arc;

use futures_util::{FutureExt as _, TryFutureExt as _};
use rats_domain::{
    id::{AccountId, PostId, UserId},
    post::{AddPostError, Origin, PostRecord},
    publication::{RestCause, Stage},
};

use super::{
    change::{Next, find_to_change, store},
    compose::{Timing, usable_connection},
    edit::other_account,
    warning::{Scheduled, accepted},
};
use crate::{
    Ports, Refusal,
    publish::{person_time, told_of_rest},
};

/// Publishes a post that is there now.
pub struct PublishPost(pub Arc<Ports>);

impl PublishPost {
    /// Makes the post due now. Whoever called then drives it with [`RunPost`](crate::publish::RunPost) in a task of its own. `seen` is the
    /// version that the person saw, where they say so.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] once a publish request has left, if it is another version, if no account is connected that can publish, and where the
    /// account rests for longer than a post for now is of use.
    pub async fn run(&self, user: &UserId, id: &PostId, seen: Option<i64>) -> Result<Scheduled, Refusal> {
        let ports = &self.0;
        let before = find_to_change(ports, user, id, seen).await?;
        let account = before.publication.account.clone();
        let record = store(ports, before, |record| self.next(record).map_ok(Some).boxed()).await?;
        let warnings = other_account(account.as_ref(), &record);
        Ok(accepted(ports, record, warnings).await)
    }

    async fn next(&self, mut record: PostRecord) -> Result<Next, Refusal> {
        let ports = &self.0;
        if record.publication.stage == Stage::Held {
            return Err(Refusal::conflict(
                "reconnect",
                "This post waits for its Instagram account. Connect that account again; then the post goes on by itself unless it is too late for it by then.",
            ));
        }
        let connection = usable_connection(ports, &record.post.user).await?;
        if record.post.origin == Origin::Test {
            refuse_beside_a_test(ports, &record).await?;
        } else {
            (record.post.origin, record.post.scheduled_for) = (Origin::Now, None);
        }
        let useful = ports.settings.publish.useless_after_now;
        mind_rest(ports, &connection.account, useful).await?;
        let timing = Timing::now(ports, record.post.origin, useful);
        let words = vec![("publish_now", "Publish now.".to_owned())];
        Next::after(ports, record, timing.through(&connection), words)
    }
}

/// Tries a post that failed once more.
pub struct RetryPost(pub Arc<Ports>);

impl RetryPost {
    /// Makes the post, as it is, due at its own time if that is still ahead, else now. Whoever called then drives it with
    /// [`RunPost`](crate::publish::RunPost) in a task of its own. `seen` is the version that the person saw, where they say so.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] if it did not fail, is another version, was for another account than the connected one, or if that one rests until it is
    /// too late for the post.
    pub async fn run(&self, user: &UserId, id: &PostId, seen: Option<i64>) -> Result<Scheduled, Refusal> {
        let ports = &self.0;
        let before = find_to_change(ports, user, id, seen).await?;
        let record = store(ports, before, |record| self.next(record).map_ok(Some).boxed()).await?;
        Ok(accepted(ports, record, vec![]).await)
    }

    async fn next(&self, record: PostRecord) -> Result<Next, Refusal> {
        let ports = &self.0;
        if record.publication.stage != Stage::Failed {
            return Err(not_failed(record.publication.stage));
        }
        let connection = usable_connection(ports, &record.post.user).await?;
        if record.publication.account.as_ref() != Some(&connection.account) {
            let message = format!(
                "This post was for another Instagram account. Connect that one again, or publish or schedule the post: then it goes to @{}.",
                connection.username
            );
            return Err(Refusal::conflict("other_account", message));
        }
        let origin = record.post.origin;
        if origin == Origin::Test {
            refuse_beside_a_test(ports, &record).await?;
        }
        let ahead = record.post.scheduled_for.filter(|at| *at > ports.clock.now());
        let (timing, text) = if let Some(at) = ahead {
            (Timing::scheduled(ports, at), format!("To be tried again at {}.", person_time(at)))
        } else {
            mind_rest(ports, &connection.account, useful_for(ports, origin)).await?;
            (Timing::now(ports, origin, useful_for(ports, origin)), "To be tried again now.".to_owned())
        };
        Next::after(ports, record, timing.through(&connection), vec![("retried", text)])
    }
}

/// Before a post goes out now: who asks for that has done in the Instagram app what it wanted, or is told again at once. Any other rest that lasts
/// for longer than the post is `useful` leaves it as it is, for it would only fail.
async fn mind_rest(ports: &Ports, account: &AccountId, useful: std::time::Duration) -> Result<(), Refusal> {
    let Some(rest) = ports.history.resting(account).await? else { return Ok(()) };
    if rest.cause == RestCause::ActInApp {
        return Ok(ports.history.end_rest(account, rest.cause).await?);
    }
    if rest.until <= ports.clock.now() + useful {
        return Ok(());
    }
    let message = format!(
        "{} Nothing was changed: before that ends it would be too late for this post. Give it a time from {} on.",
        told_of_rest(rest),
        person_time(rest.until)
    );
    Err(Refusal::conflict("resting", message))
}

/// How long a post that begins anew is of use: one that was for now must not go live by surprise tomorrow.
pub(super) fn useful_for(ports: &Ports, origin: Origin) -> std::time::Duration {
    let spans = &ports.settings.publish;
    match origin {
        Origin::Test | Origin::Now => spans.useless_after_now,
        Origin::Scheduled | Origin::Draft => spans.useless_after,
    }
}

/// An event has one open test at a time.
async fn refuse_beside_a_test(ports: &Ports, record: &PostRecord) -> Result<(), Refusal> {
    let Some(event) = &record.post.event else { return Ok(()) };
    let open = ports.posts.open_test(&record.post.user, event, ports.clock.now()).await?;
    match open.filter(|open| open.post.id != record.post.id) {
        Some(_) => Err(AddPostError::TestUnsettled.into()),
        None => Ok(()),
    }
}

fn not_failed(stage: Stage) -> Refusal {
    let possible = match stage {
        Stage::Draft | Stage::Cancelled => "Publish it now, or give it a time.",
        Stage::Held => {
            "Connect its Instagram account again; then it goes on by itself unless it is too late for it by then."
        }
        _ => "It goes out by itself. Publish it now, or change its time.",
    };
    Refusal::conflict("not_failed", format!("Only a post that failed can be tried again. {possible}"))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::FutureExt as _;
    use rats_domain::{
        connection::Feature,
        id::EventId,
        publication::{Attention, AttentionKind, Publication, Rest, Step},
    };
    use time::Duration;

    use super::*;
    use crate::mock::{Mocks, NOW, at, connection, post};

    fn failed() -> Step {
        Step::Fail { attention: Attention::new(AttentionKind::ContentRefused, "Another picture, please.") }
    }

    fn after(steps: &[Step]) -> PostRecord {
        let record = post();
        let publication =
            steps.iter().fold(record.publication.clone(), |at: Publication, step| at.after(step.clone()).unwrap());
        PostRecord { publication, ..record }
    }

    /// Ports over one post, which is found as it was last stored, and a connection to `account`.
    fn ports(found: PostRecord, account: &str, open_test: Option<PostRecord>) -> Arc<Ports> {
        resting_ports(found, account, open_test, None)
    }

    /// The same with an account that rests; one that waits for its owner rests no longer.
    fn resting_ports(
        found: PostRecord,
        account: &str,
        open_test: Option<PostRecord>,
        rest: Option<Rest>,
    ) -> Arc<Ports> {
        let (mut mocks, shelf) = (Mocks::default(), Arc::new(Mutex::new(found)));
        let (read, written) = (shelf.clone(), shelf);
        mocks.posts.expect_find().returning(move |_, _| Ok(Some(read.lock().unwrap().clone())));
        mocks.posts.expect_change().returning(move |record, _| {
            *written.lock().unwrap() = record.clone();
            Ok(true)
        });
        mocks.posts.expect_open_test().returning(move |_, _, _| Ok(open_test.clone()));
        let mut works = connection(vec![Feature::Basic, Feature::Publish]);
        works.account = AccountId::new(account);
        mocks.connections.expect_find_by_user().returning(move |_| Ok(Some(works.clone())));
        mocks.history.expect_places().returning(|_, _| Ok(vec![]));
        mocks.history.expect_quota_total().returning(|_| Ok(None));
        let ends = usize::from(rest.is_some_and(|rest| rest.cause == RestCause::ActInApp));
        mocks.history.expect_resting().returning(move |_| Ok(rest));
        mocks.history.expect_end_rest().times(ends).returning(|_, _| Ok(()));
        mocks.ports()
    }

    fn publish(found: PostRecord, account: &str) -> Result<Scheduled, Refusal> {
        let publish = PublishPost(ports(found, account, None));
        publish.run(&UserId::new("u"), &PostId::new("p"), None).now_or_never().unwrap()
    }

    fn retry(found: PostRecord, account: &str) -> Result<Scheduled, Refusal> {
        let retry = RetryPost(ports(found, account, None));
        retry.run(&UserId::new("u"), &PostId::new("p"), None).now_or_never().unwrap()
    }

    fn code(refused: Result<Scheduled, Refusal>) -> &'static str {
        match refused {
            Err(Refusal::Conflict { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_sent_yet_is_due_now_and_useless_soon() {
        let later = NOW + Duration::days(2);
        for steps in [vec![Step::Drafted], vec![at(later)], vec![at(later), Step::Cancelled], vec![at(later), failed()]]
        {
            let now = publish(after(&steps), "1784").unwrap().record;
            assert_eq!((now.publication.stage, now.publication.publish_at), (Stage::Waiting, Some(NOW)));
            assert_eq!(now.publication.due_at, Some(NOW));
            assert_eq!(now.publication.useless_after, Some(NOW + Duration::minutes(10)));
            assert_eq!((now.post.origin, now.post.scheduled_for), (Origin::Now, None));
        }
    }

    #[test]
    fn while_its_account_rests_a_post_is_left_as_it_is_unless_its_person_has_acted() {
        let run = |until: Duration, cause: RestCause, steps: &[Step]| {
            let rest = Some(Rest { until: NOW + until, cause });
            let ports = resting_ports(after(steps), "1784", None, rest);
            let (user, id, failed) = (UserId::new("u"), PostId::new("p"), matches!(steps, [.., Step::Fail { .. }]));
            if failed {
                RetryPost(ports).run(&user, &id, None).now_or_never().unwrap()
            } else {
                PublishPost(ports).run(&user, &id, None).now_or_never().unwrap()
            }
        };
        for cause in [RestCause::Blocked, RestCause::Unclear] {
            assert_eq!(code(run(Duration::hours(4), cause, &[at(NOW)])), "resting");
            assert!(run(Duration::minutes(5), cause, &[at(NOW)]).is_ok(), "it can wait for that");
            assert!(run(Duration::hours(4), cause, &[at(NOW), failed()]).is_ok(), "it was for a time, and waits");
            assert_eq!(code(run(Duration::hours(13), cause, &[at(NOW), failed()])), "resting");
        }
        assert!(run(Duration::hours(4), RestCause::ActInApp, &[at(NOW)]).is_ok());
        assert!(run(Duration::hours(13), RestCause::ActInApp, &[at(NOW), failed()]).is_ok());
    }

    #[test]
    fn a_held_post_is_not_published_before_its_account_is_connected() {
        assert_eq!(code(publish(after(&[at(NOW), Step::Disconnected { at: NOW }]), "1784")), "reconnect");
    }

    #[test]
    fn a_post_that_goes_to_another_account_says_so() {
        let published = publish(after(&[at(NOW), failed()]), "1799").unwrap();
        assert_eq!(published.record.publication.account, Some(AccountId::new("1799")));
        assert_eq!(published.warnings[0].code, "other_account");
        assert!(publish(after(&[Step::Drafted]), "1799").unwrap().warnings.is_empty(), "a draft was for none");
    }

    #[test]
    fn a_failed_post_is_tried_again_now_or_at_its_time() {
        let mut record = after(&[at(NOW), failed()]);
        let now = retry(record.clone(), "1784").unwrap().record;
        assert_eq!((now.publication.publish_at, now.post.scheduled_for), (Some(NOW), Some(NOW)));
        assert_eq!(now.publication.useless_after, Some(NOW + Duration::hours(12)), "it was for a time");
        record.post.scheduled_for = Some(NOW + Duration::hours(1));
        assert_eq!(retry(record, "1784").unwrap().record.publication.publish_at, Some(NOW + Duration::hours(1)));
    }

    #[test]
    fn only_a_failed_post_is_tried_again_and_only_on_its_account() {
        assert_eq!(code(retry(after(&[Step::Drafted]), "1784")), "not_failed");
        assert_eq!(code(retry(after(&[at(NOW)]), "1784")), "not_failed");
        assert_eq!(code(retry(after(&[at(NOW), failed()]), "1799")), "other_account");
    }

    #[test]
    fn a_failed_test_is_not_tried_beside_another_one() {
        let mut record = after(&[at(NOW), failed()]);
        (record.post.origin, record.post.event) = (Origin::Test, Some(EventId::new("e")));
        let mut other = post();
        other.post.id = PostId::new("q");
        let beside = RetryPost(ports(record.clone(), "1784", Some(other)));
        let refused = beside.run(&UserId::new("u"), &PostId::new("p"), None).now_or_never().unwrap();
        assert_eq!(code(refused), "test_unsettled");
        let alone = retry(record, "1784").unwrap().record;
        assert_eq!(alone.post.origin, Origin::Test, "pressing test attaches to it");
        assert_eq!(alone.publication.useless_after, Some(NOW + Duration::minutes(10)));
    }
}
