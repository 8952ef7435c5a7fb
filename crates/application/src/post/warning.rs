//! What to consider about a post that was accepted.

use std::sync::Arc;

use rats_domain::{
    connection::{Connection, Health},
    id::{AccountId, PostId},
    instagram::Access,
    post::PostRecord,
    quota::{Agenda, CAUTIOUS_TOTAL, SPAN},
};
use time::OffsetDateTime;

use crate::{
    Ports, Refusal,
    publish::{person_time, told_of_rest},
};

/// Something to consider about a post that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A stable word for it.
    pub code: &'static str,
    /// What to consider.
    pub message: String,
    /// When the account has room for it, where it has none at its time.
    pub next_free_at: Option<OffsetDateTime>,
}

impl Warning {
    /// Something to consider, without a time.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), next_free_at: None }
    }
}

/// A post that was accepted.
#[derive(Debug)]
pub struct Scheduled {
    /// The post.
    pub record: PostRecord,
    /// What to consider.
    pub warnings: Vec<Warning>,
}

impl Scheduled {
    /// The post's id, for [`RunPost`](crate::publish::RunPost).
    #[must_use]
    pub fn id(&self) -> &PostId {
        &self.record.post.id
    }
}

/// Whether a post's account rests at the post's time.
pub struct TellRest(pub Arc<Ports>);

impl TellRest {
    /// What its person should consider, while nothing else stands in its way.
    pub async fn run(&self, record: &PostRecord) -> Result<Option<Warning>, Refusal> {
        resting(&self.0, record).await
    }
}

/// The post with what to consider about it, after `warnings` of the caller's own.
///
/// It is stored already: where the forecast cannot be made, it is accepted all the same.
pub(super) async fn accepted(ports: &Ports, record: PostRecord, mut warnings: Vec<Warning>) -> Scheduled {
    warnings.extend(many_hashtags(ports, &record));
    for forecast in [resting(ports, &record).await, quota(ports, &record).await] {
        match forecast {
            Ok(warning) => warnings.extend(warning),
            Err(error) => tracing::warn!(post = %record.post.id, %error, "what may be in its way could not be told"),
        }
    }
    Scheduled { record, warnings }
}

fn many_hashtags(ports: &Ports, record: &PostRecord) -> Option<Warning> {
    let (hashtags, limit) = (record.post.caption.hashtags(), ports.settings.caption.hashtags_warning);
    let message = format!(
        "The caption has {hashtags} hashtags. Instagram has announced that it will allow only {limit}; it may refuse the post."
    );
    (hashtags > limit).then(|| Warning::new("many_hashtags", message))
}

/// Whether the account rests at the post's time.
async fn resting(ports: &Ports, record: &PostRecord) -> Result<Option<Warning>, Refusal> {
    let publication = &record.publication;
    let Some((account, at)) = publication.account.as_ref().zip(publication.publish_at) else { return Ok(None) };
    let rest = ports.history.resting(account).await?.filter(|rest| at < rest.until);
    let Some(rest) = rest.filter(|_| publication.stage.is_open()) else { return Ok(None) };
    let then = if publication.useless_after.is_none_or(|end| rest.until <= end) {
        "This post goes out after that.".to_owned()
    } else {
        format!("By then it is too late for this post; schedule it for {} or later.", person_time(rest.until))
    };
    let message = format!("{} {then}", told_of_rest(rest));
    Ok(Some(Warning { code: "resting", message, next_free_at: Some(rest.until) }))
}

/// Whether the account has more posts around the post's time than Instagram allows.
pub(crate) async fn quota(ports: &Ports, record: &PostRecord) -> Result<Option<Warning>, Refusal> {
    let publication = &record.publication;
    let Some((account, at)) = publication.account.as_ref().zip(publication.publish_at) else { return Ok(None) };
    if !publication.stage.is_open() {
        return Ok(None);
    }
    let places = ports.history.places(account, at - SPAN).await?;
    let others: Agenda =
        places.into_iter().filter(|place| place.post != record.post.id).map(|place| place.at).collect();
    let planned = others.fullest_around(at);
    let is_too_many = |total: u32| u32::try_from(planned).is_ok_and(|planned| planned > total);
    let known = ports.history.quota_total(account).await?;
    if !is_too_many(known.unwrap_or(CAUTIOUS_TOTAL)) {
        return Ok(None);
    }
    // Only now is it worth asking.
    let told = match ask(ports, record, account).await? {
        Some(told) => Some(told),
        None => known,
    };
    let total = told.unwrap_or(CAUTIOUS_TOTAL);
    Ok(is_too_many(total).then(|| warning(planned, total, told.is_some(), others.next_free(at, total))))
}

fn warning(planned: usize, total: u32, is_told: bool, next_free_at: OffsetDateTime) -> Warning {
    let allows = if is_told { "allows" } else { "may allow only" };
    let message = format!(
        "With this post, {planned} posts of the account are planned within 24 hours; Instagram {allows} {total}. What is too many goes out \
         later, or not at all where that is too late. The next free time is {}.",
        person_time(next_free_at)
    );
    Warning { code: "quota", message, next_free_at: Some(next_free_at) }
}

/// How many posts Instagram allows the account now; `None` where it cannot be asked or does not say.
async fn ask(ports: &Ports, record: &PostRecord, account: &AccountId) -> Result<Option<u32>, Refusal> {
    let Some(id) = &record.publication.connection else { return Ok(None) };
    let works = |connection: &Connection| connection.health == Health::Working;
    let token = ports.connections.find(id).await?.filter(works).and_then(|connection| connection.token);
    let Some(token) = token else { return Ok(None) };
    let access = Access { account: account.clone(), token: token.secret };
    let Ok(quota) = ports.reader.quota(&access, ports.clock.now() - SPAN).await else { return Ok(None) };
    if let Some(total) = quota.total {
        ports.history.keep_quota_total(account, total).await?;
    }
    Ok(quota.total)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        connection::Feature,
        instagram::{Advice, PlatformError, Quota},
        publication::{Rest, RestCause},
        quota::Place,
    };
    use time::Duration;

    use super::*;
    use crate::mock::{Mocks, NOW, at, connection, post};

    /// The example post, scheduled for now.
    fn scheduled() -> PostRecord {
        let record = post();
        PostRecord { publication: record.publication.after(at(NOW)).unwrap(), ..record }
    }

    /// The warnings where `others` are planned a minute apart from an hour ago on, `known` is kept and Instagram tells `told`, if it is
    /// asked.
    fn warnings(others: i64, known: Option<u32>, told: Option<Result<Option<u32>, PlatformError>>) -> Vec<Warning> {
        let mut mocks = Mocks::default();
        let place = |n| Place { post: PostId::new(format!("q{n}")), at: NOW - Duration::minutes(60 - n) };
        let mut places: Vec<Place> = (0..others).map(place).collect();
        places.push(Place { post: PostId::new("p"), at: NOW });
        mocks.history.expect_places().returning(move |_, since| {
            assert_eq!(since, NOW - Duration::hours(24));
            Ok(places.clone())
        });
        mocks.history.expect_quota_total().returning(move |_| Ok(known));
        mocks.history.expect_resting().returning(|_| Ok(None));
        if let Some(told) = told {
            let works = connection(vec![Feature::Basic, Feature::Publish]);
            mocks.connections.expect_find().returning(move |_| Ok(Some(works.clone())));
            let kept = told.as_ref().ok().copied().flatten();
            mocks.reader.expect_quota().returning(move |_, _| told.clone().map(|total| Quota { used: 0, total }));
            mocks.history.expect_keep_quota_total().times(usize::from(kept.is_some())).returning(|_, _| Ok(()));
        }
        accepted(&mocks.ports(), scheduled(), vec![]).now_or_never().unwrap().warnings
    }

    #[test]
    fn an_account_that_rests_is_told_with_its_end() {
        let told = |until: OffsetDateTime| {
            let mut mocks = Mocks::default();
            let rest = Rest { until, cause: RestCause::Unclear };
            mocks.history.expect_resting().returning(move |_| Ok(Some(rest)));
            mocks.history.expect_places().returning(|_, _| Ok(vec![]));
            mocks.history.expect_quota_total().returning(|_| Ok(None));
            accepted(&mocks.ports(), scheduled(), vec![]).now_or_never().unwrap().warnings
        };
        let [warning] = &told(NOW + Duration::hours(4))[..] else { panic!("one warning") };
        assert_eq!((warning.code, warning.next_free_at), ("resting", Some(NOW + Duration::hours(4))));
        assert!(warning.message.contains("goes out after that"), "{}", warning.message);
        assert!(told(NOW + Duration::hours(13))[0].message.contains("schedule it for"), "its time passes before");
        assert!(told(NOW).is_empty(), "it is over by then");
    }

    #[test]
    fn nothing_is_said_nor_asked_while_there_is_room() {
        assert!(warnings(49, None, None).is_empty(), "it is the 50th, and its own place does not count twice");
        assert!(warnings(99, Some(100), None).is_empty());
    }

    #[test]
    fn one_too_many_is_told_with_the_next_free_time() {
        let [warning] = &warnings(50, None, Some(Ok(Some(50))))[..] else { panic!("one warning") };
        assert_eq!(warning.code, "quota");
        assert!(warning.message.contains("51 posts") && warning.message.contains("allows 50"), "{}", warning.message);
        // The first of the others went out an hour ago.
        assert_eq!(warning.next_free_at, Some(NOW + Duration::hours(23)));
        assert!(warning.message.contains("5 December 2026, 08:00 UTC"), "{}", warning.message);
    }

    #[test]
    fn instagram_is_asked_before_it_is_too_much() {
        assert!(warnings(50, None, Some(Ok(Some(100)))).is_empty(), "it allows more than is safe to assume");
        assert_eq!(warnings(60, Some(100), None).len(), 0);
        assert_eq!(warnings(100, Some(100), Some(Ok(Some(50))))[0].message.matches("allows 50").count(), 1);
    }

    #[test]
    fn where_it_does_not_answer_what_it_last_told_counts() {
        let down = || Some(Err(PlatformError::unnumbered(Advice::Retry, "It is down", "We try again.")));
        assert!(warnings(100, Some(100), down())[0].message.contains("allows 100"));
        assert!(warnings(50, None, down())[0].message.contains("may allow only 50"));
    }
}
